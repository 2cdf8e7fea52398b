"""Whose turn it is at periodic work, as the schedule needs it."""

from __future__ import annotations

from datetime import datetime

from models.database import Database, repeatable
from models.schedule import Turn


class ScheduleService:
    """The turns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @repeatable
    async def take(self, name: str, *, every: float, lease: float) -> Turn:
        """Take the turn if it has come and is nobody's."""
        async with self._database.read() as tables:
            wait = await tables.turns.wait(name, every=every)
            if wait is None:
                await tables.turns.enter(name)
        if wait:
            return Turn(None, wait)
        async with self._database.begin() as tables:
            return Turn(await tables.turns.take(name, every=every, lease=lease))

    @repeatable
    async def end(self, name: str, stamp: datetime, *, lease: float) -> bool:
        """Say that the turn was used; False when the lease was lost."""
        async with self._database.read() as tables:
            return await tables.turns.end(name, stamp, lease=lease)
