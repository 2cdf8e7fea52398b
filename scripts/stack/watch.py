"""Keeps the processes of a running shop up: says which one died and starts it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.stack.process import Process, StartFailed
from scripts.stack.programs import Missing

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


@dataclass(slots=True)
class Care:
    """What the watch remembers of one process; times are of the monotonic clock, in seconds."""

    process: Process
    up_since: float
    pause: float = 1.0
    due: float | None = None


class Watch:
    """Looks at every process when told to; pauses before a new start double up to half a minute."""

    def __init__(self, processes: Sequence[Process], say: Callable[[str], None]) -> None:
        self._say = say
        self._cares = [Care(process, time.monotonic()) for process in processes]

    def look(self) -> None:
        """Notice the dead and start those whose pause is over."""
        for care in self._cares:
            if care.process.alive():
                continue
            if care.due is None:
                self._mourn(care)
            elif time.monotonic() >= care.due:
                self._revive(care)

    def _mourn(self, care: Care) -> None:
        now = time.monotonic()
        if now - care.up_since > STEADY_SECONDS:
            care.pause = 1.0
        care.due = now + care.pause
        fate = care.process.fate()
        log = care.process.log
        self._say(
            f"{care.process.name} ended {fate}; starting it again in {care.pause:.0f} s (see {log})"
        )
        care.pause = min(care.pause * 2, LONGEST_PAUSE)

    def _revive(self, care: Care) -> None:
        care.due, care.up_since = None, time.monotonic()
        try:
            care.process.start()
        except (StartFailed, Missing, OSError) as fault:
            care.due = time.monotonic() + care.pause
            care.pause = min(care.pause * 2, LONGEST_PAUSE)
            self._say(f"{care.process.name} cannot be started: {fault}")
        else:
            self._say(f"{care.process.name} was started again")
