"""The connection to MariaDB is cut while an order is committed (TX-2, INV-3, INV-9).

Nobody can know whether it was committed; the key tells, in the same request or when asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from tests.faults.orders import Mall, eventually
from tests.faults.tcp_proxy import Proxy, proxied
from tests.handlers.orders.market import Buyer, Market

PIECES = 1000
ORDERS = 20
PATIENCE_SECONDS = 8.0
"""A request tries five times within three seconds and may wait for a place each time."""


class CutOff(NamedTuple):
    """A process behind the proxy, and another one with a connection of its own."""

    proxy: Proxy
    door: Market
    other: Market
    sku: int


@asynccontextmanager
async def cut_off(mall: Mall) -> AsyncIterator[CutOff]:
    """Start both processes."""
    sku = mall.shelf(PIECES)
    async with proxied(mall.goods.url) as proxy:
        behind = mall.goods.url.replace(f":{mall.goods.url.port(3306)}/", f":{proxy.port}/")
        for process in mall.start(1, DADASHOP_MYSQL_URL=behind) + mall.start(1):
            await asyncio.to_thread(process.wait)
        async with mall.doors() as (door, other):
            yield CutOff(proxy, door, other, sku)


async def test_the_control_orders_twice(mall: Mall) -> None:
    """Without the key a client that was told nothing and asks again has two orders."""
    async with cut_off(mall) as shop:
        (who,) = mall.buyers(1)
        shop.proxy.cuts = ["after"] * 100
        assert (await shop.door.buy(who, shop.sku, key="once")).code == 503
        assert (await shop.other.buy(who, shop.sku, key="another")).code == 200
        assert len(mall.orders_of(who)) == 2


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_cut_commit_is_one_order_in_the_same_request(mall: Mall, when: str) -> None:
    """Each commit is cut once: the buyer gets a number, there is one order, the pool is full."""
    async with cut_off(mall) as shop:
        for number, who in enumerate(mall.buyers(ORDERS)):
            shop.proxy.cuts = [when]
            key = f"k{number}"
            reply = await shop.door.buy(who, shop.sku, key=key)
            assert reply.code == 200, reply.body
            assert shop.proxy.cuts == []
            assert mall.orders_of(who) == [reply.json["data"]["order_id"]]
            assert mall.orders_under(who, key) == mall.orders_of(who)
        print(f"{shop.proxy.made} commits cut {when} the server saw them")
        await pool_is_full(mall, shop)
    assert mall.stock(shop.sku) == PIECES - ORDERS - 1
    await mall.assert_in_order()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_commit_that_is_always_cut_is_told_by_its_key(mall: Mall, when: str) -> None:
    """The request gives up in time with 503; its key gives the one order at another process."""
    async with cut_off(mall) as shop:
        (who,) = mall.buyers(1)
        shop.proxy.cuts = [when] * 100
        began = time.monotonic()
        reply = await shop.door.buy(who, shop.sku, key="once")
        took = time.monotonic() - began
        print(f"{shop.proxy.made} commits cut {when}, then {reply.code} after {took:.2f} s")
        assert (reply.status, reply.code) == (503, 503)
        assert int(reply.headers["Retry-After"]) >= 1
        assert took < PATIENCE_SECONDS
        there = mall.orders_of(who)
        assert len(there) == (1 if when == "after" else 0)
        again = await shop.other.buy(who, shop.sku, key="once")
        assert again.code == 200
        assert [again.json["data"]["order_id"]] == mall.orders_of(who)
        assert there in ([], mall.orders_of(who))
        shop.proxy.cuts = []
        first = await shop.door.buy(who, shop.sku, key="once")
        assert first.json["data"] == again.json["data"]
        await pool_is_full(mall, shop)
    assert mall.stock(shop.sku) == PIECES - 2
    await mall.assert_in_order()


async def test_many_cuts_in_a_crowd(mall: Mall) -> None:
    """A crowd orders while commits are cut at both moments; everybody ends with one order."""
    async with cut_off(mall) as shop:
        crowd = mall.buyers(ORDERS)
        shop.proxy.cuts = ["after", "before"] * ORDERS
        codes: Counter[int] = Counter()

        async def order(who: Buyer) -> None:
            reply = await shop.door.buy(who, shop.sku, key="once")
            codes[reply.code] += 1
            while reply.code != 200:
                assert reply.code in {503, 10408}, reply.body
                await asyncio.sleep(0.2)
                reply = await shop.door.buy(who, shop.sku, key="once")
            assert mall.orders_of(who) == [reply.json["data"]["order_id"]]

        await asyncio.gather(*(order(who) for who in crowd))
        print(f"{shop.proxy.made} commits cut in a crowd of {ORDERS}, first answers {dict(codes)}")
        await pool_is_full(mall, shop)
    assert mall.stock(shop.sku) == PIECES - ORDERS - 1
    await mall.assert_in_order()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_cut_closing_gives_goods_back_once(mall: Mall, when: str) -> None:
    """A cancellation whose commit is cut is answered as done, and is done once (STK-3)."""
    async with cut_off(mall) as shop:
        for who in mall.buyers(ORDERS):
            order = await shop.other.bought(who, shop.sku)
            shop.proxy.cuts = [when]
            reply = await shop.door.ask("DELETE", f"{who.orders}/{order}", who=who)
            assert reply.code == 200, reply.body
            assert shop.proxy.cuts == []
            actor = f"user:{who.id}"
            assert shop.door.steps(order) == [(None, 1, actor), (1, 6, actor)]
        assert shop.proxy.made == ORDERS
        assert mall.stock(shop.sku) == PIECES
        await pool_is_full(mall, shop)
    await mall.assert_in_order()


async def pool_is_full(mall: Mall, shop: CutOff) -> None:
    """Fail when connections are lost for good: as many as there are places must be had at once."""
    await mall.assert_idle()
    people: Sequence[Buyer] = mall.buyers(30)

    async def served() -> bool:
        paths = [shop.door.ask("GET", who.orders, who=who) for who in people]
        replies = await asyncio.gather(*paths)
        return {reply.code for reply in replies} == {200}

    await eventually(served)
    (last,) = mall.buyers(1)
    assert (await shop.door.buy(last, shop.sku, key="last")).code == 200
