"""One connection to MySQL: statements with a deadline, rows as Structs, failures as three kinds.

``Unavailable``: the server is away, slow or full; nothing is known to have happened.
``Conflict``: the server rolled the whole transaction back in favour of somebody else.
``Duplicate`` and ``Referenced``: a unique key or a foreign key objects.
Everything else is a defect and passes as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
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


class Translated:
    """Run a block against a deadline in seconds and name its failures in the words of the house.

    A class because it stands around every statement: a generator would cost a tenth of one.
    """

    __slots__ = ("_timeout",)

    def __init__(self, deadline: float) -> None:
        self._timeout = asyncio.timeout(deadline)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise Unavailable("mysql: no answer in time") from late
        if error is not None and (failure := _translation(error)) is not None:
            raise failure from error


def _translation(error: BaseException) -> Exception | None:
    """Return a failure in our words; None for what passes as it is."""
    if isinstance(error, pymysql.err.IntegrityError):
        return _integrity(error)
    if isinstance(error, pymysql.err.OperationalError | pymysql.err.InternalError):
        return _operational(error)
    if isinstance(error, TimeoutError):
        return Unavailable("mysql: no answer in time")
    if isinstance(error, pymysql.err.InterfaceError | ConnectionError | RuntimeError):
        # uvloop says RuntimeError when it is asked to write to a closed transport.
        return Unavailable("mysql: connection lost")
    return None


def _number(error: pymysql.err.MySQLError) -> int:
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def _integrity(error: pymysql.err.IntegrityError) -> Exception | None:
    number = _number(error)
    if number == DUPLICATE_KEY:
        return Duplicate(number)
    return Referenced(number) if number in {CHILD_EXISTS, PARENT_MISSING} else None


def _operational(error: pymysql.err.MySQLError) -> Exception | None:
    number = _number(error)
    if number in CONFLICTS:
        return Conflict(number)
    return Unavailable(f"mysql: error {number}") if number in AWAY else None


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
        return int((await self._executed(sql, values)).rowcount)

    async def insert(self, sql: str, *values: object) -> int:
        """Run an INSERT; return the id MySQL gave to the row."""
        return int((await self._executed(sql, values)).lastrowid)

    def close(self) -> None:
        """Cut the connection at once; the server undoes what was not committed."""
        self._raw.close()

    async def _fetched(self, sql: str, values: Sequence[object]) -> Sequence[tuple[Any, ...]]:
        cursor = await self._executed(sql, values)
        return await cursor.fetchall()  # type: ignore[no-any-return]

    async def _executed(self, sql: str, values: Sequence[object]) -> aiomysql.Cursor:
        """Run a statement; the cursor holds all that came back and need not be closed."""
        self.statements += 1
        async with Translated(self._deadline):
            cursor = await self._raw.cursor()
            await cursor.execute(sql, values or None)
        return cursor


def placeholders(count: int) -> str:
    """Return ``%s, %s, %s`` for a list of so many values, at least one."""
    return ", ".join(["%s"] * count)
