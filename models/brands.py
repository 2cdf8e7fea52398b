"""Brands."""

from __future__ import annotations

import msgspec

from models.connection import Connection
from models.editable import Editable


class Brand(msgspec.Struct, frozen=True):
    """Who made it."""

    id: int
    name: str


_IN_CATALOG = """SELECT b.id, b.name FROM goods_brand b
  WHERE b.id IN (SELECT brand_id FROM goods_spu WHERE catalog_id = %s) ORDER BY b.id"""
EDITABLE = Editable("goods_brand", ("name", "logo", "first_letter"))


class Brands:
    """All brands."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def in_catalog(self, catalog_id: int) -> list[Brand]:
        """Return the brands a catalogue has products of."""
        return await self._connection.rows(Brand, _IN_CATALOG, catalog_id)
