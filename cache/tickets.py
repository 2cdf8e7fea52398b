"""One-time tickets: opaque texts that stand for something known here only, for a few minutes.

Key ``tickets:<kind>:<ticket>``; value JSON. A ticket is taken by GETDEL, so exactly one caller gets
what it stands for.
"""

from __future__ import annotations

import secrets
from typing import TypeVar

import msgspec
from redis.asyncio import Redis

from cache.away import away_as_unavailable

T = TypeVar("T")

LONGEST = 100


class Tickets:
    """Tickets of one kind."""

    def __init__(self, redis: Redis, kind: str, *, life: int) -> None:
        """A ticket is good for ``life`` seconds."""
        self._redis = redis
        self._kind = kind
        self._life = life

    async def give(self, meaning: object, *, ticket: str | None = None) -> str:
        """Return a ticket that stands for something; a random one unless it is named."""
        ticket = ticket or secrets.token_urlsafe(24)
        with away_as_unavailable():
            await self._redis.set(self._key(ticket), msgspec.json.encode(meaning), ex=self._life)
        return ticket

    async def take(self, ticket: str, kind: type[T]) -> T | None:
        """Return what the ticket stands for and void it; None when it is not good."""
        if not ticket or len(ticket) > LONGEST:
            return None
        with away_as_unavailable():
            packed = await self._redis.getdel(self._key(ticket))
        return msgspec.json.decode(packed, type=kind) if packed else None

    def _key(self, ticket: str) -> str:
        return f"tickets:{self._kind}:{ticket}"
