"""/v1/goods: index, catalogues, details, search, and the SKU of a choice. All public.

Source: the interface document, "Goods".
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Literal

import msgspec

from handlers import forms, goods_replies
from handlers.access import public
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.forms import Count, Form, Id, Money, PageSize
from handlers.goods_replies import (
    ChoiceReply,
    DetailReply,
    IndexReply,
    ListReply,
    SearchReply,
)
from models.cards import Wanted
from models.errors import (
    BadGoodsParameter,
    EmptySearch,
    NoSuchCatalog,
    NoSuchChoice,
    NoSuchSku,
    PageOutOfRange,
    ShopError,
)
from models.spus import Choice

MOST_ATTRIBUTES = 20


class GoodsForm(Form, frozen=True, kw_only=True):
    """A form of this module."""

    refusal: ClassVar[type[ShopError]] = BadGoodsParameter


class ListQuery(GoodsForm, frozen=True, kw_only=True):
    """Which page of a catalogue; published pages send ``launched``, lists hold nothing else."""

    blank: ClassVar[frozenset[str]] = frozenset({"min_price", "max_price", "brand"})

    launched: str = "true"
    page: Count = msgspec.field(default_factory=Count.unsaid)
    pagesize: PageSize = msgspec.field(default_factory=PageSize.unsaid)
    sort: Literal["default", "price", "-price", "sales", "new"] = "default"
    min_price: Money | None = None
    max_price: Money | None = None
    brand: Id | None = None

    def wanted(self, catalog_id: int) -> Wanted:
        """Say it in the words of the model."""
        return Wanted(
            catalog_id=catalog_id,
            page=int(self.page),
            pagesize=int(self.pagesize),
            sort=self.sort,
            min_price=_amount(self.min_price),
            max_price=_amount(self.max_price),
            brand_id=self.brand and int(self.brand),
        )


class SearchForm(GoodsForm, frozen=True, kw_only=True):
    """What to search for, and which page of what is found."""

    q: str = ""
    page: Count = msgspec.field(default_factory=Count.unsaid)
    pagesize: PageSize = msgspec.field(default_factory=PageSize.unsaid)


class ChoiceForm(GoodsForm, frozen=True, kw_only=True):
    """A product; beside it stand the chosen values, each under the id of its sale attribute."""

    spuid: Id


class IndexHandler(ApiHandler):
    """The front page."""

    @public
    @answers(IndexReply)
    async def get(self) -> None:
        """List every catalogue with three of its items."""
        shown = partial(goods_replies.index_body, self.around.media_url)
        self.page(await self.services.goods.index(shown))


class CatalogHandler(ApiHandler):
    """One catalogue."""

    @public
    @answers(ListReply, BadGoodsParameter, PageOutOfRange, NoSuchCatalog, query=ListQuery)
    async def get(self, catalog_id: str) -> None:
        """List the items of a catalogue, page by page."""
        number = self.path_id(catalog_id, BadGoodsParameter)
        shown = partial(goods_replies.list_body, self.around.media_url)
        self.page(await self.services.goods.catalog(self.query(ListQuery).wanted(number), shown))


class DetailHandler(ApiHandler):
    """One item."""

    @public
    @answers(DetailReply, BadGoodsParameter, NoSuchSku)
    async def get(self, sku_id: str) -> None:
        """Show everything about an item."""
        number = self.path_id(sku_id, BadGoodsParameter)
        shown = partial(goods_replies.detail_body, self.around.media_url)
        self.page(await self.services.goods.detail(number, shown))


class ChoiceHandler(ApiHandler):
    """The item that is made of some attribute values."""

    @public
    @answers(ChoiceReply, BadGoodsParameter, NoSuchChoice, query=ChoiceForm)
    async def get(self) -> None:
        """Find the item, from query parameters."""
        pairs = self.request.query_arguments
        values = {name: given[-1].decode("utf-8", "replace") for name, given in pairs.items()}
        await self._choose(values)

    @public
    @answers(ChoiceReply, BadGoodsParameter, NoSuchChoice, body=ChoiceForm)
    async def post(self) -> None:
        """Find the item, from a JSON object."""
        await self._choose(forms.parsed_json(self.request.body))

    async def _choose(self, values: Any) -> None:
        spu_id = int(forms.converted(ChoiceForm, values).spuid)
        sku_id = await self.services.goods.choose(spu_id, _choice(values))
        self.ok(ChoiceReply(data=sku_id))


class SearchHandler(ApiHandler):
    """The search."""

    @public
    @answers(SearchReply, BadGoodsParameter, EmptySearch, PageOutOfRange, query=SearchForm)
    async def get(self) -> None:
        """Find items by words of their name or caption, from query parameters."""
        await self._search(self.query(SearchForm))

    @public
    @answers(
        SearchReply,
        BadGoodsParameter,
        EmptySearch,
        PageOutOfRange,
        body=SearchForm,
        content=("application/x-www-form-urlencoded", "application/json"),
    )
    async def post(self) -> None:
        """Find items by words of their name or caption, from a form or a JSON object."""
        body = self.request.body
        if body.lstrip()[:1] == b"{":
            await self._search(self.form(SearchForm))
        else:
            await self._search(forms.read_urlencoded(SearchForm, body))

    async def _search(self, form: SearchForm) -> None:
        shown = partial(goods_replies.search_body, self.around.media_url)
        page = await self.services.goods.search(
            form.q, page=int(form.page), pagesize=int(form.pagesize), shown=shown
        )
        self.page(page)


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else Decimal(money)


def _choice(values: dict[str, Any]) -> Choice:
    """Read the pairs of attribute and value; names that are no number are not ours to judge."""
    pairs = [(name, value) for name, value in values.items() if name.isascii() and name.isdigit()]
    if len(pairs) > MOST_ATTRIBUTES:
        raise BadGoodsParameter
    read = partial(forms.read_id, refusal=BadGoodsParameter)
    return frozenset((read(name), read(value)) for name, value in pairs)


ROUTES = [
    (r"/v1/goods/index/?", IndexHandler),
    (r"/v1/goods/catalogs/([^/]*)/?", CatalogHandler),
    (r"/v1/goods/detail/([^/]*)/?", DetailHandler),
    (r"/v1/goods/sku/?", ChoiceHandler),
    (r"/v1/goods/search/?", SearchHandler),
]
