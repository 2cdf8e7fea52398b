"""A process that does tasks and keeps a book: ``python worker.py '{"url": ..., "book": ...}'``.

Each letter is an entry ``began <task> <process>`` and, once it is handed over, ``sent <task>
<process>``; a turn of the schedule is ``turn <process> <begin> <end>``. ``fault`` makes it break:

* ``hang``: no letter is ever handed over;
* ``die``: it kills itself right after handing over, before the task is marked;
* ``naive``: it takes tasks without lock and lease, as a first draft would.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import uvloop

from environment import Url
from models.connection import placeholders
from models.database import Database
from models.outbox import Claimed
from services.outbox import OutboxService
from services.schedule import ScheduleService
from tasks.kinds import JOBS
from tasks.outside import Letter, Outside
from tasks.pace import Pace
from tasks.relay import Claim, Relay
from tasks.schedule import Chore, Schedule
from tests.fakes import RecordingAttempts, RecordingCarts, RecordingOrders, RecordingRefunds
from tests.tasks.rows import opened


class Options(msgspec.Struct, frozen=True):
    """What the process is told."""

    url: str
    book: str
    name: int
    fault: str = ""
    lease: float = 1.5
    poll: float = 0.05
    abreast: int = 8
    every: float = 0.0


class Book:
    """A file that many processes add whole lines to."""

    def __init__(self, path: str, name: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._name = name

    def write(self, word: str, *values: object) -> None:
        """Add an entry."""
        os.write(self._file, (" ".join(map(str, (word, *values, self._name))) + "\n").encode())


class Hands:
    """The mail and SMS systems of the process."""

    def __init__(self, book: Book, fault: str) -> None:
        self._book = book
        self._fault = fault

    async def send(self, letter: Letter) -> None:
        """Take a letter."""
        await self._take(letter.number)

    async def send_code(self, number: int, phone: str, code: str, *, minutes: int) -> None:
        """Take a code."""
        await self._take(number)

    async def _take(self, number: int) -> None:
        self._book.write("began", number)
        if self._fault == "hang":
            await asyncio.sleep(3600)
        self._book.write("sent", number)
        if self._fault == "die":
            os.kill(os.getpid(), signal.SIGKILL)


class Naive(OutboxService):
    """Reads what is ready, then marks it as taken: others read it in between."""

    async def claim(self, room: Mapping[str, int], lease: float) -> Sequence[Claim]:
        """Take without a lock."""
        ready = """SELECT id, kind, facts, attempts + 1, NOW(6) FROM tasks_outbox
          WHERE done_time IS NULL AND kind = %s AND leased_until IS NULL ORDER BY due LIMIT %s"""
        found: list[Claimed] = []
        async with self._database.read() as tables:
            for kind, limit in room.items():
                found += await tables.connection.rows(Claimed, ready, kind, limit)
            if found:
                stamp: datetime = found[0].leased_until
                taken = f"""UPDATE tasks_outbox SET leased_until = %s
                  WHERE id IN ({placeholders(len(found))})"""
                await tables.connection.change(taken, stamp, *(each.id for each in found))
        return [msgspec.structs.replace(each, leased_until=stamp) for each in found]


def relay_of(database: Database, options: Options, book: Book) -> Relay:
    """Return the relay of the process."""
    hands = Hands(book, options.fault)
    outside = Outside(
        mailer=hands,
        sms=hands,
        carts=RecordingCarts(),
        orders=RecordingOrders(),
        attempts=RecordingAttempts(),
        refunds=RecordingRefunds(),
        site="http://shop.test/",
    )
    pace = Pace(
        lease=options.lease, deadline=options.lease / 2, poll=options.poll, abreast=options.abreast
    )
    store = Naive(database) if options.fault == "naive" else OutboxService(database)
    return Relay(store, JOBS, outside=outside, pace=pace)


def schedule_of(database: Database, options: Options, book: Book) -> Schedule:
    """Return the schedule of the process: one chore that writes down when it ran."""

    async def turn() -> None:
        began = time.time()
        if options.fault == "hang":
            book.write("stuck", began)
            await asyncio.sleep(3600)
        await asyncio.sleep(options.every / 4)
        book.write("turn", began, time.time())

    chore = Chore("test.turn", options.every, turn, deadline=options.lease)
    return Schedule(ScheduleService(database), [chore])


async def work(options: Options) -> None:
    """Work until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    book = Book(options.book, options.name)
    async with opened(Url(options.url)) as database:
        worker = schedule_of if options.every else relay_of
        task = asyncio.create_task(worker(database, options, book).run())
        book.write("ready")
        await stop.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    uvloop.run(work(msgspec.json.decode(sys.argv[1], type=Options)))
