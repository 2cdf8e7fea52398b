"""What the orders module takes. Source: the interface document, "Orders"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from handlers.forms import Count, Form, Id, Money, PageSize
from models.errors import BadOrderParameter, BadProspect, OrderNotFound, ShopError
from services.drafts import Wanted, Wish

MOST_PIECES = 100_000
ORDER_ID = re.compile(r"[1-9][0-9]{0,63}", re.ASCII)
"""Ours have 16 digits; those of a shop that was taken over may have more."""

Choice = Literal["0", "1", 0, 1]
Type = Literal["0", "1", "2", "3", "4", "5", "6"]
PayMethod = Literal["1", "2", 1, 2]
Reason = Annotated[
    str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$(?!\n)")
]


class Pieces(Count):
    """How many pieces of one SKU: 1 to 100,000."""

    largest: ClassVar[int] = MOST_PIECES


class MostOnPage(PageSize):
    """How many orders a page holds: 1 to 50, 50 when it is not said."""

    default: ClassVar[int] = 50


class OrderForm(Form, frozen=True, kw_only=True):
    """A form of this module."""

    refusal: ClassVar[type[ShopError]] = BadOrderParameter


class AdvanceQuery(OrderForm, frozen=True, kw_only=True):
    """The selected lines of the cart (0), or so many of one SKU (1)."""

    refusal: ClassVar[type[ShopError]] = BadProspect

    settlement_type: Choice = 0
    sku_id: Id | None = None
    buy_num: Pieces | None = None


class PlaceForm(OrderForm, frozen=True, kw_only=True):
    """Where it shall go, what is bought, how it will be paid, and what it may cost."""

    address_id: Id
    settlement_type: Choice = 0
    sku_id: Id | None = None
    buy_count: Pieces | None = None
    pay_method: PayMethod = 1
    expected_total: Money | None = None

    @property
    def wish(self) -> Wish:
        """It in the words of the service; raise ``BadOrderParameter``."""
        total = self.expected_total
        return Wish(
            address_id=int(self.address_id),
            bought=bought_at_once(self, self.buy_count),
            pay_method=int(self.pay_method),
            expected_total=None if total is None else Decimal(total),
        )


class ListQuery(OrderForm, frozen=True, kw_only=True):
    """Which orders: 0 all, 1 unpaid, 2 to ship, 3 shipped, 4 done, 6 closed; 5 pays one again."""

    blank: ClassVar[frozenset[str]] = frozenset({"order_id", "page", "pagesize"})

    type: Type = "0"
    order_id: str = ""
    page: Count = msgspec.field(default_factory=Count.unsaid)
    pagesize: MostOnPage = msgspec.field(default_factory=MostOnPage.unsaid)


class ReceiptForm(OrderForm, frozen=True, kw_only=True):
    """The order that has come; pages send its number as a number or as text."""

    order_id: int | str


class RefundForm(OrderForm, frozen=True, kw_only=True):
    """Why the money is asked back."""

    reason: Reason


def order_number(given: int | str, refusal: type[ShopError] = OrderNotFound) -> str:
    """Return the number of an order, sent as a number or text; raise the refusal for none."""
    text = str(given)
    if not ORDER_ID.fullmatch(text):
        raise refusal()
    return text


def bought_at_once(form: AdvanceQuery | PlaceForm, count: Count | None) -> Wanted | None:
    """Return what is bought at once, None for the cart; raise the form's refusal."""
    if int(form.settlement_type) == 0:
        return None
    if form.sku_id is None or count is None:
        raise form.refusal()
    return Wanted(int(form.sku_id), int(count))
