"""Changes make pages untrue: in their own transaction, told by the writer or by the sweep."""

from __future__ import annotations

import asyncio
import time

import pytest

from cache.link import LEASE
from services import Services
from tests.factories import Goods
from tests.services.maker import Maker, change, read


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
