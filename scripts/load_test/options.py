"""What ``scripts/load`` may be asked for."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from scripts.environment import ROOT
from scripts.load_test.journal import NAME as JOURNAL
from scripts.load_test.scenarios import SCENARIOS
from scripts.stack.ports import LOOPBACK

LOCAL = frozenset({LOOPBACK, "localhost"})
ARRIVALS = ("poisson", "constant")
CLIENTS = 50
MOST_CUSTOMERS = 1_000_000
DESCRIPTION = """\
Put load on a shop of this machine and write down how it bore it.

Closed loop (--clients): so many customers, each asks again as soon as it was answered; a slow shop
slows them, so waiting hides. Open loop (--rate): customers come when they come; latency is counted
from the moment a request was due, so a shop that stalls cannot hide it.

Servers of its own in a temporary folder, unless --external --target names a running shop.
"""
EPILOG = """\
The folder gets requests.jsonl (every request, no tokens), results.json and timeline.png. Exit
codes: 0 done, 1 no request went well, a server did not start, an acknowledged order is not there or
the audit found something, 2 cannot be done as asked, 130 interrupted (what there was so far is
printed and kept).
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What ``scripts/load`` was asked for; see its ``--help``. Times are in seconds."""

    scenario: str
    clients: int
    rate: float | None
    arrivals: str
    seconds: float
    think: float
    timeout: float
    users: int
    skus: int
    stock: int
    seed: int
    processes: int
    workers: int
    out: Path
    external: bool
    target: tuple[str, ...]
    resend: Path | None

    @property
    def is_open(self) -> bool:
        """Whether customers come when they come."""
        return self.rate is not None

    @property
    def loop(self) -> str:
        """The kind of loop, for people."""
        if self.rate is not None:
            return f"open loop, {self.rate:g}/s ({self.arrivals})"
        return f"closed loop, {self.clients} clients" + (
            f", {self.think:g} s between requests" if self.think else ""
        )


def read_options(arguments: list[str] | None) -> Options:
    """Read the command line; ends the program with code 2 when it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="./scripts/load",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_load(parser)
    _add_shop(parser)
    given = vars(parser.parse_args(arguments))
    given["target"] = tuple(given["target"])
    given["out"] = given["out"] or _folder(given["scenario"])
    if given["external"] != bool(given["target"]):
        parser.error("--external and --target belong together: a running shop, and where it is")
    if given["resend"] and not given["external"]:
        parser.error("--resend asks a running shop: name it with --external --target")
    if (given["out"] / JOURNAL).exists():
        parser.error(f"{given['out']} holds the results of another run")
    return Options(**given)


def _add_load(parser: argparse.ArgumentParser) -> None:
    """Add what says how much, and what of."""
    load = parser.add_argument_group("the load")
    parser.add_argument(
        "scenario", nargs="?", default="shop-mix", choices=SCENARIOS, help="(%(default)s)"
    )
    loop = load.add_mutually_exclusive_group()
    loop.add_argument(
        "--clients", type=_count, default=CLIENTS, metavar="N", help="closed loop (%(default)s)"
    )
    loop.add_argument(
        "--rate", type=_positive, metavar="R", help="open loop: customers that come in a second"
    )
    load.add_argument("--arrivals", choices=ARRIVALS, default="poisson", help="(%(default)s)")
    load.add_argument("--seconds", type=_positive, default=30.0, metavar="S", help="(30)")
    load.add_argument(
        "--think", type=_seconds, default=0.0, metavar="S", help="pause of a client (0)"
    )
    load.add_argument(
        "--timeout", type=_positive, default=30.0, metavar="S", help="patience of a client (30)"
    )
    load.add_argument(
        "--users", type=_count, default=10_000, metavar="N", help="accounts (%(default)s)"
    )
    load.add_argument("--seed", type=int, default=1, help="of what customers choose (1)")
    load.add_argument(
        "--workers", type=_few, default=1, metavar="N", help="processes of the clients (1)"
    )
    load.add_argument("--out", type=Path, metavar="FOLDER", help="of the results (var/load/…)")


def _add_shop(parser: argparse.ArgumentParser) -> None:
    """Add what says where."""
    shop = parser.add_argument_group("the shop")
    shop.add_argument("--processes", type=_few, default=4, metavar="N", help="of the shop (4)")
    shop.add_argument(
        "--skus", type=_count, default=1000, metavar="N", help="in its catalogue (%(default)s)"
    )
    shop.add_argument(
        "--stock", type=_count, default=1_000_000, metavar="N", help="of each SKU (%(default)s)"
    )
    shop.add_argument(
        "--external",
        action="store_true",
        help="use a running shop: the one of ./scripts/run, or of the names DADASHOP_*; accounts"
        " are added to it",
    )
    shop.add_argument(
        "--target",
        type=target,
        action="append",
        default=[],
        metavar="URL",
        help="where a process of it, or its Nginx, answers; may be given several times",
    )
    shop.add_argument(
        "--resend",
        type=_journal,
        metavar="LOG",
        help="send every order of a requests.jsonl that was not answered again, with its key",
    )


def target(text: str) -> str:
    """Read ``http://127.0.0.1:port``; load never leaves this machine."""
    try:
        parts = urlsplit(text)
        port = parts.port or 80
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is no address") from fault
    if parts.scheme != "http" or parts.hostname not in LOCAL or parts.path.strip("/"):
        raise argparse.ArgumentTypeError(
            f"load goes to this machine alone, such as http://{LOOPBACK}:8000; not to {text!r}"
        )
    return f"http://{LOOPBACK}:{port}"


def _folder(scenario: str) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return ROOT / "var" / "load" / f"{moment}-{scenario}-{os.getpid()}"


def _journal(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number <= MOST_CUSTOMERS:
        raise argparse.ArgumentTypeError(f"must be between 1 and {MOST_CUSTOMERS:,}")
    return number


def _few(text: str) -> int:
    number = int(text)
    if not 0 < number <= 32:
        raise argparse.ArgumentTypeError("must be between 1 and 32")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 86_400:
        raise argparse.ArgumentTypeError("must be between 0 and 86400")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1_000_000:
        raise argparse.ArgumentTypeError("must be more than 0, at most 1,000,000")
    return number
