"""Proving that nothing is lost: every invariant, over the whole database, at one moment."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from models.audit import INVARIANTS, Audit, Extent, Violation
from models.database import Database
from models.errors import Unavailable

Watch = Callable[[str], AbstractContextManager[None]]
"""Makes what surrounds the work on an invariant, to show or to time it."""


@contextmanager
def unwatched(_invariant: str) -> Iterator[None]:
    """Surround the work with nothing."""
    yield


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, what was found, and in how many seconds.

    ``complete`` is False when a rule had more violations than were to be named.
    """

    extent: Extent
    violations: Sequence[Violation]
    complete: bool
    seconds: float

    def counts(self) -> dict[str, int]:
        """Return how many violations of each invariant are named, also of those that hold."""
        counted = Counter(each.invariant for each in self.violations)
        return {invariant: counted[invariant] for invariant in INVARIANTS}


class AuditService:
    """The auditor. One audit has ``seconds`` in all; so must have the statements of its pool."""

    def __init__(self, database: Database, *, seconds: float) -> None:
        self._database = database
        self._seconds = seconds

    async def run(self, *, patience: float, limit: int, watch: Watch = unwatched) -> Report:
        """Check everything in one snapshot, naming of each rule up to ``limit`` violations.

        A task may be due for ``patience`` seconds. Raises ``Unavailable`` past the deadline.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return await self._checked(patience, limit, watch)
        except TimeoutError as error:
            raise Unavailable(f"audit: not done in {self._seconds:g} s") from error

    async def _checked(self, patience: float, limit: int, watch: Watch) -> Report:
        began = time.monotonic()
        found: list[Violation] = []
        async with self._database.snapshot() as tables:
            audit = Audit(tables.connection, seconds=self._seconds)
            now = await audit.now()
            for invariant in INVARIANTS:
                with watch(invariant):
                    # One more than is named tells whether there are more.
                    found += await audit.violations(
                        invariant, now=now, patience=patience, limit=limit + 1
                    )
            extent = await audit.extent()
        named, complete = _shortened(found, limit)
        return Report(extent, named, complete, time.monotonic() - began)


def _shortened(found: Sequence[Violation], limit: int) -> tuple[list[Violation], bool]:
    """Keep the first ``limit`` violations of each rule; say whether those are all."""
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for each in found:
        rule = (each.invariant, each.rule)
        seen[rule] += 1
        if seen[rule] <= limit:
            named.append(each)
    return named, len(named) == len(found)
