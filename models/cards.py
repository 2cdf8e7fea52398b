"""Cards: what a list shows of a SKU, and the lists themselves (index, catalogue, search).

Only launched SKUs stand in a list. Prices are Decimals with two places, pictures are stored paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from models import words
from models.catalogs import Catalog
from models.connection import Connection

PER_CATALOG = 3
CONSIDERED = 30


class Card(msgspec.Struct, frozen=True):
    """One SKU in a list."""

    id: int
    name: str
    caption: str
    price: Decimal
    image: str


class Wanted(msgspec.Struct, frozen=True):
    """Which cards of a catalogue a customer wants to see."""

    catalog_id: int
    page: int = 1
    pagesize: int = 9
    sort: str = "default"
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    brand_id: int | None = None

    @property
    def offset(self) -> int:
        """How many cards stand on the pages before."""
        return (self.page - 1) * self.pagesize

    def conditions(self) -> tuple[str, list[object]]:
        """Return the WHERE of the list and its values."""
        wanted: list[tuple[str, object | None]] = [
            ("p.catalog_id = %s", self.catalog_id),
            ("p.brand_id = %s", self.brand_id),
            ("s.price >= %s", self.min_price),
            ("s.price <= %s", self.max_price),
        ]
        given = [(text, value) for text, value in wanted if value is not None]
        return " AND ".join(text for text, _ in given), [value for _, value in given]

    @property
    def key(self) -> str:
        """Name the list for those who keep copies of it."""
        return ":".join(
            "" if value is None else str(value) for value in msgspec.structs.astuple(self)
        )

    @property
    def minds_prices(self) -> bool:
        """Whether a change of a price may change which cards are shown."""
        return self.sort.endswith("price") or not (self.min_price is self.max_price is None)


class _Placed(msgspec.Struct, frozen=True):
    catalog_id: int
    id: int
    name: str
    caption: str
    price: Decimal
    image: str


class _Found(msgspec.Struct, frozen=True):
    total: int
    id: int
    name: str
    caption: str
    price: Decimal
    image: str


class Counted(msgspec.Struct, frozen=True):
    """A catalogue and the number of cards in it."""

    catalog: Catalog
    total: int


class _Counted(msgspec.Struct, frozen=True):
    id: int
    name: str
    total: int


class _Number(msgspec.Struct, frozen=True):
    value: int


CARD = "s.id, s.name, s.caption, s.price, s.default_image_url"
SHELF = "FROM goods_spu p JOIN goods_sku s ON s.spu_id = p.id AND s.is_launched = 1"
ORDERS = {
    "default": "s.id",
    "price": "s.price, s.id",
    "-price": "s.price DESC, s.id",
    "sales": "s.sales DESC, s.id",
    "new": "s.created_time DESC, s.id DESC",
}
# One card of each product first, so that a catalogue does not show three colours of one bag.
_FEW = f"""(SELECT p.catalog_id, {CARD} FROM (
    SELECT id, catalog_id FROM goods_spu WHERE catalog_id = %s ORDER BY id LIMIT {CONSIDERED}
  ) p JOIN goods_sku s ON s.spu_id = p.id AND s.is_launched = 1
  ORDER BY ROW_NUMBER() OVER (PARTITION BY p.id ORDER BY s.id), p.id LIMIT {PER_CATALOG})"""
_ANY = f"(SELECT p.catalog_id, {CARD} {SHELF} WHERE p.catalog_id = %s LIMIT {PER_CATALOG})"
_COUNT = f"""SELECT c.id, c.name, (SELECT COUNT(*) {SHELF} WHERE {{where}})
  FROM goods_catalog c WHERE c.id = %s"""
_PAGE = f"SELECT {CARD} {SHELF} WHERE "
_MATCH = """FROM goods_sku_search w JOIN goods_sku s ON s.id = w.sku_id AND s.is_launched = 1
  WHERE MATCH(w.words) AGAINST(%s IN BOOLEAN MODE)"""
# The narrow rows are counted and sorted first, the wide ones fetched for one page only.
_SEARCH = f"""SELECT f.total, {CARD} FROM (
    SELECT COUNT(*) OVER () AS total, s.id, s.sales {_MATCH}
    ORDER BY s.sales DESC, s.id LIMIT %s OFFSET %s
  ) f JOIN goods_sku s ON s.id = f.id ORDER BY f.sales DESC, f.id"""
_SEARCH_COUNT = f"SELECT COUNT(*) {_MATCH}"


class Cards:
    """The lists of launched SKUs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def first_of(self, catalog_ids: Sequence[int]) -> dict[int, list[Card]]:
        """Return up to three cards of each catalogue, of different products where there are."""
        cards = await self._few(_FEW, catalog_ids)
        scarce = [each for each in catalog_ids if len(cards.get(each, ())) < PER_CATALOG]
        return cards | await self._few(_ANY, scarce)

    async def page(self, wanted: Wanted) -> list[Card]:
        """Return one page of a catalogue."""
        where, values = wanted.conditions()
        order = ORDERS[wanted.sort]
        sql = f"{_PAGE}{where} ORDER BY {order} LIMIT %s OFFSET %s"
        return await self._connection.rows(Card, sql, *values, wanted.pagesize, wanted.offset)

    async def counted(self, wanted: Wanted) -> Counted | None:
        """Return the catalogue and how many cards all its pages hold; None without catalogue."""
        where, values = wanted.conditions()
        found = await self._connection.row(
            _Counted, _COUNT.format(where=where), *values, wanted.catalog_id
        )
        return Counted(Catalog(found.id, found.name), found.total) if found else None

    async def search(self, text: str, *, page: int, pagesize: int) -> tuple[int, list[Card]]:
        """Return how many cards match every word of the text, and one page of them."""
        query = words.query(text)
        if query is None:
            return 0, []
        found = await self._connection.rows(_Found, _SEARCH, query, pagesize, (page - 1) * pagesize)
        if not found and page > 1:
            number = await self._connection.row(_Number, _SEARCH_COUNT, query)
            return (number.value if number else 0), []
        cards = [Card(f.id, f.name, f.caption, f.price, f.image) for f in found]
        return (found[0].total if found else 0), cards

    async def _few(self, sql: str, catalog_ids: Sequence[int]) -> dict[int, list[Card]]:
        if not catalog_ids:
            return {}
        union = " UNION ALL ".join([sql] * len(catalog_ids))
        cards: dict[int, list[Card]] = {}
        for row in await self._connection.rows(_Placed, union, *catalog_ids):
            card = Card(row.id, row.name, row.caption, row.price, row.image)
            cards.setdefault(row.catalog_id, []).append(card)
        return cards
