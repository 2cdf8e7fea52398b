"""No reader anywhere sees an old page after a change was acknowledged (CCH-1, CCH-3, CCH-5)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from cache.link import LEASE
from services import Services
from tests.faults.conftest import Customer, FaultyShop, get

READERS = 1000
READS_EVERY = 0.4
"""At most so many seconds between two reads of a reader, which leaves the writer a core."""
CHANGES = 100


class Prices:
    """The price a writer has been told is in force; readers compare with it."""

    def __init__(self) -> None:
        self.acknowledged = 100
        self.old: list[tuple[int, int]] = []
        self.reads = 0
        self.done = False

    async def watched_by(self, customer: Customer, path: str) -> None:
        """Read until told to stop; note every price older than the one in force when asking."""
        while not self.done:
            in_force = self.acknowledged
            reply = await customer.get(path)
            price = int(float(reply.json["data"]["price"]))
            self.reads += 1
            if price < in_force:
                self.old.append((price, in_force))
            await asyncio.sleep(random.uniform(0, READS_EVERY))


Change = Callable[[Services, int, int], Awaitable[None]]


async def told(services: Services, sku: int, price: int) -> None:
    """Change a price as the back office does."""
    await services.staff_skus.change_sku(sku, {"price": f"{price}.00"})


async def naive(services: Services, sku: int, price: int) -> None:
    """Change a price in the table and tell nobody."""
    async with services.database.begin() as tables:
        sql = "UPDATE goods_sku SET price = %s WHERE id = %s"
        await tables.connection.change(sql, price, sku)


async def changed_under_readers(shop: FaultyShop, change: Change, *, changes: int) -> Prices:
    """Let 1,000 readers watch a page while its price is changed so many times."""
    prices = Prices()
    path = f"/v1/goods/detail/{shop.skus[0]}"
    customers = [Customer(shop.ports[n % len(shop.ports)]) for n in range(READERS)]
    async with shop.staff() as services:
        readers = [asyncio.create_task(prices.watched_by(c, path)) for c in customers]
        while prices.reads < READERS:
            await asyncio.sleep(0.05)
        for price in range(101, 101 + changes):
            await change(services, shop.skus[0], price)
            prices.acknowledged = price
        seen = prices.reads
        while prices.reads < seen + READERS:
            await asyncio.sleep(0.05)
        prices.done = True
        await asyncio.gather(*readers)
    for customer in customers:
        customer.close()
    return prices


async def test_the_control_sees_old_prices(shop: FaultyShop) -> None:
    """The same readers do notice when a writer tells nobody."""
    prices = await changed_under_readers(shop, naive, changes=3)
    assert prices.old


async def trusts_its_memory(port: int) -> None:
    """Wait until a process has its lease: a crowd on few cores may keep it from renewing it."""
    async with asyncio.timeout(10):
        while b"dadashop_pages_linked 1.0" not in (await get(port, "/metrics")).body:
            await asyncio.sleep(0.05)


async def test_no_reader_sees_an_old_price_after_the_change_was_acknowledged(
    shop: FaultyShop,
) -> None:
    """CCH-1, CCH-3: 4 processes, 1,000 readers, 100 changes in a row; others stay untouched."""
    path, other_path = (f"/v1/goods/detail/{sku}" for sku in (shop.skus[0], shop.skus[3]))
    for port in shop.ports:
        await get(port, other_path)
    before = [await shop.counted(port) for port in shop.ports]
    prices = await changed_under_readers(shop, told, changes=CHANGES)
    for port in shop.ports:
        await trusts_its_memory(port)
    after = [await shop.counted(port) for port in shop.ports]
    for port in shop.ports:
        assert (await get(port, path)).json["data"]["price"] == f"{100 + CHANGES}.00"
        await get(port, other_path)
    touched = [await shop.counted(port) for port in shop.ports]
    rebuilt = [b["rebuilt"] - a["rebuilt"] for a, b in zip(before, after, strict=True)]
    print(f"{prices.reads} reads, rebuilt per process: {rebuilt}, counters: {after}")
    assert prices.old == []
    assert sum(rebuilt) >= CHANGES
    assert max(rebuilt) <= CHANGES + 1
    # The page of the other SKU was never made again: the last reads came from memory.
    for earlier, later in zip(after, touched, strict=True):
        assert later["memory"] - earlier["memory"] == 2
        assert later["rebuilt"] + later["redis"] == earlier["rebuilt"] + earlier["redis"]


async def test_a_cold_page_is_made_once_per_process(shop: FaultyShop) -> None:
    """CCH-5: 1,000 readers of an empty cache cause at most one rebuild per process, all get 200."""
    path = f"/v1/goods/detail/{shop.skus[0]}"
    replies = await asyncio.gather(
        *(get(shop.ports[n % len(shop.ports)], path) for n in range(READERS))
    )
    rebuilt = [(await shop.counted(port))["rebuilt"] for port in shop.ports]
    print(f"{READERS} readers of a cold page, rebuilt per process: {rebuilt}")
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert max(rebuilt) <= 1
    assert sum(rebuilt) >= 1


async def test_a_frozen_process_delays_a_change_by_its_lease_and_wakes_up_fresh(
    shop: FaultyShop,
) -> None:
    """A process that slept through a change does not show the old page when it wakes."""
    sku = shop.skus[0]
    path = f"/v1/goods/detail/{sku}"
    frozen = shop.processes[0]
    await get(frozen.port, path)
    async with shop.staff() as services:
        frozen.pause()
        try:
            began = time.monotonic()
            await services.staff_skus.change_sku(sku, {"price": "77.00"})
            took = time.monotonic() - began
            asked = asyncio.create_task(get(frozen.port, path))
            await asyncio.sleep(0.1)
        finally:
            frozen.resume()
        assert (await asked).json["data"]["price"] == "77.00"
    assert LEASE * 0.8 < took < LEASE * 3


async def test_a_writer_that_dies_between_commit_and_telling_is_swept_up(shop: FaultyShop) -> None:
    """The word of a dead writer reaches every process from the row it left in its commit."""
    sku = shop.skus[0]
    path = f"/v1/goods/detail/{sku}"
    for port in shop.ports:
        await get(port, path)
    async with shop.staff() as services, services.database.begin() as tables:
        await tables.connection.change("UPDATE goods_sku SET price = 55 WHERE id = %s", sku)
        await tables.outdated.add({f"sku:{sku}"})
    latest = time.monotonic() + 10
    for port in shop.ports:
        while (await get(port, path)).json["data"]["price"] != "55.00":
            assert time.monotonic() < latest
            await asyncio.sleep(0.05)
