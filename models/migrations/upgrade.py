"""Bringing a database to the newest schema, one run at a time.

with opened("mysql://user:password@host:port/shop") as connection, alone(connection):
    upgrade(connection)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from models.migrations.steps import WATCH, Step, Watch, ignore

HERE = Path(__file__).parent
DEADLINE_SECONDS = 5
PATIENCE_SECONDS = 600
_SESSION = """SET time_zone = '+08:00',
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'"""
_LOCK = "SELECT GET_LOCK(CONCAT('migrate.', SHA1(DATABASE())), %s)"
_UNLOCK = "SELECT RELEASE_LOCK(CONCAT('migrate.', SHA1(DATABASE())))"


class Occupied(Exception):
    """Another migration of the same database did not end in time."""


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """Open a connection on which every statement counts at once, as it does for DDL anyway.

    ``url`` is ``mysql://user:password@host:port/database``. Numbers that are 0 stay 0 and a value
    that does not fit is an error, whatever the server's mode is; times are those of the tables.
    Raises ``sqlalchemy.exc.OperationalError`` when the database cannot be reached.
    """
    parts = urlsplit(url)
    place = URL.create(
        "mysql+pymysql",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=parts.hostname,
        port=parts.port or 3306,
        database=parts.path.strip("/"),
        query={"charset": "utf8mb4"},
    )
    engine = create_engine(
        place,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"connect_timeout": DEADLINE_SECONDS},
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(_SESSION)
            yield connection
    finally:
        engine.dispose()


@contextmanager
def alone(connection: Connection, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Keep other migrations of the same database waiting while the block runs.

    Calls ``waiting`` when another one is running already, and raises ``Occupied`` when that one
    does not end within ``PATIENCE_SECONDS``.
    """
    if not _locked(connection, 0):
        waiting()
        if not _locked(connection, PATIENCE_SECONDS):
            raise Occupied
    try:
        yield
    finally:
        connection.exec_driver_sql(_UNLOCK)


def _locked(connection: Connection, seconds: int) -> bool:
    return connection.exec_driver_sql(_LOCK, (seconds,)).scalar() == 1


def pending(connection: Connection) -> list[tuple[str, list[Step]]]:
    """Return the title of every migration that is still to come, with its steps as of now.

    Nothing is changed. Raises ``Contradiction`` as the migration itself would.
    """
    directory = ScriptDirectory.from_config(_config(connection))
    coming = reversed(list(directory.iterate_revisions("head", current(connection) or "base")))
    return [
        (f"{script.revision} {script.doc.rstrip('.')}", list(script.module.steps(connection)))
        for script in coming
    ]


def current(connection: Connection) -> str | None:
    """Return the newest migration the database has seen, or None."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, watch: Watch = ignore) -> None:
    """Perform every migration that is still to come and tell each step to ``watch``.

    Raises ``Contradiction`` before anything is changed when rows forbid it.
    """
    config = _config(connection)
    config.attributes[WATCH] = watch
    command.upgrade(config, "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
