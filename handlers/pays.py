"""/v1/pays: what became of a payment."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from handlers.access import public, signed_in
from handlers.base import ApiHandler
from handlers.description import answers
from models.errors import NotSignedIn, OrderNotFound, PaymentNotConfirmed

ORDER_ID = re.compile(r"[0-9]{1,64}", re.ASCII)


class PaymentReply(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the order; ``paid_at`` is ``YYYY-MM-DD HH:MM:SS``, null while it is unpaid."""

    code: int = 200
    status: int
    paid_at: str | None
    pay_method: int


class PaymentHandler(ApiHandler):
    """The payment of one order of the signed-in user."""

    private = True

    @signed_in
    @answers(PaymentReply, NotSignedIn, OrderNotFound)
    async def get(self, order_id: str) -> None:
        """Ask the provider about an unpaid order, and tell."""
        if not ORDER_ID.fullmatch(order_id):
            raise OrderNotFound
        payment = await self.services.orders.payment(self.user.id, order_id)
        self.ok(
            PaymentReply(
                status=payment.status,
                paid_at=_moment(payment.paid_at),
                pay_method=payment.pay_method,
            )
        )


class ResultHandler(ApiHandler):
    """The page where Alipay sends the browser after a payment; only old pages ask here."""

    private = True
    old = True

    @public
    @answers(None, PaymentNotConfirmed)
    async def get(self) -> None:
        """Say that nothing is confirmed: what stands in the address proves nothing."""
        raise PaymentNotConfirmed


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


ROUTES = [
    (r"/v1/pays/([^/]+)/?", PaymentHandler),
    (r"/v1/orders/result/?", ResultHandler),
]
