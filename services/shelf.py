"""Goods of an order that go back onto the shelf, in the transaction that takes the order's step."""

from __future__ import annotations

from collections import Counter

from models.database import Tables


async def put_back(tables: Tables, order_id: str, reason: str) -> None:
    """Put the pieces of an order back, and into the ledger for that reason."""
    counts = Counter[int]()
    for line in (await tables.orders.lines_of([order_id]))[order_id]:
        counts[line.sku_id] += line.count
    if counts:
        await tables.stock.give_back(counts)
        await tables.stock.enter(order_id, reason, list(counts.items()))
