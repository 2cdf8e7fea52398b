"""What the demo catalogue holds, read from where it is made: the tests look for it on the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scripts.catalogue.records import catalogue

FEW = 10
"""Up to so many pieces a page says how many are left."""


@dataclass(frozen=True)
class Ware:
    """A launched SKU; ``choice`` says which value (id) it has of each sale attribute (id)."""

    sku: int
    name: str
    price: Decimal
    stock: int
    spu: int
    catalog: int
    brand: int
    choice: dict[int, int]

    def differences(self, other: Ware) -> list[tuple[int, int]]:
        """Return the attributes, with the values of the other, in which two variants differ."""
        return [pair for pair in other.choice.items() if pair not in self.choice.items()]


@dataclass(frozen=True)
class Gap:
    """A choice of one value that, starting from a SKU, leads to no SKU for sale."""

    start: Ware
    attribute: int
    value: int


class Wares:
    """Everything for sale, and how to find an example of something."""

    def __init__(self) -> None:
        rows: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        for record in catalogue():
            rows[record.model][int(record.pk)] = dict(record.fields)
        self._rows = rows
        self.shelves = {pk: str(row["name"]) for pk, row in rows["goods.catalog"].items()}
        launched = ((pk, row) for pk, row in rows["goods.sku"].items() if row["is_launched"])
        self.all = [self._ware(pk, row) for pk, row in launched]
        self.one_of_all_kinds = next(self._products_of_all_kinds())

    def pages(self) -> dict[str, dict[str, object]]:
        """Return the four pages of the shop, each with the query that shows an example."""
        example = self.gap().start
        return {
            "index": {},
            "product_list": {"catalog_id": example.catalog, "brand": example.brand},
            "search_list": {"input": "M7"},
            "product_details": {"skuid": example.sku},
        }

    def on_shelf(self, catalog: int) -> list[Ware]:
        """Return what a catalogue offers."""
        return [ware for ware in self.all if ware.catalog == catalog]

    def variants(self, spu: int) -> list[Ware]:
        """Return the variants of a product."""
        return [ware for ware in self.all if ware.spu == spu]

    def brand_name(self, brand: int) -> str:
        """Return the name of a brand."""
        return str(self._rows["goods.brand"][brand]["name"])

    def value_name(self, value: int) -> str:
        """Return the name of a value of an attribute."""
        return str(self._rows["goods.saleattrvalue"][value]["name"])

    def neighbours(self) -> tuple[Ware, Ware]:
        """Return two variants with more than a few in stock, which differ in one attribute."""
        plenty = [ware for ware in self._kinds() if ware.stock > FEW]
        pairs = ((one, other) for one in plenty for other in plenty)
        return next(pair for pair in pairs if len(pair[0].differences(pair[1])) == 1)

    def sold_out(self) -> Ware:
        """Return a variant of which nothing is left."""
        return next(ware for ware in self._kinds() if ware.stock == 0)

    def scarce(self) -> Ware:
        """Return a variant of which a few are left, yet more than one."""
        return next(ware for ware in self._kinds() if 1 < ware.stock <= FEW)

    def gap(self) -> Gap:
        """Return a combination that does not exist, next to one that does."""
        return next(_gaps([ware for ware in self._kinds() if ware.stock > FEW], self._kinds()))

    def _kinds(self) -> list[Ware]:
        return self.variants(self.one_of_all_kinds)

    def _products_of_all_kinds(self) -> Iterator[int]:
        """Yield products with variants in plenty, scarce, sold out and not for sale."""
        for spu in self._rows["goods.spu"]:
            variants = self.variants(spu)
            stocks = [ware.stock for ware in variants]
            scarce = any(1 < stock <= FEW for stock in stocks)
            if scarce and 0 in stocks and next(_gaps(variants, variants), None):
                yield spu

    def _ware(self, pk: int, row: dict[str, Any]) -> Ware:
        spu = self._rows["goods.spu"][row["spu"]]
        values = self._rows["goods.saleattrvalue"]
        return Ware(
            sku=pk,
            name=str(row["name"]),
            price=Decimal(row["price"]),
            stock=int(row["stock"]),
            spu=int(row["spu"]),
            catalog=int(spu["catalog"]),
            brand=int(spu["brand"]),
            choice={int(values[v]["spu_sale_attr"]): v for v in row["sale_attr_value"]},
        )


def _gaps(starts: Iterable[Ware], variants: list[Ware]) -> Iterator[Gap]:
    """Yield choices of one other value that no variant has."""
    choices = [variant.choice for variant in variants]
    offered = {pair for choice in choices for pair in choice.items()}
    for start in starts:
        for attribute, value in sorted(offered):
            if start.choice | {attribute: value} not in choices:
                yield Gap(start, attribute, value)
