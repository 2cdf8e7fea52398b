"""Numbered steps on the terminal: which one, how long it takes, how long all of it still will.

Expectations are the times of the last start, kept in a file, or a built-in estimate the first time.
On a terminal the line of the running step is refreshed every second; elsewhere a line is written
when a step begins, every ten seconds, and when it ends.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

REFRESH_SECONDS = 1.0
HEARTBEAT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key in the file of times, its text, the seconds it is expected to take."""

    key: str
    says: str
    seconds: float


def write(text: str, out: TextIO) -> None:
    """Write at once. When nobody reads any more (a closed pipe or terminal) the work goes on."""
    with suppress(OSError):
        out.write(text)
        out.flush()


class Progress:
    """Shows the steps of one start, in their order."""

    def __init__(self, steps: Sequence[Step], memory: Path, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._memory = memory
        self._times = remembered(memory)
        self._steps = list(steps)
        self._ended = threading.Event()

    @contextmanager
    def step(self, key: str) -> Iterator[None]:
        """Show one step while its block runs; its time is remembered when it succeeds."""
        index = next(i for i, step in enumerate(self._steps) if step.key == key)
        began = time.monotonic()
        self._ended.clear()
        ticker = threading.Thread(target=self._tick, args=(index, began), daemon=True)
        ticker.start()
        outcome = "failed after"
        try:
            yield
            outcome = "done in"
        finally:
            self._ended.set()
            ticker.join()
            took = time.monotonic() - began
            self._write(f"{self._title(index)}: {outcome} {took:.1f} s\n")
            if outcome == "done in":
                self._remember(key, took)

    def left(self, index: int, elapsed: float) -> float:
        """Return the seconds still expected when step ``index`` has run for ``elapsed``."""
        later = sum(self._expected(step) for step in self._steps[index + 1 :])
        return later + max(0.0, self._expected(self._steps[index]) - elapsed)

    def say(self, text: str) -> None:
        """Write a line of its own."""
        self._write(text + "\n")

    def _expected(self, step: Step) -> float:
        return self._times.get(step.key, step.seconds)

    def _title(self, index: int) -> str:
        return f"[{index + 1}/{len(self._steps)}] {self._steps[index].says}"

    def _tick(self, index: int, began: float) -> None:
        """Refresh the line of a step until it has ended."""
        pause = REFRESH_SECONDS if self._out.isatty() else HEARTBEAT_SECONDS
        ending = "" if self._out.isatty() else "\n"
        while True:
            elapsed = time.monotonic() - began
            left = round(self.left(index, elapsed))
            running = f", {elapsed:.0f} s" if elapsed >= 1 else ""
            self._write(f"{self._title(index)}{running} ... about {left} s left{ending}")
            if self._ended.wait(pause):
                return

    def _write(self, text: str) -> None:
        write("\r\x1b[K" + text if self._out.isatty() else text, self._out)

    def _remember(self, key: str, seconds: float) -> None:
        self._times[key] = round(seconds, 1)
        self._memory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._memory.with_suffix(".new")
        fresh.write_text(json.dumps(self._times, indent=2), "utf-8")
        fresh.replace(self._memory)


def remembered(memory: Path) -> dict[str, float]:
    """Return the seconds of each step of the last start; none without a readable file."""
    try:
        times = json.loads(memory.read_text("utf-8"))
        return {str(key): float(seconds) for key, seconds in times.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
