"""Refusals of the carts module."""

from __future__ import annotations

from models.errors.base import ShopError


class CartError(ShopError, codes=range(10300, 10400)):
    """Refusals of the carts module."""


class NoSuchCartSku(
    CartError, code=10301, legacy=30101, zh="商品不存在或已下架", en="There is no such item"
):
    """The SKU does not exist or is withdrawn."""


class BadCartParameter(
    CartError, code=10302, legacy=30102, zh="参数有误", en="A parameter is missing or wrong"
):
    """A parameter is missing, of the wrong type or out of its range."""


class CartFull(BadCartParameter, code=10302, legacy=30102, zh="购物车已满", en="The cart is full"):
    """A cart holds a hundred lines."""


class OverStock(
    CartError, code=10303, legacy=30103, zh="数量超过库存", en="More than there is in stock"
):
    """The line would hold more pieces than the shelf."""
