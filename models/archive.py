"""MongoDB: the home of what may be lost. The only module that knows the driver.

Motor's calls are those of PyMongo's asynchronous client, which will take its place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

SELECTION_MS = 500


class Archive:
    """The database of histories and archives."""

    def __init__(self, client: AsyncIOMotorClient[dict[str, Any]], name: str) -> None:
        self._database = client[name]

    async def ping(self) -> None:
        """Ask the server for a sign of life; raise the driver's error without one."""
        await self._database.command("ping")


@asynccontextmanager
async def open_archive(url: str, name: str) -> AsyncIterator[Archive]:
    """Open the client, which connects when it is first used, and close it at the end."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        url, serverSelectionTimeoutMS=SELECTION_MS, connectTimeoutMS=SELECTION_MS
    )
    try:
        yield Archive(client, name)
    finally:
        client.close()
