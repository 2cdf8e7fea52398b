"""Pages that are made when a test says so."""

from __future__ import annotations

import asyncio

from models.errors import NoSuchSku
from services import Services
from services.pages import Made, Make, Missing


class Maker:
    """Makes a page when told to; counts how often it was asked."""

    def __init__(self, *tags: str, body: bytes = b"page", refusal: bool = False) -> None:
        self.made = 0
        self.body = body
        self.go = asyncio.Event()
        self.go.set()
        self.begun = asyncio.Event()
        self.failure: Exception | None = None
        self._tags = tags
        self._refusal = refusal

    async def __call__(self) -> Made | Missing:
        """Make the page out of what is there now, deliver it when allowed."""
        self.made += 1
        body = self.body
        self.begun.set()
        await self.go.wait()
        if self.failure:
            raise self.failure
        return Missing(NoSuchSku(), self._tags) if self._refusal else Made(body, self._tags)


async def read(services: Services, make: Make, name: str = "x") -> bytes:
    """Ask for a page; return its body."""
    return (await services.pages.of(name, make)).body


async def begun(maker: Maker) -> None:
    """Wait until a page is being made."""
    await asyncio.wait_for(maker.begun.wait(), 5)


async def change(services: Services, *tags: str) -> None:
    """Change nothing, but outdate these tags as a change would."""
    async with services.pages.outdating() as (_, outdated):
        outdated.update(tags)
