"""Refusals of the goods module."""

from __future__ import annotations

from models.errors.base import ShopError


class GoodsError(ShopError, codes=range(10200, 10300)):
    """Refusals of the goods module."""


class BadGoodsParameter(
    GoodsError, code=10200, legacy=40200, zh="参数有误", en="A parameter is missing or wrong"
):
    """A parameter is missing, of the wrong type or out of its range."""


class PageOutOfRange(
    BadGoodsParameter, code=10200, legacy=40200, zh="页码超出范围", en="There is no such page"
):
    """The list has fewer pages."""


class NoSuchSku(GoodsError, code=10201, legacy=40201, zh="商品不存在", en="There is no such item"):
    """The SKU does not exist or is withdrawn."""


class NoSuchChoice(
    GoodsError, code=10203, legacy=40050, zh="没有这种组合的商品", en="No item has these attributes"
):
    """No launched SKU of the SPU has exactly the chosen attribute values."""


class NoSuchCatalog(GoodsError, code=10204, zh="商品分类不存在", en="There is no such catalogue"):
    """The catalogue does not exist."""


class EmptySearch(GoodsError, code=10205, zh="请输入搜索内容", en="Say what to search for"):
    """The search has no text."""
