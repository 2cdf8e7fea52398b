"""One connection to MySQL: statements with a deadline, rows as Structs, failures as three kinds.

``Unavailable``: the server is away, slow or full; nothing is known to have happened.
``Conflict``: the server rolled the whole transaction back in favour of somebody else.
``Duplicate`` and ``Referenced``: a unique key or a foreign key objects.
Everything else is a defect and passes as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiomysql
import pymysql

from models.errors import Unavailable

RowT = TypeVar("RowT")

DEADLOCK, LOCK_WAIT, SNAPSHOT_TOO_OLD = 1213, 1205, 1020
CONFLICTS = frozenset({DEADLOCK, LOCK_WAIT, SNAPSHOT_TOO_OLD})
DUPLICATE_KEY = 1062
CHILD_EXISTS, PARENT_MISSING = 1451, 1452
# Shutdown in progress, too many connections, statement time-out, and the client's own losses.
AWAY = frozenset({1040, 1053, 1152, 1184, 1203, 1927, 1969, 2002, 2003, 2006, 2013, 2014, 2055})


class Conflict(Exception):
    """The transaction lost against another one and is undone; it may be tried again."""


class Duplicate(Exception):
    """A unique key already holds the value."""


class Referenced(Exception):
    """A foreign key objects: the row referred to is ``missing``, or is still referred to."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.missing = number == PARENT_MISSING


@asynccontextmanager
async def translated(deadline: float) -> AsyncIterator[None]:
    """Run a block against a deadline in seconds and name its failures in the words of the house."""
    try:
        async with asyncio.timeout(deadline):
            yield
    except TimeoutError as error:
        raise Unavailable("mysql: no answer in time") from error
    except pymysql.err.IntegrityError as error:
        raise _integrity(error) from error
    except (pymysql.err.OperationalError, pymysql.err.InternalError) as error:
        raise _operational(error) from error
    except (pymysql.err.InterfaceError, ConnectionError, RuntimeError) as error:
        # uvloop says RuntimeError when it is asked to write to a closed transport.
        raise Unavailable("mysql: connection lost") from error


def _number(error: pymysql.err.MySQLError) -> int:
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def _integrity(error: pymysql.err.IntegrityError) -> Exception:
    number = _number(error)
    if number == DUPLICATE_KEY:
        return Duplicate(number)
    return Referenced(number) if number in {CHILD_EXISTS, PARENT_MISSING} else error


def _operational(error: pymysql.err.MySQLError) -> Exception:
    number = _number(error)
    if number in CONFLICTS:
        return Conflict(number)
    return Unavailable(f"mysql: error {number}") if number in AWAY else error


class Connection:
    """What collections speak to: written-out SQL in, Structs out."""

    def __init__(self, raw: aiomysql.Connection, *, deadline: float) -> None:
        self._raw = raw
        self._deadline = deadline
        self.statements = 0

    async def rows(self, kind: type[RowT], sql: str, *values: object) -> list[RowT]:
        """Return the rows of a SELECT; columns stand in the order of the fields of ``kind``."""
        return [kind(*row) for row in await self._fetched(sql, values)]

    async def row(self, kind: type[RowT], sql: str, *values: object) -> RowT | None:
        """Return the first row of a SELECT, or None."""
        found = await self._fetched(sql, values)
        return kind(*found[0]) if found else None

    async def change(self, sql: str, *values: object) -> int:
        """Run an INSERT, UPDATE or DELETE; return how many rows it changed."""
        async with self._executed(sql, values) as cursor:
            return int(cursor.rowcount)

    async def insert(self, sql: str, *values: object) -> int:
        """Run an INSERT; return the id MySQL gave to the row."""
        async with self._executed(sql, values) as cursor:
            return int(cursor.lastrowid)

    def close(self) -> None:
        """Cut the connection at once; the server undoes what was not committed."""
        self._raw.close()

    async def _fetched(self, sql: str, values: Sequence[object]) -> Sequence[tuple[Any, ...]]:
        async with self._executed(sql, values) as cursor:
            return await cursor.fetchall()  # type: ignore[no-any-return]

    @asynccontextmanager
    async def _executed(self, sql: str, values: Sequence[object]) -> AsyncIterator[aiomysql.Cursor]:
        self.statements += 1
        async with translated(self._deadline), self._raw.cursor() as cursor:
            await cursor.execute(sql, values or None)
            yield cursor


def placeholders(count: int) -> str:
    """Return ``%s, %s, %s`` for a list of so many values, at least one."""
    return ", ".join(["%s"] * count)
