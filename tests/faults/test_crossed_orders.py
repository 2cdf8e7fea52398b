"""Carts that hold the same goods in opposite order, ordered at once by many (F-03, DL-1)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from models.connection import Conflict
from tests.faults.orders import Mall, insist, look_around
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply

CROWD = 200
PIECES = 1000


async def naive_conflicts(mall: Mall, first: int, second: int, buyers: int) -> int:
    """Take two pieces in the order of the cart; return how many transactions were thrown out."""
    lost = 0
    async with mall.database() as database:

        async def buy(skus: tuple[int, int]) -> None:
            nonlocal lost
            take = "UPDATE goods_sku SET stock = stock - 1 WHERE id = %s AND stock > 0"
            try:
                async with database.begin() as tables:
                    for sku in skus:
                        await tables.connection.change(take, sku)
            except Conflict:
                lost += 1

        both = ((first, second), (second, first))
        await asyncio.gather(*(buy(both[number % 2]) for number in range(buyers)))
    return lost


async def test_the_control_deadlocks(mall: Mall) -> None:
    """The same crowd, taking pieces in the order of their carts."""
    lost = await naive_conflicts(mall, mall.shelf(PIECES), mall.shelf(PIECES), CROWD)
    print(f"control: {lost} of {CROWD} transactions were thrown out")
    assert lost > 0


async def test_crossed_carts_do_not_hurt_each_other(mall: Mall) -> None:
    """200 orders of (A, B) and (B, A) at once over 4 processes: all are placed."""
    mall.open()
    first, second = mall.shelf(PIECES), mall.shelf(PIECES)
    crowd = mall.buyers(CROWD)
    trouble: Counter[str] = Counter()
    async with mall.doors() as doors:
        await look_around(doors, crowd)
        await filled(doors, crowd, (first, second))

        async def order(number: int, who: Buyer) -> Reply:
            async def ask(door: Market) -> Reply:
                return await door.place(who, key="once")

            return await insist(doors, ask, trouble, first=number)

        began = time.monotonic()
        replies = await asyncio.gather(*(order(n, who) for n, who in enumerate(crowd)))
        took = time.monotonic() - began
    codes = Counter(reply.code for reply in replies)
    print(f"{dict(codes)} in {took:.1f} s, asked again after {dict(trouble)}")
    assert codes == {200: CROWD}
    # A full queue is an answer of the shop, a lost transaction or an error is none.
    assert set(trouble) <= {"10408"}
    assert (mall.stock(first), mall.stock(second)) == (PIECES - CROWD, PIECES - CROWD)
    await mall.assert_in_order()


async def filled(doors: list[Market], crowd: list[Buyer], skus: tuple[int, int]) -> None:
    """Put both into each cart, every other one in the opposite order."""
    room = asyncio.Semaphore(20)

    async def fill(number: int, who: Buyer) -> None:
        async with room:
            for sku in skus if number % 2 else reversed(skus):
                await doors[number % len(doors)].put_in(who, sku)

    await asyncio.gather(*(fill(number, who) for number, who in enumerate(crowd)))
