"""Tags of page copies that are no longer true, until every process has been told.

The row is written in the transaction of the change it belongs to and deleted once the copies are
gone, so a process that dies between its commit and the telling leaves the word to the others.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from models.connection import Connection, placeholders


class OutdatedPage(msgspec.Struct, frozen=True):
    """Some tags, separated by spaces, that somebody has yet to be told about."""

    id: int
    tags: str


_ADD = "INSERT INTO goods_outdated_page (tags) VALUES (%s)"
_OLD = """SELECT id, tags FROM goods_outdated_page
  WHERE created_time <= NOW(6) - INTERVAL %s SECOND ORDER BY id LIMIT 200"""


class OutdatedPages:
    """The words still to be passed on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, tags: Iterable[str]) -> int:
        """Write the tags down; return the id of the row."""
        return await self._connection.insert(_ADD, " ".join(sorted(tags)))

    async def older_than(self, seconds: float) -> list[OutdatedPage]:
        """Return up to 200 rows that are at least so old."""
        return await self._connection.rows(OutdatedPage, _OLD, seconds)

    async def remove(self, ids: list[int]) -> None:
        """Delete rows that everybody has been told about."""
        sql = f"DELETE FROM goods_outdated_page WHERE id IN ({placeholders(len(ids))})"
        await self._connection.change(sql, *ids)
