"""The time line of an order: a row for each step it took, with who took it.

An actor is ``user:<id>``, ``timeout``, ``provider``, ``staff:<id>``, or ``import`` for an order
that was loaded or taken over. Which steps there are is said by ``models.orders.Status``.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from models.connection import Connection


class Event(msgspec.Struct, frozen=True):
    """One step; the first has no ``from_status``."""

    from_status: int | None
    to_status: int
    actor: str
    note: str
    created_time: datetime


_ADD = """INSERT INTO orders_event (order_id, from_status, to_status, actor, note)
  VALUES (%s, %s, %s, %s, %s)"""
_OF = """SELECT from_status, to_status, actor, note, created_time FROM orders_event
  WHERE order_id = %s ORDER BY id"""


class TimeLines:
    """All time lines."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self, order_id: str, before: int | None, *, after: int, actor: str, note: str = ""
    ) -> None:
        """Write down that an order went from one state to another."""
        await self._connection.insert(_ADD, order_id, before, after, actor, note)

    async def of(self, order_id: str) -> list[Event]:
        """Return the steps of an order, the first one first."""
        return await self._connection.rows(Event, _OF, order_id)
