"""Commands given up at random: no answer ever reaches another caller (CRT-9)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable

import pytest

from cache.carts import Carts
from models.errors import Unavailable
from resources import open_redis
from services import Services
from settings import Settings
from tests.factories import Bags, Goods

USERS, COMMANDS, ABREAST = 20, 10_000, 50


async def hurried(asked: Awaitable[object], chance: random.Random) -> bool:
    """Give something up at a random moment; return whether it was given up."""
    task = asyncio.ensure_future(asked)
    if chance.random() < 0.5:
        await asyncio.wait([task], timeout=chance.uniform(0, 0.004))
        task.cancel()
    try:
        async with asyncio.timeout(chance.choice([0.002, 0.02, 5])):
            await task
    except (asyncio.CancelledError, TimeoutError, Unavailable):
        return True
    return False


async def test_a_naive_client_hands_an_answer_to_the_next(shop_settings: Settings) -> None:
    """The control of the test below: a command is given up, its connection is used again."""
    async with open_redis(shop_settings.redis.data_url, 2000) as redis:
        connection = await redis.connection_pool.get_connection()

        async def naive(*command: str) -> object:
            await connection.send_command(*command)
            return await connection.read_response(disconnect_on_error=False)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await naive("BLPOP", "nothing", "0.1")
        assert await naive("ECHO", "mine") != b"mine"
        await redis.connection_pool.release(connection)


async def test_nobody_ever_reads_the_cart_of_another(shop_settings: Settings) -> None:
    """CRT-9: commands given up at random over one client; no answer reaches the next caller."""
    chance = random.Random(9)
    async with open_redis(shop_settings.redis.data_url, 2000) as redis:
        carts = Carts(redis)
        own = {user: {1000 * user + n for n in range(1, 4)} for user in range(1, USERS + 1)}
        for user, skus in own.items():
            for sku in skus:
                await carts.add(user, sku, count=user, stock=10**9)
        outcomes: Counter[bool] = Counter()

        async def customer() -> None:
            for _ in range(COMMANDS // ABREAST):
                user = chance.randint(1, USERS)
                sku = chance.choice(sorted(own[user]))
                if chance.random() < 0.7:
                    asked: Awaitable[object] = _own(carts, user, own[user])
                else:
                    asked = carts.select(user, sku, selected=chance.random() < 0.5)
                gave_up = await hurried(asked, chance)
                outcomes[gave_up] += 1

        await asyncio.gather(*(customer() for _ in range(ABREAST)))
        print(f"{outcomes[True]} of {COMMANDS} commands given up")
        assert min(outcomes[True], outcomes[False]) > COMMANDS // 10
        for user, skus in own.items():
            await _own(carts, user, skus)


async def _own(carts: Carts, user: int, skus: set[int]) -> None:
    lines = await carts.lines(user)
    assert {line.sku_id for line in lines} == skus
    assert {line.count for line in lines} == {user}


async def test_nobody_ever_reads_the_rows_of_another(
    services: Services, bags: Bags, goods: Goods
) -> None:
    """CRT-9 for MySQL: what comes back is what was asked for."""
    chance = random.Random(9)
    outcomes: Counter[bool] = Counter()

    async def customer() -> None:
        for _ in range(COMMANDS // ABREAST):
            sku = chance.choice(bags.skus)
            gave_up = await hurried(_row(services, sku), chance)
            outcomes[gave_up] += 1

    await asyncio.gather(*(customer() for _ in range(ABREAST)))
    print(f"{outcomes[True]} of {COMMANDS} queries given up")
    assert min(outcomes[True], outcomes[False]) > COMMANDS // 10
    for sku in bags.skus:
        await _row(services, sku)
    assert services.database.in_use == 0


async def _row(services: Services, sku: int) -> None:
    async with services.database.read() as tables:
        found = await tables.offers.of([sku])
    assert list(found) == [sku]
    assert found[sku].id == sku
