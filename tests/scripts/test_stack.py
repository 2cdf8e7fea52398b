"""The private servers: their ports, their settings, what kills and what survives."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pymysql
import pytest
from pymysql.cursors import Cursor
from redis import AuthenticationError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.environment import NoShop, read_environment, shop_environment, write_environment
from scripts.stack.identity import Identity, end_leftovers, start_time
from scripts.stack.mariadb import Mariadb
from scripts.stack.passwords import Passwords
from scripts.stack.ports import LAST, PortForbidden, Ports, PortTaken, require_free
from scripts.stack.private import LONGEST_SOCKET, socket_path
from scripts.stack.process import Process, StartFailed
from scripts.stack.stack import Stack
from scripts.stack.watch import Watch
from settings import Url
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


class Sleeper(Process):
    """A process that does nothing for a minute, or ends at once with a last word."""

    def __init__(self, name: str, folder: Path, *, script: str = "exec sleep 60") -> None:
        super().__init__(name, folder)
        self.script = script

    def prepare(self) -> None: ...

    def command(self) -> list[str]:
        return ["/bin/sh", "-c", self.script]

    def ready(self) -> bool:
        return False


class TestPorts:
    """Which ports are chosen."""

    def test_are_different_and_below_those_of_outgoing_connections(self) -> None:
        ports = Ports()
        chosen = {ports.of(str(number)) for number in range(300)}
        assert len(chosen) == 300
        assert max(chosen) <= LAST == 32767

    def test_are_remembered(self, tmp_path: Path) -> None:
        port = Ports(tmp_path / "ports").of("mariadb")
        assert Ports(tmp_path / "ports").of("mariadb") == port

    def test_are_chosen_anew_when_taken(self, tmp_path: Path) -> None:
        port = Ports(tmp_path / "ports").of("mariadb")
        with socket.create_server(("127.0.0.1", port)):
            other = Ports(tmp_path / "ports").of("mariadb")
        assert other != port
        assert Ports(tmp_path / "ports").of("mariadb") == other

    def test_survive_a_broken_file(self, tmp_path: Path) -> None:
        (tmp_path / "ports").write_text('{"mariadb": [', "utf-8")
        assert Ports(tmp_path / "ports").of("mariadb") <= LAST

    def test_a_listener_takes_a_port_and_a_closed_connection_does_not(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(PortTaken, match=str(port)):
                require_free(port)
            client = socket.create_connection(("127.0.0.1", port))
            server.accept()[0].close()  # the side that closes first keeps the port in TIME_WAIT
            client.close()
        require_free(port)

    def test_an_address_of_another_machine_is_refused(self) -> None:
        with pytest.raises(PortForbidden, match=r"203\.0\.113\.1"):
            require_free(7000, "203.0.113.1")


class TestEnvironment:
    """What is written down for the other verbs."""

    def test_is_read_back_and_private(self, tmp_path: Path) -> None:
        path = tmp_path / "environment"
        write_environment(path, {"DADASHOP_MYSQL_URL": "mysql://u:a=b@h/d", "DADASHOP_DEMO": "1"})
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert read_environment(path)["DADASHOP_MYSQL_URL"] == "mysql://u:a=b@h/d"

    def test_the_process_wins_over_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "var").mkdir()
        names = {"DADASHOP_DEMO": "true", "DADASHOP_LOG_LEVEL": "INFO"}
        write_environment(tmp_path / "var" / "environment", names)
        found = shop_environment({"DADASHOP_LOG_LEVEL": "DEBUG", "HOME": "/"}, tmp_path)
        assert found == {"DADASHOP_DEMO": "true", "DADASHOP_LOG_LEVEL": "DEBUG"}

    def test_without_both_it_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(NoShop, match=r"\./scripts/run first.*DADASHOP_MYSQL_URL"):
            shop_environment({"HOME": "/"}, tmp_path)

    def test_passwords_are_drawn_once(self, tmp_path: Path) -> None:
        first = Passwords.kept(tmp_path / "passwords")
        assert Passwords.kept(tmp_path / "passwords") == first
        assert Passwords.kept(tmp_path / "others").token != first.token
        assert stat.S_IMODE((tmp_path / "passwords").stat().st_mode) == 0o600
        assert first.token not in repr(first)

    def test_a_password_of_a_newer_version_is_added(self, tmp_path: Path) -> None:
        first = Passwords.kept(tmp_path / "passwords")
        write_environment(tmp_path / "passwords", {"token": first.token})
        assert Passwords.kept(tmp_path / "passwords").token == first.token


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
        assert len(os.fsencode(server.socket)) <= LONGEST_SOCKET
        connected(private.started(server).url).close()

    def test_a_long_path_keeps_its_socket_elsewhere(self, tmp_path: Path) -> None:
        assert socket_path(Path("/short"), "s") == Path("/short/s")
        first, second = tmp_path / ("x" * 120), tmp_path / ("y" * 120)
        assert socket_path(first, "s") == socket_path(first, "s") != socket_path(second, "s")
        assert stat.S_IMODE(socket_path(first, "s").parent.stat().st_mode) == 0o700


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
    server.stop()
    assert server.fate() == "with code 0"
    server.start()
    server.wait()
    assert (server.home / "shop.db").is_file()


class TestProcess:
    """Starting, failing, stopping."""

    def test_one_that_dies_is_told_with_its_last_words(self, tmp_path: Path) -> None:
        process = Sleeper("broken", tmp_path, script="echo no such table >&2; exit 3")
        process.start()
        with pytest.raises(StartFailed, match=r"(?s)broken ended with code 3:.*no such table"):
            process.wait()

    def test_one_that_is_late_is_told(self, private: PrivateServers) -> None:
        process = Sleeper("late", private.folder)
        process.start()
        with pytest.raises(StartFailed, match="late is not ready after 0 s"):
            process.wait(0.2)
        process.stop()
        assert process.fate() == f"by signal {signal.SIGTERM.value}"

    def test_a_stubborn_one_is_killed(self, tmp_path: Path) -> None:
        process = Sleeper("deaf", tmp_path, script="trap '' TERM; sleep 60 & wait; sleep 60")
        process.grace_seconds = 0.5
        process.start()
        time.sleep(0.2)
        process.stop()
        assert process.fate() == f"by signal {signal.SIGKILL.value}"

    def test_children_end_with_a_killed_parent(self, tmp_path: Path) -> None:
        script = (
            "import sys; from pathlib import Path; from tests.scripts.test_stack import Sleeper\n"
            "process = Sleeper('child', Path(sys.argv[1])); process.start()\n"
            "print(process.pid, flush=True); sys.stdin.read()"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )
        with parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert start_time(pid) is not None
            parent.kill()
        deadline = time.monotonic() + 5
        while start_time(pid) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert start_time(pid) is None


class TestLeftovers:
    """Files that a killed parent left behind."""

    def test_our_process_is_ended(self, tmp_path: Path) -> None:
        child = subprocess.Popen(["/bin/sleep", "60"])
        Identity(tmp_path / "server.pid").remember(child.pid)
        said: list[str] = []
        with child:
            end_leftovers(tmp_path, said.append)
        assert child.returncode == -signal.SIGTERM
        assert "server" in said[0]
        assert not list(tmp_path.iterdir())

    def test_a_stranger_with_the_same_id_is_left_alone(self, tmp_path: Path) -> None:
        stranger = subprocess.Popen(["/bin/sleep", "60"])
        (tmp_path / "server.pid").write_text(f"{stranger.pid} 12345\n", "utf-8")
        said: list[str] = []
        with stranger:
            end_leftovers(tmp_path, said.append)
            assert stranger.poll() is None
            stranger.kill()
        assert not said

    @pytest.mark.parametrize("text", ["", "abc 1", "12", "-1 5", "999999999 1"])
    def test_nonsense_is_nobody(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "server.pid").write_text(text, "utf-8")
        assert Identity(tmp_path / "server.pid").pid() is None


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
