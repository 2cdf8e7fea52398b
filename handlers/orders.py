"""/v1/orders/<name>: ordering, and the orders of the signed-in user.

Source: the interface document, "Orders".
"""

from __future__ import annotations

from handlers.access import signed_in
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.order_forms import (
    AdvanceQuery,
    ListQuery,
    PlaceForm,
    ReceiptForm,
    RefundForm,
    bought_at_once,
    order_number,
)
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
    KeyReused,
    NotActivated,
    NothingSelected,
    NotSignedIn,
    OrderAddressNotFound,
    OrderBusy,
    OrderNotFound,
    OrderNotPayable,
    OutOfStock,
    PriceChanged,
    ProviderAway,
    SkuWithdrawn,
    WrongState,
)
from models.orders import Order
from services.answers import Placed

PAY_AGAIN = "5"
STATUS_OF_TYPE = {"0": None, "1": 1, "2": 2, "3": 3, "4": 4, "6": 6}


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
        bought = bought_at_once(query, query.buy_num)
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
        await self._show_placed(placed)

    @signed_in
    @answers(
        OrdersReply | PlacedReply,
        NotSignedIn,
        BadOrderParameter,
        OrderNotFound,
        WrongState,
        OrderNotPayable,
        ProviderAway,
        query=ListQuery,
    )
    async def get(self, username: str) -> None:
        """List orders, the newest first, or pay one again."""
        del username
        query = self.query(ListQuery)
        if query.type == PAY_AGAIN:
            number = order_number(query.order_id, BadOrderParameter)
            await self.services.orders.unpaid(self.user.id, number)
            opened = await self.services.cashier.open(self.user.id, number, None)
            placed = _again(opened.order, await self.services.carts.size(self.user.id))
            self.ok(placed_reply(placed, opened.way))
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

    async def _show_placed(self, placed: Placed) -> None:
        way = await self.services.cashier.way(placed.order_id, placed.pay_method)
        self.ok(placed_reply(placed, way))


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


def _again(order: Order, carts_count: int) -> Placed:
    return Placed(order.order_id, order.total_amount, order.freight, carts_count, order.pay_method)


ROUTES = [
    (r"/v1/orders/([^/]+)/advance/?", AdvanceHandler),
    (r"/v1/orders/([^/]+)/?", OrdersHandler),
    (r"/v1/orders/([^/]+)/([^/]+)/?", OrderHandler),
    (r"/v1/orders/([^/]+)/([^/]+)/refund/?", RefundHandler),
]
