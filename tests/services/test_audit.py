"""An audit sees one moment of an open shop, names so many, and ends in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager

import msgspec
import pymysql
import pytest

from environment import Url
from models.audit import Audit
from models.database import Database, Tables
from models.errors import Unavailable
from scripts.stack.stack import Stack
from services.audit import AuditService
from tests.audited import LIMIT, PATIENCE, audited, fill, named, order_id
from tests.tasks.rows import OwnDatabase, opened, tasks_database

LINES_A_SECOND = 1_000_000 / 60
"""What the audit has to manage."""


@pytest.fixture(scope="module")
def books(stack: Stack) -> OwnDatabase:
    """A database of its own."""
    return tasks_database(Url(stack.mariadb.url), "dadashop_audit_open")


@pytest.fixture
def own(books: OwnDatabase) -> OwnDatabase:
    """The same with a small shop in order."""
    fill(books)
    return books


@pytest.fixture
async def database(own: OwnDatabase) -> AsyncIterator[Database]:
    """A pool of one connection, so that whatever is left on it is met again."""
    async with opened(own.url, size=1) as database:
        yield database


async def test_of_each_rule_so_many_are_named(own, database):
    own.run("UPDATE goods_sku SET stock = stock + 1, sales = 0")
    few = await audited(database, limit=2)
    assert (few.counts()["INV-1"], few.complete) == (4, False)
    enough = await audited(database, limit=5)
    assert (enough.counts()["INV-1"], enough.complete) == (10, True)


# One moment


async def test_a_snapshot_shows_one_moment(own, database):
    """The control reads twice without one, and sees what happened in between."""
    query = "UPDATE goods_sku SET stock = stock + 1 WHERE id = 1"
    for lend, moved in ((database.read, 1), (database.snapshot, 0)):
        async with lend() as tables:
            before = await total(tables, "stock", "goods_sku")
            own.run(query)
            assert await total(tables, "stock", "goods_sku") - before == moved


async def test_nothing_can_be_changed_in_a_snapshot(database):
    with pytest.raises(pymysql.err.MySQLError, match="READ ONLY"):
        async with database.snapshot() as tables:
            await tables.connection.change("UPDATE goods_sku SET stock = 0")
    async with database.begin() as tables:
        assert await tables.connection.change("UPDATE goods_sku SET stock = 0 WHERE id = 1") == 1


async def test_the_connection_forgets_the_snapshot(own, database):
    """Whoever borrows the connection next sees what others commit meanwhile."""
    async with database.snapshot():
        pass
    async with database.begin() as tables:
        before = await total(tables, "stock", "goods_sku")
        own.run("UPDATE goods_sku SET stock = stock + 1 WHERE id = 1")
        assert await total(tables, "stock", "goods_sku") == before + 1


class Sum(msgspec.Struct, frozen=True):
    """A sum over a table."""

    value: int


async def total(tables: Tables, column: str, table: str) -> int:
    row = await tables.connection.row(Sum, f"SELECT SUM({column}) FROM {table}")
    assert row is not None
    return int(row.value)


async def agreed(
    lend: Callable[[], AbstractAsyncContextManager[Tables]], made: Sequence[int]
) -> bool:
    """Compare shelf and ledger with a statement each; in between the shop does something."""
    async with lend() as tables:
        shelf = await total(tables, "stock", "goods_sku")
        # The first of the two commits may have been seen already.
        last = len(made) + 2
        async with asyncio.timeout(10):
            while len(made) < last:
                await asyncio.sleep(0.001)
        return shelf == await total(tables, "delta", "goods_stock_ledger")


PLACE = (
    "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count, freight,"
    " status, receiver, address, receiver_mobile) VALUES (%(id)s, 1, 20, 1, 10, 1, '', '', '')",
    "INSERT INTO orders_order_goods (order_info_id, sku_id, price) VALUES (%(id)s, 1, 10)",
    "INSERT INTO orders_event (order_id, to_status, actor) VALUES (%(id)s, 1, 'user:1')",
    "UPDATE goods_sku SET stock = stock - 1, sales = sales + 1 WHERE id = 1",
    "INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id)"
    " VALUES (1, -1, 'order', %(id)s)",
    "INSERT INTO tasks_outbox (kind, facts, due, once) VALUES ('orders.close', '{}',"
    " NOW(6) + INTERVAL 1800 SECOND, CONCAT('orders.close:', %(id)s))",
    "INSERT INTO pays_attempt (order_id, provider, out_trade_no, amount, expires_time)"
    " VALUES (%(id)s, 'alipay', %(id)s, 20, NOW())",
    "INSERT INTO tasks_outbox (kind, facts, due, once) VALUES ('pays.ask', '{}', NOW(6),"
    " CONCAT('pays.ask:', %(id)s, ':0'))",
)
CLOSE = (
    "UPDATE orders_order_info SET status = 6 WHERE order_id = %(id)s",
    "INSERT INTO orders_event (order_id, from_status, to_status, actor)"
    " VALUES (%(id)s, 1, 6, 'timeout')",
    "UPDATE goods_sku SET stock = stock + 6, sales = sales - 1 WHERE id = 1",
    "INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id)"
    " VALUES (1, 1, 'closed', %(id)s), (1, 5, 'staff', NULL)",
    "UPDATE tasks_outbox SET done_time = NOW(6) WHERE once = CONCAT('orders.close:', %(id)s)",
    "UPDATE pays_attempt SET state = 'closed' WHERE out_trade_no = %(id)s",
    "UPDATE tasks_outbox SET done_time = NOW(6) WHERE once = CONCAT('pays.ask:', %(id)s, ':0')",
)


@contextmanager
def open_shop(own: OwnDatabase) -> Iterator[list[int]]:
    """Place an order, close it and put five more on the shelf, again and again.

    The list grows with every commit; no number of commits leaves the shelf as it was.
    """
    made: list[int] = []
    over = threading.Event()

    def keep_selling() -> None:
        with own.connect() as connection, connection.cursor() as cursor:
            while not over.is_set():
                for statements in (PLACE, CLOSE):
                    for sql in statements:
                        cursor.execute(sql, {"id": order_id(1000 + len(made) // 2)})
                    connection.commit()
                    made.append(len(made))

    seller = threading.Thread(target=keep_selling)
    seller.start()
    try:
        yield made
    finally:
        over.set()
        seller.join()


async def test_an_open_shop_is_clean(own, database):
    """The control compares with two statements that see two moments."""
    with open_shop(own) as made:
        assert not await agreed(database.read, made)
        assert await agreed(database.snapshot, made)
        begun = len(made)
        for _ in range(20):
            assert await named(database) == []
        assert len(made) > begun + 20
    assert await named(database) == []


# Time


async def test_past_the_deadline_it_gives_up(database):
    # Connecting swallows a cancellation that comes as it ends: asyncio.wait_for of Python 3.11.
    await database.ping()
    service = AuditService(database, seconds=0.002)
    with pytest.raises(Unavailable, match=r"audit: not done in 0\.002 s"):
        await service.run(patience=PATIENCE, limit=LIMIT)
    assert await named(database) == []


async def test_a_million_lines_take_a_minute(books):
    """Measured with fewer, in the quickest of three; the server gives a statement up by itself."""
    fill(books, orders=20_000, skus=1000)
    async with opened(books.url, size=1) as database:
        reports = [await audited(database) for _ in range(3)]
        async with database.read() as tables:
            audit = Audit(tables.connection, seconds=0.01)
            with pytest.raises(Unavailable, match="1969"):
                await audit.violations(
                    "INV-1", now=await audit.now(), patience=PATIENCE, limit=LIMIT
                )
    assert [each.violations for each in reports] == [[], [], []]
    quickest = min(each.seconds for each in reports)
    assert reports[0].extent.lines / quickest > LINES_A_SECOND, quickest


async def test_audits_do_not_queue_behind_writers(own, database):
    """Rows that are locked are read as they were."""
    with own.connect() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE goods_sku SET stock = stock + 1")
        cursor.execute("DELETE FROM orders_event")
        async with asyncio.timeout(2):
            assert await named(database) == []
        connection.rollback()
