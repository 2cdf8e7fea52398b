"""The shelf: taken whole or not at all, never below zero, every change in the ledger."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from models.connection import Conflict
from models.database import Database
from models.stock import Pick
from tests.factories import Bags, Goods, connect

PRICES = (Decimal("88.00"), Decimal("9.90"))
LEDGER = "SELECT sku_id, delta, reason, order_id FROM goods_stock_ledger ORDER BY id"


def on_shelf(goods: Goods, *skus: int) -> list[tuple[int, int]]:
    """Return stock and sales of some SKUs."""
    sql = "SELECT stock, sales FROM goods_sku WHERE id = %s"
    return [goods.ask(sql, sku)[0] for sku in skus]  # type: ignore[misc]


@pytest.fixture
def pair(bags: Bags) -> tuple[int, int]:
    """Two SKUs of different products, five pieces of each."""
    return bags.skus[0], bags.plain


def picks(pair: tuple[int, int], *counts: int) -> list[Pick]:
    """Return what is taken: so many of each, at the prices of the rows, in the wrong order."""
    found = [Pick(*each) for each in zip(pair, counts, PRICES, strict=True)]
    return found[::-1]


async def test_everything_is_taken_at_once(
    database: Database, goods: Goods, pair: tuple[int, int]
) -> None:
    before = on_shelf(goods, *pair)
    async with database.begin() as tables:
        statements = tables.connection.statements
        assert await tables.stock.take(picks(pair, 2, 5))
        assert tables.connection.statements == statements + 1
    after = on_shelf(goods, *pair)
    assert [(b[0] - a[0], a[1] - b[1]) for b, a in zip(before, after, strict=True)] == [
        (2, 2),
        (5, 5),
    ]
    async with database.begin() as tables:
        await tables.stock.give_back(dict(zip(pair, (2, 5), strict=True)))
    assert on_shelf(goods, *pair) == before


@pytest.mark.parametrize(
    "spoiled",
    [
        "UPDATE goods_sku SET stock = 1 WHERE id = %s",
        "UPDATE goods_sku SET stock = 0 WHERE id = %s",
        "UPDATE goods_sku SET is_launched = 0 WHERE id = %s",
        "UPDATE goods_sku SET price = price + 0.01 WHERE id = %s",
    ],
)
@pytest.mark.parametrize("which", [0, 1])
async def test_one_that_fails_is_noticed(
    database: Database, goods: Goods, pair: tuple[int, int], spoiled: str, which: int
) -> None:
    """STK-1: too few, withdrawn or at another price; the caller rolls all of them back."""
    goods.run(spoiled, pair[which])
    before = on_shelf(goods, *pair)

    async def bought() -> None:
        async with database.begin() as tables:
            if not await tables.stock.take(picks(pair, 2, 2)):
                raise Conflict

    with pytest.raises(Conflict):
        await bought()
    assert on_shelf(goods, *pair) == before


async def test_a_sku_that_is_gone_is_noticed(database: Database, pair: tuple[int, int]) -> None:
    missing = [*picks(pair, 1, 1), Pick(2_000_000_000, 1, Decimal("1.00"))]
    async with database.begin() as tables:
        assert not await tables.stock.take(missing)


async def test_a_crowd_takes_no_more_than_there_is(
    database: Database, goods: Goods, pair: tuple[int, int]
) -> None:
    """STK-1: thirty at once want one of five; the control is that five get it."""

    async def buy() -> bool:
        async with database.begin() as tables:
            return await tables.stock.take([Pick(pair[1], 1, PRICES[1])])

    taken = await asyncio.gather(*(buy() for _ in range(30)))
    assert sum(taken) == 5
    assert on_shelf(goods, pair[1])[0][0] == 0


@pytest.mark.parametrize("rounds", range(2))
async def test_taking_and_giving_back_do_not_meet(
    database: Database, goods: Goods, bags: Bags, rounds: int
) -> None:
    """DL-1: both go through the rows by id; stopped half-way, neither holds what the other wants.

    Going in opposite directions they would wait for each other as soon as the middle is free.
    """
    with goods.transaction():
        skus = [goods.sku(bags.clutch, price="1.00", stock=500) for _ in range(9)]
    middle = connect(goods.url)
    middle.begin()
    middle.cursor().execute("SELECT id FROM goods_sku WHERE id = %s FOR UPDATE", (skus[4],))

    async def take() -> None:
        async with database.begin() as tables:
            assert await tables.stock.take([Pick(sku, 1, Decimal("1.00")) for sku in skus[::-1]])

    async def give_back() -> None:
        async with database.begin() as tables:
            await tables.stock.give_back(dict.fromkeys(skus[::-1], 1))

    steps = [take, give_back] if rounds else [give_back, take]
    waiting = []
    for step in steps:
        waiting.append(asyncio.create_task(step()))
        await asyncio.sleep(0.2)
    middle.commit()
    middle.close()
    await asyncio.gather(*waiting)
    assert goods.one("SELECT COUNT(*) FROM goods_sku WHERE stock = 500") == 9


async def test_sales_do_not_fall_below_zero(
    database: Database, goods: Goods, pair: tuple[int, int]
) -> None:
    """Orders of the time before the shop counted sales may be given back as well."""
    goods.run("UPDATE goods_sku SET sales = 1")
    async with database.begin() as tables:
        await tables.stock.give_back({pair[0]: 3})
    assert on_shelf(goods, *pair) == [(8, 1 - 1), (5, 1)]


async def test_the_ledger_of_an_order(
    database: Database, goods: Goods, pair: tuple[int, int]
) -> None:
    async with database.begin() as tables:
        await tables.stock.enter("123", "order", [(pair[0], -2), (pair[1], -1)])
    assert goods.ask(LEDGER) == [(pair[0], -2, "order", "123"), (pair[1], -1, "order", "123")]


async def test_staff_move_the_stock_and_the_ledger(
    database: Database, goods: Goods, pair: tuple[int, int]
) -> None:
    """STK-4: by a delta, never below zero; what is refused is not entered."""
    sku = pair[1]
    async with database.begin() as tables:
        assert await tables.stock.move(sku, 7)
        assert await tables.stock.move(sku, -12)
        assert not await tables.stock.move(sku, -1)
        assert not await tables.stock.move(2_000_000_000, 1)
    assert on_shelf(goods, sku)[0][0] == 0
    assert goods.ask(LEDGER) == [(sku, 7, "staff", None), (sku, -12, "staff", None)]
