"""Steps of orders taken by many at once: one of them takes it, and the goods come back once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable

import pytest

from models.errors import OrderNotFound, WrongState
from models.orders import Status
from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.payer import Payer
from tests.sandbox import SandboxClient

ROUNDS = 200
AT_ONCE = 10
LONGEST_PAUSE = 0.05


async def naively_closed(services: Services, number: str) -> None:
    """Close an order as one should not: look first, then write."""
    async with services.database.begin() as tables:
        order = await tables.orders.by_id(number)
        await asyncio.sleep(0.02)
        if order is not None and order.status == Status.UNPAID:
            lines = (await tables.orders.lines_of([number]))[number]
            await tables.stock.give_back({line.sku_id: line.count for line in lines})


async def test_the_control_a_naive_close_gives_back_twice(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """Who reads the state and then writes puts more onto the shelf than was taken."""
    number = await market.bought(anna, bags.plain)
    await asyncio.gather(*(naively_closed(services, number) for _ in range(3)))
    assert market.stock(bags.plain) > 5


async def later(step: Awaitable[object], seconds: float) -> None:
    """Take a step after a moment."""
    await asyncio.sleep(seconds)
    await step


async def raced(market: Market, services: Services, anna: Buyer, sku: int) -> str:
    """Let everybody do everything to one order at once; return its number."""
    number = await market.bought(anna, sku)
    orders = services.orders
    steps = (
        *(orders.cancel(anna.id, number) for _ in range(2)),
        *(orders.close_unpaid(number) for _ in range(2)),
        *(orders.confirm(anna.id, number) for _ in range(2)),
    )
    paid = orders._step(number, (Status.UNPAID, Status.PAID), actor="provider")
    taken = await asyncio.gather(
        *steps, later(paid, random.uniform(0, LONGEST_PAUSE)), return_exceptions=True
    )
    strange = [
        each for each in taken if isinstance(each, Exception) and not isinstance(each, WrongState)
    ]
    assert strange == []
    return number


async def test_everything_at_once_ends_somewhere(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """STK-3: 200 times; stock back once or never, a legal end, a time line that is a path."""
    sku = bags.plain
    market.goods.run("UPDATE goods_sku SET stock = 1000 WHERE id = %s", sku)
    market.goods.run("UPDATE goods_stock_ledger SET delta = 1000 WHERE sku_id = %s", sku)
    numbers: list[str] = []
    for _ in range(ROUNDS // AT_ONCE):
        some = (raced(market, services, anna, sku) for _ in range(AT_ONCE))
        numbers += await asyncio.gather(*some)
    ends = {}
    for number in numbers:
        end = market.status(number)
        ends[end] = ends.get(end, 0) + 1
        (first, second) = market.steps(number)
        assert first[:2] == (None, 1)
        assert second[:2] == (1, end)
    print("where they ended:", ends)
    assert set(ends) == {Status.PAID, Status.CLOSED}
    assert market.stock(sku) == 1000 - ends.get(Status.PAID, 0)
    market.in_books(sku)


async def test_one_of_many_takes_a_step(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """Confirming, shipping and refunding at once: exactly one row of the time line each."""
    orders = services.orders
    shipped = market.stand(await market.bought(anna, bags.plain), 3)
    await asyncio.gather(
        *(orders.confirm(anna.id, shipped) for _ in range(5)),
        *(orders.confirm_received(shipped) for _ in range(5)),
    )
    assert [step[:2] for step in market.steps(shipped)] == [(None, 1), (3, 4)]
    paid = market.stand(await market.bought(anna, bags.plain), 2)
    taken = await asyncio.gather(
        *(orders.ship(paid, actor="staff:1") for _ in range(5)),
        *(orders.ask_refund(anna.id, paid, "x") for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, WrongState) for each in taken) == 5
    end = market.status(paid)
    assert [step[:2] for step in market.steps(paid)] == [(None, 1), (2, end)]
    assert end in {Status.SHIPPED, Status.REFUNDING}


async def test_a_slow_cashier_holds_no_row(
    market: Market, services: Services, anna: Buyer, bob: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """TX-1: while the cashier thinks about one order, others buy the same SKU."""
    market.goods.run("UPDATE goods_sku SET stock = 50 WHERE id = %s", bags.plain)
    number = await market.bought(anna, bags.plain)
    sandbox.fault("alipay", latency_ms=1500, until_reset=True)
    asking = asyncio.create_task(services.pays.payment(anna.id, number))
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(10):
        await market.bought(bob, bags.plain)
    took = loop.time() - began
    assert not asking.done()
    assert took < 1.4, took
    assert (await asking).status == Status.UNPAID


async def test_a_cashier_that_is_away_pays_nothing(
    market: Market, services: Services, anna: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """One that does not tell has not been paid, until it tells."""
    number = await market.bought(anna, bags.plain)
    await Payer(sandbox).pay(market, anna, number)
    sandbox.fault("alipay", status=503, until_reset=True)
    assert (await services.pays.payment(anna.id, number)).status == Status.UNPAID
    assert (await services.orders.unpaid(anna.id, number)).status == Status.UNPAID
    sandbox.mend()
    market.goods.run("UPDATE pays_attempt SET asked_time = NULL")
    assert (await services.pays.payment(anna.id, number)).status == Status.PAID


async def test_when_it_was_paid(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """The first time counts; of a taken-over order nobody may know."""
    number = await market.bought(anna, bags.plain)
    assert (await services.pays.payment(anna.id, number)).paid_at is None
    await services.orders._step(number, (Status.UNPAID, Status.PAID), actor="provider")
    payment = await services.pays.payment(anna.id, number)
    sql = "SELECT created_time FROM orders_event WHERE to_status = 2"
    assert (payment.status, payment.pay_method) == (2, 1)
    assert payment.paid_at == market.goods.one(sql)
    market.goods.run("DELETE FROM orders_event")
    assert (await services.pays.payment(anna.id, number)).paid_at is None


async def test_orders_that_are_not_there(market: Market, services: Services, anna: Buyer) -> None:
    """A customer is told, a task is not: there is nothing left to do for it."""
    before = await market.snapshot()
    orders = services.orders
    for asked in (
        orders.cancel(anna.id, "1"),
        orders.confirm(anna.id, "1"),
        orders.ask_refund(anna.id, "1", "x"),
        services.pays.payment(anna.id, "1"),
        orders.unpaid(anna.id, "1"),
        orders.story(anna.id, "1"),
    ):
        with pytest.raises(OrderNotFound):
            await asked
    await orders.close_unpaid("1")
    await orders.confirm_received("1")
    assert await market.snapshot() == before
