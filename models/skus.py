"""SKUs: what can be put into a cart, with their pictures, specs and attribute values."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from models import words
from models.connection import Connection, placeholders
from models.editable import Editable


class Sku(msgspec.Struct, frozen=True):
    """One variant of a product; ``price`` in yuan, ``image`` a stored path."""

    id: int
    spu_id: int
    name: str
    caption: str
    price: Decimal
    image: str
    stock: int
    sales: int
    is_launched: bool
    catalog_id: int
    catalog_name: str


class Chosen(msgspec.Struct, frozen=True):
    """The value a SKU has of one sale attribute."""

    attribute_id: int
    attribute: str
    value_id: int
    value: str


class Spec(msgspec.Struct, frozen=True):
    """One line of the table of specifications."""

    name: str
    value: str


class _Image(msgspec.Struct, frozen=True):
    path: str


class _Id(msgspec.Struct, frozen=True):
    id: int


_ONE = """SELECT s.id, s.spu_id, s.name, s.caption, s.price, s.default_image_url, s.stock, s.sales,
    s.is_launched = 1, c.id, c.name
  FROM goods_sku s JOIN goods_spu p ON p.id = s.spu_id JOIN goods_catalog c ON c.id = p.catalog_id
  WHERE s.id = %s"""
_CHOSEN = """SELECT a.id, a.name, v.id, v.name FROM goods_sku_sale_attr_value l
  JOIN goods_sale_attr_value v ON v.id = l.saleattrvalue_id
  JOIN goods_spu_sale_attr a ON a.id = v.spu_sale_attr_id
  WHERE l.sku_id = %s ORDER BY a.id, v.id"""
_IMAGES = "SELECT image FROM goods_sku_image WHERE sku_id = %s ORDER BY id"
_SPECS = """SELECT n.name, v.name FROM goods_spu_spec_value v JOIN goods_spu_spec n
  ON n.id = v.spu_spec_id WHERE v.sku_id = %s ORDER BY n.id, v.id"""
_FIND = """INSERT INTO goods_sku_search (sku_id, words) VALUES (%s, %s)
  ON DUPLICATE KEY UPDATE words = VALUES(words)"""
_LINK = "INSERT INTO goods_sku_sale_attr_value (sku_id, saleattrvalue_id) VALUES "
_OF_IMAGE = "SELECT sku_id FROM goods_sku_image WHERE id = %s"
_SET_SPEC = """INSERT INTO goods_spu_spec_value
  (sku_id, spu_spec_id, name, created_time, updated_time) VALUES (%s, %s, %s, NOW(6), NOW(6))"""
PARTS = (
    "goods_sku_image",
    "goods_spu_spec_value",
    "goods_sku_sale_attr_value",
    "goods_sku_search",
    "goods_stock_ledger",
)

EDITABLE = Editable(
    "goods_sku",
    (
        "name", "caption", "spu_id", "price", "cost_price", "market_price", "is_launched",
        "default_image_url",
    ),
)  # fmt: skip
IMAGES = Editable("goods_sku_image", ("sku_id", "image"))


class Skus:
    """All SKUs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def by_id(self, sku_id: int) -> Sku | None:
        """Return the SKU, launched or not, or None."""
        return await self._connection.row(Sku, _ONE, sku_id)

    async def chosen(self, sku_id: int) -> list[Chosen]:
        """Return the values of the sale attributes, ordered by attribute id."""
        return await self._connection.rows(Chosen, _CHOSEN, sku_id)

    async def images(self, sku_id: int) -> list[str]:
        """Return the stored paths of the pictures, in order."""
        return [row.path for row in await self._connection.rows(_Image, _IMAGES, sku_id)]

    async def specs(self, sku_id: int) -> list[Spec]:
        """Return the table of specifications."""
        return await self._connection.rows(Spec, _SPECS, sku_id)

    async def make_found(self, sku_id: int, name: str, caption: str) -> None:
        """Let a search find the SKU by its name and caption."""
        await self._connection.change(_FIND, sku_id, words.encoded(name, caption))

    async def make_of(self, sku_id: int, value_ids: Iterable[int]) -> None:
        """Replace the attribute values of the SKU."""
        await self._clear("goods_sku_sale_attr_value", sku_id)
        pairs = [(sku_id, value_id) for value_id in value_ids]
        if pairs:
            rows = ", ".join([f"({placeholders(2)})"] * len(pairs))
            await self._connection.change(_LINK + rows, *(v for pair in pairs for v in pair))

    async def set_spec(self, sku_id: int, spec_id: int, value: str) -> None:
        """Give one line of the table of specifications its value; an empty text removes it."""
        await self._connection.change(
            "DELETE FROM goods_spu_spec_value WHERE sku_id = %s AND spu_spec_id = %s",
            sku_id,
            spec_id,
        )
        if value:
            await self._connection.change(_SET_SPEC, sku_id, spec_id, value)

    async def owner_of_image(self, image_id: int) -> int | None:
        """Return the SKU of a picture."""
        found = await self._connection.row(_Id, _OF_IMAGE, image_id)
        return found.id if found else None

    async def remove(self, sku_id: int) -> None:
        """Delete the SKU with everything that belongs to it alone."""
        for table in PARTS:
            await self._clear(table, sku_id)
        await EDITABLE.remove(self._connection, sku_id)

    async def _clear(self, table: str, sku_id: int) -> None:
        await self._connection.change(f"DELETE FROM {table} WHERE sku_id = %s", sku_id)
