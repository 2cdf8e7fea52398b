"""Turns of periodic work: whose it is now, and when it was done last. All times of the database."""

from __future__ import annotations

from datetime import datetime

import msgspec

from models.connection import Connection


class Turn(msgspec.Struct, frozen=True):
    """The answer to whoever asks for a turn: the stamp of the lease, or how long to wait."""

    stamp: datetime | None
    wait: float = 0.0


class _Wait(msgspec.Struct, frozen=True):
    microseconds: int


class _Stamp(msgspec.Struct, frozen=True):
    leased_until: datetime


_ENTER = "INSERT IGNORE INTO tasks_schedule (name) VALUES (%s)"
_TAKE = """UPDATE tasks_schedule SET leased_until = NOW(6) + INTERVAL %s SECOND
  WHERE name = %s AND (leased_until IS NULL OR leased_until <= NOW(6))
    AND (ran_at IS NULL OR ran_at + INTERVAL %s SECOND <= NOW(6))"""
_STAMP = "SELECT leased_until FROM tasks_schedule WHERE name = %s"
_WAIT = """SELECT TIMESTAMPDIFF(MICROSECOND, NOW(6), GREATEST(
    COALESCE(leased_until, NOW(6)), COALESCE(ran_at + INTERVAL %s SECOND, NOW(6))))
  FROM tasks_schedule WHERE name = %s"""
_END = """UPDATE tasks_schedule
  SET ran_at = leased_until - INTERVAL %s SECOND, leased_until = NULL
  WHERE name = %s AND leased_until = %s"""


class Turns:
    """The turns of all periodic work, seen through one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def enter(self, name: str) -> None:
        """Make a row for some work, unless it has one."""
        await self._connection.change(_ENTER, name)

    async def wait(self, name: str, *, every: float) -> float | None:
        """Return in how many seconds the next turn comes at the earliest; None without a row."""
        found = await self._connection.row(_Wait, _WAIT, every, name)
        return None if found is None else max(0, found.microseconds) / 1_000_000

    async def take(self, name: str, *, every: float, lease: float) -> datetime | None:
        """Take the turn if it has come and is nobody's; return its stamp. In a transaction."""
        if not await self._connection.change(_TAKE, lease, name, every):
            return None
        found = await self._connection.row(_Stamp, _STAMP, name)
        return found.leased_until if found else None

    async def end(self, name: str, stamp: datetime, *, lease: float) -> bool:
        """Say that the turn was used; the next comes a period after it began.

        Returns False when the lease ran out and the turn is another's.
        """
        return await self._connection.change(_END, lease, name, stamp) == 1
