"""The pool: deadlines, transactions, and what the failures of MySQL are called here."""

from __future__ import annotations

import asyncio
import getpass
import random
import time

import msgspec
import pymysql
import pytest

from environment import Url
from models.connection import Conflict, Connection, Duplicate, Referenced
from models.database import Database, Tables
from models.errors import Unavailable
from scripts.stack.ports import Ports
from tests.conftest import PrivateServers
from tests.factories import Bags, Goods
from tests.models.conftest import Opener


class Session(msgspec.Struct):
    """What a connection has agreed with the server."""

    isolation: str
    zone: str
    patience: int
    emoji: str


class Text(msgspec.Struct):
    """One value."""

    value: str


class Number(msgspec.Struct):
    """One value."""

    value: int


SESSION = "SELECT @@tx_isolation, @@time_zone, @@innodb_lock_wait_timeout, %s"
RENAME = "UPDATE goods_catalog SET name = %s WHERE id = %s"


async def connection_id(connection: Connection) -> int:
    """Return the number the server gave to a connection."""
    row = await connection.row(Number, "SELECT CONNECTION_ID()")
    assert row is not None
    return row.value


async def test_every_connection_is_read_committed_on_beijing_time(
    private: PrivateServers, opener: Opener
) -> None:
    """Isolation, time zone, lock patience and utf8mb4 (I18N-1), whatever the server is set to."""
    mariadb = private.mariadb()
    owner = {"unix_socket": str(mariadb.socket), "user": getpass.getuser()}
    with pymysql.connect(**owner) as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL tx_isolation = 'SERIALIZABLE', GLOBAL time_zone = '-05:00'")
        cursor.execute("SET GLOBAL innodb_lock_wait_timeout = 60")
    async with opener(url=Url(mariadb.url)) as database:
        await agreed(database)


async def agreed(database: Database) -> None:
    """Look at three connections at once."""
    async with database.read() as one, database.read() as other, database.begin() as third:
        for tables in (one, other, third):
            found = await tables.connection.row(Session, SESSION, "🎧 手机")
            assert found == Session("READ-COMMITTED", "+08:00", 3, "🎧 手机")


async def test_a_slow_statement_is_given_up_and_its_connection_closed(opener: Opener) -> None:
    """Past the deadline: ``Unavailable``; the next borrower gets another connection."""
    async with opener(size=1, statement_seconds=0.1) as database:
        async with database.read() as tables:
            first = await connection_id(tables.connection)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            async with database.read() as tables:
                await tables.connection.rows(Number, "SELECT SLEEP(5)")
        assert time.monotonic() - began < 1
        assert database.in_use == 0
        async with database.read() as tables:
            assert await connection_id(tables.connection) != first


async def test_a_full_pool_says_so_in_time(opener: Opener) -> None:
    """Nobody waits for a connection longer than promised, and nobody gets one twice."""
    async with opener(size=1, acquire_seconds=0.1) as database:
        async with database.read():
            began = time.monotonic()
            with pytest.raises(Unavailable):
                async with database.read():
                    pytest.fail("two borrowers of one connection")
            assert 0.09 < time.monotonic() - began < 0.5
            assert (database.in_use, database.waits) == (1, 1)
        await database.ping()
        assert (database.in_use, database.waits) == (0, 1)


async def test_a_waiter_gets_the_connection_that_comes_back(opener: Opener) -> None:
    """A pool of one serves a hundred, one after the other."""
    async with opener(size=1) as database:
        await asyncio.gather(*(database.ping() for _ in range(100)))
        assert (database.in_use, database.waits, database.statements) == (0, 0, 100)


async def test_nobody_there_is_unavailable(opener: Opener, goods: Goods) -> None:
    """A port without a server, or a wrong password: no other exception reaches the handlers."""
    port = Ports().of("nobody")
    async with opener(url=Url(f"mysql://a:b@127.0.0.1:{port}/c")) as database:
        with pytest.raises(Unavailable):
            await database.ping()


async def test_a_lost_connection_is_unavailable_and_replaced(opener: Opener, goods: Goods) -> None:
    """The server hangs up in the middle: this use case ends, the next one works."""

    async def cut_short(database: Database) -> None:
        async with database.begin() as tables:
            await tables.connection.insert("INSERT INTO goods_catalog (name) VALUES ('x')")
            goods.run("KILL CONNECTION %s", await connection_id(tables.connection))
            await tables.connection.change(RENAME, "y", 1)

    async with opener(size=1) as database:
        with pytest.raises(Unavailable):
            await cut_short(database)
        await database.ping()
        async with database.read() as tables:
            goods.run("KILL CONNECTION %s", await connection_id(tables.connection))
            await asyncio.wait_for(tables.connection._raw._reader.read(), 2)
        await database.ping()
    assert goods.one("SELECT COUNT(*) FROM goods_catalog") == 0


async def test_a_block_commits_whole_or_not_at_all(database: Database, goods: Goods) -> None:
    """Every way out of the block but its end undoes everything."""
    catalog = goods.catalog("before")

    async def leave_with(error: type[BaseException]) -> None:
        async with database.begin() as tables:
            await tables.connection.change(RENAME, "lost", catalog)
            raise error

    for error in (ValueError, asyncio.CancelledError, GeneratorExit):
        with pytest.raises(error):
            await leave_with(error)
    assert goods.one("SELECT name FROM goods_catalog") == "before"
    async with database.begin() as tables:
        await tables.connection.change(RENAME, "after", catalog)
    assert goods.one("SELECT name FROM goods_catalog") == "after"
    assert database.in_use == 0


async def test_the_constraints_object_by_name(database: Database, bags: Bags) -> None:
    """A unique key, a missing parent, a child that is still there: told apart."""
    link = "INSERT INTO goods_sku_sale_attr_value (sku_id, saleattrvalue_id) VALUES (%s, %s)"
    async with database.read() as tables:
        with pytest.raises(Duplicate):
            await tables.connection.insert(link, bags.skus[0], bags.red)
        with pytest.raises(Referenced) as missing:
            await tables.connection.insert(link, bags.skus[0], 999999)
        assert missing.value.missing
        with pytest.raises(Referenced) as used:
            await tables.connection.change("DELETE FROM goods_catalog WHERE id = %s", bags.full)
        assert not used.value.missing


async def test_a_defect_stays_a_defect(database: Database) -> None:
    """A misspelt statement is no outage: it must not be answered with "try again"."""
    async with database.read() as tables:
        with pytest.raises(Exception, match="nowhere") as error:
            await tables.connection.rows(Number, "SELECT x FROM nowhere")
        assert not isinstance(error.value, Unavailable | Conflict)
        assert await tables.connection.row(Number, "SELECT 7") == Number(7)


async def test_a_cancelled_caller_leaves_nothing_to_the_next(opener: Opener) -> None:
    """200 callers give up at any moment: nobody ever reads a row that was meant for another."""
    chance = random.Random(7)
    wrong: list[tuple[str, str]] = []

    async def ask(tables: Tables, canary: str) -> None:
        sql = "SELECT CONCAT(%s, IF(SLEEP(0.001), '', ''))"
        row = await tables.connection.row(Text, sql, canary)
        if row != Text(canary):
            wrong.append((canary, str(row)))

    async def caller(number: int, database: Database) -> None:
        use = database.begin if number % 2 else database.read
        async with use() as tables:
            for part in range(3):
                await ask(tables, f"{number}-{part}")

    async with opener(size=3) as database:
        for number in range(200):
            tasks = [asyncio.create_task(caller(number * 10 + n, database)) for n in range(4)]
            await asyncio.sleep(chance.uniform(0, 0.006))
            for task in tasks[:3]:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert results[3] is None, results[3]
            for result in results[:3]:
                assert result is None or isinstance(result, asyncio.CancelledError)
        assert not wrong
        assert database.in_use == 0
        await asyncio.gather(*(database.ping() for _ in range(20)))


async def test_tables_that_are_missing_are_noticed(database: Database, goods: Goods) -> None:
    """Before the first request the server asks whether the schema is there."""
    assert await database.migrated()
    goods.run("RENAME TABLE goods_outdated_page TO elsewhere")
    try:
        assert not await database.migrated()
    finally:
        goods.run("RENAME TABLE elsewhere TO goods_outdated_page")
