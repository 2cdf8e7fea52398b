"""Processes are killed at random while people shop; whoever got no answer asks again (F-01).

Afterwards the books are in order, every order that was answered is there once with what its buyer
had in the cart, every cart is what was acknowledged, and all that nobody paid is back on the shelf
(INV-1, 2, 3, 5, 6, 9, BG-3).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.faults.orders import Mall, cart_of, eventually, insist, sized
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply

SECONDS = sized(15, 180)
SHOPPERS = 12
PLENTY, SCARCE = 100_000, 20
PATIENCE = 6
"""Seconds to pay: orders are closed all the time, also by processes that die of it."""
SETTLED_SECONDS = 40.0
"""Until everything a killed process held has been done by another."""

Lines = dict[int, int]


class Shopper:
    """Somebody who does one thing after the other, and what should have come of it."""

    def __init__(self, who: Buyer, doors: Sequence[Market], skus: Sequence[int]) -> None:
        self.who = who
        self.cart: Lines = {}
        self.orders: dict[str, Lines] = {}
        self.codes: Counter[str] = Counter()
        self.trouble: Counter[str] = Counter()
        self._doors = doors
        self._skus = skus
        self._chance = random.Random(who.id)
        self._steps = 0

    async def live(self, until: float) -> None:
        """Shop until the time is over."""
        steps = (self.put_in, self.put_in, self.order_cart, self.buy_at_once, self.cancel)
        while time.monotonic() < until:
            await self._chance.choice(steps)()

    async def put_in(self) -> None:
        """Put pieces of a SKU that there is plenty of into the cart."""
        sku, count = self._chance.choice(self._skus[1:]), self._chance.randint(1, 3)
        reply = await self._asked("POST", self.who.cart, {"sku_id": sku, "count": count})
        assert reply.code == 200, reply.body
        self.cart[sku] = self.cart.get(sku, 0) + count

    async def order_cart(self) -> None:
        """Order what is in the cart, once it shows that earlier orders have left it."""
        if not self.cart:
            return
        await eventually(self.cart_is_right, SETTLED_SECONDS)
        reply = await self._asked("POST", self.who.orders, {"address_id": self.who.address})
        assert reply.code == 200, reply.body
        self._note(reply, self.cart)
        self.cart = {}

    async def buy_at_once(self) -> None:
        """Buy a piece, of the scarce SKU or another."""
        sku = self._chance.choice([self._skus[0], *self._skus])
        wish = {"settlement_type": 1, "sku_id": sku, "buy_count": 1}
        body = {"address_id": self.who.address} | wish
        reply = await self._asked("POST", self.who.orders, body)
        assert reply.code in ({200, 10403} if sku == self._skus[0] else {200}), reply.body
        if reply.code == 200:
            self._note(reply, {sku: 1})

    async def cancel(self) -> None:
        """Cancel an order; one that is cancelled already answers the same."""
        if self.orders:
            order = self._chance.choice(list(self.orders))
            reply = await self._asked("DELETE", f"{self.who.orders}/{order}")
            assert reply.code == 200, reply.body

    async def cart_is_right(self) -> bool:
        """Look at the cart through whoever lives."""
        reply = await self._asked("GET", self.who.cart)
        shown = {line["id"]: line["count"] for line in reply.json["data"]}
        return bool(reply.code == 200 and shown == self.cart)

    def _note(self, reply: Reply, lines: Lines) -> None:
        order = reply.json["data"]["order_id"]
        assert order not in self.orders
        self.orders[order] = lines

    async def _asked(self, method: str, path: str, body: Any = None) -> Reply:
        """Ask until there is an answer, under one key."""
        self._steps += 1
        head = {"idempotency_key": f"step-{self._steps}"} if method == "POST" else {}

        async def ask(door: Market) -> Reply:
            return await door.ask(method, path, body, who=self.who, **head)

        reply = await insist(self._doors, ask, self.trouble, first=self._chance.randrange(4))
        self.codes[f"{method} {reply.code}"] += 1
        return reply


async def killed_and_started(mall: Mall, until: float) -> int:
    """Kill a process every second or so, and start it at once as a supervisor does."""
    chance, kills = random.Random(9), 0
    while time.monotonic() < until:
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        process = chance.choice(mall.processes)
        process.kill()
        process.start()
        kills += 1
    return kills


async def test_shopping_goes_on_while_processes_are_killed(mall: Mall) -> None:
    """15 s (180 at full size): nothing acknowledged is lost, nothing is done twice."""
    mall.open(child=True, DADASHOP_ORDER_PATIENCE=str(PATIENCE))
    skus = [mall.shelf(SCARCE), *(mall.shelf(PLENTY) for _ in range(5))]
    async with mall.doors() as doors:
        shoppers = [Shopper(who, doors, skus) for who in mall.buyers(SHOPPERS)]
        until = time.monotonic() + SECONDS
        killing = asyncio.create_task(killed_and_started(mall, until))
        await asyncio.gather(*(shopper.live(until) for shopper in shoppers))
        kills = await killing
        for process in mall.processes:
            await asyncio.to_thread(process.wait)
        for shopper in shoppers:
            await eventually(shopper.cart_is_right, SETTLED_SECONDS)
        codes, trouble = Counter[str](), Counter[str]()
        for shopper in shoppers:
            codes += shopper.codes
            trouble += shopper.trouble
        print(f"{kills} kills, {dict(codes)}, asked again after {dict(trouble)}")
        assert kills > SECONDS / 4
        assert trouble.total() > 0
        for kind in ("cart.bought", "orders.close"):
            await mall.tasks_are_done(kind, SETTLED_SECONDS)
        # Nobody has paid: everything is closed by now, and everything came back once.
        assert [mall.stock(sku) for sku in skus] == [SCARCE] + [PLENTY] * 5
        for shopper in shoppers:
            assert await cart_of(doors[0], shopper.who) == shopper.cart
            assert lines_of(mall, shopper.who) == shopper.orders
    await mall.assert_in_order()
    await mall.assert_idle()


def lines_of(mall: Mall, who: Buyer) -> dict[str, Lines]:
    """Return what each order of a buyer holds."""
    sql = """SELECT o.order_id, g.sku_id, g.`count` FROM orders_order_info o
      JOIN orders_order_goods g ON g.order_info_id = o.order_id WHERE o.user_profile_id = %s"""
    found: dict[str, Lines] = {}
    for order, sku, count in mall.goods.ask(sql, who.id):
        found.setdefault(str(order), {})[sku] = count
    return found
