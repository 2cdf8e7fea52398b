"""One process of the shop itself."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.environment import ROOT
from scripts.stack.ports import LOOPBACK
from scripts.stack.process import Process


def get(port: int, path: str, address: str = LOOPBACK) -> int | None:
    """Ask for a page; return its status number, or None when nobody answers within two seconds."""
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Api(Process):
    """``server.py`` on one port; ``settings`` are all the ``DADASHOP_*`` names it gets."""

    grace_seconds = 30.0

    def __init__(
        self, folder: Path, port: int, settings: Mapping[str, str], *, root: Path = ROOT
    ) -> None:
        super().__init__(f"api-{port}", folder)
        self.port = port
        self._settings = dict(settings)
        self._root = root

    @property
    def url(self) -> str:
        """``http://host:port``."""
        return f"http://{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Make the folder of the pictures, which it expects."""
        if root := self._settings.get("DADASHOP_MEDIA_ROOT"):
            Path(root).mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """Return the server with its port."""
        return [sys.executable, str(self._root / "server.py"), "--port", str(self.port)]

    def environment(self) -> Mapping[str, str]:
        """Return our environment with the settings of this shop alone."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("DADASHOP_")}
        return kept | self._settings | {"PYTHONUNBUFFERED": "1"}

    def ready(self) -> bool:
        """Tell whether it reaches its databases and takes requests."""
        return get(self.port, "/readyz") == 200
