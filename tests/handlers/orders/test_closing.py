"""What happens to orders by itself, with a relay that really runs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from server import open_services
from services import Services
from settings import Settings
from tasks.running import running
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.handlers.users.people import eventually
from tests.payer import Payer
from tests.sandbox import SandboxClient

PATIENCE, LATEST = 3, 5.0
DUE = "UPDATE tasks_outbox SET due = due + INTERVAL %s SECOND WHERE once = %s"
CLOSED_AFTER = """SELECT TIMESTAMPDIFF(MICROSECOND, t.due, e.created_time) / 1000000
  FROM orders_event e JOIN tasks_outbox t ON t.once = CONCAT('orders.close:', e.order_id)
  WHERE e.to_status = 6"""


@pytest.fixture
def shop_settings(shop_settings: Settings) -> Settings:
    """A shop that waits three seconds for its money: the time of a payment is in whole seconds."""
    return replace(shop_settings, order=replace(shop_settings.order, patience=PATIENCE))


async def test_unpaid_orders_are_closed_at_their_time(
    market: Market, services: Services, anna: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """BG-1: mixed due times, each within five seconds of its own; the paid one is not closed."""
    market.goods.run("UPDATE goods_sku SET stock = 12 WHERE id = %s", bags.plain)
    market.goods.run("UPDATE goods_stock_ledger SET delta = 12 WHERE sku_id = %s", bags.plain)
    later = {}
    for delay in (3, 0, 2, 0, 1, 3):
        number = await market.bought(anna, bags.plain, 2)
        market.goods.run(DUE, delay, f"orders.close:{number}")
        later[number] = delay
    paid = next(number for number, delay in later.items() if delay == 2)
    await Payer(sandbox).pay(market, anna, paid)
    shut = sorted(set(later) - {paid})
    async with running(services.relay.run()):
        await eventually(lambda: all(market.status(n) == 6 for n in shut), 15)
        await eventually(lambda: market.status(paid) == 2)
    late = sorted(float(row[0]) for row in market.goods.ask(CLOSED_AFTER))
    print("closed after it was due, seconds:", late)
    assert len(late) == 5
    assert late[0] >= 0
    assert late[-1] <= LATEST
    for number in shut:
        assert market.steps(number)[1:] == [(1, 6, "timeout")]
    assert market.steps(paid)[1:] == [(1, 2, "provider")]
    assert market.stock(bags.plain) == 10
    market.in_books(bags.plain)


async def test_what_was_due_while_nothing_ran_is_closed_once(
    market: Market, services: Services, shop_settings: Settings, anna: Buyer, bags: Bags
) -> None:
    """BG-3: after a restart all due orders are closed, each once though two processes run."""
    numbers = [await market.bought(anna, bags.plain) for _ in range(5)]
    assert market.stock(bags.plain) == 0
    market.goods.run("UPDATE tasks_outbox SET due = due - INTERVAL 1 HOUR")
    await asyncio.sleep(PATIENCE)
    began = time.monotonic()
    async with (
        open_services(shop_settings) as other,
        running(services.relay.run(), other.relay.run()),
    ):
        await eventually(lambda: all(market.status(n) == 6 for n in numbers), 10)
    assert time.monotonic() - began < LATEST
    assert {tuple(market.steps(n)[1:]) for n in numbers} == {((1, 6, "timeout"),)}
    assert market.stock(bags.plain) == 5
    market.in_books(bags.plain)


async def test_a_poisoned_order_holds_nobody_up(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """BG-2, F-25: orders that are gone or have no lines neither fail for ever nor delay others."""
    gone, bare, good = [await market.bought(anna, bags.plain) for _ in range(3)]
    for number in (gone, bare):
        market.goods.run("DELETE FROM orders_order_goods WHERE order_info_id = %s", number)
    market.goods.run("DELETE FROM orders_order_info WHERE order_id = %s", gone)
    market.goods.run("UPDATE tasks_outbox SET due = NOW(6)")
    async with running(services.relay.run()):
        await eventually(lambda: market.status(good) == 6)
        open_tasks = (
            "SELECT COUNT(*) FROM tasks_outbox WHERE done_time IS NULL AND kind <> 'pays.ask'"
        )
        await eventually(lambda: market.goods.one(open_tasks) == 0)
    assert market.status(bare) == 6
    assert market.stock(bags.plain) == 3


async def test_a_shipped_order_has_come_after_some_days(
    market: Market, services: Services, anna: Buyer, bob: Buyer, bags: Bags
) -> None:
    """The task confirms what the customer has not, and leaves alone what she has."""
    mine, hers = await market.bought(anna, bags.plain), await market.bought(bob, bags.plain)
    market.goods.run("DELETE FROM tasks_outbox")
    for number in (mine, hers):
        await services.orders.ship(market.stand(number, 2), actor="staff:1")
    assert (await market.ask("PUT", bob.orders, {"order_id": hers}, who=bob)).code == 200
    market.goods.run("UPDATE tasks_outbox SET due = NOW(6)")
    async with running(services.relay.run()):
        await eventually(lambda: market.status(mine) == 4)
    assert market.steps(mine)[-1] == (3, 4, "timeout")
    assert market.steps(hers)[-1] == (3, 4, f"user:{bob.id}")


async def test_the_cart_is_cleared_by_the_task_if_nobody_did(
    market: Market,
    services: Services,
    anna: Buyer,
    bags: Bags,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CRT-8: a crash after the commit; what is put in later stays."""

    async def crashed(*_: object) -> None:
        return None

    await market.put_in(anna, bags.plain, 2)
    with monkeypatch.context() as crash:
        crash.setattr(services.checkout, "_clear", crashed)
        assert (await market.place(anna)).code == 200
    assert await market.cart(anna) == {bags.plain: 2}
    await market.put_in(anna, bags.plain, 1)
    await market.put_in(anna, bags.skus[0], 1)
    market.goods.run("UPDATE tasks_outbox SET due = NOW(6) WHERE kind = 'cart.bought'")
    async with running(services.relay.run()):
        wanted = "SELECT COUNT(*) FROM tasks_outbox WHERE kind = 'cart.bought' AND done_time"
        await eventually(lambda: market.goods.one(wanted))
    assert await market.cart(anna) == {bags.plain: 1, bags.skus[0]: 1}
