"""A verb run to its end as a child, with its output in a log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.environment import ROOT
from scripts.stack.process import StartFailed, bound_to_parent, tail

GRACE_SECONDS = 10.0


def run_verb(
    verb: str, settings: Mapping[str, str], *, log: Path, arguments: tuple[str, ...] = ()
) -> None:
    """Run ``scripts.<verb>`` with the ``DADASHOP_*`` names in ``settings`` and no other.

    Raises ``StartFailed`` with the end of its output when its code is not 0. An interruption of the
    parent ends the child as well.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DADASHOP_")}
    environment = kept | dict(settings) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-P", "-m", f"scripts.{verb}", *arguments]
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("wb") as stream:
        child = subprocess.Popen(
            bound_to_parent(command),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
        )
        try:
            code = child.wait()
        finally:
            _end(child)
    if code:
        raise StartFailed(f"scripts/{verb} ended with code {code}:\n{tail(log)}")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child that still runs."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
