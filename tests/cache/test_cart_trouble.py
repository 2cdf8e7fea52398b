"""Carts in Redis when many come at once, answers get lost, or the server is in trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from redis.asyncio import Redis

from cache.carts import Carts, Line, Offered
from environment import Url
from models.errors import (
    NoSuchCartSku,
    OverStock,
    Unavailable,
)
from resources import open_redis
from scripts.stack.stack import Stack
from tasks.running import running
from tests.cache.conftest import Clients
from tests.cache.wire import wired
from tests.cart_model import Cart
from tests.conftest import PrivateServers

USER = 7
NOWHERE = "redis://127.0.0.1:1/0"
Change = Callable[[Carts], Awaitable[object]]


@pytest.fixture
def carts(redis: Redis) -> Carts:
    """Carts in an empty database."""
    return Carts(redis)


@pytest.fixture
async def several(stack: Stack, redis: Redis) -> AsyncIterator[list[Carts]]:
    """The same carts through four clients that have time, as on a busy machine."""
    url = Url(stack.redis_data.url.removesuffix("/0") + "/6")
    async with AsyncExitStack() as over:
        clients = [await over.enter_async_context(open_redis(url, 5000)) for _ in range(4)]
        yield [Carts(client) for client in clients]


async def held(carts: Carts, user: int = USER) -> Cart:
    return {line.sku_id: (line.count, line.selected) for line in await carts.lines(user)}


async def kept(redis: Redis) -> dict[bytes, Any]:
    """Return everything there is, marks included."""
    found: dict[bytes, Any] = {}
    for key in await redis.keys():
        is_cart = await redis.type(key) == b"hash"
        found[key] = await redis.hgetall(key) if is_cart else await redis.get(key)
    return found


async def test_a_naive_change_loses_updates(redis: Redis) -> None:
    """The control of the test below: read, count, write."""

    async def add() -> None:
        count = int(await redis.hget("naive", "1") or 0)
        await redis.hset("naive", "1", str(count + 1))

    await asyncio.gather(*(add() for _ in range(100)))
    assert int(await redis.hget("naive", "1") or 0) < 100


@pytest.mark.parametrize(("stock", "wanted"), [(1000, 100), (40, 40)])
async def test_a_hundred_at_once_count_a_hundred_or_what_there_is(
    carts: Carts, several: list[Carts], stock: int, wanted: int
) -> None:
    """CRT-3."""
    adds = (several[n % 4].add(USER, 1, count=1, stock=stock) for n in range(100))
    found = await asyncio.gather(*adds, return_exceptions=True)
    refused = [each for each in found if isinstance(each, OverStock)]
    assert len(refused) == 100 - wanted
    assert len([each for each in found if isinstance(each, list)]) == wanted
    assert await held(carts) == {1: (wanted, True)}


async def test_scripts_that_are_thrown_out_all_the_time_do_not_matter(
    several: list[Carts],
) -> None:
    """CRT-7."""
    carts, flushing = several[0], several[1]._redis
    flushes = 0

    async def flush() -> None:
        nonlocal flushes
        while True:
            await flushing.script_flush()
            flushes += 1

    async with running(flush()):
        for _ in range(20):
            await asyncio.gather(*(carts.add(USER, n, count=1, stock=99) for n in range(1, 11)))
            await carts.select_all(USER, selected=True)
            await carts.step_down(USER, 1)
    assert flushes > 20
    assert {sku: count for sku, (count, _) in (await held(carts)).items()} == {
        sku: 1 if sku == 1 else 20 for sku in range(1, 11)
    }


async def test_a_change_whose_answer_is_lost_is_made_once(
    stack: Stack, redis: Redis, client_of: Clients
) -> None:
    """Our own client sends a command again; the control does it without a mark."""
    async with wired(stack.redis_data.url.removesuffix("/0") + "/6") as wire:
        client = await client_of(wire.url)
        carts = Carts(client)
        await carts.size(USER)
        cases: list[tuple[Callable[[], Awaitable[object]], Callable[[], Awaitable[int]], int]] = [
            (
                lambda: client.hincrby("naive", "1", 1),
                lambda: counted(redis, "naive"),
                2,
            ),
            (
                lambda: carts.add(USER, 1, count=1, stock=9),
                lambda: counted(redis, f"carts:{USER}"),
                1,
            ),
        ]
        for change, count, wanted in cases:
            wire.hold()
            asked = asyncio.ensure_future(change())
            await asyncio.sleep(0.4)  # the first try has run out of time, the second has not
            wire.release()
            await asked
            assert await count() == wanted


async def counted(redis: Redis, key: str) -> int:
    return int((await redis.hget(key, "1") or b"0").split(b",")[0])


async def test_lines_that_make_no_sense_are_thrown_away(carts: Carts, redis: Redis) -> None:
    """F-25: bad values in Redis are neither shown nor counted on, and cost no other line."""
    await carts.add(USER, 1, count=2, stock=9)
    bad = {
        "2": "x", "3": "0,1,5", "4": "1,2,5", "5": "99999999999,1,5", "6": '{"count": 1}', "7": "",
        "8": "-1,1,5", "9": "1,1,5\n", "0": "1,1,1", "x": "1,1,5", "99999999999": "1,1,5",
    }  # fmt: skip
    await redis.hset(f"carts:{USER}", mapping=bad)
    for sku in (2, 3, 4, 5, 6, 7, 8, 9):
        with pytest.raises(NoSuchCartSku):
            await carts.step_up(USER, sku, stock=9)
    await carts.select_all(USER, selected=True)
    await carts.add(USER, 2, count=1, stock=9)
    assert await held(carts) == {1: (2, True), 2: (1, True)}
    assert await redis.hlen(f"carts:{USER}") == 2


async def test_away_means_unavailable(client_of: Clients) -> None:
    carts = Carts(await client_of(NOWHERE))
    changes: list[Change] = [
        lambda c: c.add(USER, 1, count=1, stock=9, key="k"),
        lambda c: c.step_up(USER, 1, stock=9),
        lambda c: c.step_down(USER, 1),
        lambda c: c.set_count(USER, 1, count=4, stock=9),
        lambda c: c.select(USER, 1, selected=False),
        lambda c: c.select_all(USER, selected=False),
        lambda c: c.lines(USER),
        lambda c: c.size(USER),
        lambda c: c.remove(USER, [1]),
        lambda c: c.merge(USER, [], name="m"),
        lambda c: c.take_bought(USER, "1", []),
    ]
    for change in changes:
        with pytest.raises(Unavailable):
            await change(carts)


async def test_a_server_without_memory_refuses_a_change_as_a_whole(
    private: PrivateServers, client_of: Clients
) -> None:
    """F-08: the cart and its marks are as before, and it can still be read and emptied."""
    redis = await client_of(private.redis(durable=True).url)
    carts = Carts(redis)
    for sku in (1, 2):
        await carts.add(USER, sku, count=1, stock=9)
    before = await kept(redis)
    await redis.config_set("maxmemory", "1mb")
    for change in (
        carts.add(USER, 3, count=1, stock=9),
        carts.step_up(USER, 1, stock=9),
        carts.select_all(USER, selected=False),
        carts.merge(USER, [Offered(1, 5, 9), Offered(3, 5, 9)], name="m"),
    ):
        with pytest.raises(Unavailable):
            await change
    assert await held(carts) == {1: (1, True), 2: (1, True)}
    assert await kept(redis) == before
    assert await carts.remove(USER, [2]) == [Line(1, 1, selected=True)]
    await redis.config_set("maxmemory", "0")
    await carts.step_up(USER, 1, stock=9)
    assert await held(carts) == {1: (2, True)}


async def test_the_server_of_carts_evicts_nothing_and_writes_every_change_down(
    private: PrivateServers, client_of: Clients
) -> None:
    """CRT-10, CRT-11: what a kill may take is at most the last second."""
    redis = await client_of(private.redis(durable=True).url)
    found = await redis.config_get("maxmemory-policy", "appendonly", "appendfsync")
    assert found == {
        "maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec",
    }  # fmt: skip
