"""The shop in the process of the test: its services, and its handlers behind a real socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tornado.netutil import bind_sockets

from server import Shop, http_server
from services import Services
from settings import Settings
from tests.http import Client, customer


async def linked(services: Services) -> None:
    """Wait until these services follow the changes of others and trust their memory."""
    link = services.pages._link
    while not link.trusted(time.monotonic()):
        await asyncio.sleep(0.001)


@asynccontextmanager
async def served(services: Services, settings: Settings) -> AsyncIterator[Client]:
    """Serve the shop as the server does, and open a client for it."""
    (listening,) = bind_sockets(0, "127.0.0.1")
    shop = Shop(services, settings)
    server = http_server(shop)
    server.add_sockets([listening])
    try:
        async with customer(listening.getsockname()[1]) as client:
            yield client
    finally:
        server.stop()
        await server.close_all_connections()
        shop.traffic.close()
