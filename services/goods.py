"""What customers see of the goods: index, catalogues, details, search, and the SKU of a choice.

A page is made from model objects by a presentation function of the caller and kept as ready bytes.
Tags a page may depend on: ``card:<id>`` what a list shows of a SKU; ``sku:<id>`` that and its
stock, pictures, specs and values; ``spu:<id>`` the sale
attributes and the set of SKUs of a product; ``catalog:<id>`` its name; ``shelf:<id>`` which
launched SKUs and brands stand in a catalogue; ``prices:<id>`` their prices, for lists that sort or
filter by them; ``brand:<id>`` its name; ``index`` which catalogues there are; ``search`` what can
be found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from cache.memory import Page
from models.brands import Brand
from models.cards import Card, Wanted
from models.catalogs import Catalog
from models.database import Database
from models.errors import (
    EmptySearch,
    NoSuchCatalog,
    NoSuchChoice,
    NoSuchSku,
    PageOutOfRange,
)
from models.skus import Chosen, Sku, Spec
from models.spus import Choice, Offered
from services.pages import Made, Missing, PageService

LONGEST_SEARCH = 100


class Shelf(msgspec.Struct, frozen=True):
    """A catalogue on the index: up to three cards."""

    catalog: Catalog
    cards: Sequence[Card]


class Listing(msgspec.Struct, frozen=True):
    """One page of a list. ``total`` counts the cards of all pages."""

    cards: Sequence[Card]
    total: int
    page: int
    pagesize: int
    catalog: Catalog | None = None
    brands: Sequence[Brand] = ()


class Detail(msgspec.Struct, frozen=True):
    """Everything about one SKU."""

    sku: Sku
    chosen: Sequence[Chosen]
    offered: Sequence[Offered]
    images: Sequence[str]
    specs: Sequence[Spec]


class GoodsService:
    """Reads the goods."""

    def __init__(self, *, database: Database, pages: PageService) -> None:
        self._database = database
        self._pages = pages

    async def index(self, shown: Callable[[list[Shelf]], bytes]) -> Page:
        """Return the front page: every catalogue that has a launched SKU."""

        async def make() -> Made:
            async with self._database.read() as tables:
                catalogs = await tables.catalogs.all()
                cards = await tables.cards.first_of([each.id for each in catalogs])
            shelves = [Shelf(each, cards[each.id]) for each in catalogs if each.id in cards]
            tags = ["index", *(f"catalog:{each.id}" for each in catalogs)]
            tags += [f"shelf:{each.id}" for each in catalogs]
            tags += [f"card:{card.id}" for shelf in shelves for card in shelf.cards]
            return Made(shown(shelves), tuple(tags))

        return await self._pages.of("index", make)

    async def catalog(self, wanted: Wanted, shown: Callable[[Listing], bytes]) -> Page:
        """Return one page of a catalogue; raise ``NoSuchCatalog`` or ``PageOutOfRange``."""

        async def make() -> Made | Missing:
            async with self._database.read() as tables:
                counted = await tables.cards.counted(wanted)
                cards = await tables.cards.page(wanted) if counted else []
                brands = await tables.brands.in_catalog(wanted.catalog_id) if counted else []
            tags = _catalog_tags(wanted)
            if counted is None:
                return Missing(NoSuchCatalog(), tags)
            if wanted.page > 1 and not cards:
                return Missing(PageOutOfRange(), tags)
            listing = Listing(
                cards, counted.total, wanted.page, wanted.pagesize, counted.catalog, brands
            )
            tags += tuple(f"card:{card.id}" for card in cards)
            return Made(shown(listing), tags + tuple(f"brand:{brand.id}" for brand in brands))

        return await self._pages.of(f"list:{wanted.key}", make)

    async def detail(self, sku_id: int, shown: Callable[[Detail], bytes]) -> Page:
        """Return the page of a launched SKU; raise ``NoSuchSku``."""

        async def make() -> Made | Missing:
            detail = await self._detail(sku_id)
            if detail is None:
                return Missing(NoSuchSku(), (f"sku:{sku_id}",))
            sku = detail.sku
            tags = (f"sku:{sku_id}", f"spu:{sku.spu_id}", f"catalog:{sku.catalog_id}")
            return Made(shown(detail), tags)

        return await self._pages.of(f"detail:{sku_id}", make)

    async def search(
        self, text: str, *, page: int, pagesize: int, shown: Callable[[Listing], bytes]
    ) -> Page:
        """Return one page of what is found; raise ``EmptySearch`` or ``PageOutOfRange``."""
        text = text.strip()[:LONGEST_SEARCH]
        if not text:
            raise EmptySearch

        async def make() -> Made | Missing:
            async with self._database.read() as tables:
                total, cards = await tables.cards.search(text, page=page, pagesize=pagesize)
            if page > 1 and not cards:
                return Missing(PageOutOfRange(), ("search",))
            tags = ("search", *(f"card:{card.id}" for card in cards))
            return Made(shown(Listing(cards, total, page, pagesize)), tags)

        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
        return await self._pages.of(f"search:{digest}:{page}:{pagesize}", make)

    async def choose(self, spu_id: int, choice: Choice) -> int:
        """Return the launched SKU made of exactly these values; raise ``NoSuchChoice``."""
        async with self._database.read() as tables:
            made_of = await tables.spus.choices(spu_id)
        for sku_id, values in made_of.items():
            if values == choice:
                return sku_id
        raise NoSuchChoice

    async def _detail(self, sku_id: int) -> Detail | None:
        async with self._database.read() as tables:
            sku = await tables.skus.by_id(sku_id)
            if sku is None or not sku.is_launched:
                return None
            return Detail(
                sku=sku,
                chosen=await tables.skus.chosen(sku_id),
                offered=await tables.spus.offered(sku.spu_id),
                images=await tables.skus.images(sku_id),
                specs=await tables.skus.specs(sku_id),
            )


def _catalog_tags(wanted: Wanted) -> tuple[str, ...]:
    """Return what decides which cards a list shows, and in which order."""
    catalog_id = wanted.catalog_id
    tags = (f"catalog:{catalog_id}", f"shelf:{catalog_id}")
    return (*tags, f"prices:{catalog_id}") if wanted.minds_prices else tags
