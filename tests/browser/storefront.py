"""The real shop with its demo catalogue, on servers of its own: what the browser tests visit.

The shared databases hold the goods of other tests; here nothing but the demo catalogue is for sale.
Painting every picture takes most of a minute: the tests paint those which they look at.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from scripts.catalogue.pictures import missing, paint
from scripts.environment import ROOT
from scripts.stack.job import run_command, run_verb
from scripts.stack.nginx import Site
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.process import StartFailed, tail
from scripts.stack.shop import Shop
from scripts.stack.stack import Stack
from server import open_services
from settings import Settings
from tests.leaks import leaked
from tests.shop import linked

PROCESSES = 2
MEMORY_MB = 64
PATIENCE_SECONDS = 15
PAGES = "/dadashop/templates/"


@dataclass(frozen=True)
class Storefront:
    """A running shop: its address, its processes, and two ways to ask and to change it."""

    url: str
    settings: Settings
    shop: Shop

    def page(self, name: str, **query: object) -> str:
        """Return the address of a page, such as ``page("product_list", catalog_id=1)``."""
        return f"{self.url}{PAGES}{name}.html" + (f"?{urlencode(query)}" if query else "")

    def ask(self, path: str, **query: object) -> dict[str, Any]:
        """Ask the API through Nginx and return the envelope."""
        address = f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")
        with urlopen(address, timeout=10) as reply:  # noqa: S310 (our own http address)
            envelope: dict[str, Any] = json.load(reply)
        return envelope

    def change_sku(self, sku_id: int, **values: object) -> None:
        """Change a SKU as staff do, in a process of the shop that is neither of the two.

        In a thread of its own: the loop of the browser stands in the way of another.
        """
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._change_sku(sku_id, values)).result()

    async def _change_sku(self, sku_id: int, values: dict[str, object]) -> None:
        async with open_services(self.settings) as services:
            await linked(services)
            await services.staff_skus.change_sku(sku_id, values)

    def paint(self, paths: Iterable[str]) -> None:
        """Paint those of the pictures that are not there yet."""
        root = self.settings.media.root
        if wanted := missing(root, paths):
            paint(root, wanted, lambda _: None)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Stop every process of the API for a while; Nginx stays."""
        try:
            for process in self.shop.apis:
                process.stop()
            yield
        finally:
            for process in self.shop.apis:
                process.start()
            for process in self.shop.apis:
                process.wait()
            self._wait_for_nginx()

    def _wait_for_nginx(self) -> None:
        """Wait until Nginx tries the processes again: it avoids one that failed for two seconds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.shop.nginx is None or self.shop.nginx.get("/v1/goods/index") != 200:
            assert time.monotonic() < deadline, "the API does not come back"
            time.sleep(0.1)


@contextmanager
def opened(folder: Path) -> Iterator[Storefront]:
    """Open a shop in a folder: tables, catalogue without pictures, simulators, processes, Nginx."""
    ports = Ports()
    address = f"http://127.0.0.1:{ports.of('nginx')}"
    shop = Shop(folder, Stack(folder, ports, Passwords(), memory_mb=MEMORY_MB, site=address))
    try:
        shop.start_databases()
        assert shop.stack is not None
        environment = shop.stack.environment()
        settings = Settings.from_environment(environment)
        run_verb("migrate", environment, log=folder / "log" / "migrate.log")
        _fill(environment, folder / "log" / "demo.log")
        shop.start_apis([ports.of(f"api-{n}") for n in range(PROCESSES)], environment)
        upstreams = [process.port for process in shop.apis]
        simulators = shop.stack.sandbox.port
        site = Site(
            ports.of("nginx"), upstreams, settings.media.root, workers="1", sandbox=simulators
        )
        shop.start_nginx(site)
        assert shop.nginx is not None
        yield Storefront(shop.nginx.url, settings, shop)
    finally:
        shop.stop()
    assert [leaked(process.log) for process in shop.apis] == [[]] * len(shop.apis)


def _fill(environment: dict[str, str], log: Path) -> None:
    """Load the demo catalogue without painting it; raises ``StartFailed``."""
    command = [sys.executable, "-P", "-m", "scripts.demo", "--without-pictures"]
    code = run_command(command, os.environ | environment | {"PYTHONPATH": str(ROOT)}, log=log)
    if code:
        raise StartFailed(f"scripts/demo ended with code {code}:\n{tail(log)}")
