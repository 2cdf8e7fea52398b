"""How a shop is opened on this machine, step by step: what ``scripts/run`` does."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.environment import environment_file, own_names, write_environment
from scripts.options import Options
from scripts.progress import Progress, Step, remembered
from scripts.stack.job import run_verb
from scripts.stack.nginx import Site
from scripts.stack.passwords import Passwords
from scripts.stack.ports import LOOPBACK, Ports
from scripts.stack.private import private_folder
from scripts.stack.process import StartFailed
from scripts.stack.programs import SERVERS, install, missing_packages
from scripts.stack.shop import Shop
from scripts.stack.stack import Stack
from scripts.stack.watch import Watch
from settings import Settings

MADE_HERE = (
    *("mariadb", "redis-data", "redis-pages", "mongo", "sandbox", "nginx", "media", "log", "run"),
    *("ports", "passwords", "environment", "first-times.json", "times.json"),
)
"""What ``--fresh`` removes from ``var/``; anything else there is not ours."""

ADDRESSES = (
    "DADASHOP_MYSQL_URL",
    "DADASHOP_REDIS_DATA_URL",
    "DADASHOP_REDIS_PAGES_URL",
    "DADASHOP_MONGO_URL",
)
AT_THE_SANDBOX = "inbox, a phone that pays WeChat's codes, books of the providers"
LAST_STEP = "nginx"
FIRST_REQUEST = "/v1/goods/index"
LOOK_SECONDS = 0.5


def remove_made(var: Path) -> None:
    """Remove what earlier starts made in ``var/``: data, pictures, passwords, logs."""
    for name in MADE_HERE:
        path = var / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def steps(options: Options, *, again: bool) -> list[Step]:
    """Return the steps of a start and the seconds each takes at first, or ``again``."""
    private = [
        Step("databases", "MariaDB, Redis and the stand-in for MongoDB", 2 if again else 5),
        Step("migrate", "Tables", 1 if again else 5),
        Step("demo", "Demo catalogue", 1 if again else 80),
    ]
    return [
        Step("packages", "Programs of the system", 0 if again else 45),
        *([Step("migrate", "Tables", 5)] if options.external else private),
        Step("apis", f"The shop, {options.processes} processes", 2),
        Step(LAST_STEP, "Nginx and a first request", 1),
    ]


def progress_of(options: Options, var: Path) -> Progress:
    """Return the display of a start; the times of the first one say nothing about later ones."""
    first = var / "first-times.json"
    again = LAST_STEP in remembered(first)
    return Progress(steps(options, again=again), var / "times.json" if again else first)


class Opening:
    """One start of the shop in ``root/var``: ``open``, ``tend`` until interrupted, ``close``.

    ``settings`` may raise ``BadSettings`` before anything has been started.
    """

    def __init__(self, options: Options, root: Path, say: Callable[[str], None]) -> None:
        self._options = options
        self._root = root
        self._say = say
        self.var = private_folder(root / "var")
        self._shop = Shop(self.var, None if options.external else self._stack())
        self._environment = self._shop_environment()
        self._settings = Settings.from_environment(self._environment)

    def open(self) -> None:
        """Take every step; raises ``StartFailed`` or ``Missing`` and leaves ``close`` to do."""
        began = time.monotonic()
        progress = progress_of(self._options, self.var)
        with progress.step("packages"):
            install(missing_packages(self._programs()), self.var / "log" / "apt.log")
        if not self._options.external:
            with progress.step("databases"):
                self._shop.start_databases()
            write_environment(environment_file(self._root), self._environment)
        self._fill(progress)
        with progress.step("apis"):
            self._shop.start_apis(self._options.api_ports, self._environment)
        with progress.step("nginx"):
            self._shop.start_nginx(self._site())
            self._ask_once()
        self._say(self._welcome(time.monotonic() - began))

    def tend(self) -> None:
        """Keep everything up until interrupted."""
        watch = Watch(self._shop.processes, self._say)
        while True:
            watch.look()
            time.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """Stop what was started, in reverse order."""
        if not self._options.external:
            environment_file(self._root).unlink(missing_ok=True)
        self._shop.stop()

    def _stack(self) -> Stack:
        ports, passwords = Ports(self.var / "ports"), Passwords.kept(self.var / "passwords")
        return Stack(self.var, ports, passwords, site=self._address())

    def _address(self) -> str:
        """Return where browsers of this machine reach the shop; links of mails lead there."""
        everywhere = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 (compared, not bound)
        host = everywhere.get(self._options.listen, self._options.listen)
        return f"http://{f'[{host}]' if ':' in host else host}:{self._options.port}"

    def _shop_environment(self) -> Mapping[str, str]:
        """Return the ``DADASHOP_*`` names of the shop; ours win only where the databases are."""
        asked = own_names(os.environ)
        if self._shop.stack is None:
            return {"DADASHOP_MEDIA_ROOT": str(self.var / "media")} | asked
        ours = self._shop.stack.environment()
        return ours | asked | {name: ours[name] for name in ADDRESSES}

    def _programs(self) -> Mapping[str, str]:
        return {"nginx": SERVERS["nginx"]} if self._options.external else SERVERS

    def _fill(self, progress: Progress) -> None:
        """Bring the tables up to date; a private shop also gets its catalogue, once."""
        verbs = ("migrate",) if self._options.external else ("migrate", "demo")
        for verb in verbs:
            with progress.step(verb):
                run_verb(verb, self._environment, log=self.var / "log" / f"{verb}.log")

    def _site(self) -> Site:
        settings, options = self._settings, self._options
        media = settings.media.root
        return Site(
            port=options.port,
            address=options.listen,
            upstreams=options.api_ports,
            media=media if media.is_absolute() else self._root / media,
            origins=settings.http.origins,
            sandbox=self._shop.stack.sandbox.port if self._shop.stack else None,
        )

    def _ask_once(self) -> None:
        """Ask for a page of the API through Nginx, as a customer would."""
        nginx = self._shop.nginx
        status = nginx.get(FIRST_REQUEST) if nginx else None
        if status != 200:
            raise StartFailed(f"{FIRST_REQUEST} answers {status} through Nginx (see var/log)")

    def _welcome(self, seconds: float) -> str:
        options = self._options
        base = self._shop.nginx.url if self._shop.nginx else ""
        apis = ", ".join(f"{LOOPBACK}:{port}" for port in options.api_ports)
        return "\n".join(
            (
                "",
                f"达达商城 is open after {seconds:.0f} s.",
                f"  Shop   {base}/dadashop/templates/index.html",
                f"  API    {base}{FIRST_REQUEST} (processes: {apis})",
                f"  Docs   {base}/docs",
                *([f"  Demo   {base}/sandbox/ ({AT_THE_SANDBOX})"] if self._shop.stack else []),
                f"  Logs   {self.var / 'log'}",
                "Ctrl-C stops it; the next start continues with the same data.",
            )
        )
