"""An order is cancelled, closed by time, paid and confirmed at once (STK-3, BG-1, INV-5).

One of them wins: the goods come back once or never, and the time line is a path of the state table.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from server import open_services
from tests.faults.orders import Mall, eventually, sized
from tests.handlers.orders.market import Buyer, Market
from tests.payer import Payer
from tests.referee import assert_books_agree
from tests.sandbox import SandboxClient

PATIENCE = (2, 3, 4, 5)
"""Seconds to pay, of each of the four processes."""
ORDERS = sized(200, 800)
LEFT_ALONE = 5
"""Every so many-th order is closed by time alone."""
LATE_SECONDS = 5.0
PIECES = 2000
UNPAID, PAID, SHIPPED, DONE, CLOSED = 1, 2, 3, 4, 6
WRONG_STATE = 10406


class Status(msgspec.Struct):
    """The state of an order."""

    value: int


class Placed(NamedTuple):
    """An unpaid order, how long it may stay so, and when it was placed by our clock.

    ``number`` is that of its attempt at Alipay, whose page is open, if anybody is to pay.
    """

    who: Buyer
    order: str
    patience: int
    at: float
    number: str = ""


async def naive_returns(mall: Mall, sku: int, orders: Sequence[Placed]) -> int:
    """Close each order four times at once by looking first; return the pieces that came back."""
    before = mall.stock(sku)
    async with mall.database() as database:

        async def close(order: str) -> None:
            async with database.begin() as tables:
                look = "SELECT status FROM orders_order_info WHERE order_id = %s"
                found = await tables.connection.row(Status, look, order)
                if found is None or found.value != UNPAID:
                    return
                move = "UPDATE orders_order_info SET status = 6 WHERE order_id = %s"
                await tables.connection.change(move, order)
                back = "UPDATE goods_sku SET stock = stock + 1 WHERE id = %s"
                await tables.connection.change(back, sku)

        await asyncio.gather(*(close(each.order) for each in orders for _ in range(4)))
    return mall.stock(sku) - before


async def placed(
    doors: Sequence[Market], crowd: Sequence[Buyer], sku: int, payer: Payer | None = None
) -> list[Placed]:
    """Let everybody order one piece, some at once, each process its part, and go to the cashier."""
    room = asyncio.Semaphore(24)

    async def place(number: int, who: Buyer) -> Placed:
        part = number % len(doors)
        async with room:
            order = await doors[part].bought(who, sku)
            at = time.monotonic()
            number = await payer.visit(doors[part], who, order) if payer else ""
        return Placed(who, order, PATIENCE[part], at, number)

    return await asyncio.gather(*(place(number, who) for number, who in enumerate(crowd)))


async def test_the_control_gives_goods_back_more_than_once(mall: Mall) -> None:
    """The same closing, decided by what was read before."""
    sku = mall.shelf(PIECES)
    mall.open(1)
    async with mall.doors() as doors:
        orders = await placed(doors, mall.buyers(20), sku)
    came_back = await naive_returns(mall, sku, orders)
    print(f"control: {came_back} pieces came back of {len(orders)} orders")
    assert came_back > len(orders)


async def test_one_of_cancel_time_out_pay_and_confirm_wins(
    mall: Mall, sandbox: SandboxClient
) -> None:
    """Around the moment each order is due, everything happens to it at once over 4 processes."""
    for seconds in PATIENCE:
        mall.start(1, DADASHOP_ORDER_PATIENCE=str(seconds))
    for process in mall.processes:
        await asyncio.to_thread(process.wait)
    sku, crowd = mall.shelf(PIECES), mall.buyers(ORDERS)
    codes: Counter[str] = Counter()
    async with mall.doors() as doors:
        payer = Payer(sandbox)
        race = Race(doors, payer, codes)
        orders = await placed(doors, crowd, sku, payer)
        raced = [each for number, each in enumerate(orders) if number % LEFT_ALONE]
        await asyncio.gather(*(race.run(each) for each in raced))
        alone = [each for each in orders if each not in raced]

        async def all_ended() -> bool:
            sql = "SELECT COUNT(*) FROM orders_order_info WHERE status NOT IN (2, 6)"
            return bool(mall.goods.one(sql) == 0)

        await eventually(all_ended, max(PATIENCE) + LATE_SECONDS)
        ends = Counter(doors[0].status(each.order) for each in orders)
        assert {doors[0].status(each.order) for each in alone} == {CLOSED}
    counted = assert_books_agree(sandbox, mall.goods)
    print(f"answers {dict(sorted(codes.items()))}; books {counted['alipay']}")
    print(f"ends {dict(ends)}, closed by {dict(closers(mall))}")
    # All three ways out were taken, so that it was a race.
    assert set(ends) == {PAID, CLOSED}
    assert set(closers(mall)) == {"user", "timeout"}
    assert set(codes) <= {f"{name} {code}" for name in RACERS for code in (200, WRONG_STATE)}
    assert codes["confirm 200"] == 0
    assert mall.stock(sku) == PIECES - ends[PAID]
    closed_in_time(mall, orders)
    await mall.assert_in_order()


RACERS = ("cancel", "cancel again", "confirm", "pay")


class Race:
    """Everything that can happen to an unpaid order."""

    def __init__(self, doors: Sequence[Market], payer: Payer, codes: Counter[str]) -> None:
        self._doors = doors
        self._payer = payer
        self._codes = codes
        self._chance = random.Random(6)

    async def run(self, placed: Placed) -> None:
        """Let it happen around the moment the order is due."""
        due = placed.at + placed.patience - time.monotonic()
        # Alipay lets nobody pay after the last whole second before the order is due.
        await asyncio.sleep(due + self._chance.uniform(-1.6, 0.3))
        doors = self._chance.sample(self._doors, len(self._doors))
        steps = [
            self._ask("cancel", doors[0], placed),
            self._ask("cancel again", doors[1], placed),
            self._ask("confirm", doors[2], placed),
            self._pay(doors[3], placed),
        ]
        chosen = [step for step in steps if self._chance.random() < 0.7]
        for step in steps:
            if step not in chosen:
                step.close()
        await asyncio.gather(*chosen)

    async def _ask(self, name: str, door: Market, placed: Placed) -> None:
        who, order = placed.who, placed.order
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        asked: dict[str, tuple[str, str, Any]] = {
            "confirm": ("PUT", who.orders, {"order_id": order}),
            "pay": ("GET", f"/v1/pays/{order}", None),
        }
        method, path, body = asked.get(name, ("DELETE", f"{who.orders}/{order}", None))
        reply = await door.ask(method, path, body, who=who)
        self._codes[f"{name} {reply.code}"] += 1

    async def _pay(self, door: Market, placed: Placed) -> None:
        """Pay at the cashier, unless it is closed by now, and let the shop ask about it."""
        assert await self._payer.decide("alipay", placed.number) in {200, 409}
        await self._ask("pay", door, placed)


def closers(mall: Mall) -> Counter[str]:
    """Count who closed orders."""
    sql = "SELECT SUBSTRING_INDEX(actor, ':', 1) FROM orders_event WHERE to_status = 6"
    return Counter(str(row[0]) for row in mall.goods.ask(sql))


def closed_in_time(mall: Mall, orders: Sequence[Placed]) -> None:
    """BG-1: who is closed by time is so within 5 s of the moment, and not before."""
    sql = """SELECT e.order_id, TIMESTAMPDIFF(MICROSECOND, o.created_time, e.created_time) / 1e6
      FROM orders_event e JOIN orders_order_info o ON o.order_id = e.order_id
      WHERE e.actor = 'timeout'"""
    patience = {each.order: each.patience for each in orders}
    late: dict[int, list[float]] = {seconds: [] for seconds in PATIENCE}
    for order, seconds in mall.goods.ask(sql):
        late[patience[str(order)]].append(float(seconds) - patience[str(order)])
    for seconds, found in late.items():
        assert found
        print(f"patience {seconds} s: {len(found)} closed {min(found):.2f}–{max(found):.2f} s late")
        assert min(found) > -0.05
        assert max(found) < LATE_SECONDS


async def test_an_order_is_received_once(mall: Mall) -> None:
    """Four confirmations and the task at once: one step, and every answer says that it is done."""
    mall.open()
    sku, crowd = mall.shelf(PIECES), mall.buyers(20)
    async with mall.doors() as doors, open_services(mall.settings) as services:
        orders = await placed(doors, crowd, sku)
        for each in orders:
            move = "UPDATE orders_order_info SET status = 2 WHERE order_id = %s"
            mall.goods.run(move, each.order)
            told = """INSERT INTO orders_event (order_id, from_status, to_status, actor)
              VALUES (%s, 1, 2, 'staff:1')"""
            mall.goods.run(told, each.order)
            await asyncio.gather(
                *(services.orders.ship(each.order, actor="staff:1") for _ in range(2))
            )
        for each in orders:
            body = {"order_id": each.order}
            confirmed = [door.ask("PUT", each.who.orders, body, who=each.who) for door in doors]
            received = services.orders.confirm_received(each.order)
            *replies, _ = await asyncio.gather(*confirmed, received)
            assert [reply.code for reply in replies if reply is not None] == [200] * len(doors)
            steps = [(before, after) for before, after, _ in doors[0].steps(each.order)]
            assert steps == [(None, UNPAID), (UNPAID, PAID), (PAID, SHIPPED), (SHIPPED, DONE)]
    assert mall.stock(sku) == PIECES - len(orders)
    await mall.assert_in_order()
