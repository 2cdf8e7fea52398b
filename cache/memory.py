"""Copies of pages in the memory of one process: bounded in bytes, the least recently used go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

OVERHEAD = 700
"""Bytes that a copy costs beside its body: the objects, the two dictionaries, one tag."""
PER_TAG = 150


class Page(msgspec.Struct, frozen=True):
    """A ready reply: its bytes and the ETag of them."""

    body: bytes
    etag: str


class Copy(msgspec.Struct, frozen=True):
    """A page, or the refusal in its place, with what it depends on and when it dies (monotonic)."""

    page: Page | None
    refusal: Exception | None
    tags: tuple[str, ...]
    expires: float

    @property
    def cost(self) -> int:
        """Bytes of memory, about."""
        body = len(self.page.body) if self.page else 0
        return body + OVERHEAD + PER_TAG * len(self.tags)


class Memory:
    """Copies by name, found again by any of their tags."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._tagged: dict[str, set[str]] = {}
        self.bytes = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._copies)

    def of(self, name: str, now: float) -> Copy | None:
        """Return a copy that is still alive, or None."""
        copy = self._copies.get(name)
        if copy is None:
            return None
        if copy.expires <= now:
            self._drop(name)
            return None
        self._copies.move_to_end(name)
        return copy

    def keep(self, name: str, copy: Copy) -> None:
        """Put a copy in, and as many old ones out as it takes."""
        self._drop(name)
        if copy.cost > self._limit:
            return
        self._copies[name] = copy
        self.bytes += copy.cost
        for tag in copy.tags:
            self._tagged.setdefault(tag, set()).add(name)
        while self.bytes > self._limit:
            self._drop(next(iter(self._copies)))
            self.evicted += 1

    def forget(self, tags: Iterable[str]) -> int:
        """Drop every copy that depends on one of the tags; return how many there were."""
        names = {name for tag in tags for name in self._tagged.get(tag, ())}
        for name in names:
            self._drop(name)
        return len(names)

    def clear(self) -> None:
        """Drop everything."""
        self._copies.clear()
        self._tagged.clear()
        self.bytes = 0

    def _drop(self, name: str) -> None:
        copy = self._copies.pop(name, None)
        if copy is None:
            return
        self.bytes -= copy.cost
        for tag in set(copy.tags):
            names = self._tagged[tag]
            names.discard(name)
            if not names:
                del self._tagged[tag]
