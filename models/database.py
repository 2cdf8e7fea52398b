"""The pool of MySQL connections and the ways to use one: ``read``, ``begin`` and ``snapshot``.

Every connection runs in READ COMMITTED on Beijing time, as the published tables expect. Waiting for
a connection and for a statement both have a deadline; past it the answer is ``Unavailable``.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import aiomysql
import msgspec

from models.addresses import Addresses
from models.alarms import Alarms
from models.brands import Brands
from models.cards import Cards
from models.catalogs import Catalogs
from models.connection import Conflict, Connection, Translated, placeholders
from models.errors import AlwaysLost, OutcomeUnknown, Unavailable
from models.hold_times import HoldTimes
from models.idempotency import Idempotency
from models.offers import Offers
from models.orders import Orders
from models.outbox import Outbox
from models.outdated import OutdatedPages
from models.payments import Attempts
from models.refunds import Refunds
from models.schedule import Turns
from models.skus import Skus
from models.spus import Spus
from models.stock import Stock
from models.time_lines import TimeLines
from models.users import Users
from models.weibo import WeiboProfiles

P = ParamSpec("P")
T = TypeVar("T")

RECYCLE_SECONDS = 1800
CONNECT_SECONDS = 1
TRIES = 5
PATIENCE_SECONDS = 3.0
SESSION = "SET tx_isolation = 'READ-COMMITTED', time_zone = '+08:00', innodb_lock_wait_timeout = 3"


NEWEST_TABLES = (
    "goods_sku",
    "goods_sku_search",
    "goods_outdated_page",
    "users_contact",
    "tasks_outbox",
    "tasks_schedule",
    "goods_stock_ledger",
    "orders_event",
    "orders_idempotency",
    "pays_attempt",
    "pays_refund",
    "pays_alarm",
)
_TABLES = f"""SELECT table_name FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_name IN ({placeholders(len(NEWEST_TABLES))})"""


class _Name(msgspec.Struct, frozen=True):
    value: str


class Tables:
    """Every collection, seen through one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.catalogs = Catalogs(connection)
        self.brands = Brands(connection)
        self.spus = Spus(connection)
        self.skus = Skus(connection)
        self.cards = Cards(connection)
        self.outdated = OutdatedPages(connection)
        self.outbox = Outbox(connection)
        self.turns = Turns(connection)
        self.users = Users(connection)
        self.addresses = Addresses(connection)
        self.weibo = WeiboProfiles(connection)
        self.offers = Offers(connection)
        self.stock = Stock(connection)
        self.orders = Orders(connection)
        self.time_lines = TimeLines(connection)
        self.idempotency = Idempotency(connection)
        self.attempts = Attempts(connection)
        self.refunds = Refunds(connection)
        self.alarms = Alarms(connection)


class Database:
    """Lends connections.

    ``statements`` counts what ran, ``waits`` who waited in vain, ``holds`` for how long connections
    were lent, by use.
    """

    def __init__(
        self, pool: aiomysql.Pool, *, acquire_seconds: float, statement_seconds: float
    ) -> None:
        self._pool = pool
        self._places = asyncio.Semaphore(pool.maxsize)
        self._acquire_seconds = acquire_seconds
        self._statement_seconds = statement_seconds
        self.statements = 0
        self.waits = 0
        self.holds = {use: HoldTimes() for use in ("read", "begin")}

    @property
    def in_use(self) -> int:
        """How many connections are lent at the moment."""
        return int(self._pool.size - self._pool.freesize)

    @property
    def size(self) -> int:
        """How many connections there may be at most."""
        return int(self._pool.maxsize)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tables]:
        """Lend a connection for statements that each stand alone."""
        async with self._connection() as connection:
            yield Tables(connection)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tables]:
        """Commit when the block ends, roll back when it raises.

        Raises ``OutcomeUnknown`` when the connection is lost during the commit.
        """
        async with self._connection("begin") as connection:
            await connection.change("START TRANSACTION")
            try:
                yield Tables(connection)
            except BaseException:
                await asyncio.shield(_rolled_back(connection))
                raise
            await _committed(connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Tables]:
        """Show all statements of the block the database of one moment; nothing can be changed."""
        async with self._connection() as connection:
            await connection.change("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            await connection.change("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            try:
                yield Tables(connection)
            finally:
                await asyncio.shield(_rolled_back(connection))

    async def ping(self) -> None:
        """Ask the server for one row; raise ``Unavailable`` when it does not answer."""
        async with self._connection() as connection:
            await connection.rows(_Name, "SELECT 'here'")

    async def migrated(self) -> bool:
        """Say whether the tables this version needs are there."""
        async with self._connection() as connection:
            found = await connection.rows(_Name, _TABLES, *NEWEST_TABLES)
        return len(found) == len(NEWEST_TABLES)

    @asynccontextmanager
    async def _connection(self, use: str = "read") -> AsyncIterator[Connection]:
        raw = await self._acquired()
        connection = Connection(raw, deadline=self._statement_seconds)
        began = time.perf_counter()
        try:
            yield connection
        finally:
            self.holds[use].add(time.perf_counter() - began)
            self.statements += connection.statements
            self._pool.release(raw)
            self._places.release()

    async def _acquired(self) -> aiomysql.Connection:
        """Wait for a place, then take a connection; whoever has a place never waits in the pool.

        The pool forgets to wake those who wait in it when a connection comes back closed.
        """
        try:
            async with Translated(self._acquire_seconds):
                await self._places.acquire()
                try:
                    return await self._pool.acquire()
                except BaseException:
                    self._places.release()
                    raise
        except BaseException:
            self.waits += 1
            raise


async def _committed(connection: Connection) -> None:
    """Commit; whatever goes wrong, the connection has no open transaction afterwards."""
    try:
        await connection.change("COMMIT")
    except Conflict:
        await asyncio.shield(_rolled_back(connection))
        raise
    except Unavailable as error:
        connection.close()
        raise OutcomeUnknown("mysql: lost during the commit") from error
    except BaseException:
        connection.close()
        raise


async def _rolled_back(connection: Connection) -> None:
    """Undo; a connection that cannot even do that is closed, which undoes as well."""
    try:
        await connection.change("ROLLBACK")
    except Exception:  # noqa: BLE001 - the cause is already on its way up
        connection.close()


def repeatable(use_case: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run a use case again when its transaction lost: at most five times, three seconds.

    Raises ``AlwaysLost`` when it never wins.
    """
    return _again_after(Conflict, use_case)


def idempotent(use_case: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run it again as ``repeatable`` does, and also when nobody knows whether it was committed.

    Only for a use case that finds out by a key or a state that it was done before (TX-2).
    """
    return _again_after((Conflict, OutcomeUnknown), use_case)


def _again_after(
    lost: type[Exception] | tuple[type[Exception], ...], use_case: Callable[P, Awaitable[T]]
) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(use_case)
    async def patiently(*args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        latest = loop.time() + PATIENCE_SECONDS
        attempt = 1
        while True:
            try:
                return await use_case(*args, **kwargs)
            except lost as error:
                pause = random.uniform(0, 0.02 * 2**attempt)  # noqa: S311 - jitter
                if attempt == TRIES or loop.time() + pause > latest:
                    raise _given_up(error) from error
            await asyncio.sleep(pause)
            attempt += 1

    return patiently


def _given_up(error: Exception) -> Exception:
    return AlwaysLost("mysql: others are always first") if isinstance(error, Conflict) else error


@asynccontextmanager
async def open_database(
    *, address: dict[str, object], size: int, acquire_seconds: float, statement_seconds: float
) -> AsyncIterator[Database]:
    """Open the pool (lazily: the server may still be away) and close it at the end.

    ``address`` holds the keyword arguments ``host, port, user, password, db`` of the driver.
    """
    pool = await aiomysql.create_pool(
        minsize=0,
        maxsize=size,
        pool_recycle=RECYCLE_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        charset="utf8mb4",
        autocommit=True,
        init_command=SESSION,
        local_infile=False,
        **address,
    )
    try:
        yield Database(pool, acquire_seconds=acquire_seconds, statement_seconds=statement_seconds)
    finally:
        pool.terminate()
        await pool.wait_closed()
