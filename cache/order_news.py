"""News of orders between processes: which order has just moved.

A hint and nothing else: who is told looks at the database, and looks there now and then anyway, so
a message that is lost costs seconds, not truth. Channel ``orders:moved``, the message is the number
of the order.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

MOVED = "orders:moved"
LOOK_SECONDS = 0.5
BEAT_SECONDS = 5.0
RECONNECT_SECONDS = 0.5
AWAY = (RedisError, OSError, TimeoutError)

log = structlog.get_logger("cache.order_news")


class OrderNews:
    """Tells, and follows with a client of its own: a subscription blocks the connection."""

    def __init__(self, redis: Redis, *, subscriber: Redis) -> None:
        self._redis = redis
        self._subscriber = subscriber

    async def tell(self, order_id: str) -> None:
        """Tell every process; while Redis is away nobody is told."""
        try:
            await self._redis.publish(MOVED, order_id)
        except AWAY as error:
            log.info("news not told", error=type(error).__name__)

    async def follow(self, heard: Callable[[str], object], *, missed: Callable[[], object]) -> None:
        """Hand every order to ``heard`` until cancelled; ``missed`` after each (re)connection."""
        while True:
            try:
                await self._followed(heard, missed)
            except AWAY as error:
                log.info("redis (data) is away, news are missed", error=type(error).__name__)
            pause = RECONNECT_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
            await asyncio.sleep(pause)

    async def _followed(self, heard: Callable[[str], object], missed: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        async with self._subscriber.pubsub() as subscription:
            await subscription.subscribe(MOVED)
            missed()
            answered = beaten = loop.time()
            while True:
                message = await subscription.get_message(timeout=LOOK_SECONDS)
                if message is not None:
                    answered = loop.time()
                    if message["type"] == "message":
                        heard(message["data"].decode())
                if loop.time() - beaten >= BEAT_SECONDS:
                    await subscription.ping()
                    beaten = loop.time()
                if loop.time() - answered > 3 * BEAT_SECONDS:
                    raise TimeoutError("no answer on the subscription")
