"""Work that comes round again, done by exactly one process at a time.

Every process runs a schedule; whose turn it is, is decided by a lease in the table. The next turn
comes a period after the last one began. When a process dies in its turn, the turn is given to
another as soon as the lease has run out; one that fails is over, the next comes in its time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from models.errors import Unavailable
from tasks.pace import jittered

AWAY_SECONDS = 1.0
LONGEST_LOOK = 60.0
"""Seconds after which a turn is asked for again, however far away it seemed."""
LATE_SECONDS = 0.1

log = structlog.get_logger("tasks.schedule")


@dataclass(frozen=True, slots=True)
class Chore:
    """A use case that is run about every so many seconds and has a deadline.

    ``lease`` is how long others wait for a process that died in its turn.
    """

    name: str
    every: float
    run: Callable[[], Awaitable[object]]
    deadline: float = 60.0

    @property
    def lease(self) -> float:
        """Longer than the deadline, so that no two processes do it at the same time."""
        return self.deadline * 1.5


class Turn(Protocol):
    """The answer to whoever asks for a turn."""

    @property
    def stamp(self) -> datetime | None:
        """The stamp of the lease, or None when it is not our turn."""

    @property
    def wait(self) -> float:
        """Seconds until the next turn at the earliest."""


class Store(Protocol):
    """The table of turns; both may raise ``Unavailable``."""

    async def take(self, name: str, *, every: float, lease: float) -> Turn:
        """Take the turn if it has come and is nobody's."""

    async def end(self, name: str, stamp: datetime, *, lease: float) -> bool:
        """Say that the turn was used; False when the lease was lost."""


class Schedule:
    """The chores of one process; ``run`` it for as long as the process serves."""

    def __init__(self, store: Store, chores: Sequence[Chore]) -> None:
        self._store = store
        self._chores = chores

    async def run(self) -> None:
        """Take turns until cancelled."""
        async with asyncio.TaskGroup() as all_of_them:
            for chore in self._chores:
                all_of_them.create_task(self._keep(chore))

    async def _keep(self, chore: Chore) -> None:
        while True:
            try:
                wait = await self._turn(chore)
            except Unavailable as error:
                log.info("chore waits for the database", chore=chore.name, error=repr(error))
                wait = AWAY_SECONDS
            late = LATE_SECONDS - jittered(LATE_SECONDS, least=0.0)
            await asyncio.sleep(min(wait, LONGEST_LOOK) + late)

    async def _turn(self, chore: Chore) -> float:
        """Do it if it is our turn; return in how many seconds to ask again."""
        turn = await self._store.take(chore.name, every=chore.every, lease=chore.lease)
        if turn.stamp is None:
            return turn.wait
        await self._do(chore)
        if not await self._store.end(chore.name, turn.stamp, lease=chore.lease):
            log.warning("chore took longer than its lease", chore=chore.name)
        return 0.0

    async def _do(self, chore: Chore) -> None:
        try:
            async with asyncio.timeout(chore.deadline):
                await chore.run()
        except Unavailable as error:
            log.info("chore not done", chore=chore.name, error=repr(error))
        except TimeoutError:
            log.error("chore did not end", chore=chore.name, seconds=chore.deadline)
        except Exception:  # a defect of one chore is no reason to stop the others
            log.exception("chore broke", chore=chore.name)
