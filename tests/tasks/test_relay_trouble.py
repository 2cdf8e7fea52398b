"""What a relay does in trouble: leases that run out, a database that goes away, its own end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from models.errors import RemoteFailed, Unavailable
from services.outbox import OutboxService
from tasks.kinds import JOBS
from tasks.relay import Relay
from tests.tasks.conftest import QUICK, relaying
from tests.tasks.rows import eventually, post, rows, unfinished, welcome

# Leases


async def test_a_slow_worker_cannot_mark_what_another_holds(database, own, outside, relay):
    """The deadline is shorter than the lease; when it is not kept, the lease decides."""
    entered = asyncio.Event()

    async def steal(number):
        own.run("UPDATE tasks_outbox SET leased_until = NOW(6) + INTERVAL 60 SECOND")
        entered.set()

    outside.mailer.trouble = steal
    await post(database, welcome())
    running = await relay()
    await eventually(lambda: running.counts.lost)
    [row] = rows(own)
    assert (row.done, row.leased) == (0, 1)
    assert entered.is_set()


async def test_running_jobs_end_before_the_process_does(database, own, outside):
    """A job of 0.3 s is marked after the stop; one that hangs is left to its lease."""
    begun = []

    async def slow(number):
        begun.append(number)
        await asyncio.sleep(0.3 if number == quick else 3600)

    outside.mailer.trouble = slow
    quick, _ = await post(database, welcome(1), welcome(2))
    store = OutboxService(database)
    pace = replace(QUICK, deadline=20.0, lease=30.0)
    async with relaying(Relay(store, JOBS, outside=outside.seen, pace=pace)) as running:
        await eventually(lambda: len(begun) == 2)
        await post(database, welcome(3), delay=0.2)
    assert [(row.done, row.leased) for row in rows(own)] == [(1, 0), (0, 1), (0, 0)]
    assert running.counts.delivered == 1
    assert len(begun) == 2


# The database goes away


class Flickering(OutboxService):
    """Is away now and then."""

    def __init__(self, database):
        super().__init__(database)
        self.calls = 0

    def _flicker(self):
        self.calls += 1
        if self.calls % 3:
            raise Unavailable("mysql: away")

    async def claim(self, room, lease):
        self._flicker()
        return await super().claim(room, lease)

    async def finish(self, claim):
        self._flicker()
        return await super().finish(claim)

    async def depth(self):
        self._flicker()
        return await super().depth()


async def test_a_database_that_comes_and_goes_is_waited_for(database, own, outside):
    await post(database, *(welcome(number) for number in range(20)))
    store = Flickering(database)
    pace = replace(QUICK, lease=20.0)
    async with relaying(Relay(store, JOBS, outside=outside.seen, pace=pace)):
        await eventually(lambda: unfinished(own) == 0, 20)
    assert len(outside.mailer.letters) == 20


async def test_depth_is_counted_beside(database, relay, outside):
    async def refused(number):
        raise RemoteFailed("smtp", "no", lasting=True)

    outside.mailer.trouble = refused
    await post(database, welcome())
    await post(database, welcome(), welcome(), delay=60)
    running = await relay()
    await eventually(lambda: (running.depth.queued, running.depth.dead) == (2, 1))
    assert running.depth.oldest == 0
