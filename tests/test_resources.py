"""Resources: all of them open on real servers, and closed again."""

from __future__ import annotations

import asyncio

from resources import open_resources
from settings import Settings


async def test_every_resource_answers_and_is_closed(shop_settings: Settings) -> None:
    """The databases answer while the context is open; nothing of it runs when it is closed."""
    before = asyncio.all_tasks()
    async with open_resources(shop_settings) as resources:
        await resources.database.ping()
        assert await resources.data.ping()
        assert await resources.copies.ping()
        await resources.archive.ping()
        assert not resources.http.closed
    assert resources.http.closed
    assert asyncio.all_tasks() == before
