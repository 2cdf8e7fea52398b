"""Watching payments: who waits for an order is woken when it moves, in whichever process it moved.

Others tell through Redis; because a message may be lost, and a process may die between its commit
and the message, all orders that are watched here are also looked up every few seconds, many with
one statement. Who is woken looks for himself.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from cache.order_news import OrderNews
from models.database import Database
from models.errors import Unavailable
from tasks.pace import jittered

LOOK_SECONDS = 10.0
AT_ONCE = 500

log = structlog.get_logger("services.watching")


class Watcher:
    """Somebody who waits for news of one order; ``version`` is what he knows of it."""

    __slots__ = ("_news", "is_over", "version")

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.version = ""
        self.is_over = False

    def wake(self) -> None:
        """Say that there may be news."""
        self._news.set()

    def leave(self) -> None:
        """Let the waiting end: the viewer has gone, or the process is about to."""
        self.is_over = True
        self._news.set()

    async def heard(self, seconds: float) -> bool:
        """Wait for news; False when there was none for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


class Watch:
    """All who watch in this process; ``run`` it for as long as the process serves."""

    def __init__(
        self, *, database: Database, news: OrderNews, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._database = database
        self._news = news
        self._look_seconds = look_seconds
        self._watchers: defaultdict[str, set[Watcher]] = defaultdict(set)
        self._closing = False

    @property
    def count(self) -> int:
        """How many watch at the moment."""
        return sum(map(len, self._watchers.values()))

    @contextmanager
    def of(self, order_id: str) -> Iterator[Watcher]:
        """Watch an order for the length of the block; begun before the first look at it."""
        watcher = Watcher()
        self._watchers[order_id].add(watcher)
        if self._closing:
            watcher.leave()
        try:
            yield watcher
        finally:
            self._watchers[order_id].discard(watcher)
            if not self._watchers[order_id]:
                del self._watchers[order_id]

    async def run(self) -> None:
        """Follow the news, and look at the orders themselves, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._news.follow(self._heard, missed=self._wake_all))
            both.create_task(self._keep_looking())

    def close(self) -> None:
        """Let everybody go: they come back to another process."""
        self._closing = True
        for watcher in self._everybody():
            watcher.leave()

    def _heard(self, order_id: str) -> None:
        for watcher in self._watchers.get(order_id, ()):
            watcher.wake()

    def _wake_all(self) -> None:
        for watcher in self._everybody():
            watcher.wake()

    def _everybody(self) -> Iterator[Watcher]:
        for watchers in self._watchers.values():
            yield from watchers

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(jittered(self._look_seconds))
            try:
                await self._look()
            except Unavailable as error:
                log.info("not looked at watched orders", error=str(error))

    async def _look(self) -> None:
        watched = list(self._watchers)
        for first in range(0, len(watched), AT_ONCE):
            some = watched[first : first + AT_ONCE]
            async with self._database.read() as tables:
                stands = await tables.refunds.stands(some)
            for stand in stands:
                for watcher in self._watchers.get(stand.order_id, ()):
                    if watcher.version != stand.version:
                        watcher.wake()
