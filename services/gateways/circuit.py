"""A circuit breaker: a third party that keeps failing is left alone for a while.

Closed, every call goes through. After some failures in a row it opens and calls fail at once. When
the pause is over one call tries; its outcome closes the circuit or opens it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.errors import RemoteFailed

OUTCOMES = ("answered", "failed", "refused", "held_back")
"""``failed``: no answer as agreed; ``refused``: a lasting no; ``held_back``: it was open."""


class CircuitOpen(RemoteFailed):
    """The call was not made, because the third party failed too often just before."""

    def __init__(self, provider: str) -> None:
        super().__init__(provider, "left alone for a while after repeated failures")


class Circuit:
    """Stands before all calls to one third party and counts them by ``OUTCOMES``.

    Only failures that may pass count against it: a lasting ``RemoteFailed`` is an answer, and what
    a customer sent must not be able to open the circuit for others.
    """

    def __init__(
        self,
        provider: str,
        *,
        failures: int = 5,
        pause: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.provider = provider
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._in_a_row = 0
        self._closed_at = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether the last calls failed so often that the next ones are held back or a trial."""
        return self._in_a_row >= self._most

    @contextmanager
    def call(self) -> Iterator[None]:
        """Let the block make one call; raises ``CircuitOpen`` instead while it is open."""
        is_trial = self.is_open
        if is_trial and (self._trying or self._clock() < self._closed_at):
            self.outcomes["held_back"] += 1
            raise CircuitOpen(self.provider)
        self._trying = is_trial or self._trying
        try:
            yield
        except RemoteFailed as fault:
            self._note(failed=not fault.lasting)
            self.outcomes["refused" if fault.lasting else "failed"] += 1
            raise
        else:
            self._note(failed=False)
            self.outcomes["answered"] += 1
        finally:
            # Also when the call was cancelled: then the next one tries.
            self._trying = self._trying and not is_trial

    def _note(self, *, failed: bool) -> None:
        self._in_a_row = self._in_a_row + 1 if failed else 0
        if self.is_open:
            self._closed_at = self._clock() + self._pause
