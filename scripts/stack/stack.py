"""The databases of one shop and the simulators of its third parties, together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from scripts.stack.mariadb import Mariadb
from scripts.stack.mongo import MongoStandIn
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.process import Process
from scripts.stack.redis import RedisServer
from scripts.stack.sandbox import Sandbox


def start_together(processes: Sequence[Process]) -> None:
    """Start processes at once and wait for all; when one fails, none is left."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait()
    except BaseException:
        stop_in_reverse(processes)
        raise


def stop_in_reverse(processes: Sequence[Process]) -> None:
    """Stop processes, the last one first."""
    for process in reversed(processes):
        process.stop()


class Stack:
    """MariaDB, two Redis, the Mongo stand-in and the simulators of one folder; a context.

    ``ports`` and ``passwords`` decide whether a later start finds the same ones. ``site`` is the
    address browsers reach the shop at; without one there are only the pages of the simulators.
    """

    def __init__(
        self,
        folder: Path,
        ports: Ports,
        passwords: Passwords,
        *,
        memory_mb: int = 256,
        site: str = "",
    ) -> None:
        self.folder = folder
        self._site = site
        self._passwords = passwords
        self.mariadb = Mariadb(folder, ports.of("mariadb"), passwords.mariadb, memory_mb=memory_mb)
        self.redis_data = RedisServer(
            folder, ports.of("redis-data"), passwords.redis_data, durable=True
        )
        self.redis_pages = RedisServer(
            folder, ports.of("redis-pages"), passwords.redis_pages, durable=False
        )
        self.mongo = MongoStandIn(folder, ports.of("mongo"))
        self.sandbox = Sandbox(
            folder,
            ports.of("sandbox"),
            ports.of("sandbox-smtp"),
            passwords.credentials(),
        )

    @property
    def servers(self) -> tuple[Process, ...]:
        """All of them, the slowest to start first."""
        databases = (self.mongo, self.mariadb, self.redis_data, self.redis_pages)
        return (*databases, self.sandbox)

    def start(self) -> None:
        """Start all and wait until each answers; raises ``StartFailed``, then none is left."""
        start_together(self.servers)

    def stop(self) -> None:
        """Stop all."""
        stop_in_reverse(self.servers)

    def environment(self) -> dict[str, str]:
        """Return the ``DADASHOP_*`` names of a demo shop on these servers."""
        return self.sandbox.settings(self._site) | {
            "DADASHOP_DEMO": "true",
            "DADASHOP_TOKEN_SECRET": self._passwords.token,
            "DADASHOP_MYSQL_URL": self.mariadb.url,
            "DADASHOP_REDIS_DATA_URL": self.redis_data.url,
            "DADASHOP_REDIS_PAGES_URL": self.redis_pages.url,
            "DADASHOP_MONGO_URL": self.mongo.url,
            "DADASHOP_HTTP_ORIGINS": "*",
            "DADASHOP_HTTP_DRAIN_SECONDS": "5",
            "DADASHOP_MEDIA_ROOT": str(self.folder / "media"),
            "DADASHOP_MEDIA_URL": "/media/",
            "DADASHOP_LOG_FORMAT": "json",
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
