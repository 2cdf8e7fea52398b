"""The checkout: crossing carts, several processes at one row, and what happens in a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from redis.asyncio.connection import AbstractConnection

from models.connection import Conflict, Connection
from models.errors import OrderBusy, OutOfStock, ShopError
from server import open_services
from services import Services
from services.answers import Placed
from services.drafts import Wanted, Wish
from services.tokens import SignedIn
from settings import Settings
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market

MANY = 100
TAKE = "UPDATE goods_sku SET stock = stock - 1 WHERE id = %s AND stock >= 1"
OUTSIDE = {"redis", "http"}


def user(buyer: Buyer) -> SignedIn:
    """Return a buyer as the checkout sees her."""
    return SignedIn(buyer.id, buyer.name, 0, is_active=True)


def wish(buyer: Buyer, sku: int, count: int = 1) -> Wish:
    """Return the wish for one SKU."""
    return Wish(address_id=buyer.address, bought=Wanted(sku, count))


def filled(market: Market, skus: list[int], stock: int) -> None:
    """Put so many pieces of each onto the shelf."""
    for sku in skus:
        market.goods.run("UPDATE goods_sku SET stock = %s WHERE id = %s", stock, sku)
        market.goods.run("UPDATE goods_stock_ledger SET delta = %s WHERE sku_id = %s", stock, sku)


@pytest.fixture
async def processes(services: Services, shop_settings: Settings) -> AsyncIterator[list[Services]]:
    """Two processes of one shop: what one does is known to the other only through MySQL."""
    async with open_services(shop_settings) as other:
        yield [services, other]


async def test_the_control_rows_taken_in_any_order_deadlock(
    market: Market, services: Services, bags: Bags
) -> None:
    """Who takes A then B while others take B then A is thrown back by the server."""
    pair = [bags.skus[0], bags.plain]
    filled(market, pair, 1000)

    async def naive(skus: list[int]) -> None:
        async with services.database.begin() as tables:
            for sku in skus:
                await tables.connection.change(TAKE, sku)
                await asyncio.sleep(0.01)

    crossed = [pair if n % 2 else pair[::-1] for n in range(6)]
    taken = await asyncio.gather(*map(naive, crossed), return_exceptions=True)
    assert any(isinstance(each, Conflict) for each in taken)


async def insisting(services: Services, buyer: Buyer) -> int:
    """Order the cart until it is ordered; return how often it was too busy."""
    for busy in range(MANY):
        try:
            await services.checkout.place(user(buyer), Wish(address_id=buyer.address), key="k")
        except OrderBusy:
            await asyncio.sleep(0.05)
        else:
            return busy
    raise AssertionError


async def test_crossed_carts_do_not_meet(market: Market, services: Services, bags: Bags) -> None:
    """DL-1, trap 5: 100 buyers of (A, B) and (B, A) at once in one process; all are served.

    Who finds the queue full comes back, and there is no other trouble.
    """
    pair = [bags.skus[0], bags.plain]
    filled(market, pair, MANY)
    buyers = [market.buyer() for _ in range(MANY)]
    for number, buyer in enumerate(buyers):
        for sku in pair if number % 2 else pair[::-1]:
            await services.carts.add(buyer.id, sku, count=1, key=None)
    came_back = await asyncio.gather(*(insisting(services, each) for each in buyers))
    print("told to come back:", sum(map(bool, came_back)), "of", MANY)
    assert market.count("orders_order_info") == MANY
    for sku in pair:
        assert market.stock(sku) == 0
        market.in_books(sku)


@pytest.mark.parametrize("key", ["k", None], ids=["key", "no key"])
async def test_the_last_piece_asked_for_in_two_processes(
    market: Market, processes: list[Services], anna: Buyer, bags: Bags, key: str | None
) -> None:
    """STK-7, IDEM-1: one order, the same answer everywhere, never "out of stock"."""
    asked = (
        each.checkout.place(user(anna), wish(anna, bags.plain, 5), key=key)
        for _ in range(25)
        for each in processes
    )
    placed = await asyncio.gather(*asked)
    assert len(set(placed)) == 1
    assert market.count("orders_order_info") == market.count("orders_idempotency") == 1
    assert market.stock(bags.plain) == 0
    market.in_books(bags.plain)


@pytest.mark.parametrize("key", ["k", None], ids=["key", "no key"])
async def test_a_cart_ordered_in_two_processes(
    market: Market, processes: list[Services], anna: Buyer, bags: Bags, key: str | None
) -> None:
    """IDEM-6: though the cart is empty for who comes late, it is the same order."""
    await market.put_in(anna, bags.plain, 3)
    await market.put_in(anna, bags.skus[0], 5)
    asked = (
        each.checkout.place(user(anna), Wish(address_id=anna.address), key=key)
        for _ in range(25)
        for each in processes
    )
    placed = await asyncio.gather(*asked)
    assert len(set(placed)) == 1
    assert market.count("orders_order_info") == 1
    assert (market.stock(bags.plain), market.stock(bags.skus[0])) == (2, 0)
    assert await market.cart(anna) == {}


async def test_one_key_for_two_wishes_in_two_processes(
    market: Market, processes: list[Services], anna: Buyer, bags: Bags
) -> None:
    """IDEM-2: one of them is bought, the other refused with 10407, as often as they are asked."""
    wishes = [wish(anna, bags.plain), wish(anna, bags.skus[0])]
    asked = (
        processes[n % 2].checkout.place(user(anna), wishes[(n // 2) % 2], key="k")
        for n in range(40)
    )
    done = await asyncio.gather(*asked, return_exceptions=True)
    placed = [each for each in done if isinstance(each, Placed)]
    refused = {each.code for each in done if isinstance(each, ShopError)}
    assert (len(set(placed)), len(placed), refused) == (1, 20, {10407})
    assert market.stock(bags.plain) + market.stock(bags.skus[0]) == 9


async def test_a_shelf_that_is_emptied_by_a_crowd(
    market: Market, processes: list[Services], bags: Bags
) -> None:
    """STK-1: five pieces, forty buyers in two processes; the others are told what is left."""
    buyers = [market.buyer() for _ in range(40)]
    asked = (
        processes[n % 2].checkout.place(user(each), wish(each, bags.plain), key="k")
        for n, each in enumerate(buyers)
    )
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, Placed) for each in done) == 5
    assert {type(each) for each in done} == {Placed, OutOfStock}
    assert {each.lines[0][2] for each in done if isinstance(each, OutOfStock)} == {0}
    assert market.count("orders_order_info") == market.count("orders_order_goods") == 5
    assert market.stock(bags.plain) == 0
    market.in_books(bags.plain)


Deed = tuple[object, object, str]
"""A task, the connection it works with, and the first word of what it says."""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Deed]:
    """Write down who begins and ends transactions and who speaks to anybody else."""
    seen: list[Deed] = []
    executed, packed = Connection._executed, AbstractConnection.send_packed_command
    asked = aiohttp.ClientSession._request

    def note(connection: object, what: str) -> None:
        seen.append((asyncio.current_task(), connection, what))

    def statement(self: Connection, sql: str, values: Any) -> Any:
        note(self, sql.split(maxsplit=1)[0])
        return executed(self, sql, values)

    async def command(self: AbstractConnection, *args: Any, **named: Any) -> Any:
        note(self, "redis")
        return await packed(self, *args, **named)

    async def question(self: aiohttp.ClientSession, *args: Any, **named: Any) -> Any:
        note(self, "http")
        return await asked(self, *args, **named)

    monkeypatch.setattr(Connection, "_executed", statement)
    monkeypatch.setattr(AbstractConnection, "send_packed_command", command)
    monkeypatch.setattr(aiohttp.ClientSession, "_request", question)
    return seen


def spoken_inside(seen: list[Deed]) -> list[str]:
    """Return what tasks asked of others while a transaction of theirs was open."""
    open_by: dict[object, object] = {}
    inside = []
    for task, connection, what in seen:
        if what == "START":
            open_by[connection] = task
        elif what in {"COMMIT", "ROLLBACK"}:
            del open_by[connection]
        elif what in OUTSIDE and task in open_by.values():
            inside.append(what)
    return inside


async def test_nobody_is_asked_inside_a_transaction(
    market: Market,
    services: Services,
    anna: Buyer,
    bags: Bags,
    seen: list[Deed],
) -> None:
    """TX-1: neither Redis nor HTTP between BEGIN and COMMIT, in any use case of the module."""
    async with services.database.begin():
        await services.carts.size(anna.id)
    assert spoken_inside(seen) == ["redis"], "the control: it would be seen"
    seen.clear()
    await market.put_in(anna, bags.plain, 1)
    checkout, orders = services.checkout, services.orders
    first = await checkout.place(user(anna), Wish(address_id=anna.address), key="k")
    await checkout.place(user(anna), wish(anna, bags.skus[0]), key=None)
    with pytest.raises(OutOfStock):
        await checkout.place(user(anna), wish(anna, bags.skus[0], 99), key="l")
    await services.pays.payment(anna.id, first.order_id)
    await orders.cancel(anna.id, first.order_id)
    second = await market.bought(anna, bags.skus[1])
    await orders.close_unpaid(second)
    third = market.stand(await market.bought(anna, bags.skus[1]), 2)
    await orders.ship(third, actor="staff:1")
    await orders.confirm(anna.id, third)
    spoken = {what for _, _, what in seen}
    assert {"START", "COMMIT", "redis", "http"} <= spoken
    assert spoken_inside(seen) == []


async def test_a_rolled_back_order_leaves_nothing(
    market: Market, services: Services, anna: Buyer, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STK-1: what fails after the shelf was taken undoes everything, the key as well."""
    before = await market.snapshot()

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as defect:
        defect.setattr("models.stock.Stock.enter", broken)
        with pytest.raises(ZeroDivisionError):
            await services.checkout.place(user(anna), wish(anna, bags.plain), key="k")
    assert await market.snapshot() == before
    assert await services.checkout.place(user(anna), wish(anna, bags.plain), key="k")


async def test_a_number_that_is_taken_is_drawn_again(
    market: Market, services: Services, anna: Buyer, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-2: two orders never share one, even if the dice do."""
    first = await market.bought(anna, bags.plain)
    drawn = iter([first, first, "1234567890123456"])
    monkeypatch.setattr("services.drafts.fresh_order_id", lambda: next(drawn))
    placed = await services.checkout.place(user(anna), wish(anna, bags.skus[0]), key="k")
    assert placed.order_id == "1234567890123456"
    assert market.count("orders_order_info") == 2


async def test_keys_are_pruned_some_at_a_time(
    market: Market, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IDEM-5: however many are old; young ones stay."""
    monkeypatch.setattr("services.checkout.PRUNED_AT_ONCE", 10)
    with market.goods.transaction():
        for number in range(25):
            market.goods.run(
                "INSERT INTO orders_idempotency VALUES (1, %s, '', '{}', NULL,"
                " NOW(6) - INTERVAL %s HOUR)",
                *(f"key:{number}", 30 if number else 25),
            )
    assert await services.checkout.prune() == 24
    assert market.goods.ask("SELECT `key` FROM orders_idempotency") == [("key:0",)]
