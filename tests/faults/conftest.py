"""A shop of four processes on servers of its own, that tests may kill and freeze."""

from __future__ import annotations

import asyncio
import re
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.stack.api import Api
from scripts.stack.job import run_verb
from scripts.stack.ports import Ports
from scripts.stack.stack import Stack
from server import open_services
from services import Services
from settings import Settings
from tests.factories import Goods
from tests.faults.orders import Mall
from tests.http import Reply
from tests.leaks import assert_discreet, assert_silent

PROCESSES = 4
COUNTER = re.compile(rb'^dadashop_pages_total\{outcome="(\w+)"\} ([0-9.e+]+)$', re.MULTILINE)


class Customer:
    """One keep-alive connection to one process."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Reply:
        """Ask for a path."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        assert_discreet(body)
        return Reply(int(lines[0].split(" ")[1]), headers, body)

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


async def get(port: int, path: str) -> Reply:
    """Ask once."""
    customer = Customer(port)
    try:
        return await customer.get(path)
    finally:
        customer.close()


@dataclass(frozen=True)
class FaultyShop:
    """Four processes, their servers, and the goods in them."""

    stack: Stack
    settings: Settings
    processes: list[Api]
    skus: list[int]

    @property
    def ports(self) -> list[int]:
        """The ports of the processes."""
        return [process.port for process in self.processes]

    async def counted(self, port: int) -> dict[str, int]:
        """Return what happened to the page copies of one process."""
        found = COUNTER.findall((await get(port, "/metrics")).body)
        return {name.decode(): int(float(value)) for name, value in found}

    @asynccontextmanager
    async def staff(self) -> AsyncIterator[Services]:
        """Open the services in this process, which then is one of five."""
        async with open_services(self.settings) as services:
            while not services.pages.linked:
                await asyncio.sleep(0.01)
            yield services


async def stocked(settings: Settings) -> list[int]:
    """Put one product with six variants into an empty shop."""
    async with open_services(settings) as services:
        goods, skus = services.staff_goods, services.staff_skus
        catalog = await goods.create_catalog("手提包")
        brand = await goods.create_brand({"name": "青禾", "logo": "", "first_letter": "Q"})
        spu = await goods.create_spu(
            {"name": "通勤托特包", "brand_id": brand, "catalog_id": catalog}
        )
        colour = await goods.create_attribute(spu, "颜色")
        made = []
        for number in range(6):
            value = await goods.create_value(colour, f"{number} 号色")
            sku = {
                "spu_id": spu,
                "name": f"通勤托特包 {number}",
                "caption": "轻便",
                "price": "100.00",
                "cost_price": "50.00",
                "market_price": "200.00",
                "is_launched": True,
                "default_image_url": "",
            }
            made.append(await skus.create_sku(sku, value_ids=[value]))
        return made


@pytest.fixture(scope="session", autouse=True)
def many_files() -> None:
    """Let a thousand readers connect, where a user may open fewer files than he is allowed to."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def four_processes(stack: Stack, environment: dict[str, str]) -> Iterator[list[Api]]:
    """Make the tables on these servers and run four processes of the shop on them."""
    run_verb("migrate", environment, log=stack.folder / "log" / "migrate.log")
    ports = Ports()
    processes = [Api(stack.folder, ports.of(f"api-{n}"), environment) for n in range(PROCESSES)]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait()
        yield processes
    finally:
        for process in processes:
            process.ask_to_end()
        for process in processes:
            process.stop()
    assert_silent(process.log for process in processes)


@contextmanager
def opened(stack: Stack) -> Iterator[FaultyShop]:
    """Open a shop with goods on these servers; no copy dies of age during a test."""
    environment = stack.environment() | {"DADASHOP_PAGES_MEMORY_SECONDS": "3600"}
    settings = Settings.from_environment(environment)
    with four_processes(stack, environment) as processes:
        yield FaultyShop(stack, settings, processes, asyncio.run(stocked(settings)))


@pytest.fixture
def shop(private: Any) -> Iterator[FaultyShop]:
    """A fresh shop for one test."""
    with opened(private.stack()) as running:
        yield running


@pytest.fixture
def mall(
    stack: Stack,
    goods: Goods,
    shop_settings: Settings,
    environment: dict[str, str],
    tmp_path: Path,
) -> Iterator[Mall]:
    """A shop without processes yet, on the shared servers, which stay alive."""
    names = environment | {
        "DADASHOP_MYSQL_URL": str(goods.url),
        "DADASHOP_REDIS_DATA_URL": str(shop_settings.redis.data_url),
        "DADASHOP_REDIS_PAGES_URL": str(shop_settings.redis.pages_url),
    }
    with ExitStack() as over:
        made = Mall(tmp_path, goods, names, socket=stack.mariadb.socket, over=over)
        yield made
    made.assert_silent()
