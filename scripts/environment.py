"""Where the local shop is: what ``scripts/run`` wrote, overlaid by the process environment.

``var/environment`` holds ``NAME=value`` lines (mode 0600: passwords are among them). Every verb
that works on a shop (``migrate``, ``loaddata``, ``dumpdata``, ``demo``, ``bench``) asks here: it
finds the databases of a running ``scripts/run`` untold, and any others by ``DADASHOP_*``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.stack.private import write_private
from settings import PREFIX, BadSettings, Settings

ROOT = Path(__file__).resolve().parents[1]


class NoShop(Exception):
    """Neither a file of ``scripts/run`` nor a ``DADASHOP_*`` name says where the databases are."""

    def __init__(self) -> None:
        super().__init__(
            "no shop is described: start ./scripts/run first, or set DADASHOP_MYSQL_URL,"
            " DADASHOP_REDIS_DATA_URL, DADASHOP_REDIS_PAGES_URL and DADASHOP_TOKEN_SECRET"
        )


def environment_file(root: Path = ROOT) -> Path:
    """Return the place of the file that ``scripts/run`` writes."""
    return root / "var" / "environment"


def own_names(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep only the names ``DADASHOP_*``."""
    return {name: text for name, text in environment.items() if name.startswith(PREFIX + "_")}


def shop_environment(environment: Mapping[str, str], root: Path = ROOT) -> dict[str, str]:
    """Return the ``DADASHOP_*`` names of the local shop; ``environment`` wins over the file.

    Raises ``NoShop`` when both are silent.
    """
    found = read_environment(environment_file(root)) | own_names(environment)
    if not found:
        raise NoShop
    return found


def read_environment(path: Path) -> dict[str, str]:
    """Read ``NAME=value`` lines; a file that is not there holds none."""
    if not path.is_file():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_environment(path: Path, environment: Mapping[str, str]) -> None:
    """Write ``NAME=value`` lines that only the owner may read, whole or not at all."""
    lines = (f"{name}={text}\n" for name, text in sorted(environment.items()))
    write_private(path, "".join(lines))


def local_settings() -> Settings:
    """Return the settings of the local shop, or end the verb with code 2 and what is missing."""
    try:
        return Settings.from_environment(shop_environment(os.environ))
    except NoShop as fault:
        wrong = [str(fault)]
    except BadSettings as fault:
        wrong = fault.wrong
    for line in wrong:
        print(line, file=sys.stderr)
    raise SystemExit(2)
