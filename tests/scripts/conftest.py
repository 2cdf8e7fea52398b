"""Databases of one test each, on the shared server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.constants import CLIENT

from environment import Url
from models.migrations.upgrade import opened, upgrade
from scripts.stack.stack import Stack
from tests.leaks import assert_silent, found_in

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests/fixtures/shop.json"

Rows = list[tuple[Any, ...]]
Objects = list[dict[str, Any]]


class Database:
    """An own database: ``url`` is its ``DADASHOP_MYSQL_URL``."""

    def __init__(self, server: Url, name: str) -> None:
        self.name = name
        self.url = Url(server.removesuffix(server.name) + name)

    def run(self, script: str) -> None:
        """Run any number of statements as a file of them would be run."""
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():
                pass
            connection.commit()

    def ask(self, statement: str, parameters: Sequence[object] = ()) -> Rows:
        """Return the rows of one query."""
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall())

    def connect(self) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
        """Open a connection to hold locks with."""
        return self._connected()

    def migrate(self) -> None:
        """Bring it to the newest schema."""
        with opened(self.url) as connection:
            upgrade(connection)

    def tables(self) -> list[str]:
        """Return the names of its tables."""
        return sorted(name for (name,) in self.ask("SHOW TABLES"))

    def contents(self) -> dict[str, Rows]:
        """Return every row of every table."""
        return {name: self.ask(f"SELECT * FROM `{name}` ORDER BY 1") for name in self.tables()}

    def schema(self) -> dict[str, str]:
        """Return how every table could be made."""
        return {name: self.ask(f"SHOW CREATE TABLE `{name}`")[0][1] for name in self.tables()}

    def _connected(self) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
        return pymysql.connect(
            host=self.url.host,
            port=self.url.port(3306),
            user=self.url.user,
            password=self.url.password,
            database=self.url.name or None,
            charset="utf8mb4",
            client_flag=CLIENT.MULTI_STATEMENTS,
        )


def made(server: Url, name: str) -> Database:
    """Make an empty database, in place of the one that may have that name."""
    Database(server, server.name).run(
        f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}` CHARACTER SET latin1"
    )
    return Database(server, name)


@pytest.fixture
def new_database(stack: Stack) -> Iterator[Callable[[], Database]]:
    """Make empty databases that are gone after the test."""
    server = Url(stack.mariadb.url)
    names: list[str] = []

    def make() -> Database:
        names.append(f"dadashop_test_{len(names)}")
        return made(server, names[-1])

    yield make
    for name in names:
        Database(server, server.name).run(f"DROP DATABASE `{name}`")


@pytest.fixture(scope="session")
def bare_shop(stack: Stack) -> Database:
    """A database with the newest schema and no rows, for tests in which it stays so."""
    database = made(Url(stack.mariadb.url), "dadashop_bare")
    database.migrate()
    return database


@pytest.fixture
def empty(new_database: Callable[[], Database]) -> Database:
    """An empty database, whose own character set is of no use."""
    return new_database()


@pytest.fixture
def shop(empty: Database) -> Database:
    """A database with the newest schema and no rows."""
    empty.migrate()
    return empty


@pytest.fixture
def ran(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a verb on a database to its end: ``ran("loaddata", shop, path)``.

    It may say no secret; a dump is made of rows, not of words.
    """

    def run(verb: str, database: Database, *arguments: object) -> subprocess.CompletedProcess[str]:
        names = {**environment, "DADASHOP_MYSQL_URL": database.url, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-P", "-m", f"scripts.{verb}", *map(str, arguments)],
            env=os.environ | names,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stderr if verb == "dumpdata" else done.stdout + done.stderr
        assert found_in(said.encode()) == []
        return done

    return run


@pytest.fixture(scope="module", autouse=True)
def silent_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No log of a shop that was opened in a copy of the checkout may hold a secret."""
    yield
    for folder in tmp_path_factory.getbasetemp().glob("checkout*/*/var/log"):
        logs = list(folder.glob("*.log"))
        assert logs
        assert_silent(logs)


@pytest.fixture
def objects() -> Objects:
    """The objects of the fixture of these tests, to be changed."""
    found: Objects = json.loads(OWN.read_text("utf-8"))
    return found


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Objects], Path]:
    """Write objects into a file."""

    def write(objects: Objects) -> Path:
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(objects), "utf-8")
        return path

    return write
