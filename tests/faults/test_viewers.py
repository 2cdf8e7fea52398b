"""Thousands who wait for payments: what each costs, and that everybody hears of his own order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from redis.asyncio import Redis

from cache.order_news import MOVED
from scripts.stack.api import Api
from scripts.stack.stack import Stack
from tests.faults.orders import Mall, eventually, sized
from tests.handlers.orders.market import Buyer
from tests.payer import Payer
from tests.sandbox import SandboxClient

VIEWERS = sized(1_000, 10_000)
ORDERS = 100
AT_ONCE = 50
MOST_BYTES = 30 * 1024
STEP = """INSERT INTO orders_event (order_id, from_status, to_status, actor)
  VALUES (%s, 1, 6, 'timeout')"""
CLOSE = "UPDATE orders_order_info SET status = 6 WHERE order_id = %s"


@dataclass
class Viewer:
    """One open stream; ``events`` are the ids that came, ``last_at`` when the newest did."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    order: str
    status: int
    events: list[str]
    last_at: float = 0.0

    async def read(self) -> None:
        """Read until the server ends the stream."""
        while line := await self.reader.readline():
            if line.startswith(b"id: "):
                self.events.append(line[4:].strip().decode())
                self.last_at = time.monotonic()

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


async def viewer(port: int, who: Buyer, order: str, *, last: str = "") -> Viewer:
    """Open a stream and read its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**14)
    known = f"Last-Event-ID: {last}\r\n" if last else ""
    writer.write(
        f"GET /v1/pays/{order} HTTP/1.1\r\nHost: shop\r\nAccept: text/event-stream\r\n"
        f"Authorization: {who.token}\r\n{known}Connection: close\r\n\r\n".encode()
    )
    async with asyncio.timeout(60):
        head = await reader.readuntil(b"\r\n\r\n")
    return Viewer(reader, writer, order, int(head.split(b" ")[1]), [])


def resident(pid: int) -> int:
    """Return the bytes of memory a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * 4096


class Crowd:
    """All viewers of one process, each with a task that reads; they watch the orders in turn."""

    def __init__(self, process: Api, who: Buyer, orders: Sequence[str]) -> None:
        self._process = process
        self._who = who
        self._orders = orders
        self._room = asyncio.Semaphore(AT_ONCE)
        self.viewers: list[Viewer] = []
        self.reading: list[asyncio.Task[None]] = []

    async def open(self, count: int) -> None:
        """Let so many come and start to read."""
        self.viewers = await asyncio.gather(*(self._open(number) for number in range(count)))
        assert {each.status for each in self.viewers} == {200}
        self.reading = [asyncio.create_task(each.read()) for each in self.viewers]
        await eventually(self._all_hold_one, 60)

    async def leave(self) -> None:
        """Let all go."""
        for task in self.reading:
            task.cancel()
        await asyncio.gather(*self.reading, return_exceptions=True)
        for each in self.viewers:
            each.close()

    async def ended(self, orders: Collection[str]) -> list[float]:
        """Wait until the streams of these orders have ended; return when each heard last."""
        both = zip(self.reading, self.viewers, strict=True)
        async with asyncio.timeout(60):
            await asyncio.gather(*(task for task, each in both if each.order in orders))
        return sorted(each.last_at for each in self.viewers if each.order in orders)

    async def _open(self, number: int) -> Viewer:
        async with self._room:
            order = self._orders[number % len(self._orders)]
            return await viewer(self._process.port, self._who, order)

    async def _all_hold_one(self) -> bool:
        return all(each.events == ["1.0.0"] for each in self.viewers)


async def tell(mall: Mall, orders: Collection[str]) -> None:
    """Close orders behind the back of the process, and tell it as another process does."""
    for order in orders:
        mall.goods.run(CLOSE, order)
        mall.goods.run(STEP, order)
    async with Redis.from_url(mall.settings.redis.data_url, protocol=2) as redis:
        for order in orders:
            await redis.publish(MOVED, order)


async def test_many_viewers_cost_little_and_hear_at_once(mall: Mall) -> None:
    """Each costs at most 30 KiB; a change in another process is seen by all who wait for it."""
    (process,) = mall.open(1, DADASHOP_PAGES_MEMORY_MB="8")
    sku = mall.shelf(ORDERS)
    (who,) = mall.buyers(1)
    async with mall.doors() as (door,):
        orders = [await door.bought(who, sku) for _ in range(ORDERS)]
        first = Crowd(process, who, orders)
        await first.open(AT_ONCE)
        await first.leave()
        before = resident(process.pid)
        crowd = Crowd(process, who, orders)
        await crowd.open(VIEWERS)
        cost = (resident(process.pid) - before) / VIEWERS
        half = set(orders[: ORDERS // 2])
        began = time.monotonic()
        await tell(mall, half)
        heard = [at - began for at in await crowd.ended(half)]
        print(
            f"{VIEWERS} viewers: {cost / 1024:.1f} KiB each;"
            f" heard after {median(heard) * 1000:.0f} ms, the last {heard[-1] * 1000:.0f} ms"
        )
        wrong = [
            each.events
            for each in crowd.viewers
            if each.events != (["1.0.0", "6.0.0"] if each.order in half else ["1.0.0"])
        ]
        await crowd.leave()
        assert len(wrong) == 0, wrong[:3]
        assert cost <= MOST_BYTES

        async def all_gone() -> bool:
            page = (await door.client.get("/metrics")).body.decode()
            return "dadashop_requests_running 1.0" in page

        await eventually(all_gone, 30)


async def test_a_notice_at_another_process_flips_the_page(mall: Mall, stack: Stack) -> None:
    """The buyer waits at one process, the provider tells another one; nobody asks."""
    here, there = mall.open(2)
    sku, (who,) = mall.shelf(5), mall.buyers(1)
    sandbox = SandboxClient(stack.sandbox.url)
    sandbox.fault("wechat", drop_notices=True, until_reset=True)
    try:
        async with mall.doors() as (door, _):
            order = await door.bought(who, sku)
            number = await Payer(sandbox).pay(door, who, order, provider="wechat")
        waiting = await viewer(here.port, who, order)
        reading = asyncio.create_task(waiting.read())
        await asyncio.sleep(0.3)
        assert waiting.events == ["1.0.0"]
        began = time.monotonic()
        to = [f"{there.url}/v1/pays/wechat/notify"]
        sent = await asyncio.to_thread(sandbox.notices, "wechat", number, "repeat", to=to)
        assert sent["statuses"] == {"204": 1}
        async with asyncio.timeout(5):
            await reading
    finally:
        sandbox.mend()
    print(f"flipped {(waiting.last_at - began) * 1000:.0f} ms after the notice was sent")
    assert waiting.events == ["1.0.0", "2.0.0"]
    waiting.close()


async def test_what_nobody_told_is_seen_within_seconds(mall: Mall) -> None:
    """A process may die between its commit and the message: the table is looked at as well."""
    (process,) = mall.open(1)
    sku = mall.shelf(5)
    (who,) = mall.buyers(1)
    async with mall.doors() as (door,):
        order = await door.bought(who, sku)
        waiting = await viewer(process.port, who, order)
        reading = asyncio.create_task(waiting.read())
        await asyncio.sleep(0.5)
        mall.goods.run(CLOSE, order)
        mall.goods.run(STEP, order)
        async with asyncio.timeout(15):
            await reading
        assert waiting.events == ["1.0.0", "6.0.0"]
        again = await viewer(process.port, who, order, last="6.0.0")
        assert again.status == 204
        waiting.close()
        again.close()


async def test_viewers_of_a_process_that_ends_go_on_elsewhere(mall: Mall) -> None:
    """F-20: a stream ends at once when its process is told to; the next begins where it was."""
    first, second = mall.open(2)
    sku = mall.shelf(5)
    (who,) = mall.buyers(1)
    async with mall.doors() as (door, _):
        order = await door.bought(who, sku)
    waiting = await viewer(first.port, who, order)
    reading = asyncio.create_task(waiting.read())
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await asyncio.to_thread(first.stop)
    async with asyncio.timeout(5):
        await reading
    assert waiting.events == ["1.0.0"]
    assert time.monotonic() - began < 5
    mall.bury(first)
    goes_on = await viewer(second.port, who, order, last=waiting.events[-1])
    reading = asyncio.create_task(goes_on.read())
    await asyncio.sleep(0.3)
    async with mall.doors() as (door,):
        cancelled = await door.ask("DELETE", f"{who.orders}/{order}", who=who)
    assert cancelled.code == 200, cancelled.body
    async with asyncio.timeout(5):
        await reading
    assert goes_on.events == ["6.0.0"], "what was known before is not told again"
    waiting.close()
    goes_on.close()
