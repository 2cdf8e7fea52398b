"""What ``scripts/run`` may be asked for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from scripts.stack.ports import LOOPBACK

HIGHEST_PORT = 65535
DESCRIPTION = """\
Open the shop on this machine: databases, demo catalogue, two processes, Nginx.

Everything runs in the folder var/ of the checkout, on free ports of 127.0.0.1, beside and without
touching any server the machine already has. Programs that are missing are installed with apt when
that is allowed. Ctrl-C stops everything; the next start continues with the same data.
"""
EPILOG = """\
The names DADASHOP_* of the environment are handed to the shop; with --external also those that say
where the databases are. Exit codes: 0 stopped on request, 1 something did not start, 2 cannot start
as asked (a taken port, a missing package, a wrong setting, another start in this folder).
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What ``scripts/run`` was asked for; see its ``--help``."""

    port: int = 7000
    listen: str = LOOPBACK
    api_port: int = 8000
    processes: int = 2
    fresh: bool = False
    external: bool = False
    once: bool = False

    @property
    def api_ports(self) -> range:
        """The ports of the processes of the API."""
        return range(self.api_port, self.api_port + self.processes)


def read_options(arguments: list[str] | None) -> Options:
    """Read the command line; ends the program with code 2 when it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="./scripts/run",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_numbers(parser)
    _add_modes(parser)
    asked = Options(**vars(parser.parse_args(arguments)))
    if asked.fresh and asked.external:
        parser.error("--fresh deletes private data; with --external there is none")
    if asked.api_ports[-1] > HIGHEST_PORT:
        parser.error(f"there is no port {asked.api_ports[-1]} for the last process")
    if asked.port in asked.api_ports:
        parser.error(f"--port and --api-port both ask for port {asked.port}")
    return asked


def _add_numbers(parser: argparse.ArgumentParser) -> None:
    """Add what says where and how many."""
    place = parser.add_argument_group("where")
    place.add_argument("--port", type=_port, default=7000, metavar="N", help="of the shop (7000)")
    place.add_argument(
        "--listen",
        default=LOOPBACK,
        metavar="ADDRESS",
        help=f"of the shop ({LOOPBACK}); 0.0.0.0 opens it to other machines",
    )
    place.add_argument(
        "--api-port",
        type=_port,
        default=8000,
        metavar="N",
        help="of the first process (8000); the others follow",
    )
    place.add_argument(
        "--processes", type=int, default=2, choices=range(1, 33), metavar="N", help="how many (2)"
    )


def _add_modes(parser: argparse.ArgumentParser) -> None:
    """Add what says how."""
    how = parser.add_argument_group("how")
    how.add_argument(
        "--fresh",
        action="store_true",
        help="begin anew: first delete the data, pictures, passwords and logs in var/",
    )
    how.add_argument(
        "--external",
        action="store_true",
        help="use the databases named by DADASHOP_* and start none: bring their tables up to date"
        " (add what is missing, load no demo), then start the shop and Nginx",
    )
    how.add_argument(
        "--once",
        "--check",
        action="store_true",
        help="stop again as soon as a first request was answered",
    )


def _port(text: str) -> int:
    """Read a port; ``ValueError`` makes argparse explain."""
    port = int(text)
    if not 0 < port <= HIGHEST_PORT:
        raise ValueError(text)
    return port
