"""How many may be at something at once, and how many may wait; who comes too late is told at once.

Stands before the pool of connections: a crowd at one shelf neither takes the connections of those
who only look, nor waits longer than it would be served (RSV-5).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.errors import OrderBusy


class Admission:
    """So many ``places``, and ``queue`` who wait; ``refused`` counts the others."""

    def __init__(self, *, places: int, queue: int) -> None:
        self._free = asyncio.Semaphore(places)
        self._queue = queue
        self._waiting = 0
        self.refused = 0

    def knock(self) -> None:
        """Raise ``OrderBusy`` when the queue is full: asked before any work is done for a guest."""
        if self._free.locked() and self._waiting >= self._queue:
            self.refused += 1
            raise OrderBusy

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Take a place for the length of the block; raise ``OrderBusy`` when the queue is full."""
        self.knock()
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
