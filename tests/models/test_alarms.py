"""Alarms are counted: every forgery counts, and a flood of them cannot fill the table."""

from __future__ import annotations

import asyncio

import pytest

from models.database import Database
from models.errors.pays import REASONS
from models.payments import METHODS
from tests.factories import Goods

NUMBER = "20261127" + "0a" * 10
COUNTED = "SELECT provider, reason, out_trade_no, times FROM pays_alarm ORDER BY 1, 2, 3"


async def raised(database: Database, *alarm: str) -> None:
    """Raise one."""
    async with database.read() as tables:
        await tables.alarms.add(*alarm)


async def test_a_flood_is_one_row(database: Database, goods: Goods) -> None:
    """F-15: the count is the number sent, also when they come at once."""
    flood = [raised(database, "alipay", "signature") for _ in range(100)]
    await asyncio.gather(*flood)
    assert goods.ask(COUNTED) == [("alipay", "signature", "", 100)]


async def test_each_kind_is_counted_by_itself(database: Database, goods: Goods) -> None:
    """By provider, reason and attempt (PAY-3)."""
    for alarm in (
        ("alipay", "amount", NUMBER),
        ("alipay", "amount", NUMBER),
        ("alipay", "amount", NUMBER.upper()),
        ("alipay", "seller", NUMBER),
        ("wechat", "amount", NUMBER),
        ("alipay", "amount"),
    ):
        await raised(database, *alarm)
    assert goods.ask(COUNTED) == [
        ("alipay", "amount", "", 1),
        ("alipay", "amount", NUMBER.upper(), 1),
        ("alipay", "amount", NUMBER, 2),
        ("alipay", "seller", NUMBER, 1),
        ("wechat", "amount", NUMBER, 1),
    ]


async def test_each_day_is_counted_by_itself(database: Database, goods: Goods) -> None:
    """The last one of a day says when."""
    await raised(database, "alipay", "time")
    goods.run(
        "UPDATE pays_alarm SET day = day - INTERVAL 1 DAY, last_time = NOW(6) - INTERVAL 1 DAY"
    )
    for _ in range(2):
        await raised(database, "alipay", "time")
    rows = goods.ask(
        "SELECT times, DATEDIFF(CURDATE(), day), TIMESTAMPDIFF(SECOND, last_time, NOW(6)) < 60"
        " FROM pays_alarm ORDER BY day"
    )
    assert rows == [(1, 1, 0), (2, 0, 1)]


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("provider", METHODS)
async def test_every_reason_fits_the_table(
    database: Database, goods: Goods, provider: str, reason: str
) -> None:
    await raised(database, provider, reason, NUMBER)
    assert goods.ask(COUNTED) == [(provider, reason, NUMBER, 1)]
