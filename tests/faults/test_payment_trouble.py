"""A provider that sleeps, and a database that is away when a notice comes (TX-1, WX-3, ALI-4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from environment import Url
from settings import Settings
from tests.factories import Goods
from tests.faults.orders import USED, Mall, eventually
from tests.handlers.orders.market import Buyer, Market
from tests.payer import Payer
from tests.sandbox import SandboxClient

ASLEEP_MS = 30_000
BUYERS = 150
ASKING = 40
PIECES = 1_000
SLOWER = 3.0
"""How much slower others may be beside a sleeping provider on a busy machine."""
NOT_MEASURABLE = 0.05
"""Seconds below which two p99 count as equal."""


async def p99_of_buying(door: Market, crowd: Sequence[Buyer], sku: int) -> float:
    """Let everybody buy one piece, eight at a time; return the 99th percentile in seconds."""
    room, took = asyncio.Semaphore(8), []

    async def buy(who: Buyer) -> None:
        async with room:
            began = time.monotonic()
            await door.bought(who, sku)
            took.append(time.monotonic() - began)

    await asyncio.gather(*(buy(who) for who in crowd))
    return quantiles(took, n=100)[-1]


async def used(door: Market) -> float:
    """Return how many connections to MySQL the process has lent."""
    (found,) = USED.findall((await door.client.get("/metrics")).body.decode())
    return float(found)


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
async def test_a_sleeping_provider_holds_nobody_up(
    mall: Mall, sandbox: SandboxClient, provider: str
) -> None:
    """TX-1: forty requests wait for it; others buy the same SKU as fast, no connection is held."""
    mall.open(1)
    sku = mall.shelf(PIECES)
    crowd = mall.buyers(2 * BUYERS + ASKING)
    payer = Payer(sandbox)
    async with mall.doors(seconds=60) as (door,):
        waiting = crowd[2 * BUYERS :]
        orders = [await door.bought(who, sku) for who in waiting]
        for who, order in zip(waiting, orders, strict=True):
            await payer.visit(door, who, order, provider=provider)
        quiet = await p99_of_buying(door, crowd[:BUYERS], sku)
        sandbox.fault(provider, latency_ms=ASLEEP_MS, until_reset=True)
        asking = [
            asyncio.create_task(door.ask("DELETE", f"{who.orders}/{order}", who=who))
            for who, order in zip(waiting, orders, strict=True)
        ]

        async def nothing_is_lent() -> bool:
            return await used(door) == 0

        await asyncio.sleep(0.5)
        await eventually(nothing_is_lent, 2)
        assert not any(task.done() for task in asking)
        beside = await p99_of_buying(door, crowd[BUYERS : 2 * BUYERS], sku)
        still = sum(not task.done() for task in asking)
        print(f"{provider}: p99 {quiet * 1000:.0f} ms quiet, {beside * 1000:.0f} ms beside {still}")
        assert still, "others were measured while the provider slept"
        assert beside < max(SLOWER * quiet, quiet + NOT_MEASURABLE)
        replies = await asyncio.gather(*asking)
        assert {reply.code for reply in replies} == {10501}
    states = mall.goods.ask("SELECT DISTINCT status FROM orders_order_info")
    assert states == [(1,)], "nobody knows whether they were paid: they stay"


@pytest.fixture
def alone(
    private: Any, environment: dict[str, str], shop_settings: Settings, tmp_path: Path
) -> Iterator[tuple[Mall, Any]]:
    """A shop on a MariaDB of its own, which may be frozen; the rest is shared."""
    server = private.mariadb()
    goods = Goods(Url(server.url))
    goods.create()
    names = environment | {
        "DADASHOP_MYSQL_URL": str(goods.url),
        "DADASHOP_REDIS_DATA_URL": str(shop_settings.redis.data_url),
        "DADASHOP_REDIS_PAGES_URL": str(shop_settings.redis.pages_url),
    }
    with ExitStack() as over:
        yield Mall(tmp_path, goods, names, socket=server.socket, over=over), server
    goods.close()


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
async def test_a_notice_while_mysql_is_frozen_is_not_acknowledged(
    alone: tuple[Mall, Any], sandbox: SandboxClient, provider: str
) -> None:
    """PAY-6: the provider hears no success, comes again on its schedule, and the order is paid."""
    mall, server = alone
    mall.open(1, DADASHOP_MYSQL_STATEMENT_MS="1000")
    sku, (who,) = mall.shelf(5), mall.buyers(1)
    payer = Payer(sandbox)
    async with mall.doors() as (door,):
        order = await door.bought(who, sku)
        number = await payer.visit(door, who, order, provider=provider)
        server.pause()
        try:
            assert await payer.decide(provider, number) == 200

            async def told_in_vain() -> bool:
                trade = await asyncio.to_thread(sandbox.trade, provider, number)
                assert trade["notices_acknowledged"] == 0
                return bool(trade["notices_sent"] > 0)

            await eventually(told_in_vain, 15)
        finally:
            server.resume()

        async def paid() -> bool:
            sql = "SELECT status FROM orders_order_info WHERE order_id = %s"
            return bool(mall.goods.one(sql, order) == 2)

        await eventually(paid, 30)

        async def acknowledged() -> bool:
            trade = await asyncio.to_thread(sandbox.trade, provider, number)
            return bool(trade["notices_acknowledged"] == 1)

        await eventually(acknowledged, 30)
