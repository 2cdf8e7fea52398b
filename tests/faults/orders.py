"""A shop for the tests of orders: its own processes, a crowd of buyers, and an auditor.

The processes run on the shared servers, which no test here kills. ``FAULT_TESTS=full`` in the
environment lets the tests run at full size.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pymysql

from models.bookkeeping import ENTRIES_OF_GOODS
from models.database import Database, open_database
from resources import address_of
from scripts.environment import ROOT
from scripts.stack.api import Api
from scripts.stack.ports import Ports
from services import Services
from services.audit import AuditService
from services.tokens import TokenService
from settings import Settings
from tests.factories import Goods
from tests.handlers.orders.market import Buyer, Market
from tests.http import Client, Reply
from tests.leaks import assert_silent

CHILD = Path(__file__).with_name("child_shop.py")
PROCESSES = 4
FULL = os.environ.get("FAULT_TESTS") == "full"
PATIENT_SECONDS = 60.0
SITE = "DADASHOP_PAYS_SITE"
USED = re.compile(r'^dadashop_mysql_connections\{state="used"\} (\S+)$', re.MULTILINE)

Ask = Callable[[Market], Awaitable[Reply]]


def sized(usual: int, full: int) -> int:
    """Return the size of a test: the usual one, or the full one when that is asked for."""
    return full if FULL else usual


class ChildShop(Api):
    """A process whose orders go wrong as a file says, see ``child_shop.py``."""

    def command(self) -> list[str]:
        """Return the shop with its faults."""
        return [sys.executable, "-P", str(CHILD), "--port", str(self.port)]

    def environment(self) -> Mapping[str, str]:
        """Let it find our modules."""
        return {**super().environment(), "PYTHONPATH": str(ROOT)}


class Faults:
    """What goes wrong while orders are placed, by buyer, and what was run meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "faults.json"
        self._faults: dict[int, dict[str, Any]] = {}
        self._save()

    def set(
        self,
        who: Buyer,
        at: str,
        when: str,
        *,
        error: int = 0,
        times: int = 1,
        pause: float = 0.0,
    ) -> None:
        """Let a statement that begins with ``at`` (or ``cart``) go wrong; no error kills."""
        how = {"when": when, "error": error, "times": times, "pause": pause}
        self._faults[who.id] = {"at": at, **how}
        self._save()

    def clear(self) -> None:
        """Let everything go well."""
        self._faults.clear()
        self._save()

    def statements(self, who: Buyer) -> list[str]:
        """Return how the statements began that were run while a buyer's order was placed."""
        book = self.path.with_suffix(".book")
        lines = book.read_text("utf-8").splitlines() if book.is_file() else []
        entries = (json.loads(line) for line in lines)
        return [text for user_id, text in entries if user_id == who.id]

    def _save(self) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self._faults), "utf-8")
        fresh.replace(self.path)


class Mall:
    """Processes, shelves, buyers; what still runs is killed with ``over``."""

    def __init__(
        self,
        folder: Path,
        goods: Goods,
        environment: Mapping[str, str],
        *,
        socket: Path,
        over: ExitStack,
    ) -> None:
        """``socket`` is where the owner of MariaDB may ask what others may not."""
        self.goods = goods
        self._owner: dict[str, Any] = {"unix_socket": str(socket), "user": getpass.getuser()}
        self.folder = folder
        self.environment = {n: text for n, text in environment.items() if n != SITE}
        self.settings = Settings.from_environment(self.environment)
        self.faults = Faults(folder)
        self.processes: list[Api] = []
        self.killed: list[Api] = []
        self._ports = Ports()
        self._over = over
        issuer = TokenService(
            secret=self.settings.token_secret,
            database=cast("Any", None),
            pages=cast("Any", None),
        )
        self._services = cast("Services", SimpleNamespace(tokens=issuer))
        goods.run("DELETE FROM tasks_outbox")
        catalog, brand = goods.catalog(), goods.brand()
        self._spu = goods.spu(catalog, brand)

    def open(self, count: int = PROCESSES, *, child: bool = False, **names: str) -> list[Api]:
        """Start processes, wait for them and return them; names win over the environment."""
        started = self.start(count, child=child, **names)
        for process in started:
            process.wait()
        return started

    def start(self, count: int = PROCESSES, *, child: bool = False, **names: str) -> list[Api]:
        """Start processes and return them, ready or not."""
        kind = ChildShop if child else Api
        beside = {"SHOP_FAULTS": str(self.faults.path)} if child else {}
        started = []
        for _ in range(count):
            port = self._ports.of(f"shop-{len(self.processes) + len(self.killed)}")
            # Providers tell the first process, whichever has opened the attempt.
            self.environment.setdefault("DADASHOP_PAYS_SITE", f"http://127.0.0.1:{port}")
            process = kind(self.folder, port, self.environment | beside | names)
            self._over.callback(process.kill)
            process.start()
            started.append(process)
            self.processes.append(process)
        return started

    def assert_silent(self) -> None:
        """Fail when a log holds a secret."""
        assert_silent(each.log for each in (*self.processes, *self.killed))

    def bury(self, process: Api) -> None:
        """Ask a process that is dead no more."""
        self.processes.remove(process)
        self.killed.append(process)

    def shelf(self, stock: int, **columns: Any) -> int:
        """Put a new SKU onto the shelf, with its entry in the ledger."""
        sku = self.goods.sku(self._spu, stock=stock, **columns)
        for statement in ENTRIES_OF_GOODS.values():
            self.goods.run(statement)
        return sku

    def buyers(self, count: int) -> list[Buyer]:
        """Open accounts."""
        market = self.market(cast("Client", None))
        with self.goods.transaction():
            return [market.buyer() for _ in range(count)]

    def market(self, client: Client) -> Market:
        """Return the shop as one client sees it."""
        return Market(client, self._services, self.goods)

    @asynccontextmanager
    async def doors(self, *, seconds: float = 30) -> AsyncIterator[list[Market]]:
        """Connect to every process, with as many connections as there are requests."""
        limits = aiohttp.ClientTimeout(total=seconds)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=limits, connector=connector) as session:
            yield [self.market(Client(session, process.port)) for process in self.processes]

    @asynccontextmanager
    async def database(self, size: int = 8) -> AsyncIterator[Database]:
        """Open connections of our own to what the shop runs on."""
        async with open_database(
            address=address_of(self.goods.url), size=size, acquire_seconds=30, statement_seconds=30
        ) as database:
            yield database

    async def assert_in_order(self) -> None:
        """Fail when the auditor finds anything."""
        async with self.database() as database:
            report = await AuditService(database, seconds=60).run(patience=60, limit=20)
        assert report.violations == []

    async def assert_idle(self) -> None:
        """Fail when connections stay lent, or a transaction stays open for 5 s (INV-9)."""

        async def returned() -> bool:
            async with self.doors() as doors:
                texts = [(await door.client.get("/metrics")).body.decode() for door in doors]
            return all(USED.findall(text) == ["0.0"] for text in texts)

        await eventually(returned)
        with pymysql.connect(**self._owner) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM information_schema.innodb_trx"
                " WHERE trx_started < NOW() - INTERVAL 5 SECOND"
            )
            assert cursor.fetchone() == (0,)

    def stock(self, sku: int) -> int:
        """Return what stands on the shelf."""
        return int(self.goods.one("SELECT stock FROM goods_sku WHERE id = %s", sku))

    async def tasks_are_done(self, kind: str, seconds: float) -> None:
        """Wait until no task of a kind is left."""
        left = "SELECT COUNT(*) FROM tasks_outbox WHERE kind = %s AND done_time IS NULL"

        async def done() -> bool:
            return bool(self.goods.one(left, kind) == 0)

        await eventually(done, seconds)

    def orders_under(self, who: Buyer, key: str) -> list[str]:
        """Return the numbers of the orders that stand under a key."""
        sql = """SELECT k.order_id FROM orders_idempotency k
          JOIN orders_order_info o ON o.order_id = k.order_id
          WHERE k.user_profile_id = %s AND k.`key` = %s"""
        return [str(row[0]) for row in self.goods.ask(sql, who.id, f"key:{key}")]

    def orders_of(self, who: Buyer) -> list[str]:
        """Return the numbers of all orders of a buyer."""
        sql = "SELECT order_id FROM orders_order_info WHERE user_profile_id = %s"
        return [str(row[0]) for row in self.goods.ask(sql, who.id)]


async def insist(doors: Sequence[Market], ask: Ask, trouble: Counter[str], first: int = 0) -> Reply:
    """Ask until there is a final answer, each time through another door, as a client does.

    "Busy" (10408, 503) and lost connections are counted in ``trouble`` and asked again, after the
    pause that the shop has asked for.
    """
    async with asyncio.timeout(PATIENT_SECONDS):
        number = first
        while True:
            pause = "0.1"
            try:
                reply = await ask(doors[number % len(doors)])
            except (aiohttp.ClientError, ConnectionError) as error:
                trouble[type(error).__name__] += 1
            else:
                if reply.code not in {10408, 503}:
                    return reply
                trouble[str(reply.code)] += 1
                pause = reply.headers["Retry-After"]
            number += 1
            await asyncio.sleep(float(pause) * random.uniform(0.5, 1.5))


async def look_around(doors: Sequence[Market], crowd: Sequence[Buyer]) -> None:
    """Let everybody look at the cart first, who is then known to the process he asks."""
    room = asyncio.Semaphore(20)

    async def look(number: int, who: Buyer) -> None:
        async with room:
            assert await cart_of(doors[number % len(doors)], who) == {}

    await asyncio.gather(*(look(number, who) for number, who in enumerate(crowd)))


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait until it holds; fail when it takes too long."""
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.05)


async def cart_of(door: Market, who: Buyer) -> dict[int, int]:
    """Return the pieces of each SKU in the cart."""
    reply = await door.ask("GET", who.cart, who=who)
    assert reply.code == 200, reply.body
    return {line["id"]: line["count"] for line in reply.json["data"]}
