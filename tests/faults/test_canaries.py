"""Callers give up at any moment: nobody is ever handed what was meant for another (REL-4, INV-9).

Every question names what its answer must hold. Some callers are cancelled, some run into a time
limit, some wait; each of them minds what comes back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import msgspec

from cache.carts import Carts
from environment import Url
from models.database import Database
from resources import open_redis
from settings import Settings
from tests.faults.orders import Mall, sized

GIVEN_UP_CARTS, GIVEN_UP_ROWS = sized(3_000, 10_000), sized(7_000, 20_000)
CALLERS = 24
TIMEOUT_MS = 500
STOCK = 1000
PEOPLE = range(1, 41)

Question = Callable[[int], Awaitable[bool]]


class Text(msgspec.Struct):
    """One value."""

    value: str


class Crowd:
    """Callers who ask and give up; ``wrong`` are those who got a foreign answer."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._chance = random.Random(11)
        self._usual = 0.01
        self.outcomes: Counter[str] = Counter()
        self.wrong: list[int] = []

    async def ask(self, until: int) -> None:
        """Ask with all callers until so many have given up."""
        callers = (self._caller(number, until) for number in range(CALLERS))
        await asyncio.gather(*callers)

    async def _caller(self, number: int, until: int) -> None:
        while self.outcomes["cancelled"] + self.outcomes["timed out"] < until:
            number += CALLERS
            task = asyncio.create_task(self._minded(number))
            await self._given_up(task)

    async def _given_up(self, task: asyncio.Task[None]) -> None:
        """Cancel it, give it a time limit, both mostly under way, or wait for it."""
        how = self._chance.choice(("cancelled", "timed out", "answered"))
        wait = self._chance.uniform(0, self._usual)
        if how == "answered":
            await task
        elif how == "cancelled":
            await asyncio.sleep(wait)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
                how = "answered"
        else:
            try:
                async with asyncio.timeout(wait):
                    await task
                how = "answered"
            except TimeoutError:
                pass
        self.outcomes[how] += 1

    async def _minded(self, number: int) -> None:
        began = time.perf_counter()
        if not await self._question(number):
            self.wrong.append(number)
        self._usual += 0.05 * (time.perf_counter() - began - self._usual)


@asynccontextmanager
async def filled_carts(url: Url) -> AsyncIterator[Carts]:
    """Open carts over the client of the shop: user ``n`` has ``n % 5 + 1`` SKUs of his own."""
    async with open_redis(url, TIMEOUT_MS) as redis:
        carts = Carts(redis)
        for user in PEOPLE:
            for sku in skus_of(user):
                await carts.add(user, sku, count=user, stock=STOCK)
        yield carts


def skus_of(user: int) -> set[int]:
    """Return what only this user has in his cart."""
    return {user * 10 + number for number in range(user % 5 + 1)}


def about_carts(carts: Carts) -> Question:
    """Return a question to the carts."""

    async def ask(number: int) -> bool:
        user = number % len(PEOPLE) + 1
        own = skus_of(user)
        if number % 3 == 0:
            return await carts.size(user) == len(own)
        if number % 3 == 1:
            lines = await carts.lines(user)
        else:
            lines = await carts.set_count(user, user * 10, count=user, stock=STOCK)
        return {(line.sku_id, line.count) for line in lines} == {(sku, user) for sku in own}

    return ask


def about_rows(database: Database) -> Question:
    """Return a question to the database, by both ways to use a connection."""

    async def ask(number: int) -> bool:
        use = database.begin if number % 2 else database.read
        async with use() as tables:
            for part in range(2):
                canary = f"{number}-{part}"
                if await tables.connection.row(Text, "SELECT %s", canary) != Text(canary):
                    return False
        return True

    return ask


async def test_the_control_hands_answers_over(shop_settings: Settings) -> None:
    """One connection that is used on after its caller gave up answers the next one wrongly."""
    url = shop_settings.redis.data_url
    reader, writer = await asyncio.open_connection(url.host, url.port(6379))
    writer.write(f"AUTH {url.password}\r\n".encode())
    assert await reader.readline() == b"+OK\r\n"
    one_at_a_time = asyncio.Lock()

    async def ask(number: int) -> bool:
        async with one_at_a_time:
            writer.write(f"PING {number}\r\n".encode())
            length = await reader.readline()
            return bool(length and await reader.readline() == f"{number}\r\n".encode())

    crowd = Crowd(ask)
    await crowd.ask(100)
    writer.close()
    print(f"control: {dict(crowd.outcomes)}, {len(crowd.wrong)} foreign answers")
    assert crowd.wrong


async def test_carts_never_show_what_was_meant_for_another(shop_settings: Settings) -> None:
    """Redis: looks and changes, given up at any moment."""
    async with filled_carts(shop_settings.redis.data_url) as carts:
        crowd = Crowd(about_carts(carts))
        began = time.monotonic()
        await crowd.ask(GIVEN_UP_CARTS)
        print(f"carts: {dict(crowd.outcomes)} in {time.monotonic() - began:.1f} s")
        assert crowd.wrong == []
        for number in range(3 * len(PEOPLE)):
            assert await about_carts(carts)(number)


async def test_rows_never_are_what_was_meant_for_another(mall: Mall) -> None:
    """MariaDB: with and without a transaction; afterwards every place of the pool is free."""
    async with mall.database() as database:
        crowd = Crowd(about_rows(database))
        began = time.monotonic()
        await crowd.ask(GIVEN_UP_ROWS)
        print(f"rows: {dict(crowd.outcomes)} in {time.monotonic() - began:.1f} s")
        assert crowd.wrong == []
        assert database.in_use == 0
        await asyncio.gather(*(database.ping() for _ in range(50)))
        async with database.begin() as tables:
            assert await tables.connection.row(Text, "SELECT 'here'") == Text("here")
    await mall.assert_idle()
