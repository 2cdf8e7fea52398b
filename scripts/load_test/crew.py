"""The processes of the clients, as their parent sees them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Self

import msgspec

from scripts.environment import ROOT, own_names
from scripts.load_test.plan import Plan
from scripts.load_test.worker import GO, READY
from scripts.stack.process import StartFailed, bound_to_parent

GRACE_SECONDS = 30.0


class Crew:
    """All of them: a context that is entered when each is ready; raises ``StartFailed``.

    They get their plan, which holds tokens, through a pipe, and Ctrl-C is not for them. ``cpu`` is
    the seconds of CPU all have used for the load, not for their start; 0 of those that failed.
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plans = plans
        self._workers: list[subprocess.Popen[bytes]] = []
        self.cpu = 0.0

    def __enter__(self) -> Self:
        try:
            for _ in self._plans:
                self._workers.append(_started())
            for worker, plan in zip(self._workers, self._plans, strict=True):
                _tell(worker, msgspec.json.encode(plan) + b"\n")
            for worker in self._workers:
                if _pipe(worker.stdout).readline() != READY:
                    raise StartFailed("a process of the clients did not start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for worker in self._workers:
            with suppress(BrokenPipeError):
                _pipe(worker.stdin).close()
            _pipe(worker.stdout).close()

    def begin(self) -> None:
        """Let all of them begin."""
        for worker in self._workers:
            _tell(worker, GO)

    def wait(self) -> int:
        """Wait until all have ended; return how many did not end well."""
        for worker in self._workers:
            self.cpu += float(_pipe(worker.stdout).readline() or 0)
            worker.wait()
        return sum(worker.returncode != 0 for worker in self._workers)

    def stop(self) -> None:
        """Tell all to write down what they wait for and end. Harmless when they have ended."""
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self._workers:
            try:
                worker.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def _started() -> subprocess.Popen[bytes]:
    ours = own_names(os.environ)
    kept = {name: text for name, text in os.environ.items() if name not in ours}
    return subprocess.Popen(
        bound_to_parent([sys.executable, "-P", "-m", "scripts.load_test.worker"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=kept | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def _tell(worker: subprocess.Popen[bytes], message: bytes) -> None:
    pipe = _pipe(worker.stdin)
    try:
        pipe.write(message)
        pipe.flush()
    except BrokenPipeError as fault:
        raise StartFailed("a process of the clients did not start") from fault


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise StartFailed("a process of the clients has no pipes")
    return pipe
