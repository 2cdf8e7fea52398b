"""Hashing passwords behind a bounded door, so that a wave of sign-ins does not starve the rest.

argon2id (19 MiB, two passes), parameters in the hash; a 32-digit MD5 of the Django shop still
verifies once and is replaced. The door lets a few threads work and a short queue wait; beyond that
the answer is ``TooManyTries`` at once. Parameters: OWASP Password Storage Cheat Sheet.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from models.errors import TooManyTries

T = TypeVar("T")

PASSES, MEMORY_KIB, LANES = 2, 19 * 1024, 1
BUSY_SECONDS = 1
ARGON2 = Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Door:
    """A small pool of threads with a bounded queue, for work that would block the loop."""

    def __init__(self, *, threads: int, queue: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="door")
        self._most = threads + queue
        self.inside = 0
        self.refused = 0
        self.done = 0
        self.seconds = 0.0

    async def through(self, work: Callable[..., T], *arguments: object) -> T:
        """Run the work in a thread; raise ``TooManyTries`` when too much waits already."""
        if self.inside >= self._most:
            self.refused += 1
            raise TooManyTries(retry_after=BUSY_SECONDS)
        self.inside += 1
        began = time.monotonic()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self.inside -= 1
            self.done += 1
            self.seconds += time.monotonic() - began

    def close(self) -> None:
        """Let running work end, drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Passwords:
    """Hashes and verifies."""

    def __init__(self, door: Door) -> None:
        self._hasher = PasswordHash((ARGON2,))
        self._door = door
        self._nobody = _hash_of_nobody()

    async def hashed(self, password: str) -> str:
        """Return the hash to store."""
        return await self._door.through(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether it is the password, and a better hash to store if there is one.

        Without a stored hash the same work is done, for nobody.
        """
        return await self._door.through(self._verified, password, stored)

    def _verified(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        if stored is None:
            self._hasher.verify(password, self._nobody)
            return False, None
        if _MD5.fullmatch(stored):
            return self._verified_md5(password, stored)
        try:
            return self._hasher.verify_and_update(password, stored)
        except UnknownHashError:
            return False, None

    def _verified_md5(self, password: str, stored: str) -> tuple[bool, str | None]:
        digest = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        if not hmac.compare_digest(digest, stored):
            self._hasher.verify(password, self._nobody)
            return False, None
        return True, self._hasher.hash(password)


@cache
def _hash_of_nobody() -> str:
    """Return a hash to compare with where there is no user; made once for a process."""
    return ARGON2.hash("nobody has this password")
