"""Refunds in their table: one for an attempt, of all of it, done once."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from models.connection import Duplicate
from models.database import Database
from models.refunds import Reason, Refund, Stand
from tests.factories import Goods

ORDER, NUMBER = "1234567890123456", "20261127" + "0a" * 10


@pytest.fixture
def attempt(goods: Goods) -> int:
    """A payment of 98 yuan that the order did not need."""
    user = goods.add(
        "users_user_profile", username="wang", password="x", email="w@x.cn", phone="13800000000"
    )
    goods.run(
        "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
        " status, receiver, address, receiver_mobile) VALUES (%s, %s, 98, 1, 6, 'a', 'b', 'c')",
        ORDER,
        user,
    )
    return paid(goods, NUMBER)


def paid(goods: Goods, number: str) -> int:
    """Write an attempt whose money came too late."""
    return goods.add(
        "pays_attempt",
        order_id=ORDER,
        provider="wechat",
        out_trade_no=number,
        amount="98.00",
        state="surplus",
        trade_no=f"T{number}",
        expires_time="2026-11-27 12:00:00",
        paid_time="2026-11-27 11:00:00",
    )


async def added(database: Database, attempt: int, reason: Reason = Reason.LATE) -> Refund:
    """Write a refund down and return it."""
    async with database.read() as tables:
        refund_id = await tables.refunds.add(
            attempt, order_id=ORDER, number=NUMBER, amount=Decimal("98.00"), reason=reason
        )
        found = await tables.refunds.by_id(refund_id)
    assert found is not None
    return found


@pytest.mark.parametrize("reason", Reason)
async def test_a_refund_is_what_was_written(
    database: Database, attempt: int, reason: Reason
) -> None:
    """With what the provider has to be told: its attempt, and how much was paid."""
    refund = await added(database, attempt, reason)
    assert (refund.order_id, refund.reason, refund.state) == (ORDER, reason, "pending")
    assert (refund.provider, refund.out_trade_no, refund.request_no) == (
        *("wechat", NUMBER),
        f"R{NUMBER}",
    )
    assert refund.amount == refund.total == Decimal("98.00")
    assert refund.done_time is None
    assert not refund.is_done
    async with database.read() as tables:
        assert await tables.refunds.by_request(f"R{NUMBER}") == refund
        assert await tables.refunds.of_order(ORDER) == [refund]


async def test_what_is_not_there_is_not_found(database: Database, attempt: int) -> None:
    """Numbers are compared exactly: that of the attempt is not that of its refund."""
    await added(database, attempt)
    async with database.read() as tables:
        assert await tables.refunds.by_id(4711) is None
        assert await tables.refunds.by_request(NUMBER) is None
        assert await tables.refunds.by_request(f"r{NUMBER}") is None
        assert await tables.refunds.of_order("1") == []


async def test_an_attempt_has_one_refund(database: Database, attempt: int, goods: Goods) -> None:
    """PAY-4: of twenty who send it back at once, one does."""

    async def tried() -> bool:
        try:
            await added(database, attempt)
        except Duplicate:
            return False
        return True

    assert sum(await asyncio.gather(*(tried() for _ in range(20)))) == 1
    assert goods.one("SELECT COUNT(*) FROM pays_refund") == 1


async def test_a_request_number_is_given_once(
    database: Database, attempt: int, goods: Goods
) -> None:
    """ALI-6: two refunds under one number would be one at the provider."""
    await added(database, attempt)
    other = paid(goods, NUMBER[::-1])
    with pytest.raises(Duplicate):
        await added(database, other)


async def test_a_refund_is_done_once(database: Database, attempt: int, goods: Goods) -> None:
    """Of twenty who heard it, one sees the changed row; the moment stays."""
    refund = await added(database, attempt)

    async def finished() -> bool:
        async with database.read() as tables:
            return await tables.refunds.finish(refund.id)

    assert sum(await asyncio.gather(*(finished() for _ in range(20)))) == 1
    before = goods.contents()
    assert not await finished()
    assert goods.contents() == before
    async with database.read() as tables:
        done = await tables.refunds.by_id(refund.id)
        assert not await tables.refunds.finish(4711)
    assert done is not None
    assert done.is_done
    assert done.done_time is not None
    assert done.done_time >= refund.created_time


async def test_how_payments_stand(database: Database, attempt: int, goods: Goods) -> None:
    """Whatever there is to tell changes the version; orders that are gone have none."""
    versions = []

    async def seen() -> list[Stand]:
        async with database.read() as tables:
            return await tables.refunds.stands([ORDER, "4711"])

    (stand,) = await seen()
    assert stand == Stand(ORDER, 6, 0, 0)
    versions.append(stand.version)
    refund = await added(database, attempt)
    (stand,) = await seen()
    assert stand == Stand(ORDER, 6, 1, 0)
    versions.append(stand.version)
    async with database.read() as tables:
        await tables.refunds.finish(refund.id)
    (stand,) = await seen()
    assert stand == Stand(ORDER, 6, 1, 1)
    versions.append(stand.version)
    goods.run("UPDATE orders_order_info SET status = 7")
    (stand,) = await seen()
    versions.append(stand.version)
    assert len(set(versions)) == len(versions)


async def test_nobody_watched_costs_no_statement(database: Database) -> None:
    async with database.read() as tables:
        assert await tables.refunds.stands([]) == []
        assert tables.connection.statements == 0


async def test_many_stands_are_one_statement(
    database: Database, attempt: int, goods: Goods
) -> None:
    """Those with several refunds are one order still."""
    await added(database, attempt)
    second = paid(goods, "2" * 28)
    goods.run(
        "INSERT INTO pays_refund (attempt_id, order_id, request_no, amount, reason)"
        " VALUES (%s, %s, 'R2', 98, 'double')",
        *(second, ORDER),
    )
    async with database.read() as tables:
        found = await tables.refunds.stands([ORDER, *(str(n) for n in range(499))])
        assert tables.connection.statements == 1
    assert found == [Stand(ORDER, 6, 2, 0)]
