"""The shelf: how many pieces of each SKU there are.

Every change of ``goods_sku.stock`` is made here and is also a row of the ledger, so that the stock
is the sum of its deltas. A change is one conditional UPDATE whose row count decides; nobody reads
first and writes back. Rows are taken in id order, so that crossed orders do not deadlock (DL-1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from models.connection import Connection, placeholders


class Pick(msgspec.Struct, frozen=True):
    """So many pieces of one SKU at this price."""

    sku_id: int
    count: int
    price: Decimal


class _Moved(msgspec.Struct, frozen=True):
    sku_id: int


_OF_EACH = "CASE id {whens} END"
_WHEN = "WHEN %s THEN %s"
_TAKE = """UPDATE goods_sku SET stock = stock - {counts}, sales = sales + {counts},
    updated_time = NOW(6)
  WHERE id IN ({ids}) AND is_launched = 1 AND stock >= {counts} AND price = {prices}
  ORDER BY id"""
_GIVE_BACK = """UPDATE goods_sku SET stock = stock + {counts},
    sales = GREATEST(0, sales - {counts}), updated_time = NOW(6)
  WHERE id IN ({ids}) ORDER BY id"""
_MOVE = """UPDATE goods_sku SET stock = stock + %s, updated_time = NOW(6)
  WHERE id = %s AND stock + %s >= 0"""
_ENTER = "INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id) VALUES {rows}"

_MOVED = """SELECT DISTINCT sku_id FROM goods_stock_ledger
  WHERE created_time >= NOW(6) - INTERVAL %s SECOND AND order_id IS NOT NULL"""


class Stock:
    """The stock of every SKU, and its ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, picks: Sequence[Pick]) -> bool:
        """Take all picks off the shelf; False when not every one was there, launched, at its price.

        Then some of them may have been taken: the transaction must be rolled back. The ledger is
        written by ``enter``, after the lines of the order. SKUs are distinct.
        """
        ordered = sorted(picks, key=lambda pick: pick.sku_id)
        ids = [pick.sku_id for pick in ordered]
        counts = [value for pick in ordered for value in (pick.sku_id, pick.count)]
        prices = [value for pick in ordered for value in (pick.sku_id, pick.price)]
        sql = _each(_TAKE, len(ids))
        values = (*counts, *counts, *ids, *counts, *prices)
        return await self._connection.change(sql, *values) == len(ids)

    async def give_back(self, counts: Mapping[int, int]) -> None:
        """Put so many of each SKU back onto the shelf; the ledger is written by ``enter``."""
        if not counts:
            return
        ids = sorted(counts)
        cases = [value for sku_id in ids for value in (sku_id, counts[sku_id])]
        await self._connection.change(_each(_GIVE_BACK, len(ids)), *cases, *cases, *ids)

    async def enter(self, order_id: str, reason: str, deltas: Sequence[tuple[int, int]]) -> None:
        """Write (SKU id, delta) of an order into the ledger."""
        rows = [(sku_id, delta, reason, order_id) for sku_id, delta in deltas]
        if rows:
            await self._enter(rows)

    async def move(self, sku_id: int, delta: int) -> bool:
        """Let staff change the stock; False when it would go below zero or there is no such SKU."""
        if not await self._connection.change(_MOVE, delta, sku_id, delta):
            return False
        await self._enter([(sku_id, delta, "staff", None)])
        return True

    async def moved_by_orders(self, seconds: float) -> list[int]:
        """Return the SKUs whose stock orders have changed in the last seconds."""
        return [row.sku_id for row in await self._connection.rows(_Moved, _MOVED, seconds)]

    async def _enter(self, rows: Sequence[tuple[int, int, str, str | None]]) -> None:
        sql = _ENTER.format(rows=", ".join([f"({placeholders(4)})"] * len(rows)))
        await self._connection.change(sql, *(value for row in rows for value in row))


def _each(sql: str, count: int) -> str:
    """Fill in a CASE over so many SKUs, and the list of their ids."""
    case = _OF_EACH.format(whens=" ".join([_WHEN] * count))
    return sql.format(counts=case, prices=case, ids=placeholders(count))
