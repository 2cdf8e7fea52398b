"""The Redis that forgets nothing is away: what that means for those who cannot go on without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from models.errors import Unavailable

AWAY = (RedisError, OSError, TimeoutError)


@contextmanager
def away_as_unavailable() -> Iterator[None]:
    """Turn a failure of the server into ``Unavailable``: HTTP 503, nothing has happened."""
    try:
        yield
    except AWAY as error:
        raise Unavailable("redis (data) is away") from error
