"""A stand-in for MongoDB, which Debian does not carry: its wire protocol on a SQLite file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from scripts.stack.ports import LOOPBACK
from scripts.stack.private import private_folder
from scripts.stack.process import Process

START = "import sys; from nx_27017.nx_27017 import main; sys.exit(main())"


class MongoStandIn(Process):
    """One server for what may be lost, in one file."""

    def __init__(self, folder: Path, port: int, *, name: str = "mongo") -> None:
        super().__init__(name, folder)
        self.home = folder / name
        self.port = port
        self._pid_file = self.home / "server.pid"

    @property
    def url(self) -> str:
        """``mongodb://host:port/database``."""
        return f"mongodb://{LOOPBACK}:{self.port}/dadashop"

    def prepare(self) -> None:
        """Make the folder of the file and forget who served it before: it believes its pid file."""
        private_folder(self.home)
        self._pid_file.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """Return the server in the foreground; through Python, so that the environment may move."""
        options = {
            "--host": LOOPBACK,
            "--port": str(self.port),
            "--db": str(self.home / "shop.db"),
            "--log-file": os.devnull,  # it writes everything to standard output as well
            "--pid-file": str(self._pid_file),
        }
        given = [part for option in options.items() for part in option]
        return [sys.executable, "-P", "-c", START, *given]

    def ready(self) -> bool:
        """Tell whether it answers."""
        client: MongoClient[dict[str, Any]] = MongoClient(self.url, serverSelectionTimeoutMS=300)
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
        finally:
            client.close()
        return True
