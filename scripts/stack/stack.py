"""The databases of one shop, together."""

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
    """MariaDB, two Redis and the Mongo stand-in of one folder; a context that stops them.

    ``ports`` and ``passwords`` decide whether a later start finds the same ones.
    """

    def __init__(
        self, folder: Path, ports: Ports, passwords: Passwords, *, memory_mb: int = 256
    ) -> None:
        self.folder = folder
        self._passwords = passwords
        self.mariadb = Mariadb(folder, ports.of("mariadb"), passwords.mariadb, memory_mb=memory_mb)
        self.redis_data = RedisServer(
            folder, ports.of("redis-data"), passwords.redis_data, durable=True
        )
        self.redis_pages = RedisServer(
            folder, ports.of("redis-pages"), passwords.redis_pages, durable=False
        )
        self.mongo = MongoStandIn(folder, ports.of("mongo"))

    @property
    def servers(self) -> tuple[Process, ...]:
        """The databases, the slowest to start first."""
        return (self.mongo, self.mariadb, self.redis_data, self.redis_pages)

    def start(self) -> None:
        """Start all and wait until each answers; raises ``StartFailed``, then none is left."""
        start_together(self.servers)

    def stop(self) -> None:
        """Stop all."""
        stop_in_reverse(self.servers)

    def environment(self) -> dict[str, str]:
        """Return the ``DADASHOP_*`` names of a demo shop on these databases."""
        return {
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
