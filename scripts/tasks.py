"""Look after the tasks of the shop: ``./scripts/tasks list | replay | drop``

``list`` shows what waits and what was given up, ``replay`` lets the dead be tried again, ``drop``
deletes them. What a task is about is never shown: codes and addresses are among it.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

import pymysql

from environment import Url
from models.database import Database, open_database
from models.errors import Unavailable
from models.outbox import Listed
from resources import address_of
from scripts.environment import local_settings
from scripts.fixtures.failures import explained
from settings import Mysql

SHOWN = 50


async def show(database: Database, limit: int) -> int:
    """Print the numbers, the dead and the waiting tasks."""
    async with database.read() as tables:
        depth = await tables.outbox.depth()
        dead = await tables.outbox.dead(limit)
        waiting = await tables.outbox.waiting(limit)
    print(f"{depth.queued:,} waiting, the oldest due for {depth.oldest:.0f} s; {depth.dead:,} dead")
    for title, rows in (("dead", dead), ("waiting", waiting)):
        if rows:
            print(f"\n{title}:")
            print("\n".join(_line(row) for row in rows))
    return 0


async def replay(database: Database, number: int | None, kind: str | None) -> int:
    """Let the chosen dead be tried again."""
    async with database.read() as tables:
        count = await tables.outbox.replay(number=number, kind=kind)
    return _said(count, "will be tried again", "no dead task of that description can be replayed")


async def drop(database: Database, number: int | None, kind: str | None) -> int:
    """Delete the chosen dead."""
    async with database.read() as tables:
        count = await tables.outbox.drop(number=number, kind=kind)
    return _said(count, "dropped", "there is no dead task of that description")


async def run(mysql: Mysql, given: argparse.Namespace) -> int:
    """Do what the command line says."""
    async with open_database(
        address=address_of(mysql.url),
        size=1,
        acquire_seconds=mysql.acquire_ms / 1000,
        statement_seconds=mysql.statement_ms / 1000,
    ) as database:
        if given.verb == "list":
            return await show(database, given.limit)
        verb = replay if given.verb == "replay" else drop
        return await verb(database, given.id, given.kind)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; 1 when there is nothing to do it with."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    given = parser().parse_args(arguments)
    mysql = local_settings().mysql
    try:
        return asyncio.run(run(mysql, given))
    except Unavailable as fault:
        return _failed(fault.__cause__ or fault, mysql.url)
    except pymysql.err.Error as fault:
        return _failed(fault, mysql.url)


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    whole = argparse.ArgumentParser(prog="tasks", description="Look after the tasks of the shop.")
    verbs = whole.add_subparsers(dest="verb", required=True)
    shown = verbs.add_parser("list", help="show what waits and what was given up")
    shown.add_argument("--limit", type=int, default=SHOWN, help=f"of each so many ({SHOWN})")
    for name, says in (
        ("replay", "let tasks that were given up be tried again"),
        ("drop", "delete tasks that were given up"),
    ):
        which = verbs.add_parser(name, help=says).add_mutually_exclusive_group(required=True)
        which.add_argument("--id", type=int, help="this one")
        which.add_argument("--kind", help="all of a kind, such as mail.welcome")
        which.add_argument("--all", action="store_true", help="all")
    return whole


def _line(row: Listed) -> str:
    when = row.dead_time or row.due
    error = f"  {row.error}" if row.error else ""
    return f"{row.id:>10}  {when:%Y-%m-%d %H:%M:%S}  {row.kind:<16}  tries {row.attempts}{error}"


def _said(count: int, done: str, nothing: str) -> int:
    print(f"{count:,} {done}" if count else nothing, file=sys.stdout if count else sys.stderr)
    return 0 if count else 1


def _failed(fault: BaseException, url: Url) -> int:
    cause = fault if isinstance(fault, Exception) else Exception(str(fault))
    print(explained(cause, url), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
