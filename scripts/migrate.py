"""Bring the database to the newest schema: ``./scripts/migrate``

Works on an empty database, on one of this shop and on one of the Django shop, of which everything
is kept and to which only what is missing is added. Rows that contradict the schema are named
and nothing is changed. An interrupted run is simply repeated; of several at once all but one wait.
Afterwards the words of the search are compared with names and captions and put right.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

import pymysql
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from environment import Url
from models import search_index
from models.migrations import adoption
from models.migrations.objections import Contradiction
from models.migrations.published import TABLES
from models.migrations.steps import Step
from models.migrations.upgrade import Occupied, alone, current, opened, pending, upgrade
from scripts.environment import local_settings
from scripts.fixtures.failures import explained
from scripts.fixtures.meter import meter
from scripts.fixtures.writer import connect


def migrate(url: Url, *, dry_run: bool = False, rebuild_search: bool = False) -> None:
    """Do it all, or with ``dry_run`` only say what would be done.

    Raises ``Contradiction``, ``Occupied``, ``CommandError`` (the database is newer than this
    program), ``sqlalchemy.exc.DBAPIError`` and ``pymysql.err.Error``.
    """
    with opened(url) as connection:
        if dry_run:
            _announce(connection, url)
            return
        with alone(connection, _waiting):
            _say_what_it_is(connection, url)
            upgrade(connection, _told)
            print(f"{url.place}/{url.name} is at {current(connection)}.")
            _put_words_right(url, everything=rebuild_search)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return 0, or 1 when the database is not up to date."""
    parser = argparse.ArgumentParser(
        prog="migrate",
        description="Bring the database to the newest schema; keeps what a Django shop has in it.",
        epilog="A run that was interrupted is simply repeated: what is done stays done.",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    parser.add_argument(
        "--rebuild-search", action="store_true", help="write the words of every SKU, right or not"
    )
    given = parser.parse_args(arguments)
    if given.dry_run:  # whoever stops reading has seen enough; a real run has to go on
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    url = local_settings().mysql.url
    try:
        migrate(url, dry_run=given.dry_run, rebuild_search=given.rebuild_search)
    except Contradiction as contradiction:
        return _failed([*contradiction.wrong, "Put these rows right first: nothing was changed."])
    except Occupied:
        return _failed(["Another migration of this database does not end: look at it first."])
    except CommandError as fault:
        return _failed([f"The database is from a newer version of the shop: {fault}"])
    except (DBAPIError, pymysql.err.Error) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        return _failed([explained(cause or fault, url)])
    return 0


def _announce(connection: Connection, url: Url) -> None:
    """Say what a run would do."""
    _say_what_it_is(connection, url)
    coming = pending(connection)
    for title, steps in coming:
        print(f"would do {title}")
        for step in steps:
            print(f"    {step.says}")
            print("        " + step.statement.replace("\n", "\n        "))
    if coming:
        print("and would compare the words of the search afterwards")
        return
    with connect(url) as reader:
        wrong = sum(len(ids) for ids in search_index.stale(reader, _unseen))
    print(f"nothing to migrate; would write the words of {wrong} SKUs")


def _say_what_it_is(connection: Connection, url: Url) -> None:
    """Say when the database comes from the Django shop, and what is left as it is."""
    if current(connection) is not None:
        return
    there = adoption.recognised(connection, TABLES)
    if not there:
        return
    print(f"{url.place}/{url.name} has {len(there)} tables of the Django shop: taking them over.")
    for note in adoption.planned(connection, TABLES).notes:
        print(f"note: {note}")


def _put_words_right(url: Url, *, everything: bool) -> None:
    with connect(url) as connection, meter("Words of the search", 0) as progress:
        written = search_index.rebuild(connection, progress.reach, everything=everything)
    print(f"Words of the search: {written:,} written.")


def _told(step: Step, seconds: float) -> None:
    print(f"{seconds:8.3f} s  {step.says}", flush=True)


def _waiting() -> None:
    print("Another migration of this database is running: waiting for it.", flush=True)


def _unseen(_done: int, _total: int) -> None:
    """Look without showing."""


def _failed(lines: Sequence[str]) -> int:
    print("\n".join(lines), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
