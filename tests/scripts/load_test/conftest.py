"""A stub of the shop that answers at once, stalls, or hangs up, and plans for loads on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web

from scripts.load_test.arrivals import carried_out
from scripts.load_test.journal import Entry, Journal, entries
from scripts.load_test.plan import Customer, Place, Plan, Shelf
from scripts.load_test.visit import World
from scripts.load_test.wire import open_wire

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1aWQiOjEyMzQ1Njc4OTB9.c2lnbmF0dXJlLW9mLWl0"
PASSWORD = "correct horse of a load"
CUSTOMERS = tuple(
    Customer(id=n, username=f"load{n:06d}", token=TOKEN, address_id=n) for n in range(1, 41)
)


class Stub:
    """Answers every route as the shop would; ``busy_until`` holds all answers back."""

    def __init__(self) -> None:
        self.port = 0
        self.seen: list[web.Request] = []
        self.bodies: list[Any] = []
        self.hangs_up_on: Callable[[web.Request], bool] = lambda _: False
        self.free = asyncio.Event()
        self.free.set()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer, when free."""
        self.seen.append(request)
        self.bodies.append(await request.json() if request.can_read_body else None)
        await self.free.wait()
        if self.hangs_up_on(request):
            assert request.transport is not None
            request.transport.close()
        placed = request.method == "POST" and request.path.startswith("/v1/orders/")
        data = _placed(f"{len(self.seen):016d}") if placed else {}
        status = {"status": 2} if request.path.startswith("/v1/pays/") else {}
        return web.json_response({"code": 200, "data": data, **status})

    async def stall(self, *, after: float, seconds: float) -> None:
        """Hold all answers back for a while."""
        await asyncio.sleep(after)
        self.free.clear()
        await asyncio.sleep(seconds)
        self.free.set()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def _placed(order_id: str) -> dict[str, str]:
    """Return what is told of a new order: its number, and the page where it is paid."""
    content = json.dumps({"out_trade_no": f"of-{order_id}"})
    query = urlencode({"biz_content": content, "sign": "x"})
    return {"order_id": order_id, "pay_url": f"http://shop.test/gateway.do?{query}"}


@asynccontextmanager
async def opened(stub: Stub) -> AsyncIterator[Stub]:
    """Serve on a free port."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", stub.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.port = runner.addresses[0][1]
    try:
        yield stub
    finally:
        stub.free.set()
        await runner.cleanup()


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """A stub that serves."""
    async with opened(Stub()) as serving:
        yield serving


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., Plan]:
    """Make a plan for one process of the clients, of which a few things matter."""

    def make(**wanted: Any) -> Plan:
        port = wanted.pop("port", 1)
        given: dict[str, Any] = {
            "scenario": "shop-mix",
            "clients": 1,
            "rate": None,
            "arrivals": "constant",
            "seconds": 0.5,
            "think": 0.0,
            "timeout": 5.0,
            "seed": 1,
            "run": "tests",
            "worker": 0,
            "workers": 1,
            "place": Place((f"http://127.0.0.1:{port}",), f"http://127.0.0.1:{port}/sandbox"),
            "shelf": Shelf(tuple(range(1, 21)), ((1, 1), (1, 2), (2, 1))),
            "customers": CUSTOMERS,
            "password": PASSWORD,
            "journal": str(tmp_path / "requests.jsonl"),
        }
        return Plan(**(given | wanted))

    return make


async def loaded(plan: Plan, stop: asyncio.Event | None = None) -> list[Entry]:
    """Carry out a plan and return what was written down."""
    with Journal(Path(plan.journal)) as journal:
        async with open_wire(journal, plan.place.targets, plan.timeout) as wire:
            await carried_out(plan, World(plan, wire), stop or asyncio.Event())
    return list(entries(Path(plan.journal)))
