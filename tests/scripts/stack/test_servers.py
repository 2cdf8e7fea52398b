"""The private servers: their settings, and what they keep when they are killed."""

from __future__ import annotations

import os
import signal
import stat
import time
from pathlib import Path

import pymysql
import pytest
from pymysql.cursors import Cursor
from redis import AuthenticationError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from environment import Url
from scripts.stack.mariadb import Mariadb
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.private import LONGEST_SOCKET, socket_path
from scripts.stack.stack import Stack
from scripts.stack.watch import Watch
from tests.conftest import PrivateServers


def connected(url: str, *, user: str = "", password: str = "") -> pymysql.Connection[Cursor]:
    """Connect to a MariaDB by its address, perhaps as somebody else."""
    place = Url(url)
    return pymysql.connect(
        host=place.host,
        port=place.port(3306),
        user=user or place.user,
        password=password or place.password,
        database=place.name,
        cursorclass=Cursor,
    )


class TestMariadb:
    """The settings the shop relies on."""

    def test_has_the_settings_of_the_house(self, stack: Stack) -> None:
        wanted = {
            "tx_isolation": "READ-COMMITTED",
            "character_set_server": "utf8mb4",
            "innodb_flush_log_at_trx_commit": "1",
            "innodb_lock_wait_timeout": "3",
            "local_infile": "OFF",
            "innodb_ft_enable_stopword": "OFF",
            "bind_address": "127.0.0.1",
            "max_connections": "200",
        }
        with connected(stack.mariadb.url) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW VARIABLES")
            found = dict(cursor.fetchall())
        assert {name: found[name] for name in wanted} == wanted

    @pytest.mark.parametrize(
        "change", [{"password": "wrong"}, {"user": "nobody"}, {"user": "root"}]
    )
    def test_lets_nobody_else_in(self, stack: Stack, change: dict[str, str]) -> None:
        with pytest.raises(pymysql.MySQLError):
            connected(stack.mariadb.url, **change)

    def test_keeps_what_was_committed_when_it_is_killed(self, private: PrivateServers) -> None:
        server = private.mariadb()
        with connected(server.url) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=InnoDB")
            cursor.execute("INSERT INTO kept VALUES (7)")
            connection.commit()
        server.kill()
        assert not server.alive()
        server.start()
        server.wait()
        with connected(server.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM kept")
            assert cursor.fetchone() == (7,)

    def test_an_interrupted_first_start_heals(self, private: PrivateServers) -> None:
        half = private.folder / "mariadb-1" / "tables.new" / "mysql"
        half.mkdir(parents=True)
        (half / "user.frm").write_bytes(b"half")
        connected(private.mariadb().url).close()

    def test_bears_a_long_path_with_spaces(self, private: PrivateServers) -> None:
        folder = private.folder / "a folder with spaces" / ("deep" * 30)
        server = Mariadb(folder, Ports().of("mariadb"), Passwords().mariadb, memory_mb=64)
        connected(private.started(server).url).close()
        elsewhere = server.socket.parent
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
        server.stop()
        assert not elsewhere.exists()

    def test_a_long_path_keeps_its_socket_elsewhere(self) -> None:
        first, second = Path("/") / ("x" * 120), Path("/") / ("y" * 120)
        assert socket_path(Path("/short"), "s") == Path("/short/s")
        assert socket_path(first, "s") == socket_path(first, "s") != socket_path(second, "s")
        assert len(os.fsencode(socket_path(first, "s"))) <= LONGEST_SOCKET


class TestRedis:
    """One forgets nothing, the other may."""

    def test_asks_for_its_password(self, stack: Stack) -> None:
        port = stack.redis_data.port
        with (
            Redis(port=port, retry=Retry(NoBackoff(), 0)) as client,
            pytest.raises(AuthenticationError),
        ):
            client.get("x")

    def test_policies(self, stack: Stack) -> None:
        with Redis.from_url(stack.redis_data.url, decode_responses=True) as client:
            assert client.config_get("appendonly")["appendonly"] == "yes"
            assert client.config_get("appendfsync")["appendfsync"] == "everysec"
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        with Redis.from_url(stack.redis_pages.url, decode_responses=True) as client:
            assert client.config_get("appendonly")["appendonly"] == "no"
            assert client.config_get("save")["save"] == ""
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "allkeys-lru"

    @pytest.mark.parametrize(("durable", "kept"), [(True, b"1"), (False, None)])
    def test_killed_and_started_again(
        self, private: PrivateServers, durable: bool, kept: bytes | None
    ) -> None:
        server = private.redis(durable=durable)
        with Redis.from_url(server.url) as client:
            client.set("cart", "1")
        time.sleep(1.2)  # the append-only file is flushed once a second
        server.kill()
        server.start()
        server.wait()
        with Redis.from_url(server.url) as client:
            assert client.get("cart") == kept

    def test_frozen_and_let_go(self, private: PrivateServers) -> None:
        server = private.redis(durable=False)
        server.pause()
        assert not server.ready()
        assert server.alive()
        server.resume()
        assert server.ready()


def test_the_mongo_stand_in_keeps_its_file(private: PrivateServers) -> None:
    server = private.mongo()
    time.sleep(0.5)  # the question whether it is ready has been put away
    server.stop()
    assert server.fate() == "with code 0"
    server.start()
    server.wait()
    assert (server.home / "shop.db").is_file()


def test_the_watch_starts_a_killed_server_again(private: PrivateServers) -> None:
    server = private.redis(durable=False)
    said: list[str] = []
    watch = Watch([server], said.append)
    watch.look()
    assert not said
    os.kill(server.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while len(said) < 2 and time.monotonic() < deadline:
        watch.look()
        time.sleep(0.05)
    server.wait()
    assert "ended by signal 9; starting it again in 1 s" in said[0]
    assert said[1] == f"{server.name} was started again"
