"""The relay: takes tasks that are due, does them and says what became of each.

One runs in every process. Which of them does a task is decided by its lease in the table; a
process that dies leaves its tasks to the others as soon as their leases run out. A job that fails
is tried again after a pause that grows, and buried when its tries are used up or trying again is of
no use. Each kind of job has places of its own, so a kind that hangs does not hold up the others.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

import msgspec
import structlog

from models.errors import RemoteFailed, Unavailable
from tasks.job import Job
from tasks.outside import Outside
from tasks.pace import Pace, jittered

GATHER_SECONDS = 0.005
"""How long places that become free are gathered before they are filled together."""
MARK_AGAIN_SECONDS = 0.25

log = structlog.get_logger("tasks.relay")


class Claim(Protocol):
    """A task under a lease."""

    @property
    def id(self) -> int:
        """The number of the task."""

    @property
    def kind(self) -> str:
        """The kind of its job."""

    @property
    def facts(self) -> str:
        """The job as JSON."""

    @property
    def attempts(self) -> int:
        """Which try this is, from 1."""

    @property
    def leased_until(self) -> datetime:
        """The stamp of the lease."""


class Depth(msgspec.Struct, frozen=True):
    """How many tasks wait and are dead, and for how many seconds the oldest has been due."""

    queued: int = 0
    dead: int = 0
    oldest: float = 0.0


class Counts(msgspec.Struct):
    """What this process did to tasks, since its start."""

    delivered: int = 0
    failed: int = 0
    buried: int = 0
    lost: int = 0


class Store(Protocol):
    """The table of tasks; all may raise ``Unavailable``.

    The last three return False, and change nothing, when the lease is another's by now.
    """

    async def claim(self, room: Mapping[str, int], lease: float) -> Sequence[Claim]:
        """Lease ready tasks: of each kind as many as there is room for, those first due first."""

    async def bury_strays(self, kinds: Collection[str], overdue: float) -> int:
        """Give up what is of no known kind and overdue by so many seconds; return how many."""

    async def depth(self) -> Depth:
        """Count."""

    async def finish(self, claim: Claim) -> bool:
        """Mark as done."""

    async def put_off(self, claim: Claim, seconds: float, error: str) -> bool:
        """Have it tried again later."""

    async def bury(self, claim: Claim, error: str, *, erase: bool) -> bool:
        """Give it up."""


Mark = Callable[[], Awaitable[bool]]


class Relay:
    """The tasks of one process; ``run`` it for as long as the process serves."""

    def __init__(
        self,
        store: Store,
        jobs: Mapping[str, type[Job]],
        *,
        outside: Outside,
        pace: Pace | None = None,
        bell: asyncio.Event | None = None,
    ) -> None:
        """``jobs`` by kind; whoever sets the ``bell`` rings."""
        self._store = store
        self._jobs = jobs
        self._outside = outside
        self._pace = pace or Pace()
        self._wake = bell or asyncio.Event()
        self._running: Counter[str] = Counter()
        self._hungry: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._away = False
        self.counts = Counts()
        self.depth = Depth()

    def ring(self) -> None:
        """Say that something was posted and committed: saves the wait for the next look."""
        self._wake.set()

    async def run(self) -> None:
        """Do what is due until cancelled; then let running jobs end, for a short while."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._keep_claiming())
                both.create_task(self._keep_counting())
        finally:
            await self._let_end()

    async def _keep_claiming(self) -> None:
        while True:
            self._wake.clear()
            await self._fill()
            with suppress(TimeoutError):
                async with asyncio.timeout(jittered(self._pace.poll)):
                    await self._wake.wait()
                    await asyncio.sleep(GATHER_SECONDS)

    async def _fill(self) -> None:
        free = {kind: self._pace.abreast - self._running[kind] for kind in self._jobs}
        room = {kind: places for kind, places in free.items() if places > 0}
        claims: Sequence[Claim] = ()
        if room:
            try:
                claims = await self._store.claim(room, self._pace.lease)
                self._away = False
            except Unavailable as error:
                self._say_away(error)
        taken = Counter(claim.kind for claim in claims)
        self._hungry.difference_update(room)
        self._hungry.update(kind for kind in taken if taken[kind] == room[kind])
        for claim in claims:
            self._start(claim)

    def _say_away(self, error: Unavailable) -> None:
        """Say it once, not at every look."""
        if not self._away:
            log.warning("tasks wait for the database", error=repr(error))
        self._away = True

    def _start(self, claim: Claim) -> None:
        self._running[claim.kind] += 1
        task = asyncio.create_task(self._see_to(claim))
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, claim))

    def _ended(self, claim: Claim, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._running[claim.kind] -= 1
        if claim.kind in self._hungry:
            self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("task not marked", id=claim.id, kind=claim.kind, exc_info=task.exception())

    async def _see_to(self, claim: Claim) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._pace.lease
        mark = await self._attempted(claim)
        while loop.time() < until:
            try:
                kept = await mark()
            except Unavailable as error:
                self._say_away(error)
                await asyncio.sleep(jittered(MARK_AGAIN_SECONDS))
            else:
                if kept:
                    return
                break
        self.counts.lost += 1
        log.warning("lease lost, the task may be done twice", id=claim.id, kind=claim.kind)

    async def _attempted(self, claim: Claim) -> Mark:
        """Try it once; return how to say what became of it."""
        kind = self._jobs[claim.kind]
        if claim.attempts > kind.tries:
            return self._buried(claim, "the process did not survive the last try")
        try:
            job = msgspec.json.decode(claim.facts, type=kind)
        except msgspec.DecodeError as error:
            return self._buried(claim, f"facts cannot be read: {type(error).__name__}")
        try:
            async with asyncio.timeout(self._pace.deadline):
                await job.run(claim.id, self._outside)
        except (RemoteFailed, Unavailable) as error:
            lasting = isinstance(error, RemoteFailed) and error.lasting
            return self._failed(claim, str(error), lasting=lasting)
        except TimeoutError:
            return self._failed(claim, f"no end within {self._pace.deadline:g} s")
        except Exception as error:  # a defect of one job is no reason to stop the others
            log.exception("job broke", id=claim.id, kind=claim.kind)
            return self._failed(claim, f"defect: {type(error).__name__}")
        self.counts.delivered += 1
        return partial(self._store.finish, claim)

    def _failed(self, claim: Claim, error: str, *, lasting: bool = False) -> Mark:
        self.counts.failed += 1
        if lasting or claim.attempts >= self._jobs[claim.kind].tries:
            return self._buried(claim, error)
        pause = self._pace.pause(claim.attempts)
        log.info("task put off", id=claim.id, kind=claim.kind, attempts=claim.attempts, error=error)
        return partial(self._store.put_off, claim, pause, error)

    def _buried(self, claim: Claim, error: str) -> Mark:
        self.counts.buried += 1
        log.error("task buried", id=claim.id, kind=claim.kind, attempts=claim.attempts, error=error)
        erase = not self._jobs[claim.kind].buried_with_facts
        return partial(self._store.bury, claim, error, erase=erase)

    async def _keep_counting(self) -> None:
        while True:
            try:
                strays = await self._store.bury_strays(self._jobs, self._pace.stray)
                if strays:
                    self.counts.buried += strays
                    log.error("tasks of unknown kind buried", count=strays)
                self.depth = await self._store.depth()
            except Unavailable as error:
                self._say_away(error)
            await asyncio.sleep(jittered(self._pace.counting))

    async def _let_end(self) -> None:
        """Wait a little for what runs; leases of the rest run out and others do it again."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._pace.last_words)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
