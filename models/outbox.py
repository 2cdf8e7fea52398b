"""Tasks: rows written in the transaction of their cause, that wait until somebody has done them.

A task is ``waiting``, then ``done`` or ``dead``; a dead one may be replayed. Whoever works on a
waiting task holds a lease, and only its holder may say what became of the task: a lease that ran
out and was taken by another is worth nothing. All times are those of the database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar, Protocol

import msgspec

from models.connection import Connection, placeholders

LONGEST_ERROR = 200
ERASED = ""
"""The facts of a dead task that are not kept; it cannot be replayed."""


class Postable(Protocol):
    """A job as this table sees it: a kind, and facts that msgspec can write as JSON."""

    kind: ClassVar[str]


class Post(msgspec.Struct, frozen=True):
    """A job to be written down; due after ``delay`` seconds, ``once`` as for ``Outbox.post``."""

    job: Postable
    delay: float = 0
    once: str | None = None


class Claimed(msgspec.Struct, frozen=True):
    """A task under a lease; ``attempts`` counts the one that begins now, from 1."""

    id: int
    kind: str
    facts: str
    attempts: int
    leased_until: datetime


class Depth(msgspec.Struct, frozen=True):
    """How many tasks wait and are dead, and for how many seconds the oldest has been due."""

    queued: int
    dead: int
    oldest: float


class Listed(msgspec.Struct, frozen=True):
    """A task as people may see it: without its facts."""

    id: int
    kind: str
    due: datetime
    attempts: int
    dead_time: datetime | None
    error: str | None


class _Tally(msgspec.Struct, frozen=True):
    queued: int
    oldest_microseconds: int | None


class _Number(msgspec.Struct, frozen=True):
    value: int


_WAITING = "done_time IS NULL AND dead_time IS NULL"
_DEAD = "done_time IS NULL AND dead_time IS NOT NULL"
_CHOSEN = "(%s IS NULL OR id = %s) AND (%s IS NULL OR kind = %s)"
_LISTED = "SELECT id, kind, due, attempts, dead_time, error FROM tasks_outbox"

_POSTED = "(%s, %s, NOW(6) + INTERVAL %s SECOND, %s)"
_POST_ALL = """INSERT INTO tasks_outbox (kind, facts, due, once) VALUES {rows}
  ON DUPLICATE KEY UPDATE id = id"""
_POST = f"INSERT INTO tasks_outbox (kind, facts, due, once) VALUES {_POSTED}"
_POST_ONCE = f"{_POST} ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)"
_READY = f"""SELECT id, kind, facts, attempts + 1, NOW(6) + INTERVAL %s SECOND FROM tasks_outbox
  WHERE {_WAITING} AND kind = %s AND due <= NOW(6)
    AND (leased_until IS NULL OR leased_until <= NOW(6))
  ORDER BY due, id LIMIT %s FOR UPDATE SKIP LOCKED"""
_LEASE = "UPDATE tasks_outbox SET attempts = attempts + 1, leased_until = %s WHERE id IN ({ids})"
_FINISH = """UPDATE tasks_outbox
  SET done_time = NOW(6), facts = '{}', leased_until = NULL, error = NULL
  WHERE id = %s AND leased_until = %s"""
_PUT_OFF = """UPDATE tasks_outbox
  SET due = NOW(6) + INTERVAL %s SECOND, leased_until = NULL, error = %s
  WHERE id = %s AND leased_until = %s"""
_BURY = """UPDATE tasks_outbox
  SET dead_time = NOW(6), leased_until = NULL, error = %s, facts = IF(%s, '', facts)
  WHERE id = %s AND leased_until = %s"""
_BURY_STRAYS = f"""UPDATE tasks_outbox
  SET dead_time = NOW(6), leased_until = NULL, error = 'nobody knows this kind'
  WHERE {_WAITING} AND due <= NOW(6) - INTERVAL %s SECOND AND kind NOT IN ({{kinds}})"""
_PRUNE = """DELETE FROM tasks_outbox WHERE done_time < NOW(6) - INTERVAL %s SECOND
  ORDER BY done_time LIMIT %s"""
_TALLY = f"""SELECT COUNT(*), TIMESTAMPDIFF(MICROSECOND, MIN(due), NOW(6)) FROM tasks_outbox
  WHERE {_WAITING}"""
_COUNT_DEAD = f"SELECT COUNT(*) FROM tasks_outbox WHERE {_DEAD}"
_LIST_WAITING = f"{_LISTED} WHERE {_WAITING} ORDER BY due, id LIMIT %s"
_LIST_DEAD = f"{_LISTED} WHERE {_DEAD} ORDER BY dead_time, id LIMIT %s"
_REPLAY = f"""UPDATE tasks_outbox SET dead_time = NULL, attempts = 0, due = NOW(6)
  WHERE {_DEAD} AND facts <> '{ERASED}' AND {_CHOSEN}"""
_DROP = f"DELETE FROM tasks_outbox WHERE {_DEAD} AND {_CHOSEN}"


class Outbox:
    """All tasks, seen through one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def post(self, job: Postable, *, delay: float = 0, once: str | None = None) -> int:
        """Write a task down, due after ``delay`` seconds; return its id.

        While a task with the key ``once`` is there, done or not, its id is returned and nothing
        is written. Keys are ASCII and at most 80 long; a done task is there until it is pruned.
        """
        facts = msgspec.json.encode(job).decode()
        sql = _POST if once is None else _POST_ONCE
        return await self._connection.insert(sql, job.kind, facts, delay, once)

    async def post_all(self, posts: Sequence[Post]) -> None:
        """Write several tasks down with one statement; keys that are there already are kept."""
        rows = [
            (post.job.kind, msgspec.json.encode(post.job).decode(), post.delay, post.once)
            for post in posts
        ]
        sql = _POST_ALL.format(rows=", ".join([_POSTED] * len(rows)))
        await self._connection.change(sql, *(value for row in rows for value in row))

    async def claim(self, kind: str, limit: int, lease: float) -> list[Claimed]:
        """Lease up to ``limit`` ready tasks for so many seconds, those first due first.

        Belongs into a transaction; what another transaction is claiming is passed over.
        """
        rows = await self._connection.rows(Claimed, _READY, lease, kind, limit)
        if rows:
            ids = [row.id for row in rows]
            sql = _LEASE.format(ids=placeholders(len(ids)))
            await self._connection.change(sql, rows[0].leased_until, *ids)
        return rows

    async def finish(self, number: int, stamp: datetime) -> bool:
        """Mark a task as done and erase its facts; return False when the lease was lost."""
        return await self._connection.change(_FINISH, number, stamp) == 1

    async def put_off(self, number: int, stamp: datetime, *, seconds: float, error: str) -> bool:
        """Have a task tried again after some seconds; return False when the lease was lost."""
        values = (seconds, error[:LONGEST_ERROR], number, stamp)
        return await self._connection.change(_PUT_OFF, *values) == 1

    async def bury(self, number: int, stamp: datetime, *, error: str, erase: bool) -> bool:
        """Give a task up, and its facts with ``erase``; return False when the lease was lost."""
        values = (error[:LONGEST_ERROR], erase, number, stamp)
        return await self._connection.change(_BURY, *values) == 1

    async def bury_strays(self, kinds: Collection[str], *, overdue: float) -> int:
        """Give up what is of none of these kinds and overdue by so many seconds; return a count."""
        sql = _BURY_STRAYS.format(kinds=placeholders(len(kinds)))
        return await self._connection.change(sql, overdue, *kinds)

    async def prune(self, *, older_than: float, limit: int) -> int:
        """Delete up to ``limit`` tasks done so many seconds ago; return how many."""
        return await self._connection.change(_PRUNE, older_than, limit)

    async def depth(self) -> Depth:
        """Count."""
        tally = await self._connection.row(_Tally, _TALLY)
        dead = await self._connection.row(_Number, _COUNT_DEAD)
        assert tally is not None  # noqa: S101 - a count is always one row
        assert dead is not None  # noqa: S101
        oldest = max(0, tally.oldest_microseconds or 0) / 1_000_000
        return Depth(queued=tally.queued, dead=dead.value, oldest=oldest)

    async def waiting(self, limit: int) -> list[Listed]:
        """Return the tasks that are neither done nor dead, those first due first."""
        return await self._connection.rows(Listed, _LIST_WAITING, limit)

    async def dead(self, limit: int) -> list[Listed]:
        """Return the tasks that were given up, the longest dead first."""
        return await self._connection.rows(Listed, _LIST_DEAD, limit)

    async def replay(self, *, number: int | None = None, kind: str | None = None) -> int:
        """Make dead tasks wait again: one, those of a kind, or all; return how many."""
        return await self._connection.change(_REPLAY, number, number, kind, kind)

    async def drop(self, *, number: int | None = None, kind: str | None = None) -> int:
        """Delete dead tasks: one, those of a kind, or all; return how many."""
        return await self._connection.change(_DROP, number, number, kind, kind)
