"""Connections to a Redis: so many, in which a crowd waits its turn."""

from __future__ import annotations

from redis.asyncio import BlockingConnectionPool

MOST_CONNECTIONS = 32
"""With a connection for each of a crowd their handshakes hold each other up beyond the time-out."""


def pool_of(url: str, timeout: float, **how: object) -> BlockingConnectionPool:
    """Return connections to a Redis, in which a crowd waits its turn.

    ``timeout`` is the longest wait for a reply in seconds; for a connection it is twice as long,
    as it is we who are busy then, not the server.
    """
    return BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=2 * timeout,
        protocol=2,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        **how,
    )
