"""Databases die and come back; pages go on as far as they can (F-02, F-06, F-07, F-09, F-10)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis

from tests.faults.conftest import FaultyShop, get

UNTIL = 10.0


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = UNTIL) -> float:
    """Wait until it holds; return how long that took."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_pages_go_on_while_redis_pages_is_dead(shop: FaultyShop) -> None:
    """Killed: pages come from memory or MySQL without an error; back: copies are stored again."""
    first, second = (f"/v1/goods/detail/{sku}" for sku in shop.skus[:2])
    port = shop.ports[0]
    await get(port, first)
    shop.stack.redis_pages.kill()
    for path in (first, second, "/v1/goods/index", "/v1/goods/search?q=包"):
        assert (await get(port, path.replace("包", "%E5%8C%85"))).code == 200
    shop.stack.redis_pages.start()
    shop.stack.redis_pages.wait()
    other = shop.ports[1]
    redis = Redis.from_url(shop.settings.redis.pages_url, protocol=2)
    skus = iter(shop.skus[2:])

    async def stored() -> bool:
        sku = next(skus, shop.skus[-1])
        assert (await get(other, f"/v1/goods/detail/{sku}")).code == 200
        await asyncio.sleep(0.5)
        return bool(await redis.exists(f"page:detail:{sku}"))

    await eventually(stored)
    await redis.aclose()


async def test_cached_pages_survive_mysql_and_others_say_503(shop: FaultyShop) -> None:
    """Killed: cached pages 200, others 503 with Retry-After within 2 s; back: all within 5 s."""
    cached, cold = (f"/v1/goods/detail/{sku}" for sku in shop.skus[:2])
    for port in shop.ports:
        assert (await get(port, cached)).code == 200
    shop.stack.mariadb.kill()
    for port in shop.ports:
        began = time.monotonic()
        reply = await get(port, cold)
        took = time.monotonic() - began
        assert (reply.status, reply.code) == (503, 503)
        assert int(reply.headers["retry-after"]) >= 1
        assert took < 2
        assert (await get(port, cached)).code == 200
    shop.stack.mariadb.start()
    shop.stack.mariadb.wait()
    began = time.monotonic()
    for port in shop.ports:
        await eventually(lambda port=port: _is_200(port, cold), seconds=5)
    print(f"all processes served uncached pages {time.monotonic() - began:.2f} s after MySQL")


async def test_a_frozen_mysql_is_refused_in_time(shop: FaultyShop) -> None:
    """SIGSTOP: an uncached page says 503 instead of hanging, cached ones go on; then recovery."""
    cached, cold = (f"/v1/goods/detail/{sku}" for sku in shop.skus[:2])
    port = shop.ports[0]
    assert (await get(port, cached)).code == 200
    shop.stack.mariadb.pause()
    try:
        reply = await asyncio.wait_for(get(port, cold), 8)
        assert reply.status == 503
        assert (await get(port, cached)).code == 200
    finally:
        shop.stack.mariadb.resume()
    await eventually(lambda: _is_200(port, cold), seconds=5)


async def test_pages_stay_fresh_through_the_death_of_redis_data(shop: FaultyShop) -> None:
    """Nothing in memory is trusted meanwhile, and nothing old comes back after the restart."""
    sku = shop.skus[0]
    path = f"/v1/goods/detail/{sku}"
    for port in shop.ports:
        await get(port, path)
    async with shop.staff() as services:
        shop.stack.redis_data.kill()
        await services.staff_skus.change_sku(sku, {"price": "66.00"})
        for port in shop.ports:
            assert (await get(port, path)).json["data"]["price"] == "66.00"
        shop.stack.redis_data.start()
        shop.stack.redis_data.wait()
        for port in shop.ports:
            assert (await get(port, path)).json["data"]["price"] == "66.00"

        async def linked() -> bool:
            return all([(await shop.counted(port))["memory"] > 0 for port in shop.ports])

        async def read_and_linked() -> bool:
            for port in shop.ports:
                assert (await get(port, path)).json["data"]["price"] == "66.00"
            return await linked()

        await eventually(read_and_linked)
        await eventually(lambda: _linked(services), seconds=5)
        await services.staff_skus.change_sku(sku, {"price": "65.00"})
        for port in shop.ports:
            assert (await get(port, path)).json["data"]["price"] == "65.00"


async def test_a_lost_link_waits_for_mysql(shop: FaultyShop) -> None:
    """Redis returns while MySQL is dead: the process lives, and trusts memory again after both."""
    cold = f"/v1/goods/detail/{shop.skus[1]}"
    port = shop.ports[0]
    shop.stack.mariadb.kill()
    shop.stack.redis_data.kill()
    shop.stack.redis_data.start()
    shop.stack.redis_data.wait()
    await asyncio.sleep(2)
    assert (await get(port, "/healthz")).status == 200
    assert (await get(port, cold)).status == 503
    shop.stack.mariadb.start()
    shop.stack.mariadb.wait()

    async def from_memory() -> bool:
        assert (await get(port, cold)).status in {200, 503}
        return (await shop.counted(port))["memory"] > 0

    await eventually(from_memory)


async def test_a_flushed_redis_brings_nothing_old_back(shop: FaultyShop) -> None:
    """F-07: FLUSHALL of the generations makes every stored copy untrue, none true again."""
    sku = shop.skus[0]
    path = f"/v1/goods/detail/{sku}"
    pages = Redis.from_url(shop.settings.redis.pages_url, protocol=2)
    await get(shop.ports[0], path)
    old = await pages.get(f"page:detail:{sku}")
    assert old is not None
    async with shop.staff() as services:
        await services.staff_skus.change_sku(sku, {"price": "44.00"})
        data = Redis.from_url(shop.settings.redis.data_url, protocol=2)
        await data.flushall()
        await pages.set(f"page:detail:{sku}", old)
        for port in shop.ports:
            assert (await get(port, path)).json["data"]["price"] == "44.00"
        await data.aclose()
    await pages.aclose()


async def _is_200(port: int, path: str) -> bool:
    return (await get(port, path)).status == 200


async def _linked(services: object) -> bool:
    return bool(services.pages.linked)  # type: ignore[attr-defined]
