"""A whole shop on this machine: the databases, some processes of the API, Nginx in front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.stack.api import Api
from scripts.stack.nginx import Nginx, Site
from scripts.stack.process import Process
from scripts.stack.stack import Stack, start_together, stop_in_reverse


class Shop:
    """Everything ``scripts/run`` starts, in its order. ``stack`` is None when others run them."""

    def __init__(self, folder: Path, stack: Stack | None) -> None:
        self.folder = folder
        self.stack = stack
        self.apis: list[Api] = []
        self.nginx: Nginx | None = None

    @property
    def processes(self) -> tuple[Process, ...]:
        """All of them, first started first."""
        databases = self.stack.servers if self.stack else ()
        return (*databases, *self.apis, *([self.nginx] if self.nginx else []))

    def start_databases(self) -> None:
        """Start the databases and wait for them; raises ``StartFailed``."""
        if self.stack is not None:
            self.stack.start()

    def start_apis(self, ports: Sequence[int], settings: Mapping[str, str]) -> None:
        """Start one process of the API on each port and wait until all are ready."""
        self.apis = [Api(self.folder, port, settings) for port in ports]
        start_together(self.apis)

    def start_nginx(self, site: Site) -> None:
        """Start Nginx and wait until it answers."""
        self.nginx = Nginx(self.folder, site)
        start_together([self.nginx])

    def stop(self) -> None:
        """Stop everything, the last one first."""
        stop_in_reverse(self.processes)
