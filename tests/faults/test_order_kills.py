"""A process is killed while it places an order, at each point that matters (F-01, INV-1, 3, 5, 6).

Whoever got no answer asks again with his key: one order, and the cart loses what was bought, once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

import aiohttp
import pytest

from scripts.stack.api import Api
from tests.faults.orders import Mall, cart_of, eventually
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply

POINTS = (
    ("START TRANSACTION", "before"),
    ("UPDATE goods_sku", "after"),
    ("INSERT INTO goods_stock_ledger", "after"),
    ("COMMIT", "before"),
    ("COMMIT", "sent"),
    ("COMMIT", "after"),
    ("cart", "before"),
    ("cart", "after"),
)
COMMITTED = 4
"""From this point on the order is there before it is asked for again."""
PIECES = 100
LATEST_SECONDS = 15.0
"""Until the task has cleared a cart: it is due after five, its lease may have to run out."""


class Victim(NamedTuple):
    """A buyer, and the process that dies of his order."""

    who: Buyer
    process: Api
    door: Market


async def unanswered(door: Market, who: Buyer, key: str) -> None:
    """Order what is in the cart and get no answer."""
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await door.place(who, key=key)


async def test_the_control_orders_twice(mall: Mall) -> None:
    """Who got no answer and asks again with another key has two orders."""
    sku = mall.shelf(PIECES)
    mall.open(2, child=True)
    (who,) = mall.buyers(1)
    mall.faults.set(who, "COMMIT", "after")
    async with mall.doors() as (door, other):
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await door.buy(who, sku, key="once")
        mall.faults.clear()
        assert (await other.buy(who, sku, key="another")).code == 200
    assert len(mall.orders_of(who)) == 2


async def test_killed_at_every_point(mall: Mall) -> None:
    """Eight processes, each dies at one point; another one is asked again; the carts are right."""
    bought, left = mall.shelf(PIECES), mall.shelf(PIECES)
    mall.open(len(POINTS), child=True)
    people = mall.buyers(len(POINTS))

    async def died() -> bool:
        return not any(process.alive() for process in mall.processes)

    async with mall.doors() as doors:
        victims = [Victim(*each) for each in zip(people, mall.processes, doors, strict=True)]
        await asyncio.gather(*(filled(each.door, each.who, bought, left) for each in victims))
        for victim, (at, when) in zip(victims, POINTS, strict=True):
            mall.faults.set(victim.who, at, when)
        await asyncio.gather(*(unanswered(each.door, each.who, "once") for each in victims))
        await eventually(died)
    there = [len(mall.orders_of(each.who)) for each in victims]
    print(f"orders after the kills: {dict(zip(POINTS, there, strict=True))}")
    assert there == [0] * COMMITTED + [1] * (len(POINTS) - COMMITTED)
    await mall.assert_in_order()
    mall.faults.clear()
    for victim in victims:
        mall.bury(victim.process)
    mall.open(1, child=True)
    async with mall.doors() as (door,):
        await asked_again(mall, door, people, (bought, left))
    assert mall.stock(bought) == PIECES - 2 * len(people)
    await mall.assert_in_order()


async def filled(door: Market, who: Buyer, bought: int, left: int) -> None:
    """Put two pieces in that are bought, and one that is not selected."""
    await door.put_in(who, bought, 2)
    await door.put_in(who, left)
    body = {"state": "unselect", "sku_id": left}
    assert (await door.ask("PUT", who.cart, body, who=who)).code == 200


async def asked_again(
    mall: Mall, door: Market, people: Sequence[Buyer], skus: tuple[int, int]
) -> None:
    """Send every order again, then put one more piece in: it must outlive the clearing."""
    bought, left = skus
    for who in people:
        replies = [await door.place(who, key="once") for _ in range(2)]
        assert [reply.code for reply in replies] == [200, 200], replies[0].body
        assert mall.orders_of(who) == mall.orders_under(who, "once")
        assert [reply.json["data"]["order_id"] for reply in replies] == mall.orders_of(who) * 2
        await door.put_in(who, bought)
    began = time.monotonic()

    async def cleared() -> bool:
        carts = [await cart_of(door, who) for who in people]
        return all(cart == {bought: 1, left: 1} for cart in carts)

    await eventually(cleared, LATEST_SECONDS)
    print(f"all carts were right {time.monotonic() - began:.1f} s later")
    await mall.tasks_are_done("cart.bought", LATEST_SECONDS)
    assert await cleared()


async def test_what_was_answered_outlives_the_process(mall: Mall) -> None:
    """Killed the moment the answer is read: the order is there, under its key, once."""
    sku = mall.shelf(PIECES)
    first, _ = mall.open(2, child=True)
    (who,) = mall.buyers(1)
    async with mall.doors() as (door, other):
        await door.put_in(who, sku, 2)
        reply = await door.place(who, key="once")
        first.kill()
        assert reply.code == 200
        order = reply.json["data"]["order_id"]
        assert mall.orders_of(who) == [order]
        again = await other.place(who, key="once")
        assert again.json["data"] == reply.json["data"]
        assert await cart_of(other, who) == {}
    assert mall.stock(sku) == PIECES - 2
    await mall.assert_in_order()


async def test_asked_again_before_the_first_process_dies(mall: Mall) -> None:
    """The second request waits for the first, whose cart was another: only what is bought goes."""
    sku = mall.shelf(PIECES)
    mall.open(2, child=True)
    (who,) = mall.buyers(1)
    async with mall.doors() as (first, second):
        await first.put_in(who, sku, 2)
        mall.faults.set(who, "COMMIT", "sent", pause=1.5)
        dying = asyncio.create_task(unanswered(first, who, "once"))

        async def at_its_commit() -> bool:
            return "COMMIT" in mall.faults.statements(who)

        await eventually(at_its_commit)
        mall.faults.clear()
        await second.put_in(who, sku)
        reply = await second.place(who, key="once")
        await dying
        assert reply.code == 200
        assert mall.orders_of(who) == [reply.json["data"]["order_id"]]
        assert mall.stock(sku) == PIECES - 2
        assert await cart_of(second, who) == {sku: 1}
        await mall.tasks_are_done("cart.bought", LATEST_SECONDS)
        assert await cart_of(second, who) == {sku: 1}
    await mall.assert_in_order()


async def test_a_cart_change_that_was_made_and_not_answered_counts_once(mall: Mall) -> None:
    """CRT-5: killed between Redis and the answer; the same key at another process adds nothing."""
    sku = mall.shelf(PIECES)
    mall.open(3, child=True)
    (who,) = mall.buyers(1)
    add = {"state": "add", "sku_id": sku}

    async def changed(door: Market, key: str) -> Reply:
        return await door.ask("PUT", who.cart, add, who=who, idempotency_key=key)

    async with mall.doors() as (first, second, third):
        await third.put_in(who, sku)
        for number, (door, when) in enumerate(((first, "after"), (second, "before"))):
            mall.faults.set(who, "cart", when)
            with pytest.raises((aiohttp.ClientError, ConnectionError)):
                await changed(door, f"k{number}")
            mall.faults.clear()
            # The first kill came after the change, the second one before it.
            assert await cart_of(third, who) == {sku: 2}
            assert (await changed(third, f"k{number}")).code == 200
            assert await cart_of(third, who) == {sku: 2 + number}
