"""How far counted work has come, how long it has taken and how long it still will.

On a terminal one line is kept fresh; elsewhere a line is written now and then. Standard error, so
that standard output stays free.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

REFRESH_SECONDS = 0.5
LINE_SECONDS = 5.0

Watch = Callable[[int], None]
"""Is told how many more have been done."""


class Gauge:
    """Counts up to a total and says so."""

    def __init__(self, says: str, total: int, out: TextIO) -> None:
        self._says = says
        self._total = total
        self._out = out
        self._done = 0
        self._began = time.monotonic()
        self._told = self._began

    def advance(self, count: int) -> None:
        """Note that ``count`` more are done."""
        self._done += count
        pause = REFRESH_SECONDS if self._out.isatty() else LINE_SECONDS
        if time.monotonic() - self._told >= pause:
            self._told = time.monotonic()
            self._write(
                f"{self._says}: {self._done:,} of {self._total:,}, {self._times()}", kept=False
            )

    def finish(self) -> None:
        """Say what has been done and how long it took."""
        self._write(f"{self._says}: {self._done:,} in {self._elapsed():.1f} s", kept=True)

    def begin(self) -> None:
        """Say what is going to be done."""
        self._write(f"{self._says}: {self._total:,} to do", kept=not self._out.isatty())

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _times(self) -> str:
        elapsed = self._elapsed()
        if not self._done:
            return f"{elapsed:.0f} s"
        left = elapsed / self._done * max(0, self._total - self._done)
        return f"{elapsed:.0f} s, about {left:.0f} s left"

    def _write(self, text: str, *, kept: bool) -> None:
        terminal = self._out.isatty()
        start = "\r\x1b[K" if terminal else ""
        self._out.write(start + text + ("\n" if kept or not terminal else ""))
        self._out.flush()


@contextmanager
def gauge(says: str, total: int, out: TextIO | None = None) -> Iterator[Gauge]:
    """Show a gauge while the block runs."""
    shown = Gauge(says, total, out or sys.stderr)
    shown.begin()
    yield shown
    shown.finish()
