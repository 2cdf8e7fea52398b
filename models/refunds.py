"""Refunds: money of an attempt that goes back, asked for at the provider until it has gone.

``reason`` is ``late`` (paid when the order was closed), ``double`` (paid twice) or ``asked`` (by
the customer, granted by staff). An attempt has one refund, of its whole amount in yuan; its
``request_no`` is what makes the provider send it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from models.connection import Connection, placeholders

REQUEST = "R"
"""What a request number begins with; the number of the attempt follows."""


class Reason(StrEnum):
    """Why the money goes back."""

    LATE = "late"
    DOUBLE = "double"
    ASKED = "asked"


class Refund(msgspec.Struct, frozen=True):
    """One refund, with what is known of its attempt; ``state`` is ``pending`` or ``done``."""

    id: int
    order_id: str
    request_no: str
    amount: Decimal
    reason: str
    state: str
    created_time: datetime
    done_time: datetime | None
    provider: str
    out_trade_no: str
    total: Decimal

    @property
    def is_done(self) -> bool:
        """Whether the provider has confirmed it."""
        return self.state == "done"


class Stand(msgspec.Struct, frozen=True):
    """How the payment of an order stands: its status, and how many refunds it has and had."""

    order_id: str
    status: int
    refunds: int
    done: int

    @property
    def version(self) -> str:
        """A text that changes whenever there is something to tell."""
        return f"{self.status}.{self.refunds}.{self.done}"


_FIELDS = """r.id, r.order_id, r.request_no, r.amount, r.reason, r.state, r.created_time,
    r.done_time, a.provider, a.out_trade_no, a.amount
  FROM pays_refund r JOIN pays_attempt a ON a.id = r.attempt_id"""
_ADD = """INSERT INTO pays_refund (attempt_id, order_id, request_no, amount, reason)
  VALUES (%s, %s, %s, %s, %s)"""
_BY_ID = f"SELECT {_FIELDS} WHERE r.id = %s"
_BY_REQUEST = f"SELECT {_FIELDS} WHERE r.request_no = %s"
_OF_ORDER = f"SELECT {_FIELDS} WHERE r.order_id = %s ORDER BY r.id"
_FINISH = """UPDATE pays_refund SET state = 'done', done_time = COALESCE(%s, NOW(6))
  WHERE id = %s AND state = 'pending'"""
_STANDS = """SELECT o.order_id, o.status, COUNT(r.id), COUNT(r.done_time)
  FROM orders_order_info o LEFT JOIN pays_refund r ON r.order_id = o.order_id
  WHERE o.order_id IN ({ids}) GROUP BY o.order_id, o.status"""


class Refunds:
    """All refunds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self, attempt_id: int, *, order_id: str, number: str, amount: Decimal, reason: Reason
    ) -> int:
        """Write one down for the attempt with that ``number``; return its id.

        Raises ``Duplicate`` when the attempt has one.
        """
        values = (attempt_id, order_id, f"{REQUEST}{number}", amount, reason.value)
        return await self._connection.insert(_ADD, *values)

    async def by_id(self, refund_id: int) -> Refund | None:
        """Return a refund."""
        return await self._connection.row(Refund, _BY_ID, refund_id)

    async def by_request(self, request_no: str) -> Refund | None:
        """Return the refund of that request number."""
        return await self._connection.row(Refund, _BY_REQUEST, request_no)

    async def of_order(self, order_id: str) -> list[Refund]:
        """Return the refunds of an order, the first one first."""
        return await self._connection.rows(Refund, _OF_ORDER, order_id)

    async def finish(self, refund_id: int, at: datetime | None = None) -> bool:
        """Write down that the money has gone, now or then; exactly one caller sees True."""
        return await self._connection.change(_FINISH, at, refund_id) == 1

    async def stands(self, order_ids: Sequence[str]) -> list[Stand]:
        """Return how the payments of some orders stand."""
        if not order_ids:
            return []
        sql = _STANDS.format(ids=placeholders(len(order_ids)))
        return await self._connection.rows(Stand, sql, *order_ids)
