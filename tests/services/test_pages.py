"""Copies of pages: made once, never served when outdated, refusals forgotten soon."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest

from models.errors import NoSuchSku, Unavailable
from server import open_services
from services import Services
from settings import Settings
from tests.services.maker import Maker, begun, change, read
from tests.shop import linked

WAITERS = 1000


async def test_a_thousand_readers_of_a_cold_page_make_it_once(services: Services) -> None:
    """CCH-5: one rebuild, everybody gets it."""
    maker = Maker("sku:1")
    maker.go.clear()
    readers = [asyncio.create_task(read(services, maker)) for _ in range(WAITERS)]
    await begun(maker)
    maker.go.set()
    assert set(await asyncio.gather(*readers)) == {b"page"}
    assert maker.made == 1
    counts = services.pages.counts
    assert (counts.rebuilt, counts.shared, counts.memory) == (1, WAITERS - 1, 0)
    assert await read(services, maker) == b"page"
    assert (maker.made, counts.memory) == (1, 1)


async def test_a_page_that_cannot_be_made_fails_all_and_the_next_tries_again(
    services: Services,
) -> None:
    """F-14: nobody waits for ever, the failure is not kept."""
    maker = Maker("sku:1")
    maker.failure = Unavailable("mysql")
    maker.go.clear()
    readers = [asyncio.create_task(read(services, maker)) for _ in range(WAITERS)]
    await begun(maker)
    maker.go.set()
    results = await asyncio.gather(*readers, return_exceptions=True)
    assert {type(result) for result in results} == {Unavailable}
    assert maker.made == services.pages.counts.failed == 1
    maker.failure = None
    assert await read(services, maker) == b"page"
    assert maker.made == 2


async def test_a_reader_who_leaves_does_not_take_the_page_with_him(services: Services) -> None:
    """F-14, F-22: even if it was he who began, even if all leave, it is made and kept."""
    maker = Maker("sku:1")
    maker.go.clear()
    first = asyncio.create_task(read(services, maker))
    await begun(maker)
    second = asyncio.create_task(read(services, maker))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    maker.go.set()
    assert await second == b"page"
    assert maker.made == 1

    alone, name = Maker("sku:1"), "alone"
    alone.go.clear()
    only = asyncio.create_task(read(services, alone, name))
    await begun(alone)
    only.cancel()
    await asyncio.gather(only, return_exceptions=True)
    alone.go.set()
    assert await read(services, alone, name) == b"page"
    assert alone.made == 1


async def test_a_failure_nobody_waits_for_is_not_an_unheard_exception(services: Services) -> None:
    """The last reader left before it failed: it is counted, and asyncio has nothing to complain."""
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    maker = Maker("sku:1")
    maker.failure = ValueError()
    maker.go.clear()
    reader = asyncio.create_task(read(services, maker))
    await begun(maker)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    maker.go.set()
    while not services.pages.counts.failed:
        await asyncio.sleep(0)
    gc.collect()
    assert not complaints


async def test_a_page_begun_before_a_change_is_not_joined_after_it(services: Services) -> None:
    """CCH-3: whoever asks after the acknowledgement gets what was made after the change."""
    maker = Maker("sku:1", body=b"old")
    maker.go.clear()
    early = asyncio.create_task(read(services, maker))
    await begun(maker)
    maker.body = b"new"
    await change(services, "sku:1")
    late = asyncio.create_task(read(services, maker))
    await asyncio.sleep(0)
    maker.go.set()
    assert await late == b"new"
    assert await early == b"old"
    assert await read(services, maker) == b"new"
    assert maker.made == 2


async def test_an_old_page_finished_after_the_new_one_does_not_replace_it(
    services: Services,
) -> None:
    """CCH-3: however long the old rebuild takes, its result is kept nowhere."""
    slow, quick = Maker("sku:1", body=b"old"), Maker("sku:1", body=b"new")
    slow.go.clear()
    early = asyncio.create_task(read(services, slow))
    await begun(slow)
    await change(services, "sku:1")
    assert await read(services, quick) == b"new"
    slow.go.set()
    assert await early == b"old"
    assert await read(services, quick) == b"new"
    services.pages.memory.clear()
    assert await read(services, quick) == b"new"
    assert (quick.made, services.pages.counts.redis) == (1, 1)


async def test_without_trust_no_page_begun_earlier_is_joined(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CCH-1: while changes of others are not heard, a reader gets only what was begun after him.

    The herd is still held back: all who wait for the running one share the next.
    """
    monkeypatch.setattr(services.pages._link, "trusted", lambda _: False)
    monkeypatch.setattr(services.pages._link, "up", False)
    maker = Maker("sku:1", body=b"old")
    maker.go.clear()
    early = asyncio.create_task(read(services, maker))
    await begun(maker)
    maker.body = b"new"
    late = [asyncio.create_task(read(services, maker)) for _ in range(WAITERS)]
    await asyncio.sleep(0)
    maker.go.set()
    assert await early == b"old"
    assert set(await asyncio.gather(*late)) == {b"new"}
    assert maker.made == 2


async def test_other_pages_stay_where_they_are(services: Services) -> None:
    """CCH-2: a change drops the copies with its tags and touches no other."""
    first, second = Maker("sku:1", "spu:1"), Maker("sku:2", "spu:1")
    await read(services, first, "1")
    await read(services, second, "2")
    await change(services, "sku:1")
    await read(services, first, "1")
    await read(services, second, "2")
    assert (first.made, second.made) == (2, 1)
    await change(services, "spu:1")
    await read(services, first, "1")
    await read(services, second, "2")
    assert (first.made, second.made) == (3, 2)


async def test_a_copy_in_redis_serves_the_other_process(
    services: Services, shop_settings: Settings
) -> None:
    """What one process made, another does not make again; an outdated one it does."""
    maker = Maker("sku:1", body=b"x" * 5000)
    await read(services, maker)
    async with open_services(shop_settings) as other:
        await linked(other)
        assert await read(other, maker) == maker.body
        assert (maker.made, other.pages.counts.redis, other.pages.counts.rebuilt) == (1, 1, 0)
        assert await read(other, maker) == maker.body
        assert other.pages.counts.memory == 1
        await change(other, "sku:1")
        await asyncio.gather(read(services, maker), read(other, maker))
        assert maker.made in {2, 3}
        assert services.pages.counts.memory == 0


async def test_a_refusal_is_kept_for_a_moment_in_memory_only(
    services: Services, shop_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CCH-4: at most ``missing_seconds``; never in Redis, where it would be shared."""
    maker = Maker("sku:404", refusal=True)
    for _ in range(3):
        with pytest.raises(NoSuchSku) as refused:
            await read(services, maker)
        assert len(refused.traceback) < 20, "the traceback grows with every raising"
    assert maker.made == 1
    assert services.pages.counts.refused == 3
    assert not await services.pages._pages._redis.keys("page:*")
    copy = services.pages.memory._copies["x"]
    assert copy.expires - time.monotonic() <= shop_settings.pages.missing_seconds <= 5
    monkeypatch.setattr("services.pages.time.monotonic", lambda: copy.expires + 0.01)
    monkeypatch.setattr(services.pages._link, "trusted", lambda _: True)
    with pytest.raises(NoSuchSku):
        await read(services, maker)
    assert maker.made == 2


async def test_a_refusal_ends_with_the_creation(services: Services) -> None:
    """CCH-4: what was missing a moment ago is there as soon as the change is acknowledged."""
    with pytest.raises(NoSuchSku):
        await read(services, Maker("sku:7", refusal=True))
    await change(services, "sku:7")
    assert await read(services, Maker("sku:7")) == b"page"
