"""The link of one process to everybody else's changes: a subscription with a lease.

While the lease holds, the memory of the process may be trusted: every change acknowledged to
anybody has been applied here. The lease is renewed by a PING on the subscribed connection, whose
PONG can only arrive behind all messages published before it. A writer publishes its tags, then
waits for the acknowledgement of each reader that was alive, or until the lease of the silent ones
must have run out. So no process needs to ask Redis before it serves a copy from memory.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from cache.generations import RAISED, Generations, Raised, acks_of

LEASE = 1.0
"""Seconds for which memory is trusted after a sign of life was sent."""
BEAT = 0.25
DEAF = 4 * LEASE
"""Seconds without an answer after which a connection counts as dead, though nobody closed it."""
RECONNECT = 0.5
REMEMBERED = 1000
AWAY = (RedisError, OSError, TimeoutError)


class NotCaughtUp(Exception):
    """What was missed while disconnected cannot be made up for yet; the link stays closed."""


log = structlog.get_logger("cache.link")


class Link:
    """Follows the changes of all processes; ``run`` it for as long as the process serves."""

    def __init__(
        self,
        *,
        subscriber: Redis,
        generations: Generations,
        on_raised: Callable[[list[str]], object],
        on_open: Callable[[], Awaitable[None]],
    ) -> None:
        """``on_open`` runs after each (re)connection; it may raise ``NotCaughtUp``."""
        self._subscriber = subscriber
        self._generations = generations
        self._on_raised = on_raised
        self._on_open = on_open
        self._trusted_until = 0.0
        self._beaten_at = 0.0
        self._answered_at = 0.0
        self._recent: deque[tuple[int, frozenset[str]]] = deque(maxlen=REMEMBERED)
        self._waiting: dict[int, tuple[set[str], asyncio.Future[None]]] = {}
        self._early: dict[int, set[str]] = {}
        self.reader = secrets.token_hex(8)
        self.applied = 0
        self.session = 0
        self.up = False

    def trusted(self, now: float) -> bool:
        """Say whether memory is known to hold nothing outdated; ``now`` is monotonic."""
        return now < self._trusted_until

    def unchanged(self, tags: Iterable[str], *, since: int, session: int) -> bool:
        """Say whether no change of the tags has come in since message number ``since``."""
        if session != self.session or self.applied - since > len(self._recent):
            return False
        wanted = frozenset(tags)
        return not any(number > since and tags & wanted for number, tags in self._recent)

    async def tell(self, tags: Iterable[str]) -> None:
        """Make every copy with these tags untrue, everywhere, before returning.

        Raises a Redis error when that could not be done.
        """
        tick, readers = await self._generations.raise_tags(
            tags, writer=self.reader, window=2 * LEASE
        )
        missing = readers - self._early.pop(tick, set())
        if not missing:
            return
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[tick] = missing, heard
        try:
            async with asyncio.timeout(LEASE):
                await heard
        except TimeoutError:
            log.warning("readers silent, their lease has run out", readers=len(missing))
        finally:
            self._waiting.pop(tick, None)

    async def run(self) -> None:
        """Connect, follow, and connect again after a loss, until cancelled."""
        while True:
            try:
                await self._follow()
            except (*AWAY, NotCaughtUp) as error:
                if self.up:
                    log.warning("redis (data) is away, memory is not trusted", error=repr(error))
            finally:
                self._close()
            await asyncio.sleep(RECONNECT * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    async def leave(self) -> None:
        """Say goodbye to the writers; a server that is away needs no goodbye."""
        self._close()
        try:
            await self._generations.leave(self.reader)
        except AWAY:
            log.info("redis (data) is away, left without goodbye")

    def _close(self) -> None:
        self.up = False
        self._trusted_until = 0.0

    async def _follow(self) -> None:
        async with self._subscriber.pubsub() as subscription:
            await subscription.subscribe(RAISED, acks_of(self.reader))
            await self._generations.meet()
            self.session += 1
            self._recent.clear()
            await self._on_open()
            self.up = True
            self._answered_at = time.monotonic()
            log.info("following changes", reader=self.reader)
            await self._beat(subscription)
            while True:
                await self._receive(subscription)
                if time.monotonic() - self._beaten_at >= BEAT:
                    await self._beat(subscription)

    async def _receive(self, subscription: PubSub) -> None:
        message = await subscription.get_message(timeout=BEAT)
        if message is None:
            if time.monotonic() - self._answered_at > DEAF:
                raise TimeoutError("no answer on the subscription")
        elif message["type"] == "pong":
            self._answered_at = time.monotonic()
            self._trusted_until = float(message["data"]) + LEASE
        elif message["type"] == "message":
            await self._hear(message["channel"], message["data"])

    async def _beat(self, subscription: PubSub) -> None:
        sent = time.monotonic()
        await self._generations.beat(self.reader)
        await subscription.ping(str(sent))
        self._beaten_at = sent

    async def _hear(self, channel: bytes, data: bytes) -> None:
        if channel.decode() != RAISED:
            tick, reader = data.decode().split(" ")
            self._acknowledged(int(tick), reader)
            return
        raised = msgspec.json.decode(data, type=Raised)
        self.applied += 1
        self._recent.append((self.applied, frozenset(raised.tags)))
        self._on_raised(raised.tags)
        await self._generations.acknowledge(raised, self.reader)

    def _acknowledged(self, tick: int, reader: str) -> None:
        if tick not in self._waiting:
            self._early.setdefault(tick, set()).add(reader)
            while len(self._early) > REMEMBERED:
                self._early.pop(next(iter(self._early)))
            return
        missing, heard = self._waiting[tick]
        missing.discard(reader)
        if not missing and not heard.done():
            heard.set_result(None)
