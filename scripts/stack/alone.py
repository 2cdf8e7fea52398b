"""One start at a time in a folder: a lock that the kernel takes back from the dead."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAlone(Exception):
    """Another process holds the lock; ``pid`` is what it wrote there."""

    def __init__(self, pid: str) -> None:
        super().__init__(f"process {pid or '?'} holds the lock")
        self.pid = pid


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock while the block runs; raises ``NotAlone`` at once when another has it."""
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            lock.seek(0)
            raise NotAlone(lock.read().strip()) from fault
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
