"""What the back office may change in a table: one place for the INSERT, UPDATE and DELETE of all.

Column names come only from the declarations in this project, never from a request.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.connection import Connection
from models.errors import BadStaffParameter, NothingThere


class Editable:
    """A table and the columns that staff may set."""

    def __init__(self, table: str, columns: tuple[str, ...]) -> None:
        self.table = table
        self.columns = columns
        self._remove = f"DELETE FROM {table} WHERE id = %s"

    async def add(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Insert a row with these columns; return its id."""
        names = self._named(values)
        sql = (
            f"INSERT INTO {self.table} ({', '.join(names)}, created_time, updated_time)"
            f" VALUES ({', '.join(['%s'] * len(names))}, NOW(6), NOW(6))"
        )
        return await connection.insert(sql, *(values[name] for name in names))

    async def change(
        self, connection: Connection, row_id: int, values: Mapping[str, object]
    ) -> None:
        """Set these columns of a row; raise ``NothingThere`` when there is none."""
        sets = ", ".join(f"{name} = %s" for name in self._named(values))
        sql = f"UPDATE {self.table} SET {sets}, updated_time = NOW(6) WHERE id = %s"
        if not await connection.change(sql, *(values[n] for n in self._named(values)), row_id):
            raise NothingThere

    async def remove(self, connection: Connection, row_id: int) -> None:
        """Delete a row; raise ``NothingThere`` when there is none."""
        if not await connection.change(self._remove, row_id):
            raise NothingThere

    def _named(self, values: Mapping[str, object]) -> list[str]:
        unknown = set(values) - set(self.columns)
        if unknown or not values:
            raise BadStaffParameter
        return [name for name in self.columns if name in values]
