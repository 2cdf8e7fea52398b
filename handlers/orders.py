"""/v1/orders/<name>: ordering, and the orders of the signed-in user.

Source: the interface document, "Orders".
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from handlers.access import signed_in
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.forms import Count, Form, Id, Money, PageSize
from handlers.order_replies import (
    AdvanceReply,
    OrdersReply,
    PlacedReply,
    StoryReply,
    advance_reply,
    nothing_to_order,
    orders_reply,
    placed_reply,
    story_reply,
)
from handlers.user_forms import TextReply
from models.errors import (
    BadOrderParameter,
    BadProspect,
    KeyReused,
    NotActivated,
    NothingSelected,
    NotSignedIn,
    OrderAddressNotFound,
    OrderBusy,
    OrderNotFound,
    OutOfStock,
    PriceChanged,
    ProviderAway,
    ShopError,
    SkuWithdrawn,
    WrongState,
)
from models.orders import Order
from services.answers import Placed
from services.drafts import Wanted, Wish

MOST_PIECES = 100_000
PAY_AGAIN = "5"
STATUS_OF_TYPE = {"0": None, "1": 1, "2": 2, "3": 3, "4": 4, "6": 6}
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
            bought=_bought(self, self.buy_count),
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


class AdvanceHandler(ApiHandler):
    """Before the order."""

    private = True

    @signed_in
    @answers(
        AdvanceReply,
        NotSignedIn,
        BadOrderParameter,
        NothingSelected,
        OutOfStock,
        SkuWithdrawn,
        query=AdvanceQuery,
    )
    async def get(self, username: str) -> None:
        """Show addresses and what would be ordered; creates nothing."""
        del username
        query = self.query(AdvanceQuery)
        bought = _bought(query, query.buy_num)
        prepared = await self.services.checkout.prepare(self.user.id, bought)
        if prepared.refusal is not None:
            self.refuse(prepared.refusal, nothing_to_order(prepared))
        else:
            self.ok(advance_reply(self.around.media_url, prepared, bought))


class OrdersHandler(ApiHandler):
    """The orders of the signed-in user."""

    private = True

    def prepare(self) -> None:
        """Refuse a buyer of a crowd that is too large before finding out who it is."""
        super().prepare()
        if self.request.method == "POST":
            self.services.checkout.knock()

    @signed_in
    @answers(
        PlacedReply,
        NotSignedIn,
        NotActivated,
        BadOrderParameter,
        OrderAddressNotFound,
        NothingSelected,
        OutOfStock,
        SkuWithdrawn,
        KeyReused,
        OrderBusy,
        PriceChanged,
        body=PlaceForm,
    )
    async def post(self, username: str) -> None:
        """Place an order, once for an ``Idempotency-Key``."""
        del username
        key = self.idempotency_key(BadOrderParameter)
        placed = await self.services.checkout.place(self.user, self.form(PlaceForm).wish, key=key)
        self._show_placed(placed)

    @signed_in
    @answers(
        OrdersReply | PlacedReply,
        NotSignedIn,
        BadOrderParameter,
        OrderNotFound,
        WrongState,
        query=ListQuery,
    )
    async def get(self, username: str) -> None:
        """List orders, the newest first, or pay one again."""
        del username
        query = self.query(ListQuery)
        if query.type == PAY_AGAIN:
            number = order_number(query.order_id, BadOrderParameter)
            order = await self.services.orders.unpaid(self.user.id, number)
            self._show_placed(_again(order, await self.services.carts.size(self.user.id)))
            return
        page, size = int(query.page), int(query.pagesize)
        listing = await self.services.orders.listed(
            self.user.id, STATUS_OF_TYPE[query.type], page=page, pagesize=size
        )
        self.ok(orders_reply(self.around.media_url, listing, page=page, pagesize=size))

    @signed_in
    @answers(TextReply, NotSignedIn, BadOrderParameter, OrderNotFound, WrongState, body=ReceiptForm)
    async def put(self, username: str) -> None:
        """Say that a shipped order has come; again is as good."""
        del username
        number = order_number(self.form(ReceiptForm).order_id, BadOrderParameter)
        await self.services.orders.confirm(self.user.id, number)
        self.ok(TextReply(data="确认收货成功"))

    def _show_placed(self, placed: Placed) -> None:
        url = self.services.orders.pay_url(placed.order_id, placed.total_amount, placed.pay_method)
        self.ok(placed_reply(placed, url))


class OrderHandler(ApiHandler):
    """One order of the signed-in user."""

    private = True

    @signed_in
    @answers(StoryReply, NotSignedIn, OrderNotFound)
    async def get(self, username: str, order_id: str) -> None:
        """Show it with its time line."""
        del username
        story = await self.services.orders.story(self.user.id, order_number(order_id))
        self.ok(story_reply(self.around.media_url, story))

    @signed_in
    @answers(TextReply, NotSignedIn, OrderNotFound, WrongState, ProviderAway)
    async def delete(self, username: str, order_id: str) -> None:
        """Cancel it while it is unpaid; again is as good."""
        del username
        await self.services.orders.cancel(self.user.id, order_number(order_id))
        self.ok(TextReply(data="订单已取消"))


class RefundHandler(ApiHandler):
    """The refund of one order of the signed-in user."""

    private = True

    @signed_in
    @answers(TextReply, NotSignedIn, BadOrderParameter, OrderNotFound, WrongState, body=RefundForm)
    async def post(self, username: str, order_id: str) -> None:
        """Ask for the money of a paid order that is not shipped; again is as good."""
        del username
        reason = self.form(RefundForm).reason
        await self.services.orders.ask_refund(self.user.id, order_number(order_id), reason)
        self.ok(TextReply(data="退款申请已提交"))


def order_number(given: int | str, refusal: type[ShopError] = OrderNotFound) -> str:
    """Return the number of an order, sent as a number or text; raise the refusal for none."""
    text = str(given)
    if not ORDER_ID.fullmatch(text):
        raise refusal()
    return text


def _bought(form: AdvanceQuery | PlaceForm, count: Count | None) -> Wanted | None:
    """Return what is bought at once, None for the cart; raise the form's refusal."""
    if int(form.settlement_type) == 0:
        return None
    if form.sku_id is None or count is None:
        raise form.refusal()
    return Wanted(int(form.sku_id), int(count))


def _again(order: Order, carts_count: int) -> Placed:
    return Placed(order.order_id, order.total_amount, order.freight, carts_count, order.pay_method)


ROUTES = [
    (r"/v1/orders/([^/]+)/advance/?", AdvanceHandler),
    (r"/v1/orders/([^/]+)/?", OrdersHandler),
    (r"/v1/orders/([^/]+)/([^/]+)/?", OrderHandler),
    (r"/v1/orders/([^/]+)/([^/]+)/refund/?", RefundHandler),
]
