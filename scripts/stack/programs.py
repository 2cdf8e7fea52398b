"""Programs of the system: where they are, which packages they come from, how those get there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

SERVERS: Mapping[str, str] = {
    "mariadbd": "mariadb-server-core",
    "mariadb-install-db": "mariadb-server-core",
    "my_print_defaults": "mariadb-client-core",
    "redis-server": "redis-server",
    "nginx": "nginx",
}
"""Program and Debian package; the ``-core`` packages hold no service that would start by itself."""

BROWSER: Mapping[str, str] = {"chromium": "chromium"}
CHINESE_FONT = "fonts-noto-cjk"
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")


class Missing(Exception):
    """Packages of the system are missing and we may not, or could not, install them."""

    def __init__(self, packages: Iterable[str], why: str) -> None:
        self.packages = sorted(packages)
        names = " ".join(self.packages)
        command = "apt-get install -y --no-install-recommends"
        super().__init__(
            f"{why}: {names}. Install with\n    sudo apt-get update && sudo {command} {names}"
        )


def find_program(name: str) -> str | None:
    """Find a program on the PATH or in the ``sbin`` beside it, which ordinary users lack there."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    beside = [str(Path(folder).with_name("sbin")) for folder in folders if folder]
    return shutil.which(name, path=os.pathsep.join(folders + beside))


def program(name: str) -> str:
    """Return the full path of a program; raise ``Missing`` when it is not there."""
    found = find_program(name)
    if found is None:
        raise Missing([SERVERS.get(name, name)], f"{name} is not installed")
    return found


def missing_packages(wanted: Mapping[str, str]) -> list[str]:
    """Return the packages whose programs are not there."""
    return sorted({package for name, package in wanted.items() if find_program(name) is None})


def has_chinese_font() -> bool:
    """Tell whether Debian's Chinese font is installed; pages are drawn as boxes without it."""
    return Path("/usr/share/fonts/opentype/noto").is_dir()


def install(packages: list[str], log: Path) -> None:
    """Install packages with apt; raise ``Missing`` when this user may not or apt fails.

    Debian starts the services of some packages it installs. They are left alone: ours use their own
    ports and folders.
    """
    if not packages:
        return
    right = _right_to_install()
    if right is None:
        raise Missing(
            packages, "packages of the system are missing, and this user may not install them"
        )
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    install_them = [*APT, "install", "-y", "--no-install-recommends", *packages]
    with log.open("ab") as stream:
        for command in ([*APT, "update"], install_them):
            done = subprocess.run(
                [*right, *command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                check=False,
            )
    if done.returncode:
        raise Missing(packages, f"apt could not install packages (see {log})")


def _right_to_install() -> list[str] | None:
    """Return the prefix that gives apt its rights: none for root, sudo if it asks nothing."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asks_nothing = subprocess.run(
        [sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return [sudo, "-n"] if asks_nothing.returncode == 0 else None
