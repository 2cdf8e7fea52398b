"""Offers: SKUs as carts and orders see them, read from their rows when they are asked for."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import msgspec

from models.connection import Connection, placeholders


class Offer(msgspec.Struct, frozen=True):
    """One variant at its present price in yuan.

    ``image`` is a stored path; names and values of the sale attributes are aligned and ordered by
    attribute id.
    """

    id: int
    name: str
    price: Decimal
    image: str
    stock: int
    is_launched: bool
    attribute_names: list[str]
    attribute_values: list[str]


class _Row(msgspec.Struct, frozen=True):
    id: int
    name: str
    price: Decimal
    image: str
    stock: int
    is_launched: int
    names: str | None
    values: str | None


LISTED = """SELECT JSON_ARRAYAGG({column} ORDER BY a.id, v.id) FROM goods_sku_sale_attr_value l
    JOIN goods_sale_attr_value v ON v.id = l.saleattrvalue_id
    JOIN goods_spu_sale_attr a ON a.id = v.spu_sale_attr_id WHERE l.sku_id = s.id"""
"""The names (``a.name``) or values (``v.name``) of the attributes of SKU ``s``, as a JSON list."""
_OF = f"""SELECT s.id, s.name, s.price, s.default_image_url, s.stock, s.is_launched,
    ({LISTED.format(column="a.name")}), ({LISTED.format(column="v.name")})
  FROM goods_sku s WHERE s.id IN ({{ids}})"""


class Offers:
    """All offers, launched or not."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, sku_ids: Collection[int]) -> dict[int, Offer]:
        """Return the offers of these SKUs by their ids; those that are gone are missing."""
        if not sku_ids:
            return {}
        sql = _OF.format(ids=placeholders(len(sku_ids)))
        rows = await self._connection.rows(_Row, sql, *sku_ids)
        return {row.id: _offer(row) for row in rows}


def names_of(packed: str | None) -> list[str]:
    """Return the texts of a JSON list as the database keeps them; none for no list."""
    return msgspec.json.decode(packed, type=list[str]) if packed else []


def _offer(row: _Row) -> Offer:
    return Offer(
        id=row.id,
        name=row.name,
        price=row.price,
        image=row.image,
        stock=row.stock,
        is_launched=bool(row.is_launched),
        attribute_names=names_of(row.names),
        attribute_values=names_of(row.values),
    )
