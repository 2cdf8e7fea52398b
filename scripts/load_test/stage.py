"""Where a load goes: a shop of its own in a temporary folder, or one that runs already."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from models.bookkeeping import ENTRIES_OF_GOODS
from scripts.environment import ROOT, local_settings, own_names, shop_environment
from scripts.fixtures.failures import explained
from scripts.fixtures.writer import connect, keep_books
from scripts.load_test.options import LOCAL, Options
from scripts.load_test.plan import Place, Shelf
from scripts.measure.process import cpu_seconds
from scripts.opening import ADDRESSES
from scripts.progress import Progress
from scripts.stack.job import run_verb
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.process import Process
from scripts.stack.shop import Shop
from scripts.stack.stack import Stack, stop_in_reverse
from settings import BadSettings, Settings

MEMORY_MB = 256
PAGE_SIZE, MOST_PAGES = 9, 3
"""SKUs on a page of a catalogue, and how many pages of it anybody looks at."""
_STOCK = "UPDATE goods_sku SET stock = %s"
_SKUS = "SELECT id FROM goods_sku WHERE is_launched AND stock > 0 ORDER BY id LIMIT 100000"
_CATALOGS = """SELECT p.catalog_id, COUNT(*) FROM goods_sku s JOIN goods_spu p ON p.id = s.spu_id
  WHERE s.is_launched GROUP BY p.catalog_id"""
_SERVER = "SELECT VERSION(), @@innodb_flush_log_at_trx_commit"


class Refused(Exception):
    """The load is not possible as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The MariaDB behind the shop: how much it promises decides how fast it may be."""

    version: str
    flush_log_at_commit: int


class Stage:
    """A shop that answers, and what may be asked of its machine."""

    def __init__(
        self, environment: Mapping[str, str], targets: tuple[str, ...], shop: Shop | None = None
    ) -> None:
        """``shop`` holds its processes when they are ours."""
        self.environment = environment
        self.settings = Settings.from_environment(environment)
        cashier = self.settings.sms.url.removesuffix("/sms")
        self.place = Place(targets, cashier)
        self._shop = shop

    def shelf(self) -> Shelf:
        """Return what can be bought; raises ``Refused`` when there is nothing."""
        with connect(self.settings.mysql.url) as connection:
            skus, catalogs = _rows(connection, _SKUS), _rows(connection, _CATALOGS)
        shelf = Shelf(
            tuple(number for (number,) in skus),
            tuple(
                (catalog, page)
                for catalog, count in catalogs
                for page in range(1, min(MOST_PAGES, ceil(count / PAGE_SIZE)) + 1)
            ),
        )
        if not shelf.skus:
            raise Refused("the shop has nothing to sell: fill it with ./scripts/demo")
        return shelf

    def judge(self) -> Judge:
        """Ask MariaDB what it promises."""
        with connect(self.settings.mysql.url) as connection, connection.cursor() as cursor:
            cursor.execute(_SERVER)
            version, flush = next(iter(cursor))
        return Judge(str(version), int(flush))

    def cpu(self) -> dict[str, float] | None:
        """Return the seconds of CPU of each part so far; None of processes that are not ours."""
        if self._shop is None or self._shop.stack is None:
            return None
        stack = self._shop.stack
        parts: Mapping[str, list[Process]] = {
            "shop": [*self._shop.apis],
            "MariaDB": [stack.mariadb],
            "Redis": [stack.redis_data, stack.redis_pages],
            "simulators": [stack.sandbox],
        }
        try:
            return {
                name: sum(cpu_seconds(process.pid) for process in processes)
                for name, processes in parts.items()
            }
        except OSError:  # one of them is dead, and what it used with it
            return None

    def child_environment(self) -> dict[str, str]:
        """Return the environment of a verb that works on this shop and no other."""
        kept = {
            name: text for name, text in os.environ.items() if name not in own_names(os.environ)
        }
        return kept | dict(self.environment) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def close_shop(self) -> None:
        """Let our processes finish what they do and end; the databases stay for the auditor."""
        if self._shop is not None:
            stop_in_reverse(self._shop.apis)


@contextmanager
def opened(asked: Options, progress: Progress) -> Iterator[Stage]:
    """Open the stage of a run; raises ``Refused``, ``StartFailed``, ``Missing``."""
    if asked.external:
        with progress.step("servers"):
            stage = _external(asked)
        yield stage
        return
    with tempfile.TemporaryDirectory(prefix="dadashop-load-") as name:
        stack = Stack(Path(name), Ports(), Passwords(), memory_mb=MEMORY_MB)
        shop = Shop(Path(name), stack)
        try:
            with progress.step("servers"):
                shop.start_databases()
            yield _started(asked, shop, stack, progress)
        finally:
            shop.stop()


def _started(asked: Options, shop: Shop, stack: Stack, progress: Progress) -> Stage:
    """Fill the databases and start the processes; names of the environment tune the shop."""
    ports = Ports()
    numbers = [ports.of(f"api-{number}") for number in range(asked.processes)]
    targets = tuple(f"http://127.0.0.1:{port}" for port in numbers)
    ours = stack.environment() | {"DADASHOP_PAYS_SITE": targets[0]}
    environment = ours | own_names(os.environ) | {name: ours[name] for name in ADDRESSES}
    try:
        stage = Stage(environment, targets, shop)
    except BadSettings as fault:
        raise Refused("\n".join(fault.wrong)) from fault
    logs = stack.folder / "log"
    with progress.step("goods"):
        run_verb("migrate", environment, log=logs / "migrate.log")
        wanted = ("--skus", str(asked.skus), "--without-pictures")
        run_verb("demo", environment, log=logs / "demo.log", arguments=wanted)
        with connect(stage.settings.mysql.url) as connection:
            with connection.cursor() as cursor:
                cursor.execute(_STOCK, (asked.stock,))
            keep_books(connection, ENTRIES_OF_GOODS)
    with progress.step("shop"):
        shop.start_apis(numbers, environment)
    return stage


def _external(asked: Options) -> Stage:
    """Find the running shop; it must be on this machine, as it gets thousands of accounts."""
    settings = local_settings()
    if settings.mysql.url.host not in LOCAL:
        raise Refused(f"load stays on this machine; the database is at {settings.mysql.url.place}")
    stage = Stage(shop_environment(os.environ), asked.target)
    if stage.settings.sms.url.host not in LOCAL:
        raise Refused("load needs the simulators of a demo shop; SMS would go to a real gateway")
    try:
        stage.judge()
    except pymysql.err.Error as fault:
        raise Refused(explained(fault, settings.mysql.url)) from fault
    return stage


def _rows(connection: Connection[Cursor], statement: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor)
