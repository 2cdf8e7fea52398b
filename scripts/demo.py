"""Fill the shop with a demo catalogue: ``./scripts/demo``

Invented brands and goods with drawn pictures: the hand-written catalogue, or one of any size for
load tests. Pictures are painted first, rows are written last and in one transaction, so an
interrupted run leaves nothing half-loaded. A shop that has goods already is left as it is; only
picture files that are missing are painted again. The same seed gives the same catalogue.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from scripts.catalogue import tables
from scripts.catalogue.gauge import gauge
from scripts.catalogue.pictures import missing, paint
from scripts.catalogue.records import SEED, catalogue
from scripts.environment import local_settings
from scripts.fixtures.failures import explained
from scripts.fixtures.shapes import MODELS, Record
from settings import Settings

DONE, REFUSED, UNREACHABLE, INTERRUPTED = 0, 1, 2, 130
MOST = 5_000_000
PICTURED = {"goods.skuimage": "image", "goods.brand": "logo"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return 0, 1 for a refusal, 2 without a usable database."""
    given = _parser().parse_args(arguments)
    if given.output is not None:
        return _output(given.output, given)
    settings = local_settings()
    try:
        return _fill(settings, given)
    except pymysql.err.Error as fault:
        return _say(explained(fault, settings.mysql.url), UNREACHABLE)
    except tables.Refused as refused:
        return _say(f"{refused}.", REFUSED)
    except OSError as fault:
        return _say(
            f"cannot write {fault.filename or settings.media.root}: {fault.strerror}", REFUSED
        )
    except KeyboardInterrupt:
        return _say("Interrupted: no rows were written; finished pictures are kept.", INTERRUPTED)


def _fill(settings: Settings, given: argparse.Namespace) -> int:
    """Paint what is missing, then write the rows, unless the shop has goods already."""
    size = _size(given.skus)
    with tables.opened(settings.mysql.url) as connection:
        if given.fresh:
            tables.check_clearing(connection)
        present = not given.fresh and tables.holds_goods(connection)
        skus = tables.count_skus(connection)
        # Later editions share the pictures of the hand-written products.
        first = catalogue(min(size, _size(None)), given.seed)
        wanted = tables.stored_pictures(connection) if present else _pictures(first)
    if not given.without_pictures:
        _paint(settings.media.root, wanted)
    if present:
        print(f"The shop has goods already ({skus:,} SKUs): nothing to load.")
        return DONE
    with tables.opened(settings.mysql.url) as connection:
        _replace(connection, given, size)
    print(f"Loaded {size:,} SKUs into {settings.mysql.url.place}/{settings.mysql.url.name}.")
    return DONE


def _replace(connection: Connection[Cursor], given: argparse.Namespace, size: int) -> None:
    """Write the rows, after removing those of an earlier demo when that is asked for."""
    if given.fresh:
        with gauge("Removing rows", tables.count_rows(connection)) as shown:
            tables.clear(connection, shown.advance)
    elif tables.holds_goods(connection):
        raise tables.Refused("the shop has been filled meanwhile; nothing was written")
    with gauge("Writing SKUs", size) as shown:
        tables.load(connection, catalogue(size, given.seed), shown.advance)


def _paint(root: Path, paths: Iterable[str]) -> None:
    wanted = missing(root, paths)
    if wanted:
        with gauge("Painting pictures", len(wanted)) as shown:
            paint(root, wanted, shown.advance)


def _pictures(records: Iterable[Record]) -> list[str]:
    """Return the paths of the pictures that records name."""
    named = ((record, PICTURED.get(record.model)) for record in records)
    return [record.fields[field] for record, field in named if field]


def _size(skus: int | None) -> int:
    """Return how many SKUs to make: as many as asked for, or the hand-written ones."""
    if skus is not None:
        return skus
    return sum(record.model == "goods.sku" for record in catalogue())


def _output(path: Path, given: argparse.Namespace) -> int:
    """Write the catalogue as a fixture, laid out as ``scripts/dumpdata`` does."""
    fresh = path.with_name(f"{path.name}.new")
    size = _size(given.skus)
    try:
        with gauge("Writing SKUs", size) as shown, fresh.open("w", encoding="ascii") as file:
            start = "[\n"
            for record in catalogue(size, given.seed):
                file.write(start + json.dumps(_laid_out(record), indent=2))
                start = ",\n"
                shown.advance(record.model == "goods.sku")
            file.write("\n]\n")
        fresh.replace(path)
    except OSError as fault:
        return _say(f"cannot write {path}: {fault.strerror}", REFUSED)
    finally:
        fresh.unlink(missing_ok=True)
    print(f"Wrote {size:,} SKUs to {path}.")
    return DONE


def _laid_out(record: Record) -> dict[str, Any]:
    model = MODELS[record.model]
    names = [each.name for each in model.all_fields] + [each.name for each in model.many]
    fields = {name: record.fields[name] for name in names}
    return {"model": record.model, "pk": record.pk, "fields": fields}


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"must be between 1 and {MOST:,}")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="demo",
        description="Fill the shop with a demo catalogue: invented goods, drawn pictures.",
    )
    parser.add_argument(
        "--skus", type=_count, metavar="N", help="how many SKUs (default: the hand-written ones)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=SEED,
        help="other prices, stocks and gaps (default: %(default)s)",
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="remove an earlier demo catalogue first; refused when orders refer to goods, or when"
        " the shop has goods that this verb did not make",
    )
    parser.add_argument(
        "--without-pictures", action="store_true", help="write the rows only; paint nothing"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write a fixture file instead; needs no database",
    )
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
