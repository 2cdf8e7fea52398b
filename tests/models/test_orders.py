"""Orders in their tables: numbers, lines as on their day, pages, and steps only one can take."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from models.addresses import Address
from models.connection import Duplicate
from models.database import Database, Tables
from models.orders import (
    LARGEST_ID,
    LEAST_ID,
    NewOrder,
    OrderLine,
    Status,
    fresh_order_id,
)
from tests.factories import Bags, Goods

HOME = Address(1, "王小明", "北京市 1 号 🏠", "13800138000", "100080", "家", 1)


@pytest.fixture
def user(goods: Goods) -> int:
    """An account."""
    return goods.add(
        "users_user_profile", username="wang", password="x", email="w@x.cn", phone="13800000000"
    )


def new(user: int, order_id: str = "1234567890123456") -> NewOrder:
    """Return an order that may be placed."""
    return NewOrder(order_id, user, Decimal("98.00"), 1, 1, Decimal("10.00"), HOME)


def line(sku: int, order_id: str = "1234567890123456", **changes: object) -> OrderLine:
    """Return a line of it."""
    given = {"names": ["颜色"], "values": ["绯红 \"'\\"], "name": "托特包 0"} | changes
    return OrderLine(
        order_id=order_id,
        sku_id=sku,
        count=2,
        price=Decimal("88.00"),
        name=str(given["name"]),
        image="sku/1.png",
        attribute_names=list(given["names"]),  # type: ignore[call-overload]
        attribute_values=list(given["values"]),  # type: ignore[call-overload]
    )


def test_numbers_are_16_digits_that_javascript_can_hold() -> None:
    """SEC-2: at random over the whole range, without repetition."""
    numbers = [fresh_order_id() for _ in range(10_000)]
    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers} == {16}
    assert all(LEAST_ID <= int(number) <= LARGEST_ID == 2**53 - 1 for number in numbers)
    assert {number[0] for number in numbers} == set("123456789")
    assert {number[-1] for number in numbers} == set("0123456789")


async def test_an_order_is_what_was_written(database: Database, bags: Bags, user: int) -> None:
    async with database.begin() as tables:
        await tables.orders.add(new(user))
        await tables.orders.add_lines([line(bags.skus[0]), line(bags.plain, names=[], values=[])])
        order = await tables.orders.by_id("1234567890123456")
        assert order is not None
        assert (order.user_id, order.status, order.total_amount) == (user, 1, Decimal("98.00"))
        assert (order.receiver, order.address, order.receiver_mobile, order.tag) == (
            HOME.receiver, HOME.address, HOME.receiver_mobile, HOME.tag,
        )  # fmt: skip
        assert await tables.orders.own(user, order.order_id) == order
        assert await tables.orders.own(user + 1, order.order_id) is None
        assert await tables.orders.by_id("1") is None
        lines = await tables.orders.lines_of([order.order_id, "1"])
    assert lines == {
        order.order_id: [line(bags.skus[0]), line(bags.plain, names=[], values=[])],
        "1": [],
    }


async def test_a_number_is_given_once(database: Database, goods: Goods, user: int) -> None:
    async with database.read() as tables:
        await tables.orders.add(new(user))
        with pytest.raises(Duplicate):
            await tables.orders.add(new(user))
    assert goods.one("SELECT COUNT(*) FROM orders_order_info") == 1


async def test_a_line_without_a_snapshot_shows_its_sku(
    database: Database, goods: Goods, bags: Bags
) -> None:
    """Rows of an older shop, before the books are made."""
    goods.order(bags.skus[0])
    async with database.read() as tables:
        lines = await tables.orders.lines_of(["1"])
    (found,) = lines["1"]
    assert (found.name, found.image) == ("托特包 0", "sku/1.png")
    assert found.attribute_names == found.attribute_values == []


async def test_no_orders_ask_for_no_lines(database: Database) -> None:
    async with database.read() as tables:
        assert await tables.orders.lines_of([]) == {}
        assert tables.connection.statements == 0


async def filled(tables: Tables, user: int) -> list[str]:
    """Write five orders, each in another state; return their numbers, the oldest first."""
    numbers = [f"{n}" * 16 for n in range(1, 6)]
    for number, status in zip(numbers, (1, 2, 1, 4, 1), strict=True):
        await tables.orders.add(new(user, number))
        await tables.connection.change(
            "UPDATE orders_order_info SET status = %s WHERE order_id = %s", status, number
        )
    return numbers


async def test_pages(database: Database, user: int) -> None:
    """The newest first, of one state or all; those of one moment have an order, too."""
    async with database.read() as tables:
        numbers = await filled(tables, user)
        orders = tables.orders
        found = await orders.page(user, None, page=1, pagesize=3)
        assert [each.order_id for each in found] == numbers[:1:-1]
        found = await orders.page(user, 1, page=2, pagesize=2)
        assert [each.order_id for each in found] == numbers[:1]
        assert await orders.page(user, 1, page=3, pagesize=2) == []
        assert [await orders.count(user, status) for status in (None, 1, 2, 6)] == [5, 3, 1, 0]
        assert await orders.count(user + 1, None) == 0
        await tables.connection.change("UPDATE orders_order_info SET created_time = '2026-01-01'")
        found = await orders.page(user, None, page=1, pagesize=5)
        assert [each.order_id for each in found] == numbers[::-1]


async def test_a_list_reads_the_key_of_its_user(database: Database, user: int) -> None:
    """PERF-1: the rows of one user, not the table."""
    sql = "EXPLAIN SELECT order_id FROM orders_order_info WHERE user_profile_id = %s AND status = 1"
    async with database.read() as tables:
        await filled(tables, user)
        plan = await tables.connection._fetched(sql, (user,))
    assert "orders_order_info_state" in str(plan)


async def test_one_of_many_takes_a_step(database: Database, goods: Goods, user: int) -> None:
    """Conditional on where it stands and whose it is; the row count decides."""
    async with database.read() as tables:
        await tables.orders.add(new(user))

    async def paid() -> bool:
        async with database.begin() as tables:
            step = (Status.UNPAID, Status.PAID)
            return await tables.orders.move("1234567890123456", step[0], after=step[1])

    assert sum(await asyncio.gather(*(paid() for _ in range(20)))) == 1
    async with database.read() as tables:
        move, number = tables.orders.move, "1234567890123456"
        assert not await move(number, Status.UNPAID, after=Status.CLOSED)
        assert not await move(number, Status.PAID, after=Status.SHIPPED, user_id=user + 1)
        assert await move(number, Status.PAID, after=Status.SHIPPED, user_id=user)
        assert not await move("1", Status.PAID, after=Status.SHIPPED)
    assert goods.one("SELECT status FROM orders_order_info") == 3
