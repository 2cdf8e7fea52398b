"""An order is cancelled, closed by time and paid at once, at one provider or both (PAY-4, PAY-8).

Each order ends paid, or closed with every yuan sent back; what is sent back is exactly the surplus.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from tests.faults.orders import Mall, eventually, sized
from tests.handlers.orders.market import Buyer, Market
from tests.payer import Payer
from tests.referee import assert_books_agree
from tests.sandbox import SandboxClient

ORDERS = sized(80, 500)
PATIENCE = (4, 5, 6, 7)
"""Seconds to pay, of each of the four processes."""
PIECES = 2_000
UNPAID, PAID, CLOSED = 1, 2, 6
QUIET_SECONDS = 60.0


class Placed(NamedTuple):
    """An unpaid order, and when it is due.

    Its cashiers' pages are open, by provider; or nobody has opened ``page`` yet, so that Alipay
    does not know of it and cannot close it.
    """

    who: Buyer
    order: str
    numbers: dict[str, str]
    page: str
    due: float


async def placed(
    doors: Sequence[Market], payer: Payer, crowd: Sequence[Buyer], sku: int
) -> list[Placed]:
    """Let everybody order; a quarter each opens Alipay, WeChat, both, or keeps a page for later."""
    room = asyncio.Semaphore(16)

    async def place(nth: int, who: Buyer) -> Placed:
        part = nth % len(doors)
        async with room:
            begun = time.monotonic()
            order = await doors[part].bought(who, sku)
            chosen = [("alipay",), ("wechat",), ("alipay", "wechat"), ()][nth // 4 % 4]
            numbers = {
                name: await payer.visit(doors[part], who, order, provider=name) for name in chosen
            }
            page = "" if chosen else await payer.page(doors[part], who, order)
        return Placed(who, order, numbers, page, begun + PATIENCE[part])

    return await asyncio.gather(*(place(nth, who) for nth, who in enumerate(crowd)))


class Race:
    """Everything that can happen to an unpaid order around the moment it is due."""

    def __init__(self, doors: Sequence[Market], payer: Payer) -> None:
        self._doors = doors
        self._payer = payer
        self._chance = random.Random(11)
        self.codes: Counter[str] = Counter()

    async def run(self, placed: Placed) -> None:
        """Let it happen."""
        await asyncio.sleep(placed.due - time.monotonic() + self._chance.uniform(-2.5, 0.1))
        steps = [self._pay(name, number) for name, number in placed.numbers.items()]
        if placed.page:
            steps.append(self._pay_late(placed.page))
        if placed.page or self._chance.random() < 0.5:
            steps.append(self._cancel(placed))
        await asyncio.gather(*steps)

    async def _pay_late(self, page: str) -> None:
        """Open the page only now, and pay if Alipay still lets one."""
        await asyncio.sleep(self._chance.uniform(0, 0.3))
        number = await self._payer.open_page(page)
        if number is not None:
            await self._pay("alipay", number)

    async def _pay(self, provider: str, number: str) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        self.codes[f"pay {await self._payer.decide(provider, number)}"] += 1

    async def _cancel(self, placed: Placed) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        door = self._chance.choice(self._doors)
        path = f"{placed.who.orders}/{placed.order}"
        reply = await door.ask("DELETE", path, who=placed.who)
        self.codes[f"cancel {reply.code}"] += 1


async def test_each_order_is_paid_or_closed_and_all_else_goes_back(
    mall: Mall, sandbox: SandboxClient
) -> None:
    """PAY-4, PAY-8, STK-3, WX-5, INV-4 over four processes, with notices and sweeps at work."""
    for seconds in PATIENCE:
        mall.start(1, DADASHOP_ORDER_PATIENCE=str(seconds))
    for process in mall.processes:
        await asyncio.to_thread(process.wait)
    sku, crowd = mall.shelf(PIECES), mall.buyers(ORDERS)
    payer = Payer(sandbox)
    async with mall.doors(seconds=60) as doors:
        race = Race(doors, payer)
        in_parts = [crowd[first : first + 40] for first in range(0, ORDERS, 40)]
        for part in in_parts:
            orders = await placed(doors, payer, part, sku)
            await asyncio.gather(*(race.run(each) for each in orders))
    await settled(mall)
    ends = Counter(int(row[0]) for row in mall.goods.ask("SELECT status FROM orders_order_info"))
    refunds = Counter(
        (str(row[0]), str(row[1]))
        for row in mall.goods.ask("SELECT reason, state FROM pays_refund")
    )
    counted = assert_books_agree(sandbox, mall.goods)
    print(f"answers {dict(sorted(race.codes.items()))}; ends {dict(ends)}; refunds {dict(refunds)}")
    print(f"books {counted}")
    assert set(ends) == {PAID, CLOSED}
    assert ends.total() == ORDERS
    assert {state for _, state in refunds} <= {"done"}
    assert refunds["double", "done"], "both providers were paid for one order"
    assert refunds["late", "done"], "a page was paid whose order was closed"
    assert mall.stock(sku) == PIECES - ends[PAID]
    await mall.assert_in_order()


async def settled(mall: Mall) -> None:
    """Wait until no order is unpaid, no attempt open at a provider, and all money is back."""

    async def quiet() -> bool:
        mall.goods.run(
            "UPDATE tasks_outbox SET due = NOW(6) WHERE kind = 'pays.ask' AND done_time IS NULL"
            " AND leased_until IS NULL AND due > NOW(6) + INTERVAL 5 SECOND"
        )
        left = (
            "SELECT COUNT(*) FROM orders_order_info WHERE status = 1",
            "SELECT COUNT(*) FROM pays_attempt WHERE state = 'open'",
            "SELECT COUNT(*) FROM pays_refund WHERE state = 'pending'",
        )
        await asyncio.sleep(0.5)
        return not any(mall.goods.one(sql) for sql in left)

    await eventually(quiet, QUIET_SECONDS)


async def test_the_control_a_naive_settlement_keeps_both_payments(
    mall: Mall, sandbox: SandboxClient
) -> None:
    """Marking an order paid at every notice, whichever attempt pays it, keeps too much."""
    mall.open(1)
    sku, (who,) = mall.shelf(5), mall.buyers(1)
    payer = Payer(sandbox)
    for provider in ("alipay", "wechat"):
        sandbox.fault(provider, drop_notices=True, until_reset=True)
    async with mall.doors() as (door,):
        order = await door.bought(who, sku)
        for provider in ("alipay", "wechat"):
            number = await payer.pay(door, who, order, provider=provider)
            mall.goods.run(
                "UPDATE pays_attempt SET state = 'paid', trade_no = out_trade_no,"
                " paid_time = NOW(6) WHERE out_trade_no = %s",
                number,
            )
        mall.goods.run("UPDATE orders_order_info SET status = 2 WHERE order_id = %s", order)
    with pytest.raises(AssertionError):
        assert_books_agree(sandbox, mall.goods)


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
async def test_a_refund_whose_process_dies_is_sent_once(
    mall: Mall, sandbox: SandboxClient, provider: str
) -> None:
    """ALI-6: killed between the provider's word and our commit, asked again, the same number."""
    first, second = mall.open(2, child=True)
    sku, (who,) = mall.shelf(5), mall.buyers(1)
    payer = Payer(sandbox)
    async with mall.doors() as (door, _):
        order = await door.bought(who, sku)
        number = await payer.visit(door, who, order, provider=provider)
        sandbox.fault(provider, drop_notices=True, until_reset=True)
        mall.goods.run("UPDATE orders_order_info SET status = 6 WHERE order_id = %s", order)
        mall.goods.run(
            "INSERT INTO orders_event (order_id, from_status, to_status, actor)"
            " VALUES (%s, 1, 6, 'timeout')",
            order,
        )
        mall.goods.run("UPDATE goods_sku SET stock = stock + 1, sales = sales - 1")
        mall.goods.run(
            "INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id)"
            " VALUES (%s, 1, 'closed', %s)",
            sku,
            order,
        )
        mall.faults.path.with_suffix(".repay").touch()
        assert await payer.decide(provider, number) == 200
        mall.goods.run("UPDATE tasks_outbox SET due = NOW(6) WHERE kind = 'pays.ask'")

        async def one_is_dead() -> bool:
            return not (first.alive() and second.alive())

        await eventually(one_is_dead, 20)

        async def done() -> bool:
            sql = "SELECT COUNT(*) FROM pays_refund WHERE state = 'done' AND reason = 'late'"
            return bool(mall.goods.one(sql) == 1)

        await eventually(done, 20)
    mall.bury(first if not first.alive() else second)
    (trade,) = [each for each in sandbox.books(provider) if each["out_trade_no"] == number]
    assert [each["request_no"] for each in trade["refunds"]] == [f"R{number}"]
    assert_books_agree(sandbox, mall.goods)
    await mall.assert_in_order()
