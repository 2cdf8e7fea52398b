"""The words of the search beside every SKU: putting them there and finding where they are not.

For tools that work on whole tables through a PyMySQL connection. Words are a function of name and
caption, so a row is right exactly when it equals what ``words.encoded`` gives today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from models import words

BATCH = 2000

_PUT = (
    "INSERT INTO goods_sku_search (sku_id, words) VALUES (%s, %s)"
    " ON DUPLICATE KEY UPDATE words = VALUES(words)"
)
_COUNT = "SELECT COUNT(*) FROM goods_sku"
_BATCH = (
    "SELECT sku.id, sku.name, sku.caption, search.words FROM goods_sku sku"
    " LEFT JOIN goods_sku_search search ON search.sku_id = sku.id"
    " WHERE sku.id > %s ORDER BY sku.id LIMIT %s"
)
_LOCKED = "SELECT id, name, caption FROM goods_sku WHERE id IN %s ORDER BY id LOCK IN SHARE MODE"

Named = tuple[int, str, str]
"""A SKU as the search sees it: id, name, caption."""

Watch = Callable[[int, int], None]
"""Is told how many SKUs have been looked at, and of how many."""


def put(connection: Connection[Cursor], skus: Iterable[Named]) -> None:
    """Write the words of some SKUs, new or changed; the caller commits."""
    rows = [(sku_id, words.encoded(name, caption)) for sku_id, name, caption in skus]
    with connection.cursor() as cursor:
        cursor.executemany(_PUT, rows)


def rebuild(connection: Connection[Cursor], watch: Watch, *, everything: bool = False) -> int:
    """Write the words that are missing or stale, and return how many there were.

    Works and commits in batches, so that readers and writers of the shop are hardly disturbed and
    an interrupted run loses nothing. ``everything`` writes all of them, right or not.
    """
    written = 0
    for wrong in stale(connection, watch, everything=everything):
        if wrong:
            put(connection, _locked(connection, wrong))
            written += len(wrong)
        connection.commit()
    if written > BATCH:
        # A replaced row leaves its old words behind, through which every search has to look.
        _fetch(connection, "OPTIMIZE TABLE goods_sku_search", ())
    return written


def stale(
    connection: Connection[Cursor], watch: Watch, *, everything: bool = False
) -> Iterator[list[int]]:
    """Look at every SKU, a batch at a time, and yield the ids whose words are missing or stale."""
    total, seen, after = _total(connection), 0, -1
    while batch := _fetch(connection, _BATCH, (after, BATCH)):
        yield [row[0] for row in batch if everything or row[3] != words.encoded(*row[1:3])]
        after = batch[-1][0]
        seen += len(batch)
        watch(seen, max(total, seen))


def _locked(connection: Connection[Cursor], ids: Sequence[int]) -> Sequence[Named]:
    """Read some SKUs as they are now and keep them so until their words are committed."""
    return _fetch(connection, _LOCKED, (ids,))


def _total(connection: Connection[Cursor]) -> int:
    return int(_fetch(connection, _COUNT, ())[0][0])


def _fetch(
    connection: Connection[Cursor], statement: str, parameters: tuple[object, ...]
) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
