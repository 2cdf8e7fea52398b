"""How goods are shown: from model objects to the bytes of a reply.

The published pages read exactly these names. Prices are texts with two decimals, pictures are
stored paths to be put behind ``base_url``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec

from models.cards import Card
from services.goods import Detail, Listing, Shelf

PER_SHELF = 3
_encode = msgspec.json.Encoder().encode
Amount = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+\.[0-9]{2}$", examples=["88.00"])]


class CardReply(msgspec.Struct, frozen=True):
    """One item of a list."""

    skuid: int
    name: str
    caption: str
    price: Amount
    image: str


class ShelfReply(msgspec.Struct, frozen=True):
    """A catalogue with exactly three items; fewer are repeated."""

    catalog_id: int
    catalog_name: str
    sku: list[CardReply]


class IndexReply(msgspec.Struct, frozen=True, kw_only=True):
    """The front page."""

    code: int = 200
    data: list[ShelfReply]
    base_url: str


class PaginatorReply(msgspec.Struct, frozen=True):
    """Items per page, and items on all pages."""

    pagesize: int
    total: int


class NamedReply(msgspec.Struct, frozen=True):
    """An id and what it is called."""

    id: int
    name: str


class ListReply(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a catalogue."""

    code: int = 200
    data: list[CardReply]
    paginator: PaginatorReply
    base_url: str
    catalog: NamedReply
    brands: list[NamedReply]


class SearchReply(msgspec.Struct, frozen=True, kw_only=True):
    """One page of what a search found."""

    code: int = 200
    data: list[CardReply]
    paginator: PaginatorReply
    base_url: str
    baseurl: str
    result: bool = True


class ItemReply(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about an item. The four ``sku_…`` lists and both lists of a map are aligned."""

    catalog_id: int
    catalog_name: str
    name: str
    caption: str
    price: Amount
    image: str
    spu: int
    detail_image: str
    images: list[str]
    stock: int
    sales: int
    sku_sale_attr_id: list[int]
    sku_sale_attr_names: list[str]
    sku_sale_attr_val_id: list[int]
    sku_sale_attr_val_names: list[str]
    sku_all_sale_attr_vals_id: dict[int, list[int]]
    sku_all_sale_attr_vals_name: dict[int, list[str]]
    spec: dict[str, str]


class DetailReply(msgspec.Struct, frozen=True, kw_only=True):
    """The page of an item."""

    code: int = 200
    data: ItemReply
    base_url: str


class ChoiceReply(msgspec.Struct, frozen=True, kw_only=True):
    """The id of the item that was chosen."""

    code: int = 200
    data: int


def index_body(base_url: str, shelves: Sequence[Shelf]) -> bytes:
    """Show the front page."""
    data = [
        ShelfReply(shelf.catalog.id, shelf.catalog.name, _three(shelf.cards)) for shelf in shelves
    ]
    return _encode(IndexReply(data=data, base_url=base_url))


def list_body(base_url: str, listing: Listing) -> bytes:
    """Show one page of a catalogue."""
    assert listing.catalog is not None  # noqa: S101 - only a search has none
    return _encode(
        ListReply(
            data=[_card(card) for card in listing.cards],
            paginator=PaginatorReply(listing.pagesize, listing.total),
            base_url=base_url,
            catalog=NamedReply(listing.catalog.id, listing.catalog.name),
            brands=[NamedReply(brand.id, brand.name) for brand in listing.brands],
        )
    )


def search_body(base_url: str, listing: Listing) -> bytes:
    """Show one page of what a search found."""
    return _encode(
        SearchReply(
            data=[_card(card) for card in listing.cards],
            paginator=PaginatorReply(listing.pagesize, listing.total),
            base_url=base_url,
            baseurl=base_url,
        )
    )


def detail_body(base_url: str, detail: Detail) -> bytes:
    """Show an item."""
    sku, chosen = detail.sku, detail.chosen
    ids: dict[int, list[int]] = {each.attribute_id: [] for each in chosen}
    names: dict[int, list[str]] = {each.attribute_id: [] for each in chosen}
    for each in detail.offered:
        ids.setdefault(each.attribute_id, []).append(each.value_id)
        names.setdefault(each.attribute_id, []).append(each.value)
    item = ItemReply(
        catalog_id=sku.catalog_id,
        catalog_name=sku.catalog_name,
        name=sku.name,
        caption=sku.caption,
        price=_amount(sku.price),
        image=sku.image,
        spu=sku.spu_id,
        detail_image=detail.images[0] if detail.images else sku.image,
        images=list(detail.images) or [sku.image],
        stock=sku.stock,
        sales=sku.sales,
        sku_sale_attr_id=[each.attribute_id for each in chosen],
        sku_sale_attr_names=[each.attribute for each in chosen],
        sku_sale_attr_val_id=[each.value_id for each in chosen],
        sku_sale_attr_val_names=[each.value for each in chosen],
        sku_all_sale_attr_vals_id=ids,
        sku_all_sale_attr_vals_name=names,
        spec={spec.name: spec.value for spec in detail.specs},
    )
    return _encode(DetailReply(data=item, base_url=base_url))


def _three(cards: Sequence[Card]) -> list[CardReply]:
    shown = [_card(card) for card in cards]
    return [shown[n % len(shown)] for n in range(PER_SHELF)]


def _card(card: Card) -> CardReply:
    return CardReply(card.id, card.name, card.caption, _amount(card.price), card.image)


def _amount(price: Decimal) -> str:
    return f"{price:.2f}"
