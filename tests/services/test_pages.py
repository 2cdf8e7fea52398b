"""Copies of pages: made once, never served when outdated, refusals forgotten soon."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest

from cache.link import LEASE
from models.errors import NoSuchSku, Unavailable
from server import open_services
from services import Services
from services.pages import Made, Make, Missing
from settings import Settings
from tests.factories import Goods
from tests.shop import linked

WAITERS = 1000


class Maker:
    """Makes a page when told to; counts how often it was asked."""

    def __init__(self, *tags: str, body: bytes = b"page", refusal: bool = False) -> None:
        self.made = 0
        self.body = body
        self.go = asyncio.Event()
        self.go.set()
        self.begun = asyncio.Event()
        self.failure: Exception | None = None
        self._tags = tags
        self._refusal = refusal

    async def __call__(self) -> Made | Missing:
        """Make the page out of what is there now, deliver it when allowed."""
        self.made += 1
        body = self.body
        self.begun.set()
        await self.go.wait()
        if self.failure:
            raise self.failure
        return Missing(NoSuchSku(), self._tags) if self._refusal else Made(body, self._tags)


async def read(services: Services, make: Make, name: str = "x") -> bytes:
    """Ask for a page; return its body."""
    return (await services.pages.of(name, make)).body


async def begun(maker: Maker) -> None:
    """Wait until a page is being made."""
    await asyncio.wait_for(maker.begun.wait(), 5)


async def change(services: Services, *tags: str) -> None:
    """Change nothing, but outdate these tags as a change would."""
    async with services.pages.outdating() as (_, outdated):
        outdated.update(tags)


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


async def test_the_word_is_written_in_the_transaction_of_the_change(
    services: Services, goods: Goods
) -> None:
    """F-04: with the change or not at all; gone when everybody has been told."""
    rows: list[int] = []

    async def fail() -> None:
        async with services.pages.outdating() as (tables, tags):
            tags.add("sku:1")
            await tables.connection.insert("INSERT INTO goods_catalog (name) VALUES ('lost')")
            raise KeyError

    tell = services.pages._link.tell

    async def watched(tags: set[str]) -> None:
        rows.append(goods.one("SELECT COUNT(*) FROM goods_outdated_page"))
        await tell(tags)

    services.pages._link.tell = watched  # type: ignore[assignment,method-assign]
    with pytest.raises(KeyError):
        await fail()
    assert rows == []
    assert goods.one("SELECT COUNT(*) FROM goods_catalog") == 0
    assert goods.one("SELECT COUNT(*) FROM goods_outdated_page") == 0
    await change(services, "sku:1", "index")
    assert rows == [1]
    assert goods.one("SELECT COUNT(*) FROM goods_outdated_page") == 0


async def test_a_change_without_tags_tells_nobody(services: Services, goods: Goods) -> None:
    """What no page shows disturbs no page."""
    maker = Maker("sku:1")
    await read(services, maker)
    await change(services)
    await read(services, maker)
    assert (maker.made, services.pages.counts.raised) == (1, 0)


async def test_the_sweep_tells_what_a_dead_writer_left(services: Services, goods: Goods) -> None:
    """F-04: a process died between its commit and the telling: soon all is fresh."""
    maker = Maker("sku:1")
    await read(services, maker)
    goods.run("INSERT INTO goods_outdated_page (tags) VALUES ('sku:1 index')")
    async with asyncio.timeout(5):
        while len(services.pages.memory):
            await asyncio.sleep(0.01)
    await read(services, maker)
    assert maker.made == 2
    async with asyncio.timeout(5):
        while goods.one("SELECT COUNT(*) FROM goods_outdated_page"):
            await asyncio.sleep(0.01)


async def test_the_sweep_leaves_the_young_alone(services: Services, goods: Goods) -> None:
    """A writer that is alive tells by itself."""
    goods.run("INSERT INTO goods_outdated_page (tags) VALUES ('sku:1')")
    assert await services.pages.sweep(30) == 0
    assert goods.one("SELECT COUNT(*) FROM goods_outdated_page") == 1
    assert await services.pages.sweep(0) == 1
    assert goods.one("SELECT COUNT(*) FROM goods_outdated_page") == 0


async def test_everything_can_be_outdated_at_once(services: Services) -> None:
    """After rows were loaded behind the back of the services, ``all`` empties every process."""
    makers = [Maker(f"sku:{n}") for n in range(3)]
    for number, maker in enumerate(makers):
        await read(services, maker, str(number))
    await change(services, "all")
    assert len(services.pages.memory) == 0
    for number, maker in enumerate(makers):
        await read(services, maker, str(number))
        assert maker.made == 2


async def test_a_writer_who_cannot_tell_waits_until_nobody_trusts_the_old(
    services: Services, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-06: the change stands, its word too, and the acknowledgement comes after one lease."""

    async def away(_: set[str]) -> None:
        raise ConnectionError("redis is away")

    monkeypatch.setattr(services.pages._link, "tell", away)
    monkeypatch.setattr(services.pages, "sweep", lambda _: asyncio.sleep(0))
    began = time.monotonic()
    await change(services, "sku:1")
    assert time.monotonic() - began >= LEASE
    assert goods.ask("SELECT tags FROM goods_outdated_page") == [("sku:1",)]
