"""/v1/pays and the result page: how a payment stands, now and as it changes, and paying again.

Source: the interface document, "Pays".
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import ClassVar

import msgspec
from tornado.iostream import StreamClosedError

from handlers.access import public, signed_in
from handlers.base import ApiHandler, encode
from handlers.description import answers
from handlers.forms import Form
from handlers.order_forms import PayMethod, order_number
from handlers.order_replies import RefundReply, code_of, refund_reply, time_text
from handlers.qr import drawn
from models.errors import (
    BadPayParameter,
    NotSignedIn,
    OrderNotFound,
    OrderNotPayable,
    PaymentNotConfirmed,
    ProviderAway,
    ShopError,
    TooManyTries,
)
from services.cashier import Opened
from services.pays import Payment
from services.watching import Watcher

STREAM = "text/event-stream"
BEAT_SECONDS = 20.0
"""How often a quiet stream shows that it lives; proxies wait longer than that."""
LONGEST_SECONDS = 900.0
"""After these a viewer comes back and shows his token again."""


class PayForm(Form, frozen=True, kw_only=True):
    """How the buyer means to pay: 1 Alipay, 2 WeChat Pay."""

    refusal: ClassVar[type[ShopError]] = BadPayParameter

    pay_method: PayMethod


class PaymentState(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the stream: as ``PaymentReply``, without its code."""

    status: int
    paid_at: str | None
    pay_method: int
    refunds: list[RefundReply]


class PaymentReply(PaymentState, frozen=True, kw_only=True):
    """The state of the order; ``paid_at`` is ``YYYY-MM-DD HH:MM:SS``, null while it is unpaid."""

    code: int = 200


class Payable(msgspec.Struct, frozen=True):
    """An order to be paid, in yuan with the freight, and the way; WeChat scans ``code_url``."""

    order_id: str
    total_amount: str
    pay_method: int
    pay_url: str
    code_url: str | msgspec.UnsetType = msgspec.UNSET


class PayableReply(msgspec.Struct, frozen=True, kw_only=True):
    """It can be paid."""

    code: int = 200
    data: Payable


class Paid(msgspec.Struct, frozen=True):
    """An order that the provider says is paid."""

    order_id: str
    total_amount: str


class ResultReply(msgspec.Struct, frozen=True, kw_only=True):
    """It is paid."""

    code: int = 200
    data: Paid


class PaymentHandler(ApiHandler):
    """The payment of one order of the signed-in user."""

    private = True
    watcher: Watcher | None = None

    @signed_in
    @answers(PaymentReply, NotSignedIn, OrderNotFound, others={204: ""})
    async def get(self, order_id: str) -> None:
        """Tell how it stands; with ``Accept: text/event-stream`` also whenever that changes."""
        number = order_number(order_id)
        if STREAM in self.request.headers.get("Accept", "") and self.request.method == "GET":
            await self._stream(number)
            return
        payment = await self.services.pays.payment(self.user.id, number)
        self.ok(PaymentReply(**msgspec.structs.asdict(_state(payment))))

    @signed_in
    @answers(
        PayableReply,
        NotSignedIn,
        OrderNotFound,
        BadPayParameter,
        ProviderAway,
        OrderNotPayable,
        body=PayForm,
    )
    async def post(self, order_id: str) -> None:
        """Open an attempt to pay it in this way; an attempt that is open already is given again."""
        number, form = order_number(order_id), self.form(PayForm)
        opened = await self.services.cashier.open(self.user.id, number, int(form.pay_method))
        self.ok(_payable_reply(opened))

    def on_connection_close(self) -> None:
        """Let a viewer go who has closed the connection."""
        if self.watcher is not None:
            self.watcher.leave()

    async def _stream(self, order_id: str) -> None:
        """Send the state and every change of it until there is nothing to wait for."""
        known = self.request.headers.get("Last-Event-ID", "")
        with self.services.watch.of(order_id) as self.watcher, suppress(StreamClosedError):
            payment = await self.services.pays.seen(self.user.id, order_id)
            if payment.is_final and payment.version == known:
                self.set_status(HTTPStatus.NO_CONTENT)
                return
            self.set_header("Content-Type", f"{STREAM}; charset=utf-8")
            self.set_header("X-Accel-Buffering", "no")
            await self._keep_telling(self.watcher, order_id, payment, known)

    async def _keep_telling(
        self, watcher: Watcher, order_id: str, payment: Payment, known: str
    ) -> None:
        rounds = int(LONGEST_SECONDS / BEAT_SECONDS)
        while rounds and not watcher.is_over:
            watcher.version = payment.version
            self.write(b": \n\n" if payment.version == known else _event(payment))
            known = payment.version
            await self.flush()
            if payment.is_final:
                return
            if await watcher.heard(BEAT_SECONDS):
                payment = await self.services.watch.look(
                    watcher, self.user.id, order_id, known=payment
                )
            else:
                rounds -= 1


class CodeHandler(ApiHandler):
    """The picture of what WeChat scans to pay an order of the signed-in user."""

    private = True

    @signed_in
    @answers(
        None,
        NotSignedIn,
        OrderNotFound,
        OrderNotPayable,
        ProviderAway,
        TooManyTries,
        content=("image/svg+xml", "application/json"),
    )
    async def get(self, order_id: str) -> None:
        """Draw it; there is one as long as the order can be paid at WeChat."""
        text = await self.services.cashier.code(self.user.id, order_number(order_id))
        picture = await self.services.door.through(drawn, text)
        self.set_header("Content-Type", "image/svg+xml")
        await self.finish(picture)


class ResultHandler(ApiHandler):
    """The page where Alipay sends the browser after a payment; only old pages ask here."""

    private = True
    old = True

    @public
    @answers(ResultReply, PaymentNotConfirmed)
    async def get(self) -> None:
        """Say that it is paid when the query is signed by Alipay, and Alipay says so too."""
        confirmed = await self.services.pays.confirmed(self.request.query)
        self.ok(ResultReply(data=Paid(confirmed.order_id, f"{confirmed.amount:.2f}")))


def _state(payment: Payment) -> PaymentState:
    return PaymentState(
        status=payment.status,
        paid_at=time_text(payment.paid_at) if payment.paid_at else None,
        pay_method=payment.pay_method,
        refunds=[refund_reply(refund) for refund in payment.refunds],
    )


def _event(payment: Payment) -> bytes:
    """Return a message of the stream, whose id is the version of what it tells."""
    head = f"id: {payment.version}\nevent: payment\ndata: ".encode()
    return head + encode(_state(payment)) + b"\n\n"


def _payable_reply(opened: Opened) -> PayableReply:
    order = opened.order
    return PayableReply(
        data=Payable(
            order_id=order.order_id,
            total_amount=f"{order.total_amount:.2f}",
            pay_method=order.pay_method,
            pay_url=opened.way.pay_url,
            code_url=code_of(order.pay_method, opened.way),
        )
    )


ROUTES = [
    (r"/v1/pays/([^/]+)/?", PaymentHandler),
    (r"/v1/pays/([^/]+)/code\.svg", CodeHandler),
    (r"/v1/orders/result/?", ResultHandler),
]
