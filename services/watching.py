"""Watching payments: who waits for an order is woken when it moves, in whichever process it moved.

Others tell through Redis; because a message may be lost, and a process may die between its commit
and the message, all orders that are watched here are also looked up every few seconds, and after
each reconnection, many with one statement. Only those who have something to hear are woken. A crowd
that is woken at once looks in turn, all who watch one order with one look.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import structlog

from cache.order_news import OrderNews
from models.database import Database
from models.errors import Unavailable
from services.pays import Payment, PayService
from services.turns import Turns
from tasks.pace import jittered

LOOK_SECONDS = 10.0
AT_ONCE = 500
"""Orders that are looked up with one statement."""
LOOKS_ABREAST = 4
"""Looks at single orders at the same time: the other connections are for those who shop."""

log = structlog.get_logger("services.watching")


class Watcher:
    """Somebody who waits for news of one order; ``version`` is what he knows of it."""

    __slots__ = ("_news", "is_over", "version", "woken_at")

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.version = ""
        self.is_over = False
        self.woken_at = 0.0

    def wake(self) -> None:
        """Say that there may be news."""
        self.woken_at = time.monotonic()
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


class _Seen(NamedTuple):
    """How a payment stood, and when the look at it began."""

    began: float
    payment: Payment


class Watch:
    """All who watch in this process; ``run`` it for as long as the process serves."""

    def __init__(self, *, database: Database, news: OrderNews, pays: PayService) -> None:
        self._database = database
        self._news = news
        self._pays = pays
        self._watchers: defaultdict[str, set[Watcher]] = defaultdict(set)
        self._seen: dict[str, _Seen] = {}
        self._turns = Turns()
        self._places = asyncio.Semaphore(LOOKS_ABREAST)
        self._missed = asyncio.Event()
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
                self._seen.pop(order_id, None)

    async def look(
        self, watcher: Watcher, user_id: int, order_id: str, *, known: Payment
    ) -> Payment:
        """Return how a payment stands, now that the watcher was woken.

        While the database is away it is what was known; who missed something is woken again.
        """
        async with self._turns.of(order_id):
            seen = self._seen.get(order_id)
            if seen is None or seen.began < watcher.woken_at:
                try:
                    async with self._places:
                        began = time.monotonic()
                        seen = _Seen(began, await self._pays.seen(user_id, order_id))
                except Unavailable:
                    return known
                self._seen[order_id] = seen
            return seen.payment

    async def run(self) -> None:
        """Follow the news, and look at the orders themselves, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._news.follow(self._heard, missed=self._missed.set))
            both.create_task(self._keep_looking())

    def close(self) -> None:
        """Let everybody go: they come back to another process."""
        self._closing = True
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.leave()

    def _heard(self, order_id: str) -> None:
        for watcher in self._watchers.get(order_id, ()):
            watcher.wake()

    async def _keep_looking(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(jittered(LOOK_SECONDS)):
                    await self._missed.wait()
            self._missed.clear()
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
