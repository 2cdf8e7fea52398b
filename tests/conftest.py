"""Servers of the tests: real ones, private, in a temporary folder, gone when the tests are over.

``stack``, ``environment``, ``settings`` and ``migrated`` are made once for a session and shared. A
test that kills or freezes a server asks ``private`` for one of its own; ``api`` starts processes of
the shop. All fixtures are synchronous: the servers are child processes.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import uvloop
from redis import Redis

from environment import Url
from scripts.stack.api import Api
from scripts.stack.job import run_verb
from scripts.stack.mariadb import Mariadb
from scripts.stack.mongo import MongoStandIn
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.process import Process
from scripts.stack.redis import RedisServer
from scripts.stack.stack import Stack
from server import open_services
from services import Services
from settings import Settings
from tests.factories import Bags, Goods
from tests.http import Client
from tests.leaks import leaked
from tests.sandbox import SandboxClient
from tests.shop import linked, served

SMALL_MEMORY_MB = 64
SECRETS = Passwords()

P = TypeVar("P", bound=Process)


class PrivateServers:
    """Makes servers that belong to one test: started, ready, and stopped when the test is over."""

    def __init__(self, folder: Path, over: ExitStack) -> None:
        self.folder = folder
        self._over = over
        self._ports = Ports()
        self._count = 0

    def mariadb(self) -> Mariadb:
        """Return an empty MariaDB; its ``url`` is a ``DADASHOP_MYSQL_URL``."""
        name = self._name("mariadb")
        port = self._ports.of(name)
        server = Mariadb(self.folder, port, SECRETS.mariadb, name=name, memory_mb=SMALL_MEMORY_MB)
        return self.started(server)

    def redis(self, *, durable: bool) -> RedisServer:
        """Return an empty Redis: the "data" one when durable, otherwise the "pages" one."""
        name = self._name("redis")
        port = self._ports.of(name)
        server = RedisServer(self.folder, port, SECRETS.redis_data, durable=durable, name=name)
        return self.started(server)

    def mongo(self) -> MongoStandIn:
        """Return an empty stand-in for MongoDB."""
        name = self._name("mongo")
        return self.started(MongoStandIn(self.folder, self._ports.of(name), name=name))

    def stack(self) -> Stack:
        """Return all four in a folder of their own."""
        folder = self.folder / self._name("stack")
        return self._over.enter_context(
            Stack(folder, Ports(), Passwords(), memory_mb=SMALL_MEMORY_MB)
        )

    def started(self, process: P) -> P:
        """Start any process, wait until it is ready and stop it when the test is over."""
        self._over.callback(process.stop)
        process.start()
        process.wait()
        return process

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The databases all tests share; a test must neither stop nor freeze them (see ``private``)."""
    with (
        tempfile.TemporaryDirectory(prefix="dadashop-", ignore_cleanup_errors=True) as folder,
        Stack(Path(folder), Ports(), Passwords(), memory_mb=SMALL_MEMORY_MB) as running,
    ):
        yield running


@pytest.fixture
def sandbox(stack: Stack) -> Iterator[SandboxClient]:
    """The simulators of the shared third parties, with new books and no faults."""
    client = SandboxClient(stack.sandbox.url)
    client.mend()
    client.forget()
    yield client
    client.mend()


@pytest.fixture(scope="session")
def environment(stack: Stack) -> dict[str, str]:
    """The ``DADASHOP_*`` names of a demo shop on the shared databases.

    Providers cannot reach it: whoever listens at the usual address is not meant.
    """
    return stack.environment() | {"DADASHOP_PAYS_SITE": "http://127.0.0.1:1"}


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    """The same, as the shop reads it."""
    return Settings.from_environment(environment)


@pytest.fixture(scope="session")
def migrated(stack: Stack, environment: dict[str, str]) -> Settings:
    """The same, with all tables in place in the shared database."""
    run_verb("migrate", environment, log=stack.folder / "log" / "migrate.log")
    return Settings.from_environment(environment)


@pytest.fixture
def private() -> Iterator[PrivateServers]:
    """Servers of this test alone, to be killed, frozen and started again."""
    with (
        tempfile.TemporaryDirectory(prefix="dadashop-", ignore_cleanup_errors=True) as folder,
        ExitStack() as over,
    ):
        yield PrivateServers(Path(folder), over)


@pytest.fixture
def api(
    private: PrivateServers, migrated: Settings, environment: dict[str, str]
) -> Iterator[Callable[..., Api]]:
    """Start a process of the shop on a free port: ``api(DADASHOP_LEGACY_CODES="true")``.

    Names given win over those of the shared databases. No log of it may hold a secret.
    """
    ports = Ports()

    def start(**names: str) -> Api:
        port = ports.of(f"api-{len(started)}")
        process = Api(private.folder, port, environment | names)
        started.append(process)
        return private.started(process)

    started: list[Api] = []
    yield start
    for process in started:
        process.stop()
    assert {process.name: leaked(process.log) for process in started if leaked(process.log)} == {}


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run coroutines on the loop the server runs on: it fails in its own ways."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def core(stack: Stack) -> Iterator[Goods]:
    """The database of the tests of the core."""
    goods = Goods(Url(stack.mariadb.url))
    goods.create()
    yield goods
    goods.close()


@pytest.fixture
def goods(core: Goods) -> Goods:
    """The same, with no rows: fill it."""
    core.clear()
    return core


@pytest.fixture
def bags(goods: Goods) -> Bags:
    """A small shop full of bags."""
    return Bags(goods)


@pytest.fixture
def shop_settings(goods: Goods, settings: Settings) -> Settings:
    """Settings of a shop on that database, with empty Redis databases of their own."""
    redis = settings.redis
    data, pages = (Url(url.removesuffix("/0") + "/5") for url in (redis.data_url, redis.pages_url))
    for url in (data, pages):
        with Redis.from_url(url, protocol=2) as client:
            client.flushdb()
    return replace(
        settings,
        mysql=replace(settings.mysql, url=goods.url),
        redis=replace(redis, data_url=data, pages_url=pages),
    )


@pytest.fixture
async def services(shop_settings: Settings) -> AsyncIterator[Services]:
    """The services of one process, following changes."""
    async with open_services(shop_settings) as opened:
        await linked(opened)
        yield opened


@pytest.fixture
async def client(services: Services, shop_settings: Settings) -> AsyncIterator[Client]:
    """A customer of that shop."""
    async with served(services, shop_settings) as client:
        yield client
