"""Load fixtures into the shop: ``./scripts/loaddata FILE...``

Files are in the format of Django's ``dumpdata`` (JSON). All of them are loaded in one transaction:
everything or, when anything is wrong, nothing. What is wrong is named by model and key. An object
replaces the row with its key; loading the same file twice changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pymysql

from environment import Url
from scripts.environment import local_settings
from scripts.fixtures import checking
from scripts.fixtures.failures import explained
from scripts.fixtures.meter import meter
from scripts.fixtures.reading import Unreadable, read
from scripts.fixtures.shapes import Record
from scripts.fixtures.writer import connect, write


class Refused(Exception):
    """The fixture cannot be loaded; ``lines`` says why."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def load(url: Url, paths: Sequence[Path]) -> Counter[str]:
    """Load files and return how many objects of each model they hold.

    Raises ``Refused`` or ``Unreadable`` when the files are wrong and ``pymysql.err.Error`` when
    the database is; then nothing has been changed.
    """
    print(f"Reading {', '.join(map(str, paths))} ...", file=sys.stderr)
    faults = checking.Faults()
    found = checking.records(read(paths), faults)
    with connect(url) as connection:
        checking.strangers(connection, found, faults)
        checking.rivals(connection, found, faults)
        if faults.count:
            raise Refused(faults.lines())
        with meter("Loading", len(found)) as progress:
            write(connection, found, progress.advance)
    return _counted(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the files of the command line; return 0, or 1 when nothing was loaded."""
    parser = argparse.ArgumentParser(
        prog="loaddata", description="Load fixtures (Django JSON) in one transaction."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a fixture")
    given = parser.parse_args(arguments)
    url = local_settings().mysql.url
    try:
        counts = load(url, given.files)
    except Refused as refused:
        return _say([*refused.lines, "Nothing was loaded."])
    except Unreadable as unreadable:
        return _say([str(unreadable), "Nothing was loaded."])
    except pymysql.err.Error as fault:
        return _say([explained(fault, url), "Nothing was loaded."])
    for name, number in counts.items():
        print(f"{number:>9,} {name}")
    print(f"Loaded {counts.total():,} objects into {url.place}/{url.name}.")
    return 0


def _counted(found: Sequence[Record]) -> Counter[str]:
    return Counter(record.model for record in found)


def _say(lines: Sequence[str]) -> int:
    print("\n".join(lines), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
