"""Payment attempts: each has a number of its own at one provider and belongs to one order.

An attempt is ``open`` until it is ``paid`` (it is the payment of its order), ``surplus`` (it was
paid, but the order did not need it, so the money goes back) or ``closed``. A closed one may still
turn out to be paid. Amounts are in yuan, times those of the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from models.connection import Connection
from models.orders import Status

PROVIDERS = {1: "alipay", 2: "wechat"}
"""Who stands behind the pay methods of orders."""
METHODS = {name: method for method, name in PROVIDERS.items()}


class State(StrEnum):
    """Where an attempt stands."""

    OPEN = "open"
    PAID = "paid"
    SURPLUS = "surplus"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What follows from a provider's word."""

    NOTHING = "nothing"
    PAY = "pay"
    RETURN = "return"
    CLOSE = "close"


class Attempt(msgspec.Struct, frozen=True):
    """One attempt; ``is_over`` when nobody should be sent to the provider with it any more."""

    id: int
    order_id: str
    provider: str
    out_trade_no: str
    amount: Decimal
    state: str
    code_url: str
    trade_no: str | None
    expires_time: datetime
    created_time: datetime
    is_over: int

    def verdict(self, order: int | None, *, paid: bool, closed: bool) -> Verdict:
        """Judge what a provider says, beside the status of the order (None: it is gone).

        Money that is there already changes nothing; money an order does not wait for goes back.
        """
        if paid and self.state in {State.OPEN, State.CLOSED}:
            return Verdict.PAY if order == Status.UNPAID else Verdict.RETURN
        if closed and self.state == State.OPEN:
            return Verdict.CLOSE
        return Verdict.NOTHING


class Movement(msgspec.Struct, frozen=True):
    """Money of one day: a payment, or a refund with its request number and a negative amount.

    ``at`` is when the provider says it moved, or when we heard of it where it does not say.
    """

    provider: str
    out_trade_no: str
    trade_no: str
    request_no: str
    amount: Decimal
    at: datetime


_FIELDS = """id, order_id, provider, out_trade_no, amount, state, code_url, trade_no, expires_time,
    created_time, expires_time <= NOW()"""
_ADD = """INSERT INTO pays_attempt (order_id, provider, out_trade_no, amount, expires_time)
  SELECT order_id, %s, %s, total_amount, created_time + INTERVAL %s SECOND
  FROM orders_order_info WHERE order_id = %s"""
_BY_NUMBER = f"SELECT {_FIELDS} FROM pays_attempt WHERE out_trade_no = %s"
_LOCKED = f"SELECT {_FIELDS} FROM pays_attempt WHERE id = %s FOR UPDATE"
_OF_ORDER = f"SELECT {_FIELDS} FROM pays_attempt WHERE order_id = %s ORDER BY id"
_SETTLE = """UPDATE pays_attempt
  SET state = %s, trade_no = %s, paid_time = COALESCE(%s, NOW(6))
  WHERE id = %s AND state IN ('open', 'closed')"""
_CLOSE = "UPDATE pays_attempt SET state = 'closed' WHERE id = %s AND state = 'open'"
_KEEP_CODE = """UPDATE pays_attempt SET code_url = %s
  WHERE id = %s AND state = 'open' AND code_url = ''"""
_CLAIM = """UPDATE pays_attempt SET asked_time = NOW(6)
  WHERE id = %s AND state = 'open'
    AND (asked_time IS NULL OR asked_time <= NOW(6) - INTERVAL %s SECOND)"""
_MOVEMENTS = """SELECT provider, out_trade_no, COALESCE(trade_no, ''), '', amount, paid_time
  FROM pays_attempt WHERE paid_time >= %s AND paid_time < %s + INTERVAL 1 DAY
  UNION ALL
  SELECT a.provider, a.out_trade_no, COALESCE(a.trade_no, ''), r.request_no, -r.amount,
    r.done_time
  FROM pays_refund r JOIN pays_attempt a ON a.id = r.attempt_id
  WHERE r.done_time >= %s AND r.done_time < %s + INTERVAL 1 DAY"""


def fresh_number(today: datetime) -> str:
    """Return a number no provider has seen: the day, then 80 random bits in hexadecimal."""
    return f"{today:%Y%m%d}{secrets.token_hex(10)}"


class Attempts:
    """All attempts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, order_id: str, provider: str, out_trade_no: str, *, patience: int) -> None:
        """Open one over the whole amount of an order, until ``patience`` seconds after the order.

        Raises ``Duplicate`` when the number is taken.
        """
        await self._connection.change(_ADD, provider, out_trade_no, patience, order_id)

    async def by_number(self, out_trade_no: str) -> Attempt | None:
        """Return the attempt of that number."""
        return await self._connection.row(Attempt, _BY_NUMBER, out_trade_no)

    async def locked(self, attempt_id: int) -> Attempt | None:
        """Return an attempt and keep others from it; its order is locked before."""
        return await self._connection.row(Attempt, _LOCKED, attempt_id)

    async def of_order(self, order_id: str) -> list[Attempt]:
        """Return the attempts of an order, the first one first."""
        return await self._connection.rows(Attempt, _OF_ORDER, order_id)

    async def settle(
        self, attempt_id: int, state: State, *, trade_no: str, at: datetime | None = None
    ) -> bool:
        """Write down that it was paid, now or then, under the provider's number.

        Exactly one caller sees True. Raises ``Duplicate`` when another attempt has that number.
        """
        values = (state.value, trade_no, at, attempt_id)
        return await self._connection.change(_SETTLE, *values) == 1

    async def close(self, attempt_id: int) -> bool:
        """Write down that nobody can pay it any more; False when it was not open."""
        return await self._connection.change(_CLOSE, attempt_id) == 1

    async def keep_code(self, attempt_id: int, code_url: str) -> bool:
        """Keep what buyers scan; False when there is a code already or nothing to pay."""
        return await self._connection.change(_KEEP_CODE, code_url, attempt_id) == 1

    async def claim_asking(self, attempt_id: int, *, pause: float) -> bool:
        """Take the turn to ask the provider, which comes at most once in ``pause`` seconds."""
        return await self._connection.change(_CLAIM, attempt_id, pause) == 1

    async def movements(self, day: str) -> Sequence[Movement]:
        """Return the money that came and went on a day, ``YYYY-MM-DD``."""
        return await self._connection.rows(Movement, _MOVEMENTS, day, day, day, day)
