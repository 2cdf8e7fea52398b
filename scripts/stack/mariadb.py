"""A private MariaDB: the judge of everything that matters, with the settings the shop relies on."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pymysql

from scripts.stack.ports import LOOPBACK
from scripts.stack.private import private_folder, socket_path, write_private
from scripts.stack.process import Process, StartFailed, tail
from scripts.stack.programs import program

USER = DATABASE = "dadashop"

CONFIGURATION = """\
[mariadbd]
datadir = {home}/tables
tmpdir = {home}/tmp
socket = {socket}
pid-file = {home}/server.pid
init-file = {home}/accounts.sql
bind-address = 127.0.0.1
port = {port}
skip-name-resolve
skip-log-bin
local-infile = 0
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
transaction-isolation = READ-COMMITTED
max-connections = 200
innodb-buffer-pool-size = {memory_mb}M
innodb-flush-log-at-trx-commit = 1
innodb-lock-wait-timeout = 3
# Words of the search are encoded: none of them is an English stop word or too short.
innodb-ft-enable-stopword = OFF
innodb-ft-min-token-size = 2
"""

# Run at every start, one statement a line: a password drawn anew holds, a half-made database heals.
# The shop may make further databases beside its own, which the tests do.
ACCOUNTS = """\
CREATE DATABASE IF NOT EXISTS dadashop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS dadashop@'127.0.0.1' IDENTIFIED BY '{password}';
ALTER USER dadashop@'127.0.0.1' IDENTIFIED BY '{password}';
GRANT ALL ON dadashop.* TO dadashop@'127.0.0.1';
GRANT ALL ON `dadashop\\_%`.* TO dadashop@'127.0.0.1';
"""


def _as_root() -> list[str]:
    """Return the option without which MariaDB refuses to be run by root."""
    return ["--user=root"] if os.geteuid() == 0 else []


class Mariadb(Process):
    """One server with the database ``dadashop``, its user, and nobody else but the owner's socket.

    ``memory_mb`` is the size of the buffer pool; nothing that durability depends on can be changed.
    """

    grace_seconds = 30.0
    ready_seconds = 60.0

    def __init__(
        self, folder: Path, port: int, password: str, *, name: str = "mariadb", memory_mb: int = 256
    ) -> None:
        super().__init__(name, folder)
        self.home = folder / name
        self.port = port
        self.socket = socket_path(self.home, "server.sock")
        self._password = password
        self._memory_mb = memory_mb

    @property
    def url(self) -> str:
        """``mysql://user:password@host:port/database``."""
        return f"mysql://{USER}:{self._password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Write the configuration and, the first time, the system tables."""
        private_folder(self.home)
        private_folder(self.home / "tmp")
        private_folder(self.socket.parent)
        configuration = CONFIGURATION.format(
            home=self.home, socket=self.socket, port=self.port, memory_mb=self._memory_mb
        )
        write_private(self.home / "my.cnf", configuration)
        write_private(self.home / "accounts.sql", ACCOUNTS.format(password=self._password))
        if not (self.home / "tables").is_dir():
            self._make_tables()

    def command(self) -> list[str]:
        """Return the server with this folder's configuration alone."""
        defaults = f"--defaults-file={self.home / 'my.cnf'}"
        return [program("mariadbd"), defaults, *_as_root()]

    def stop(self) -> None:
        """Stop it and leave no folder behind for a socket that had to lie elsewhere."""
        super().stop()
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket.parent, ignore_errors=True)

    def ready(self) -> bool:
        """Tell whether the shop's user can ask something."""
        try:
            connection = pymysql.connect(
                host=LOOPBACK,
                port=self.port,
                user=USER,
                password=self._password,
                database=DATABASE,
                connect_timeout=2,
            )
        except pymysql.MySQLError:
            return False
        connection.close()
        return True

    def _make_tables(self) -> None:
        """Make the system tables aside and move them into place: an interruption leaves none."""
        fresh = self.home / "tables.new"
        shutil.rmtree(fresh, ignore_errors=True)
        owner = pwd.getpwuid(os.geteuid()).pw_name
        command = [
            program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir=./{fresh.name}",  # its shell script cannot bear a space in a path
            *_as_root(),
            "--auth-root-authentication-method=socket",
            f"--auth-root-socket-user={owner}",
            "--skip-test-db",
            "--skip-name-resolve",
        ]
        with self.log.open("ab") as log:
            made = subprocess.run(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # In a shared folder another server that starts would clear our temporary tables.
                env=os.environ | {"TMPDIR": str(self.home / "tmp")},
                check=False,
            )
        if made.returncode:
            raise StartFailed(f"mariadb-install-db failed:\n{tail(self.log)}")
        fresh.rename(self.home / "tables")
