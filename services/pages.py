"""Read-through copies of pages that are exactly fresh: memory, then Redis, then MySQL.

``of`` returns a page, making it at most once at a time in this process. ``outdate`` is the other
half: a change writes the tags down in its own transaction, and after the commit tells everybody.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import structlog
from redis.exceptions import RedisError

from cache.generations import Generations, Stamp
from cache.link import LEASE, Link, NotCaughtUp
from cache.memory import Copy, Memory, Page
from cache.pages import Pages, StoredPage, jittered
from models.connection import Conflict
from models.database import Database, Tables
from models.errors import ShopError, Unavailable

SWEEP_SECONDS = 1.0
EVERYTHING = "all"
"""A tag of every page: raised when rows were changed behind the back of the services."""
AWAY = (RedisError, OSError, TimeoutError)

log = structlog.get_logger("services.pages")


class Made(msgspec.Struct, frozen=True):
    """A freshly made page and the tags it depends on."""

    body: bytes
    tags: tuple[str, ...]


class Missing(msgspec.Struct, frozen=True):
    """The refusal in place of a page, and the tags whose change may end it."""

    refusal: ShopError
    tags: tuple[str, ...]


class Heard(msgspec.Struct, frozen=True):
    """How many changes had been applied, in which session of the link."""

    applied: int
    session: int


class Counts(msgspec.Struct):
    """What happened to readers, since the start of the process."""

    memory: int = 0
    redis: int = 0
    rebuilt: int = 0
    shared: int = 0
    refused: int = 0
    failed: int = 0
    raised: int = 0


class Flight:
    """A page about to be fetched or made; ``heard`` is what was known of changes when it began."""

    task: asyncio.Task[Copy]

    def __init__(self, *, shared: bool) -> None:
        self.shared = shared
        self.heard: Heard | None = None


Make = Callable[[], Awaitable[Made | Missing]]


class PageService:
    """The copies of one process."""

    def __init__(
        self,
        *,
        database: Database,
        memory: Memory,
        pages: Pages,
        generations: Generations,
        memory_seconds: int,
        missing_seconds: int,
    ) -> None:
        self._database = database
        self._memory = memory
        self._pages = pages
        self._generations = generations
        self._memory_seconds = memory_seconds
        self._missing_seconds = missing_seconds
        self._flights: dict[str, Flight] = {}
        self._link: Link
        self.counts = Counts()

    @property
    def memory(self) -> Memory:
        """The copies in memory, for those who count them."""
        return self._memory

    @property
    def linked(self) -> bool:
        """Whether every change of others is known here, so that memory may be trusted now."""
        return self._link.trusted(time.monotonic())

    def counted(self) -> dict[str, int]:
        """Return what happened to readers, by outcome, since the start of the process."""
        return {**msgspec.structs.asdict(self.counts), "evicted": self._memory.evicted}

    def follow(self, link: Link) -> None:
        """Trust memory as far as this link allows."""
        self._link = link

    async def of(self, name: str, make: Make, *, shared: bool = True) -> Page:
        """Return the page, or raise the refusal that stands in its place.

        What costs no more to make than to ask Redis for is not ``shared`` with other processes.
        """
        now = time.monotonic()
        copy = self._memory.of(name, now) if self._link.trusted(now) else None
        if copy is None:
            copy = await self._fetched(name, make, shared=shared)
        else:
            self.counts.memory += 1
        if copy.page is None:
            self.counts.refused += 1
            raise _again(copy)
        return copy.page

    def forget(self, tags: list[str]) -> None:
        """Drop the copies in memory that depend on these tags."""
        self.counts.raised += 1
        if EVERYTHING in tags:
            self._memory.clear()
        else:
            self._memory.forget(tags)

    async def catch_up(self) -> None:
        """Start with empty memory, after telling what others had no time to tell."""
        self._memory.clear()
        try:
            if not await self._database.migrated():
                raise NotCaughtUp
            await self.sweep(0)
        except (Unavailable, Conflict) as error:
            raise NotCaughtUp from error

    @asynccontextmanager
    async def outdating(self) -> AsyncIterator[tuple[Tables, set[str]]]:
        """Open a transaction for a change; the tags put into the set are outdated with it.

        When the block has ended, the change is committed and no process shows the old pages.
        """
        tags: set[str] = set()
        async with self._database.begin() as tables:
            yield tables, tags
            row = await tables.outdated.add(tags) if tags else 0
        if tags:
            await self._told([row], tags)

    async def sweep(self, older_than: float) -> int:
        """Tell the tags that a writer wrote down so many seconds ago and did not tell."""
        async with self._database.read() as tables:
            rows = await tables.outdated.older_than(older_than)
        if rows:
            tags = {tag for row in rows for tag in row.tags.split()}
            await self._generations.raise_tags(tags, writer=self._link.reader, window=0)
            async with self._database.read() as tables:
                await tables.outdated.remove([row.id for row in rows])
        return len(rows)

    async def keep_sweeping(self) -> None:
        """Sweep about every second until cancelled."""
        while True:
            await asyncio.sleep(jittered(SWEEP_SECONDS))
            try:
                await self.sweep(SWEEP_SECONDS)
            except (*AWAY, Unavailable, Conflict) as error:
                log.info("sweep put off", error=repr(error))

    async def _told(self, rows: list[int], tags: set[str]) -> None:
        try:
            await self._link.tell(tags)
            async with self._database.read() as tables:
                await tables.outdated.remove(rows)
        except (*AWAY, Unavailable, Conflict) as error:
            log.warning("change is not told yet, the sweep will", error=repr(error))
            await asyncio.sleep(LEASE)

    async def _fetched(self, name: str, make: Make, *, shared: bool) -> Copy:
        flight = self._flights.get(name)
        if flight is not None and self._fresh(flight):
            self.counts.shared += 1
        else:
            flight = self._begin(name, make, flight, shared=shared)
        return await asyncio.shield(flight.task)

    def _fresh(self, flight: Flight) -> bool:
        """Say whether what comes will be true for somebody who asks now."""
        if flight.heard is None:
            return True
        return self._link.trusted(time.monotonic()) and flight.heard == self._heard()

    def _begin(self, name: str, make: Make, earlier: Flight | None, *, shared: bool) -> Flight:
        """Make the page; while changes are not heard of, one at a time and not all at once."""
        trusted = self._link.trusted(time.monotonic())
        before = None if trusted or earlier is None else earlier.task
        flight = self._flights[name] = Flight(shared=shared)
        flight.task = task = asyncio.create_task(self._fly(flight, name, make, before))
        task.add_done_callback(lambda _: self._land(name, task))
        return flight

    def _heard(self) -> Heard:
        return Heard(self._link.applied, self._link.session)

    def _land(self, name: str, task: asyncio.Task[Copy]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.counts.failed += 1
        flight = self._flights.get(name)
        if flight is not None and flight.task is task:
            del self._flights[name]

    async def _fly(
        self, flight: Flight, name: str, make: Make, before: asyncio.Task[Copy] | None
    ) -> Copy:
        if before is not None:
            await asyncio.wait([before], timeout=LEASE)
        heard = flight.heard = self._heard()
        copy = await self._stored(name) if self._link.up and flight.shared else None
        if copy is None:
            copy = await self._made(name, make, flight)
        if self._unchanged(copy.tags, heard):
            self._memory.keep(name, copy)
        return copy

    def _unchanged(self, tags: tuple[str, ...], heard: Heard) -> bool:
        """Say whether a page of that time may be kept for others."""
        since, session = heard.applied, heard.session
        return self._link.up and self._link.unchanged(tags, since=since, session=session)

    async def _stored(self, name: str) -> Copy | None:
        stored = await self._pages.of(name)
        if stored is None:
            return None
        try:
            if not await self._generations.true(stored.stamp, stored.tags):
                return None
        except AWAY as error:
            log.info("generations unknown, page is made anew", error=repr(error))
            return None
        self.counts.redis += 1
        return self._copy(stored.page, stored.tags)

    async def _made(self, name: str, make: Make, flight: Flight) -> Copy:
        stamp = await self._stamp() if flight.shared else None
        made = await make()
        self.counts.rebuilt += 1
        tags = (*made.tags, EVERYTHING)
        if isinstance(made, Missing):
            expires = time.monotonic() + jittered(self._missing_seconds)
            return Copy(None, made.refusal, tags, expires)
        stored = StoredPage(stamp or Stamp("", 0), tags, _etag(made.body), made.body)
        if stamp is not None and flight.heard and self._unchanged(tags, flight.heard):
            await self._pages.keep(name, stored)
        return self._copy(stored.page, tags)

    async def _stamp(self) -> Stamp | None:
        if not self._link.up:
            return None
        try:
            return await self._generations.now()
        except AWAY as error:
            log.info("no stamp, page is not stored", error=repr(error))
            return None

    def _copy(self, page: Page, tags: tuple[str, ...]) -> Copy:
        return Copy(page, None, tags, time.monotonic() + jittered(self._memory_seconds))


def _again(copy: Copy) -> Exception:
    """Return the kept refusal without the traceback of its last raising."""
    assert copy.refusal is not None  # noqa: S101 - a copy holds a page or a refusal
    return copy.refusal.with_traceback(None)


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
