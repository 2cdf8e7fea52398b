"""A private Nginx in front of the shop, from the templates of ``deploy/nginx``."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.environment import ROOT
from scripts.stack.api import get
from scripts.stack.ports import LOOPBACK
from scripts.stack.private import private_folder, write_private
from scripts.stack.process import Process, StartFailed
from scripts.stack.programs import program

TEMPLATES = ROOT / "deploy" / "nginx"
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill in ``{{name}}``; raises ``KeyError`` for a name without a value."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], template)


def origins_map(origins: Sequence[str]) -> str:
    """Return the lines of the map from the ``Origin`` of a request to the origin we allow."""
    if "*" in origins:
        return '    default "*";'
    return "\n".join(['    default "";', *(f'    "{origin}" $http_origin;' for origin in origins)])


@dataclass(frozen=True, slots=True)
class Site:
    """What one Nginx serves: its address, the ports of the API behind it, its folders.

    ``sandbox`` is the port of the simulators, which only a shop to try out has.
    """

    port: int
    upstreams: Sequence[int]
    media: Path
    address: str = LOOPBACK
    origins: Sequence[str] = ("*",)
    frontend: Path = ROOT / "frontend"
    workers: str = "auto"
    sandbox: int | None = None

    @property
    def listen(self) -> str:
        """The argument of ``listen``; an IPv6 address stands in brackets."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{address}:{self.port}"


class Nginx(Process):
    """One Nginx whose configuration, temporary files and logs lie in the folder of the stack."""

    def __init__(self, folder: Path, site: Site) -> None:
        super().__init__("nginx", folder)
        self.home = folder / "nginx"
        self.site = site

    @property
    def url(self) -> str:
        """``http://host:port`` from this machine."""
        address = self._reachable()
        host = f"[{address}]" if ":" in address else address
        return f"http://{host}:{self.site.port}"

    def prepare(self) -> None:
        """Write the configuration and let Nginx check it; raises ``StartFailed`` with its reply."""
        private_folder(self.home)
        simulators = () if self.site.sandbox is None else ("sandbox.conf",)
        for name in ("shop.conf", "private.conf", *simulators):
            template = (TEMPLATES / name).read_text("utf-8")
            write_private(self.home / name, render(template, self._values()))
        checked = subprocess.run(
            [*self.command(), "-t", "-q"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if checked.returncode:
            raise StartFailed(f"nginx refuses its configuration:\n{checked.stderr}")

    def command(self) -> list[str]:
        """Return Nginx with this configuration; what goes wrong before it is read is logged too."""
        place = ["-p", f"{self.home}/", "-c", str(self.home / "private.conf")]
        return [program("nginx"), *place, "-e", str(self.log)]

    def ready(self) -> bool:
        """Tell whether it answers."""
        return self.get("/") == 302

    def get(self, path: str) -> int | None:
        """Ask for a path; return its status number, or None when nobody answers."""
        return get(self.site.port, path, self._reachable())

    def _reachable(self) -> str:
        """Return an address of this machine at which it listens."""
        everywhere = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 (compared, not bound)
        return everywhere.get(self.site.address, self.site.address)

    def _values(self) -> dict[str, str]:
        site = self.site
        servers = (
            f"    server {LOOPBACK}:{port} max_fails=1 fail_timeout=2s;" for port in site.upstreams
        )
        return {
            "here": str(TEMPLATES),
            "home": str(self.home),
            "user": "user root;" if os.geteuid() == 0 else "",
            "workers": site.workers,
            "errors": str(self.log),
            "log": str(self.folder / "log" / "nginx-access.log"),
            "origins": origins_map(site.origins),
            "upstreams": "\n".join(servers),
            "listen": site.listen,
            "frontend": str(site.frontend),
            "media": str(site.media),
            "sandbox": "" if site.sandbox is None else f'    include "{self.home}/sandbox.conf";',
            "sandbox_port": str(site.sandbox),
        }
