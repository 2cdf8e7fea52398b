"""How fast tasks are done: the numbers of one relay."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, unless said otherwise. A lease outlives the deadline of its job and the marking."""

    lease: float = 60.0
    deadline: float = 30.0
    poll: float = 0.5
    """How often an idle relay looks for what others posted."""
    first_pause: float = 1.0
    """Before the second try; every further one is twice as long, up to the longest."""
    longest_pause: float = 600.0
    abreast: int = 8
    """Jobs of one kind at once. Each kind has its own places, so none waits for another."""
    last_words: float = 3.0
    """What running jobs have left when the process stops."""
    counting: float = 5.0
    """How often the tasks are counted."""
    stray: float = 600.0
    """How long overdue a task of unknown kind is left to processes of a newer version."""

    def __post_init__(self) -> None:
        if self.deadline >= self.lease:
            raise ValueError("a lease must be longer than the deadline of its job")

    def pause(self, attempts: int) -> float:
        """Return the time until the next try, after so many: at random, half of it at least."""
        full = min(self.longest_pause, self.first_pause * 2.0 ** min(attempts - 1, 60))
        return jittered(full, least=0.5)


def jittered(seconds: float, *, least: float = 0.8) -> float:
    """Shorten a time at random, so that processes do not march in step."""
    return seconds * random.uniform(least, 1.0)  # noqa: S311 - jitter
