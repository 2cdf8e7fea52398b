"""Write rows of the shop as a fixture: ``./scripts/dumpdata [APP[.MODEL]]... [--output FILE]``

Without a selection everything the format knows is written: users, goods and orders. What is
written is one consistent state, however long it takes; ``./scripts/loaddata`` reads it back.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pymysql

from environment import Url
from scripts.environment import local_settings
from scripts.fixtures.dumping import NoSuchModel, count, dumped, selected
from scripts.fixtures.failures import explained
from scripts.fixtures.meter import meter
from scripts.fixtures.shapes import Model
from scripts.fixtures.writer import connect

SNAPSHOT = "REPEATABLE-READ"


def dump(url: Url, models: Sequence[Model], out: TextIO) -> int:
    """Write a fixture and return how many objects it holds; raise ``pymysql.err.Error``."""
    with connect(url, SNAPSHOT) as connection:
        total = count(connection, models)
        with meter("Dumping", total) as progress:
            for piece in dumped(connection, models, progress.advance):
                out.write(piece)
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what the command line selects; return 0, or 1 when it cannot be written."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = argparse.ArgumentParser(
        prog="dumpdata", description="Write rows as a fixture (Django JSON)."
    )
    parser.add_argument(
        "selection", nargs="*", metavar="APP[.MODEL]", help="such as goods or goods.sku"
    )
    parser.add_argument("--output", "-o", type=Path, metavar="FILE", help="not standard output")
    given = parser.parse_args(arguments)
    url = local_settings().mysql.url
    try:
        models = selected(given.selection)
        with _opened(given.output) as out:
            total = dump(url, models, out)
    except NoSuchModel as unknown:
        return _say(str(unknown))
    except pymysql.err.Error as fault:
        return _say(explained(fault, url))
    except OSError as fault:
        return _say(f"{fault.filename}: {fault.strerror}")
    print(f"Wrote {total:,} objects.", file=sys.stderr)
    return 0


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Open the output; a file is replaced when all is written, and only its owner may read it."""
    if path is None:
        yield sys.stdout
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            yield out
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _say(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
