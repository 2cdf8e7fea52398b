"""A private Redis: the one that forgets nothing, or the one that may forget everything."""

from __future__ import annotations

from pathlib import Path

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.stack.ports import LOOPBACK
from scripts.stack.private import private_folder, write_private
from scripts.stack.process import Process
from scripts.stack.programs import program

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{home}"
daemonize no
set-proc-title no
save ""
"""
DURABLE = """\
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""
FORGETFUL = """\
appendonly no
maxmemory 256mb
maxmemory-policy allkeys-lru
"""


class RedisServer(Process):
    """One server with a password; ``durable`` keeps carts and codes, otherwise it keeps pages."""

    def __init__(
        self, folder: Path, port: int, password: str, *, durable: bool, name: str = ""
    ) -> None:
        super().__init__(name or ("redis-data" if durable else "redis-pages"), folder)
        self.home = folder / self.name
        self.port = port
        self._password = password
        self._durable = durable

    @property
    def url(self) -> str:
        """``redis://:password@host:port/0``."""
        return f"redis://:{self._password}@{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration."""
        private_folder(self.home)
        common = CONFIGURATION.format(port=self.port, password=self._password, home=self.home)
        write_private(self.home / "redis.conf", common + (DURABLE if self._durable else FORGETFUL))

    def command(self) -> list[str]:
        """Return the server with its configuration."""
        return [program("redis-server"), str(self.home / "redis.conf")]

    def ready(self) -> bool:
        """Tell whether it answers with its contents loaded."""
        client = Redis.from_url(
            self.url,
            socket_timeout=1,
            socket_connect_timeout=1,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()
