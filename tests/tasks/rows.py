"""The two tables of the tasks in a database of their own, and ways to look into them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pymysql

from environment import Url
from models.database import Database, open_database
from resources import address_of
from tasks.mail import WelcomeMail
from tests.scripts.conftest import Database as AnyDatabase
from tests.scripts.conftest import made

EMPTY = "DELETE FROM tasks_outbox; DELETE FROM tasks_schedule"


class Row(msgspec.Struct, frozen=True):
    """One task as it stands in the table."""

    id: int
    kind: str
    facts: str
    attempts: int
    leased: int
    done: int
    dead: int
    error: str | None
    delay: float


ROWS = """SELECT id, kind, facts, attempts, leased_until IS NOT NULL, done_time IS NOT NULL,
  dead_time IS NOT NULL, error, TIMESTAMPDIFF(MICROSECOND, NOW(6), due) / 1e6
  FROM tasks_outbox ORDER BY id"""


class OwnDatabase(AnyDatabase):
    """An own database, whose statements run on the time of the shop."""

    def _connected(self) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
        connection = super()._connected()
        with connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+08:00'")
        return connection


def tasks_database(server: Url, name: str) -> OwnDatabase:
    """Make a database, migrated."""
    database = OwnDatabase(server, made(server, name).name)
    database.migrate()
    return database


def rows(own: OwnDatabase) -> list[Row]:
    """Return every task."""
    return [Row(*row) for row in own.ask(ROWS)]


def unfinished(own: OwnDatabase) -> int:
    """Count the tasks that are neither done nor dead."""
    found = own.ask(
        "SELECT COUNT(*) FROM tasks_outbox WHERE done_time IS NULL AND dead_time IS NULL"
    )
    return int(found[0][0])


@asynccontextmanager
async def opened(url: Url, *, size: int = 8) -> AsyncIterator[Database]:
    """Open the database as a process of the shop does."""
    async with open_database(
        address=address_of(url), size=size, acquire_seconds=1, statement_seconds=5
    ) as database:
        yield database


async def eventually(holds: Callable[[], Any], seconds: float = 10.0) -> float:
    """Wait until it holds; return how long that took."""
    began = time.monotonic()
    while not await _truth(holds):
        assert time.monotonic() - began < seconds, "it never came to hold"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def _truth(holds: Callable[[], Any]) -> bool:
    found = holds()
    return bool(await found if isinstance(found, Awaitable) else found)


def welcome(number: int = 1) -> WelcomeMail:
    """A mail like any other."""
    return WelcomeMail(to=f"user{number}@example.com", name=f"user{number}")


async def post(database, *jobs, **options):
    """Post jobs in one transaction; return their numbers."""
    async with database.begin() as tables:
        return [await tables.outbox.post(job, **options) for job in jobs]
