"""One-time tickets and codes: one taker, no subject in a key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from cache.codes import Codes, fresh_code
from cache.limits import Limits, per
from cache.tickets import Tickets
from models.errors import TooManyTries, Unavailable
from resources import open_redis
from settings import Settings

PHONE = "13612345678"
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def redis(shop_settings: Settings) -> AsyncIterator[Redis]:
    """An empty database."""
    async with open_redis(shop_settings.redis.data_url, 500) as client:
        yield client


async def test_exactly_one_of_fifty_takes_a_ticket(redis: Redis) -> None:
    tickets = Tickets(redis, "test", life=60)
    ticket = await tickets.give("meaning")
    taken = await asyncio.gather(*(tickets.take(ticket, str) for _ in range(50)))
    assert [each for each in taken if each is not None] == ["meaning"]
    assert await redis.keys() == []


async def test_tickets_are_random_end_and_stay_of_their_kind(redis: Redis) -> None:
    tickets, others = Tickets(redis, "test", life=60), Tickets(redis, "other", life=60)
    given = {await tickets.give(1) for _ in range(50)}
    assert len(given) == 50
    assert min(map(len, given)) >= 32
    ticket = given.pop()
    assert await others.take(ticket, int) is None
    for bad in ("", "x" * 101, "*", "test:" + ticket):
        assert await tickets.take(bad, int) is None
    assert 0 < await redis.ttl(f"tickets:test:{ticket}") <= 60
    assert await tickets.take(ticket, int) == 1


async def test_a_code_is_placed_once_within_the_pause(redis: Redis) -> None:
    codes = Codes(redis, "test", life=300, pause=60)
    placed = await asyncio.gather(*(codes.place(PHONE, f"{n:06d}") for n in range(50)))
    assert placed.count(True) == 1
    code = f"{placed.index(True):06d}"
    assert await codes.right(PHONE, code, use=False)
    used = await asyncio.gather(*(codes.right(PHONE, code, use=True) for _ in range(50)))
    assert used.count(True) == 1


async def test_five_wrong_codes_end_it_even_in_parallel(redis: Redis) -> None:
    codes = Codes(redis, "test", life=300, pause=60)
    await codes.place(PHONE, "123456")
    tries = [f"{n:06d}" for n in range(200)]
    for first in range(0, 200, 20):
        some = tries[first : first + 20]
        assert not any(await asyncio.gather(*(codes.right(PHONE, t, use=True) for t in some)))
    assert not await codes.right(PHONE, "123456", use=True)
    (key,) = [key for key in await redis.keys() if b"pause" not in key]
    assert await redis.hget(key, "wrong") == b"5"


async def test_no_phone_stands_in_a_key_and_codes_end(redis: Redis) -> None:
    codes = Codes(redis, "test", life=300, pause=60)
    await codes.place(PHONE, "123456")
    keys = await redis.keys()
    assert len(keys) == 2
    assert not any(PHONE.encode() in key for key in keys)
    lives = sorted([await redis.ttl(key) for key in keys])
    assert 55 < lives[0] <= 60
    assert 295 < lives[1] <= 300
    await codes.withdraw(PHONE)
    assert await redis.keys() == []
    assert await codes.place(PHONE, "654321")


def test_codes_are_six_digits() -> None:
    found = {fresh_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdecimal() for code in found)
    assert len(found) > 190


@pytest.fixture
async def limits(shop_settings: Settings) -> AsyncIterator[Limits]:
    """Limits counted there."""
    limits = Limits(shop_settings.redis.data_url, timeout=0.5)
    yield limits
    await limits.aclose()


async def test_a_limit_counts_refuses_and_hides_who(redis: Redis, limits: Limits) -> None:
    limit = per(60, 5, "test")
    asked = (limits.take(limit, PHONE) for _ in range(20))
    found = await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in found if isinstance(each, TooManyTries)]
    assert (len(refused), found.count(None)) == (15, 5)
    assert all(1 <= each.retry_after <= 60 for each in refused)
    await limits.take(limit, "13612345679")
    keys = await redis.keys()
    assert keys
    assert not any(b"1361234" in key for key in keys)


async def test_a_window_slides(limits: Limits) -> None:
    limit = per(1, 2, "slide")
    for _ in range(2):
        await limits.take(limit, PHONE)
    with pytest.raises(TooManyTries):
        await limits.take(limit, PHONE)
    await asyncio.sleep(2.1)
    await limits.take(limit, PHONE)


async def test_away_means_closed_unless_it_is_harmless() -> None:
    limits = Limits(NOWHERE, timeout=0.2)
    with pytest.raises(Unavailable):
        await limits.take(per(1, 1, "test"), PHONE)
    await limits.take(per(1, 1, "test"), PHONE, open_when_away=True)
    await limits.aclose()
    async with open_redis(NOWHERE, 200) as nobody:
        for asked in (
            Codes(nobody, "test", life=1, pause=1).place(PHONE, "123456"),
            Codes(nobody, "test", life=1, pause=1).right(PHONE, "123456", use=True),
            Tickets(nobody, "test", life=1).give(1),
            Tickets(nobody, "test", life=1).take("x", int),
        ):
            with pytest.raises(Unavailable):
                await asked
