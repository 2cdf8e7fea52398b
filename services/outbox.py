"""What the relay needs of the tasks in the database, and what keeps their table small."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from models.database import Database, repeatable
from models.outbox import Claimed
from tasks.relay import Claim, Depth

KEPT_SECONDS = 7 * 24 * 3600.0
PRUNED_AT_ONCE = 1000


class OutboxService:
    """The tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @repeatable
    async def claim(self, room: Mapping[str, int], lease: float) -> Sequence[Claim]:
        """Lease ready tasks: of each kind as many as there is room for, those first due first."""
        found: list[Claimed] = []
        async with self._database.begin() as tables:
            for kind, limit in room.items():
                found += await tables.outbox.claim(kind, limit, lease)
        return found

    @repeatable
    async def bury_strays(self, kinds: Collection[str], overdue: float) -> int:
        """Give up what is of no known kind and overdue by so many seconds; return how many."""
        async with self._database.read() as tables:
            return await tables.outbox.bury_strays(kinds, overdue=overdue)

    @repeatable
    async def depth(self) -> Depth:
        """Count."""
        async with self._database.read() as tables:
            found = await tables.outbox.depth()
        return Depth(found.queued, found.dead, found.oldest)

    @repeatable
    async def finish(self, claim: Claim) -> bool:
        """Mark as done and erase the facts; False when the lease was lost."""
        async with self._database.read() as tables:
            return await tables.outbox.finish(claim.id, claim.leased_until)

    @repeatable
    async def put_off(self, claim: Claim, seconds: float, error: str) -> bool:
        """Have it tried again later; False when the lease was lost."""
        async with self._database.read() as tables:
            return await tables.outbox.put_off(
                claim.id, claim.leased_until, seconds=seconds, error=error
            )

    @repeatable
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

    @repeatable
    async def _prune_some(self, older_than: float) -> int:
        async with self._database.read() as tables:
            return await tables.outbox.prune(older_than=older_than, limit=PRUNED_AT_ONCE)
