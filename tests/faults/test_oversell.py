"""A crowd wants more than there is: every piece is sold once, everybody else is told (FS-1, FS-2).

Source: STK-1, STK-2, INV-1, INV-2, INV-10.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import Any

import msgspec

from tests.faults.orders import Mall, insist, look_around, sized
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply

CROWD, STOCK = 500, 100
ATTEMPTS = 5
SOLD_OUT, PLACED = 10403, 200


class Number(msgspec.Struct):
    """One value."""

    value: int


async def naive_sales(mall: Mall, sku: int, buyers: int) -> int:
    """Sell by reading, counting and writing; return how many pieces were sold."""
    sold = 0
    async with mall.database() as database:

        async def buy() -> None:
            nonlocal sold
            async with database.begin() as tables:
                seen = "SELECT stock FROM goods_sku WHERE id = %s"
                left = await tables.connection.row(Number, seen, sku)
                assert left is not None
                if left.value < 1:
                    return
                write = "UPDATE goods_sku SET stock = %s WHERE id = %s"
                await tables.connection.change(write, left.value - 1, sku)
                sold += 1

        await asyncio.gather(*(buy() for _ in range(buyers)))
    return sold


async def test_the_control_oversells(mall: Mall) -> None:
    """The same crowd at a shelf that is read, counted and written."""
    sku = mall.shelf(10)
    sold = await naive_sales(mall, sku, 100)
    print(f"control: {sold} of 10 pieces sold, {mall.stock(sku)} left")
    assert sold > 10


async def test_five_hundred_buyers_of_a_hundred_pieces(mall: Mall) -> None:
    """Over 4 processes at once: 100 orders, an empty shelf, 400 times "sold out", no 5xx."""
    mall.open()
    crowd = mall.buyers(CROWD)
    async with mall.doors() as doors:
        await look_around(doors, crowd)
        for round_number in range(sized(2, 20)):
            await sell_out(mall, doors, crowd, f"round-{round_number}")
    await mall.assert_in_order()


async def sell_out(mall: Mall, doors: list[Market], crowd: list[Buyer], key: str) -> None:
    """Let everybody want one piece of a new SKU at the same moment."""
    sku = mall.shelf(STOCK)
    trouble: Counter[str] = Counter()

    async def want(number: int, who: Buyer) -> Reply:
        async def ask(door: Market) -> Reply:
            return await door.buy(who, sku, key=key)

        return await insist(doors, ask, trouble, first=number)

    began = time.monotonic()
    replies = await asyncio.gather(*(want(n, who) for n, who in enumerate(crowd)))
    took = time.monotonic() - began
    codes = Counter(reply.code for reply in replies)
    print(f"{key}: {dict(codes)} in {took:.1f} s, asked again after {dict(trouble)}")
    assert codes == {PLACED: STOCK, SOLD_OUT: CROWD - STOCK}
    assert set(trouble) <= {"10408"}
    assert doors[0].stock(sku) == 0
    doors[0].in_books(sku)
    numbers = [reply.json["data"]["order_id"] for reply in replies if reply.code == PLACED]
    assert len(set(numbers)) == STOCK
    lines = "SELECT order_info_id FROM orders_order_goods WHERE sku_id = %s"
    assert sorted(numbers) == sorted(str(row[0]) for row in mall.goods.ask(lines, sku))


class Rush:
    """A crowd that tries again and again for a few pieces, partly with nonsense."""

    def __init__(self, mall: Mall, doors: list[Market], crowd: list[Buyer], pieces: int) -> None:
        self.mall = mall
        self.doors = doors
        self.crowd = crowd
        self.sku = mall.shelf(pieces)
        self.codes: Counter[int] = Counter()
        self.trouble: Counter[str] = Counter()
        self.placed: dict[tuple[int, str], str] = {}
        self._chance = random.Random(10)

    async def run(self) -> None:
        """Let everybody try at once, one attempt after the other."""
        await asyncio.gather(*(self._life(number) for number in range(len(self.crowd))))

    async def _life(self, number: int) -> None:
        for attempt in range(ATTEMPTS):
            await self._attempt(self.crowd[number], number + attempt)

    async def _attempt(self, who: Buyer, number: int) -> None:
        """Try once: 30 % ask for what nobody can have, the others may repeat a key."""
        key = f"try-{self._chance.randrange(4)}"
        wish: dict[str, Any] = {"settlement_type": 1, "sku_id": self.sku, "buy_count": 1}
        is_invalid = self._chance.random() < 0.3
        if is_invalid:
            key = f"invalid-{number}"
            wish |= self._chance.choice(
                [{"buy_count": 0}, {"buy_count": -3}, {"sku_id": 999_999}, {"address_id": 999_999}]
            )

        async def ask(door: Market) -> Reply:
            return await door.place(who, key=key, **wish)

        reply = await insist(self.doors, ask, self.trouble, first=number)
        self.codes[reply.code] += 1
        assert not (is_invalid and reply.code == PLACED)
        if reply.code == PLACED:
            order = reply.json["data"]["order_id"]
            # A repeated key is answered with the same order.
            assert self.placed.setdefault((who.id, key), order) == order

    async def cancelled(self, count: int) -> None:
        """Let some of those who have bought cancel."""
        people = {who.id: who for who in self.crowd}
        for (user_id, _), order in list(self.placed.items())[:count]:
            who = people[user_id]
            path = f"{who.orders}/{order}"
            assert (await self.doors[0].ask("DELETE", path, who=who)).code == PLACED

    async def bought_again(self, count: int) -> float:
        """Buy what came back with keys nobody has used; return how long it took to get it all."""
        began = time.monotonic()
        for number in range(count):
            who = self.crowd[number]
            reply = await self.doors[number % 4].buy(who, self.sku, key="again")
            assert reply.code == PLACED, reply.body
        return time.monotonic() - began


async def test_ten_pieces_and_a_rush(mall: Mall) -> None:
    """FS-2: ten are sold, never more; what is cancelled can be bought within a second."""
    mall.open()
    people = sized(100, 1000)
    async with mall.doors() as doors:
        rush = Rush(mall, doors, mall.buyers(people), pieces=10)
        await look_around(doors, rush.crowd)
        began = time.monotonic()
        await rush.run()
        took = time.monotonic() - began
        print(f"{ATTEMPTS} attempts of each of {people} in {took:.1f} s: {dict(rush.codes)}")
        print(f"asked again after {dict(rush.trouble)}")
        assert len(rush.placed) == 10
        assert len(set(rush.placed.values())) == 10
        assert set(rush.codes) <= {PLACED, SOLD_OUT, 10400, 10401, 10404}
        assert set(rush.trouble) <= {"10408"}
        assert doors[0].stock(rush.sku) == 0
        await rush.cancelled(3)
        assert doors[0].stock(rush.sku) == 3
        took = await rush.bought_again(3)
        print(f"three cancelled pieces were sold again in {took:.2f} s")
        assert took < 1
        assert (await doors[1].buy(rush.crowd[3], rush.sku, key="late")).code == SOLD_OUT
        assert doors[0].stock(rush.sku) == 0
        doors[0].in_books(rush.sku)
    await mall.assert_in_order()
