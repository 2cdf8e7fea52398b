"""What the relay needs of the tasks in the database, and what keeps their table small."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from models.connection import Conflict
from models.database import Database, repeatable
from models.errors import Unavailable
from models.outbox import Claimed
from tasks.relay import Claim, Depth

P = ParamSpec("P")
T = TypeVar("T")

KEPT_SECONDS = 7 * 24 * 3600.0
PRUNED_AT_ONCE = 1000


def patient(use_case: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run it again when it lost against others; when it always loses, it is ``Unavailable``."""
    again = repeatable(use_case)

    @wraps(use_case)
    async def patiently(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await again(*args, **kwargs)
        except Conflict as error:
            raise Unavailable("mysql: others are always first") from error

    return patiently


class OutboxService:
    """The tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @patient
    async def claim(self, room: Mapping[str, int], lease: float) -> Sequence[Claim]:
        """Lease ready tasks: of each kind as many as there is room for, those first due first."""
        found: list[Claimed] = []
        async with self._database.begin() as tables:
            for kind, limit in room.items():
                found += await tables.outbox.claim(kind, limit, lease)
        return found

    @patient
    async def bury_strays(self, kinds: Collection[str], overdue: float) -> int:
        """Give up what is of no known kind and overdue by so many seconds; return how many."""
        async with self._database.read() as tables:
            return await tables.outbox.bury_strays(kinds, overdue=overdue)

    @patient
    async def depth(self) -> Depth:
        """Count."""
        async with self._database.read() as tables:
            found = await tables.outbox.depth()
        return Depth(found.queued, found.dead, found.oldest)

    @patient
    async def finish(self, claim: Claim) -> bool:
        """Mark as done and erase the facts; False when the lease was lost."""
        async with self._database.read() as tables:
            return await tables.outbox.finish(claim.id, claim.leased_until)

    @patient
    async def put_off(self, claim: Claim, seconds: float, error: str) -> bool:
        """Have it tried again later; False when the lease was lost."""
        async with self._database.read() as tables:
            return await tables.outbox.put_off(
                claim.id, claim.leased_until, seconds=seconds, error=error
            )

    @patient
    async def bury(self, claim: Claim, error: str, *, erase: bool) -> bool:
        """Give it up; False when the lease was lost."""
        async with self._database.read() as tables:
            return await tables.outbox.bury(claim.id, claim.leased_until, error=error, erase=erase)

    async def prune(self, *, older_than: float = KEPT_SECONDS) -> int:
        """Delete what was done so long ago, some at a time; return how many."""
        pruned = 0
        while True:
            some = await self._prune_some(older_than)
            pruned += some
            if some < PRUNED_AT_ONCE:
                return pruned

    @patient
    async def _prune_some(self, older_than: float) -> int:
        async with self._database.read() as tables:
            return await tables.outbox.prune(older_than=older_than, limit=PRUNED_AT_ONCE)
