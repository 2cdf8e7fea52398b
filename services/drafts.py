"""What an order will be, worked out from what is wanted and offered: plain rules, no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from cache.carts import Line
from models.addresses import Address
from models.errors import BadOrderParameter, OrderError, OutOfStock, PriceChanged, SkuWithdrawn
from models.offers import Offer
from models.orders import LARGEST_COUNT, LARGEST_TOTAL, NewOrder, OrderLine, fresh_order_id
from models.stock import Pick


class Wanted(msgspec.Struct, frozen=True):
    """So many of one SKU."""

    sku_id: int
    count: int


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer asks for: the selected lines of the cart, or ``bought`` now.

    ``pay_method`` is 1 for Alipay, 2 for WeChat Pay; ``expected_total`` what the page has shown.
    """

    address_id: int
    bought: Wanted | None = None
    pay_method: int = 1
    expected_total: Decimal | None = None

    @property
    def from_cart(self) -> bool:
        """Whether the cart loses what is bought."""
        return self.bought is None

    @property
    def fingerprint(self) -> bytes:
        """A digest of everything that was asked."""
        return hashlib.sha256(msgspec.json.encode(self)).digest()

    def wanted(self, cart: Sequence[Line]) -> list[Wanted]:
        """Return the lines of the order, one for each SKU, in the order of their ids."""
        if self.bought is not None:
            return [self.bought]
        chosen = [Wanted(line.sku_id, line.count) for line in cart if line.selected]
        return sorted(chosen, key=lambda each: each.sku_id)


class Draft(msgspec.Struct, frozen=True):
    """An order before it is written."""

    order_id: str
    wish: Wish
    lines: Sequence[OrderLine]
    freight: Decimal
    total: Decimal

    @property
    def count(self) -> int:
        """How many pieces it has."""
        return sum(line.count for line in self.lines)

    @property
    def picks(self) -> list[Pick]:
        """What has to come off the shelf."""
        return [Pick(line.sku_id, line.count, line.price) for line in self.lines]

    def order(self, user_id: int, address: Address) -> NewOrder:
        """Return the row."""
        return NewOrder(
            order_id=self.order_id,
            user_id=user_id,
            total_amount=self.total,
            total_count=self.count,
            pay_method=self.wish.pay_method,
            freight=self.freight,
            address=address,
        )


def drafted(
    wish: Wish, wanted: Sequence[Wanted], *, offers: Mapping[int, Offer], freight: Decimal
) -> Draft:
    """Work out lines and total; raise what stands against it, all failing lines at once.

    Raises ``SkuWithdrawn, OutOfStock, PriceChanged``, and ``BadOrderParameter`` for a total or a
    number of pieces that no order can have.
    """
    refusal = failing(wanted, offers)
    if refusal is not None:
        raise refusal
    order_id = fresh_order_id()
    lines = [_line(order_id, offers[each.sku_id], each.count) for each in wanted]
    total = sum((line.price * line.count for line in lines), freight)
    draft = Draft(order_id, wish, lines, freight, total)
    if total > LARGEST_TOTAL or draft.count > LARGEST_COUNT:
        raise BadOrderParameter
    if wish.expected_total is not None and wish.expected_total != total:
        raise PriceChanged
    return draft


def failing(wanted: Sequence[Wanted], offers: Mapping[int, Offer]) -> OrderError | None:
    """Return what stands against these lines, or None: every line that fails is named."""
    found = [(each, offers.get(each.sku_id)) for each in wanted]
    gone = any(offer is None or not offer.is_launched for _, offer in found)
    short = [
        (each.sku_id, offer.name if offer else f"#{each.sku_id}", _left(offer))
        for each, offer in found
        if _left(offer) < each.count
    ]
    if not short:
        return None
    return SkuWithdrawn(short) if gone else OutOfStock(short)


def _left(offer: Offer | None) -> int:
    """Return how many pieces can be bought."""
    return offer.stock if offer is not None and offer.is_launched else 0


def _line(order_id: str, offer: Offer, count: int) -> OrderLine:
    return OrderLine(
        order_id=order_id,
        sku_id=offer.id,
        count=count,
        price=offer.price,
        name=offer.name,
        image=offer.image,
        attribute_names=offer.attribute_names,
        attribute_values=offer.attribute_values,
    )
