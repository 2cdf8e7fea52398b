"""Generations of tags in the Redis that forgets nothing: which page copies are still true.

A clock counts every invalidation. Raising a tag sets its generation to the next tick; a copy made
at tick ``t`` is true while no tag of it has a generation above ``t``. Keys of tags may expire once
no copy can be older than they are. An epoch (the run of the server plus a random mark that a flush
takes away) makes every copy untrue when Redis has been restarted or emptied.

Keys: ``pages:clock``, ``pages:mark``, ``pages:gen:<tag>``, ``pages:readers`` (sorted set:
reader id by the time of its last beat, Redis time in seconds). Channels: ``pages:raised``,
``pages:acks:<id>``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

CLOCK, MARK, READERS = "pages:clock", "pages:mark", "pages:readers"
RAISED = "pages:raised"
# Raise the tags, tell every process, and say who has been reading lately.
_RAISE = """
local tick = redis.call('INCR', KEYS[1])
for i = 4, #ARGV do redis.call('SET', 'pages:gen:' .. ARGV[i], tick, 'EX', ARGV[3]) end
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local readers = redis.call('ZRANGEBYSCORE', KEYS[2], now - ARGV[2], '+inf')
local tags = {}
for i = 4, #ARGV do tags[#tags + 1] = ARGV[i] end
redis.call('PUBLISH', 'pages:raised',
  cjson.encode({tick = tick, tags = tags, writer = ARGV[1]}))
return {tick, readers}
"""
_BEAT = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 60)
"""


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """A moment: the epoch, and the tick of the clock in it."""

    epoch: str
    tick: int


class Raised(msgspec.Struct, frozen=True):
    """The message that some tags are no longer true."""

    tick: int
    tags: list[str]
    writer: str


def acks_of(reader: str) -> str:
    """Name the channel on which a writer hears who has understood."""
    return f"pages:acks:{reader}"


class Generations:
    """Raises tags and judges copies."""

    def __init__(self, redis: Redis, *, life: int) -> None:
        """``life`` is the longest life of any copy, in seconds."""
        self._redis = redis
        self._life = 2 * life
        self._run = ""
        self._raise = redis.register_script(_RAISE)
        self._beat = redis.register_script(_BEAT)

    async def meet(self) -> None:
        """Learn which run of the server this is; needed once per connection."""
        about: dict[str, Any] = await self._redis.info("server")
        self._run = str(about["run_id"])

    async def now(self) -> Stamp:
        """Return the present moment; a copy made from what is read afterwards bears it."""
        await self._redis.set(MARK, secrets.token_hex(4), nx=True)
        mark, tick = await self._redis.mget(MARK, CLOCK)
        return Stamp(self._epoch(mark), int(tick or 0))

    async def true(self, stamp: Stamp, tags: Sequence[str]) -> bool:
        """Say whether a copy of that moment with these tags is still true."""
        mark, *generations = await self._redis.mget(MARK, *(f"pages:gen:{tag}" for tag in tags))
        if stamp.epoch != self._epoch(mark):
            return False
        return all(int(each or 0) <= stamp.tick for each in generations)

    async def raise_tags(
        self, tags: Iterable[str], *, writer: str, window: float
    ) -> tuple[int, set[str]]:
        """Make every copy with one of the tags untrue and tell all processes.

        Return the tick and the readers that showed a sign of life in the last ``window`` seconds.
        """
        tick, readers = await self._raise(
            keys=[CLOCK, READERS], args=[writer, window, self._life, *tags]
        )
        return int(tick), {_text(reader) for reader in readers}

    async def beat(self, reader: str) -> None:
        """Show a sign of life."""
        await self._beat(keys=[READERS], args=[reader])

    async def leave(self, reader: str) -> None:
        """Say goodbye, so that no writer waits for this reader."""
        await self._redis.zrem(READERS, reader)

    async def acknowledge(self, raised: Raised, reader: str) -> None:
        """Tell the writer that this reader has dropped its copies."""
        await self._redis.publish(acks_of(raised.writer), f"{raised.tick} {reader}")

    def _epoch(self, mark: bytes | str | None) -> str:
        return f"{self._run}:{_text(mark or b'')}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
