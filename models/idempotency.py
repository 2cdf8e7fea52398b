"""What was asked for under a key, and what was answered: written in the transaction of its effect.

``key`` is ``key:<Idempotency-Key>`` as the client sent it, or, when it sent none, what a double
click repeats: ``cart:<address>`` or ``sku:<address>:<sku>``. The row decides who of several askers
does it: the others wait for its insertion and then find it (IDEM-1). ``order_id`` is None for a
refusal.
"""

from __future__ import annotations

import msgspec

from models.connection import Connection, Duplicate


class Entry(msgspec.Struct, frozen=True):
    """An answer to be kept; ``fingerprint`` is a SHA-256 of what was asked, ``reply`` JSON."""

    user_id: int
    key: str
    fingerprint: bytes
    reply: str
    order_id: str | None


class Kept(msgspec.Struct, frozen=True):
    """An answer that was given; ``age`` in seconds, ``status`` that of its order now."""

    fingerprint: bytes
    reply: str
    order_id: str | None
    age: int
    status: int | None


_ADD = """INSERT INTO orders_idempotency (user_profile_id, `key`, fingerprint, reply, order_id)
  VALUES (%s, %s, %s, %s, %s)"""
_FIND = """SELECT i.fingerprint, i.reply, i.order_id, TIMESTAMPDIFF(SECOND, i.created_time, NOW(6)),
    o.status
  FROM orders_idempotency i LEFT JOIN orders_order_info o ON o.order_id = i.order_id
  WHERE i.user_profile_id = %s AND i.`key` = %s"""
_REPLACE = """UPDATE orders_idempotency
  SET fingerprint = %s, reply = %s, order_id = %s, created_time = NOW(6)
  WHERE user_profile_id = %s AND `key` = %s AND order_id = %s"""
_PRUNE = """DELETE FROM orders_idempotency WHERE created_time < NOW(6) - INTERVAL %s SECOND
  ORDER BY created_time LIMIT %s"""


class Idempotency:
    """All kept answers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, entry: Entry) -> bool:
        """Keep an answer; False when there is one under this key. Waits for whoever writes it."""
        try:
            await self._connection.change(
                _ADD, entry.user_id, entry.key, entry.fingerprint, entry.reply, entry.order_id
            )
        except Duplicate:
            return False
        return True

    async def find(self, user_id: int, key: str) -> Kept | None:
        """Return the answer under a key."""
        return await self._connection.row(Kept, _FIND, user_id, key)

    async def replace(self, entry: Entry, *, instead_of: str) -> bool:
        """Keep another answer instead of that order; False when somebody else was faster."""
        values = (entry.fingerprint, entry.reply, entry.order_id)
        return (
            await self._connection.change(_REPLACE, *values, entry.user_id, entry.key, instead_of)
            == 1
        )

    async def prune(self, *, older_than: float, limit: int) -> int:
        """Forget up to ``limit`` answers given so many seconds ago; return how many."""
        return await self._connection.change(_PRUNE, older_than, limit)
