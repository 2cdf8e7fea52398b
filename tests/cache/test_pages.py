"""Copies in the Redis that may forget: small, jittered, and never missed when it is away."""

from __future__ import annotations

import asyncio
import zlib

import msgspec
import pytest
from redis.asyncio import Redis

from cache.generations import Stamp
from cache.pages import COMPRESSED_ABOVE, REST_SECONDS, Pages, StoredPage, jittered
from tests.cache.conftest import Clients
from tests.conftest import PrivateServers

LIFE = 600


def page(body: bytes = b"{}") -> StoredPage:
    """Make a page to store."""
    return StoredPage(Stamp("run:mark", 3), ("sku:1", "all"), '"etag"', body)


@pytest.fixture
def pages(redis: Redis) -> Pages:
    """Copies in an empty Redis."""
    return Pages(redis, life=LIFE)


@pytest.mark.parametrize("size", [0, 1, COMPRESSED_ABOVE - 100, COMPRESSED_ABOVE + 1, 100_000])
async def test_what_is_kept_comes_back(pages: Pages, size: int) -> None:
    """Byte for byte, with its stamp and tags, compressed or not."""
    kept = page(bytes(n % 251 for n in range(size)))
    await pages.keep("detail:1", kept)
    assert await pages.of("detail:1") == kept
    assert await pages.of("detail:2") is None


async def test_large_values_are_compressed(pages: Pages, redis: Redis) -> None:
    """Above 1 KiB, and only there: small ones would only cost time."""
    await pages.keep("large", page(b"a" * 20_000))
    await pages.keep("small", page(b"a" * 500))
    large, small = await redis.get("page:large"), await redis.get("page:small")
    assert large[:1] == b"z"
    assert len(large) < 1000
    assert small[:1] == b"p"
    assert b"a" * 500 in small


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"z",
        b"p",
        b"garbage",
        b"zgarbage",
        b"z" + zlib.compress(b"garbage"),
        b"p" + msgspec.msgpack.encode(["too", "short"]),
        b"p" + msgspec.msgpack.encode([["e", 1], ["t"], 7, b"etag is no number"]),
        b"z" + zlib.compress(msgspec.msgpack.encode(page()))[:-3],
        "page of 达达".encode(),
    ],
)
async def test_bytes_that_are_not_ours_are_no_copy(
    pages: Pages, redis: Redis, garbage: bytes
) -> None:
    """F-25: whatever stands in Redis, the page is made anew and no error is raised."""
    await redis.set("page:x", garbage)
    assert await pages.of("x") is None
    assert not pages.away
    await pages.keep("x", page())
    assert await pages.of("x") == page()


async def test_copies_made_together_do_not_die_together(pages: Pages, redis: Redis) -> None:
    """Life times are spread over the last tenth, and no copy lives without an end."""
    for number in range(60):
        await pages.keep(str(number), page())
    lives = [await redis.pttl(f"page:{number}") for number in range(60)]
    assert all(LIFE * 890 <= life <= LIFE * 1000 for life in lives)
    assert max(lives) - min(lives) > LIFE * 50


def test_jitter_only_shortens() -> None:
    """A copy never lives longer than it may."""
    lives = [jittered(100) for _ in range(500)]
    assert 90 <= min(lives) < 92
    assert 98 < max(lives) <= 100


async def test_a_server_that_is_away_is_left_alone_for_a_moment(
    private: PrivateServers, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed: one attempt, then none until the rest is over; back: copies are found again."""
    server = private.redis(durable=False)
    pages = Pages(await client_of(server.url), life=LIFE)
    await pages.keep("x", page())
    assert await pages.of("x") is not None
    server.kill()
    assert await pages.of("x") is None
    assert pages.away
    server.start()
    server.wait()
    assert await pages.of("x") is None
    await pages.keep("x", page())
    resting = pages._resting_until
    assert pages.away, "the rest was over before the test was"
    monkeypatch.setattr("cache.pages.time.monotonic", lambda: resting + 0.01)
    assert not pages.away
    assert await pages.of("x") is None, "nothing was kept during the rest"
    await pages.keep("x", page())
    assert await pages.of("x") == page()


async def test_a_frozen_server_costs_one_deadline(
    private: PrivateServers, client_of: Clients
) -> None:
    """F-06: frozen, not dead: a thousand readers wait for it once, together, not one by one."""
    server = private.redis(durable=False)
    pages = Pages(await client_of(server.url), life=LIFE)
    await pages.keep("x", page())
    server.pause()
    try:
        async with asyncio.timeout(REST_SECONDS):
            assert await pages.of("x") is None
            for _ in range(1000):
                assert await pages.of("x") is None
    finally:
        server.resume()
