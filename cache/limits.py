"""How often something may be done: sliding windows in Redis, counted over all processes.

Who does it is digested, so that no name, number or address stands in a key.
"""

from __future__ import annotations

import hashlib
import time

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError

from cache.pool import pool_of
from models.errors import TooManyTries, Unavailable

AWAY = (RedisError, OSError, TimeoutError, StorageError)

log = structlog.get_logger("cache.limits")


def per(seconds: int, times: int, name: str) -> RateLimitItem:
    """Declare a limit: so many times in so many seconds, under a name of its own."""
    return RateLimitItemPerSecond(times, seconds, namespace=name)


class Limits:
    """Counts, and refuses what is too much."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._pool = pool_of(url, timeout)
        storage = RedisStorage(
            "async+redis://",
            wrap_exceptions=False,
            implementation="redispy",
            connection_pool=self._pool,  # type: ignore[arg-type] # handed on as it is
        )
        self._windows = SlidingWindowCounterRateLimiter(storage)

    async def aclose(self) -> None:
        """Close the connections; uvloop waits for ever for one that is left open."""
        await self._pool.aclose()

    async def take(self, limit: RateLimitItem, *who: str, open_when_away: bool = False) -> None:
        """Count one time; raise ``TooManyTries`` when it was one too many.

        Without Redis: let it pass when that is harmless, otherwise raise ``Unavailable``.
        """
        digest = hashlib.blake2b("\0".join(who).encode(), digest_size=16).hexdigest()
        try:
            if await self._windows.hit(limit, digest):
                return
            window = await self._windows.get_window_stats(limit, digest)
        except AWAY as error:
            if open_when_away:
                log.warning("redis (data) is away, not counted", limit=limit.namespace)
                return
            raise Unavailable("redis (data) is away") from error
        raise TooManyTries(retry_after=max(1, round(window.reset_time - time.time())))
