"""A verb run to its end, with its workers, its output in a log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from scripts.environment import ROOT
from scripts.stack.process import StartFailed, bound_to_parent, tail

GRACE_SECONDS = 10.0
# A verb may have workers of its own, which do not notice its death: whoever tells the shell to end,
# we or the kernel because we were killed, tells the whole process group.
IN_A_GROUP = ("/bin/sh", "-c", "trap 'trap - TERM; kill 0' TERM; \"$@\" & wait $!", "sh")


def run_verb(
    verb: str, settings: Mapping[str, str], *, log: Path, arguments: Sequence[str] = ()
) -> None:
    """Run ``scripts.<verb>`` with the ``DADASHOP_*`` names in ``settings`` and no other.

    Raises ``StartFailed`` with the end of its output when its code is not 0.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DADASHOP_")}
    environment = kept | dict(settings) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-P", "-m", f"scripts.{verb}", *arguments]
    code = run_command(command, environment, log=log)
    if code:
        raise StartFailed(f"scripts/{verb} ended with code {code}:\n{tail(log)}")


def run_command(command: Sequence[str], environment: Mapping[str, str], *, log: Path) -> int:
    """Run a command in the checkout and return its code; when we end, it and its workers end."""
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("wb") as stream:
        child = subprocess.Popen(
            bound_to_parent([*IN_A_GROUP, *command]),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=ROOT,
            env=dict(environment),
            start_new_session=True,
        )
        try:
            return child.wait()
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a group of processes that still runs."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
