"""Ready pages in the Redis that may forget: a copy for processes that have none in memory.

Key ``page:<name>``; value MessagePack of the stamp, the tags, the ETag and the body, compressed
with zlib when longer than 1 KiB (first byte ``z``, otherwise ``p``). A server that is away is left
alone for a second: pages then come from memory or MySQL.
"""

from __future__ import annotations

import random
import time
import zlib

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from cache.generations import Stamp
from cache.memory import Page

COMPRESSED_ABOVE = 1024
REST_SECONDS = 1.0

log = structlog.get_logger("cache.pages")


class StoredPage(msgspec.Struct, frozen=True, array_like=True):
    """A page with what is needed to judge whether it is still true."""

    stamp: Stamp
    tags: tuple[str, ...]
    etag: str
    body: bytes

    @property
    def page(self) -> Page:
        """The page itself."""
        return Page(self.body, self.etag)


def jittered(seconds: float) -> float:
    """Shorten a life time by up to a tenth, so that copies made together do not die together."""
    return seconds * random.uniform(0.9, 1.0)  # noqa: S311 - jitter


class Pages:
    """Keeps pages by name."""

    def __init__(self, redis: Redis, *, life: int) -> None:
        """``life`` in seconds."""
        self._redis = redis
        self._life = life
        self._resting_until = 0.0

    @property
    def away(self) -> bool:
        """Whether the server failed a moment ago."""
        return time.monotonic() < self._resting_until

    async def of(self, name: str) -> StoredPage | None:
        """Return the copy, true or not, or None when there is none or the server is away."""
        if self.away:
            return None
        try:
            packed = await self._redis.get(f"page:{name}")
        except (RedisError, OSError, TimeoutError) as error:
            self._rest(error)
            return None
        return _unpacked(packed) if isinstance(packed, bytes) else None

    async def keep(self, name: str, page: StoredPage) -> None:
        """Store a copy, unless the server is away."""
        if self.away:
            return
        life = int(jittered(self._life) * 1000)
        try:
            await self._redis.set(f"page:{name}", _packed(page), px=life)
        except (RedisError, OSError, TimeoutError) as error:
            self._rest(error)

    def _rest(self, error: Exception) -> None:
        log.warning("redis (pages) is away, pages come from mysql", error=repr(error))
        self._resting_until = time.monotonic() + REST_SECONDS


def _packed(page: StoredPage) -> bytes:
    plain = msgspec.msgpack.encode(page)
    return b"z" + zlib.compress(plain, 3) if len(plain) > COMPRESSED_ABOVE else b"p" + plain


def _unpacked(packed: bytes) -> StoredPage | None:
    """Read a stored value; bytes that are not ours count as no copy."""
    try:
        plain = zlib.decompress(packed[1:]) if packed[:1] == b"z" else packed[1:]
        return msgspec.msgpack.decode(plain, type=StoredPage)
    except (zlib.error, msgspec.DecodeError) as error:
        log.warning("unreadable page copy", error=repr(error))
        return None
