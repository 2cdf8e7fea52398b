"""The goods tables as the demo sees them: is there a catalogue, is it ours, loading, clearing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from environment import Url
from scripts.catalogue.gauge import Watch
from scripts.catalogue.products import shelves
from scripts.catalogue.studio import VIEWS
from scripts.fixtures.shapes import GOODS, Record
from scripts.fixtures.writer import connect, write

OURS = "demo/%"
FIRST_VIEW = next(iter(VIEWS))

# A server takes a moment to notice that the connection before this one has gone.
_LOCK = "SELECT GET_LOCK(CONCAT('demo.', DATABASE()), 3)"
_SKUS = "SELECT COUNT(*) FROM goods_sku"
_ORDERED = "SELECT COUNT(*) FROM orders_order_goods"
_PICTURES = "SELECT DISTINCT default_image_url FROM goods_sku WHERE default_image_url LIKE %s"
_LOGOS = "SELECT logo FROM goods_brand WHERE logo LIKE %s"
_FOREIGN_SKUS = "SELECT COUNT(*) FROM goods_sku WHERE default_image_url NOT LIKE %s"
_FOREIGN_BRANDS = "SELECT COUNT(*) FROM goods_brand WHERE logo NOT LIKE %s"
_EMPTY_SPUS = (
    "SELECT COUNT(*) FROM goods_spu spu WHERE NOT EXISTS"
    " (SELECT 1 FROM goods_sku sku WHERE sku.spu_id = spu.id)"
)
_FOREIGN_CATALOGS = "SELECT COUNT(*) FROM goods_catalog WHERE name NOT IN %s"


class Refused(Exception):
    """The tables must stay as they are; the message says why and what can be done."""


@contextmanager
def opened(url: Url) -> Iterator[Connection[Cursor]]:
    """Open one transaction on the shop, alone: two demos at once would write the same keys."""
    with connect(url) as connection:
        if _number(connection, _LOCK) != 1:
            raise Refused("another scripts/demo is at work on this database")
        yield connection


def holds_goods(connection: Connection[Cursor]) -> bool:
    """Say whether the shop has any goods, or the beginnings of a catalogue."""
    asked = (f"SELECT EXISTS (SELECT 1 FROM `{table}`)" for table in _tables())
    return any(_number(connection, each) for each in asked)


def count_skus(connection: Connection[Cursor]) -> int:
    """Return how many SKUs the shop has."""
    return _number(connection, _SKUS)


def stored_pictures(connection: Connection[Cursor]) -> list[str]:
    """Return the paths of the demo's pictures that the rows name, all views, and of its logos."""
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, (OURS,))
        fronts = [path for (path,) in cursor.fetchall()]
        cursor.execute(_LOGOS, (OURS,))
        logos = [path for (path,) in cursor.fetchall()]
    stems = [path.removesuffix(f"{FIRST_VIEW}.jpg") for path in fronts]
    return [f"{stem}{view}.jpg" for stem in stems for view in VIEWS] + logos


def load(connection: Connection[Cursor], records: Iterable[Record], watch: Watch) -> None:
    """Write the records; ``watch`` is told of SKUs, after all that came before them is written."""
    write(connection, _watched(records, watch))


def check_clearing(connection: Connection[Cursor]) -> None:
    """Raise ``Refused`` when orders name goods, or the tables hold what the demo did not make."""
    if _number(connection, _ORDERED):
        raise Refused("orders refer to goods of the shop; nothing was removed")
    if foreign := _foreign(connection):
        raise Refused(
            f"{foreign} were not made by scripts/demo; nothing was removed."
            " ./scripts/run --fresh begins with an empty database"
        )


def count_rows(connection: Connection[Cursor]) -> int:
    """Return how many rows ``clear`` has to remove."""
    return sum(_number(connection, f"SELECT COUNT(*) FROM `{table}`") for table in _tables())


def clear(connection: Connection[Cursor], watch: Watch) -> None:
    """Remove the demo catalogue, all of it; raise ``Refused`` as ``check_clearing`` does.

    ``watch`` is told how many rows have gone.
    """
    check_clearing(connection)
    try:
        with connection.cursor() as cursor:
            for table in _tables():
                watch(cursor.execute(f"DELETE FROM `{table}`"))
    except pymysql.err.IntegrityError as fault:
        raise Refused(f"other rows refer to the catalogue; nothing was removed: {fault}") from fault


def _foreign(connection: Connection[Cursor]) -> str:
    names = [shelf.name for shelf in shelves()]
    counts = {
        "SKUs": _number(connection, _FOREIGN_SKUS, OURS),
        "SPUs without a SKU": _number(connection, _EMPTY_SPUS),
        "brands": _number(connection, _FOREIGN_BRANDS, OURS),
        "catalogues": _number(connection, _FOREIGN_CATALOGS, names),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _tables() -> Iterator[str]:
    """Yield the tables of the catalogue, what refers before what is referred to."""
    yield "goods_sku_search"
    for model in reversed(GOODS):
        yield from (many.table for many in model.many)
        yield model.table


def _watched(records: Iterable[Record], watch: Watch) -> Iterator[Record]:
    for record in records:
        yield record
        if record.model == "goods.sku":
            watch(1)


def _number(connection: Connection[Cursor], statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] is not None else 0
