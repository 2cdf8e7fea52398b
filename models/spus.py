"""SPUs: products, with their sale attributes, the values of those, and the names of their specs."""

from __future__ import annotations

import msgspec

from models.connection import Connection
from models.editable import Editable


class Spu(msgspec.Struct, frozen=True):
    """One product, of which SKUs are the variants."""

    id: int
    name: str
    catalog_id: int
    brand_id: int


class Offered(msgspec.Struct, frozen=True):
    """One value that one sale attribute of a product may have."""

    attribute_id: int
    attribute: str
    value_id: int
    value: str


class _Id(msgspec.Struct, frozen=True):
    id: int


class _Choice(msgspec.Struct, frozen=True):
    sku_id: int
    attribute_id: int
    value_id: int


_ONE = "SELECT id, name, catalog_id, brand_id FROM goods_spu WHERE id = %s"
_OFFERED = """SELECT a.id, a.name, v.id, v.name FROM goods_spu_sale_attr a
  JOIN goods_sale_attr_value v ON v.spu_sale_attr_id = a.id
  WHERE a.spu_id = %s ORDER BY a.id, v.id"""
_CHOICES = """SELECT s.id, v.spu_sale_attr_id, v.id FROM goods_sku s
  JOIN goods_sku_sale_attr_value l ON l.sku_id = s.id
  JOIN goods_sale_attr_value v ON v.id = l.saleattrvalue_id
  WHERE s.spu_id = %s AND (s.is_launched = 1 OR %s) ORDER BY s.id"""
_OF_ATTRIBUTE = "SELECT spu_id FROM goods_spu_sale_attr WHERE id = %s"
_OF_VALUE = """SELECT a.spu_id FROM goods_sale_attr_value v
  JOIN goods_spu_sale_attr a ON a.id = v.spu_sale_attr_id WHERE v.id = %s"""
_OF_SPEC = "SELECT spu_id FROM goods_spu_spec WHERE id = %s"
_REMOVE_PARTS = (
    """DELETE v FROM goods_sale_attr_value v
      JOIN goods_spu_sale_attr a ON a.id = v.spu_sale_attr_id WHERE a.spu_id = %s""",
    "DELETE FROM goods_spu_sale_attr WHERE spu_id = %s",
    "DELETE FROM goods_spu_spec WHERE spu_id = %s",
)
_LOCK = "SELECT id FROM goods_spu WHERE id = %s FOR UPDATE"

EDITABLE = Editable("goods_spu", ("name", "brand_id", "catalog_id"))
ATTRIBUTES = Editable("goods_spu_sale_attr", ("spu_id", "name"))
VALUES = Editable("goods_sale_attr_value", ("spu_sale_attr_id", "name"))
SPECS = Editable("goods_spu_spec", ("spu_id", "name"))

Choice = frozenset[tuple[int, int]]
"""Pairs of attribute id and value id."""


class Spus:
    """All products."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def by_id(self, spu_id: int) -> Spu | None:
        """Return the product, or None."""
        return await self._connection.row(Spu, _ONE, spu_id)

    async def offered(self, spu_id: int) -> list[Offered]:
        """Return every value of every sale attribute, ordered by attribute and value."""
        return await self._connection.rows(Offered, _OFFERED, spu_id)

    async def choices(self, spu_id: int, *, withdrawn: bool = False) -> dict[int, Choice]:
        """Return what each SKU of the product is made of; launched ones, or all."""
        found = await self._connection.rows(_Choice, _CHOICES, spu_id, withdrawn)
        made: dict[int, set[tuple[int, int]]] = {}
        for row in found:
            made.setdefault(row.sku_id, set()).add((row.attribute_id, row.value_id))
        return {sku_id: frozenset(pairs) for sku_id, pairs in made.items()}

    async def lock(self, spu_id: int) -> bool:
        """Let nobody else change what the SKUs are made of until the transaction ends."""
        return await self._connection.row(_Id, _LOCK, spu_id) is not None

    async def remove(self, spu_id: int) -> None:
        """Delete a product with its values, sale attributes and specs; SKUs must be gone."""
        for sql in _REMOVE_PARTS:
            await self._connection.change(sql, spu_id)
        await EDITABLE.remove(self._connection, spu_id)

    async def owner_of_attribute(self, attribute_id: int) -> int | None:
        """Return the product of a sale attribute."""
        return await self._owner(_OF_ATTRIBUTE, attribute_id)

    async def owner_of_value(self, value_id: int) -> int | None:
        """Return the product of a value."""
        return await self._owner(_OF_VALUE, value_id)

    async def owner_of_spec(self, spec_id: int) -> int | None:
        """Return the product of a spec."""
        return await self._owner(_OF_SPEC, spec_id)

    async def _owner(self, sql: str, row_id: int) -> int | None:
        found = await self._connection.row(_Id, sql, row_id)
        return found.id if found else None
