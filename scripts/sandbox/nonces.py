"""What callers drew at random lately: a request that is sent a second time is found out."""

from __future__ import annotations

from collections import deque

REMEMBERED = 300.0
"""Seconds; an older request is refused for its age."""


class Nonces:
    """The time stamps and nonces of the last minutes."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()
        self._order: deque[tuple[float, tuple[str, str]]] = deque()

    def is_new(self, stamp: str, nonce: str, now: float) -> bool:
        """Remember a pair; tell whether it was never shown. ``now`` is in seconds."""
        while self._order and now - self._order[0][0] > 2 * REMEMBERED:
            self._known.discard(self._order.popleft()[1])
        pair = (stamp, nonce)
        if pair in self._known:
            return False
        self._known.add(pair)
        self._order.append((now, pair))
        return True
