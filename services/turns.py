"""One after the other in this process: who would only wait for a row of the database waits here.

The database decides every race; this keeps a crowd that wants the same row from holding all the
connections while it waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Turns:
    """A queue for each subject, there as long as somebody stands in it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, subject: Hashable) -> asyncio.Lock:
        """Return the queue of a subject, to be entered with ``async with``."""
        return self._locks.setdefault(subject, asyncio.Lock())
