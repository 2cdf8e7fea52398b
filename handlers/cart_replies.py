"""How carts are shown: the names the published pages read, some lists under two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from handlers.goods_replies import Amount
from services.carts import CartItem

Truth = Annotated[int, msgspec.Meta(ge=0, le=1)]


class CartItemReply(msgspec.Struct, frozen=True, kw_only=True):
    """One line at the present price; names and values of the sale attributes are aligned."""

    id: int
    name: str
    count: int
    selected: Truth
    default_image_url: str
    price: Amount
    sku_sale_attr_name: list[str]
    sku_sale_attr_names: list[str]
    sku_sale_attr_val: list[str]
    sku_sale_attr_vals: list[str]
    stock: int
    is_launched: bool


class CartReply(msgspec.Struct, frozen=True, kw_only=True):
    """A cart, newest line first."""

    code: int = 200
    data: list[CartItemReply]
    base_url: str


class CartSize(msgspec.Struct, frozen=True):
    """How many different SKUs a cart holds."""

    carts_count: int


class CartSizeReply(msgspec.Struct, frozen=True, kw_only=True):
    """A cart has been changed."""

    code: int = 200
    data: CartSize
    base_url: str


def cart_reply(base_url: str, items: Sequence[CartItem]) -> CartReply:
    """Show a cart."""
    return CartReply(data=[cart_item_reply(item) for item in items], base_url=base_url)


def cart_item_reply(item: CartItem) -> CartItemReply:
    """Show one line."""
    line, offer = item.line, item.offer
    return CartItemReply(
        id=offer.id,
        name=offer.name,
        count=line.count,
        selected=int(line.selected),
        default_image_url=offer.image,
        price=f"{offer.price:.2f}",
        sku_sale_attr_name=offer.attribute_names,
        sku_sale_attr_names=offer.attribute_names,
        sku_sale_attr_val=offer.attribute_values,
        sku_sale_attr_vals=offer.attribute_values,
        stock=offer.stock,
        is_launched=offer.is_launched,
    )
