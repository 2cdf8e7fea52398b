"""Redis by itself: clients of the shared server in a database of their own, and of others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from environment import Url
from resources import open_redis
from scripts.stack.stack import Stack

TIMEOUT_MS = 300


class Clients:
    """Opens clients as the server does; they are closed after the test."""

    def __init__(self, over: AsyncExitStack) -> None:
        self._over = over

    async def __call__(self, url: str, *, tries: int = 2) -> Redis:
        """Open one."""
        return await self._over.enter_async_context(open_redis(Url(url), TIMEOUT_MS, tries=tries))


@pytest.fixture
async def client_of() -> AsyncIterator[Clients]:
    """Open clients that are closed after the test."""
    async with AsyncExitStack() as over:
        yield Clients(over)


@pytest.fixture
async def redis(stack: Stack, client_of: Clients) -> Redis:
    """An empty database of the shared server."""
    client = await client_of(stack.redis_data.url.removesuffix("/0") + "/6")
    await client.flushdb()
    return client
