"""Catalogues: the shelves of the shop."""

from __future__ import annotations

import msgspec

from models.connection import Connection
from models.editable import Editable


class Catalog(msgspec.Struct, frozen=True):
    """One shelf."""

    id: int
    name: str


_ALL = "SELECT id, name FROM goods_catalog ORDER BY id"
_ONE = "SELECT id, name FROM goods_catalog WHERE id = %s"
EDITABLE = Editable("goods_catalog", ("name",))


class Catalogs:
    """All catalogues."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self) -> list[Catalog]:
        """Return every catalogue, in the order of their ids."""
        return await self._connection.rows(Catalog, _ALL)

    async def by_id(self, catalog_id: int) -> Catalog | None:
        """Return the catalogue, or None."""
        return await self._connection.row(Catalog, _ONE, catalog_id)
