"""A copy of the checkout in which the verbs are started as a person starts them."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
from pymysql.cursors import Cursor
from redis import Redis

from environment import Url
from scripts.environment import ROOT, read_environment
from scripts.stack.identity import start_time
from scripts.stack.ports import Ports, is_free

LEFT_OUT = ("var", ".venv", ".git", ".?*_cache", "__pycache__", "*.egg-info")
PATIENCE = 300.0
OPEN = "is open after"


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout with ports of its own."""

    root: Path
    port: int
    api_port: int

    def command(self, *arguments: str) -> list[str]:
        """Return the command that starts the shop on these ports."""
        ports = ["--port", str(self.port), "--api-port", str(self.api_port)]
        return [str(self.root / "scripts" / "run"), *ports, *arguments]

    def run(self, *arguments: str, **names: str) -> subprocess.CompletedProcess[str]:
        """Run the shop until it ends by itself."""
        return run(self.command(*arguments), **names)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run the shop while the block runs, which begins when it is open."""
        process = subprocess.Popen(
            self.command(*arguments),
            cwd="/",
            env=bare_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            try:
                read_until(process, OPEN)
                yield process
            finally:
                process.terminate()
                process.communicate(timeout=PATIENCE)

    def get(self, path: str) -> int:
        """Ask for a path through Nginx; return the status number."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def redis(self) -> Redis:
        """Connect to the running Redis that forgets nothing."""
        names = read_environment(self.root / "var" / "environment")
        return Redis.from_url(names["DADASHOP_REDIS_DATA_URL"])

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """Connect to the running MariaDB."""
        url = Url(read_environment(self.root / "var" / "environment")["DADASHOP_MYSQL_URL"])
        with (
            pymysql.connect(
                host=url.host,
                port=url.port(3306),
                user=url.user,
                password=url.password,
                database=url.name,
                cursorclass=Cursor,
            ) as connection,
            connection.cursor() as cursor,
        ):
            yield cursor

    def living(self) -> dict[str, int]:
        """Return the processes that its files speak of and that live: ids by name."""
        files = (self.root / "var" / "run").glob("*.pid")
        found = {path.stem: int(path.read_text("utf-8").split()[0]) for path in files}
        return {name: pid for name, pid in found.items() if start_time(pid) is not None}


def bare_environment() -> dict[str, str]:
    """Return our environment without the settings of any shop and without our import path."""
    return {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("DADASHOP_", "PYTHON"))
    }


def run(command: list[str], *, cwd: str = "/", **names: str) -> subprocess.CompletedProcess[str]:
    """Run a command as from a terminal of its own, from a folder that is not the checkout."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=bare_environment() | names,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Read what a process writes up to the line with ``text``; fails when it ends before."""
    assert process.stdout is not None
    written = ""
    for line in process.stdout:
        written += line
        if text in line:
            return written
    raise AssertionError(f"{text!r} was never written:\n{written}")


def wait_until_gone(pids: dict[str, int], seconds: float = 15) -> None:
    """Wait until no process of ``pids`` lives; fails when one stays."""
    deadline = time.monotonic() + seconds
    while left := {name for name, pid in pids.items() if start_time(pid) is not None}:
        assert time.monotonic() < deadline, f"{left} still run"
        time.sleep(0.05)


def copied(root: Path) -> Checkout:
    """Copy the checkout to ``root``, which must not exist; it shares our virtual environment."""
    shutil.copytree(ROOT, root, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (root / ".venv").symlink_to(ROOT / ".venv")
    api_port = next(port for port in range(9100, 9900, 10) if is_free(port) and is_free(port + 1))
    return Checkout(root, Ports().of("nginx"), api_port)
