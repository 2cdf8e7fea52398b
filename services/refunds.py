"""Sending money back: what came too late or twice, and what a customer asked for and staff grants.

A refund is a row and a task of the same commit. The task asks the provider, under one request
number, until it says that the money has gone: a process that dies between the call and the commit
leaves the task to another, and the provider knows the number. An order whose refund was asked for
becomes refunded only then, and its goods go back onto the shelf in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from cache.order_news import OrderNews
from models.database import Database, Tables, idempotent
from models.errors import NoticeRefused, RefundRefused, RemoteFailed, WrongState
from models.orders import Order, Status
from models.payments import State
from models.refunds import Reason, Refund
from services.ports import PaymentProvider, Repaid, Repayment
from services.shelf import put_back
from tasks.pays import Repay

SHOWN_REASONS = {
    Reason.LATE: "订单关闭后付款，原路退回",
    Reason.DOUBLE: "重复付款，原路退回",
    Reason.ASKED: "买家申请退款",
}
"""What the provider shows to the buyer."""

log = structlog.get_logger("services.refunds")


class RefundService:
    """Looks after refunds."""

    def __init__(
        self,
        *,
        database: Database,
        providers: Mapping[str, PaymentProvider],
        news: OrderNews,
        ring: Callable[[], object],
    ) -> None:
        self._database = database
        self._providers = providers
        self._news = news
        self._ring = ring

    async def grant(self, order_id: str, *, actor: str) -> None:
        """Have the money of an order sent back whose refund was asked for; again is as good.

        Raises ``WrongState``, or ``RefundRefused`` when there is no payment of it.
        """
        await self._granted(order_id)
        log.info("refund granted", order=order_id, actor=actor)
        self._ring()

    @idempotent
    async def decline(self, order_id: str, *, actor: str, note: str) -> None:
        """Leave the order paid; ``note`` tells the customer why. Again is as good.

        Raises ``WrongState`` when no refund was asked for, or it is granted already.
        """
        async with self._database.begin() as tables:
            order = await _asked(tables, order_id)
            refunds = await tables.refunds.of_order(order_id)
            if any(each.reason == Reason.ASKED for each in refunds):
                raise WrongState
            if order.status == Status.REFUNDING:
                step = (Status.REFUNDING, Status.PAID)
                await tables.orders.move(order_id, step[0], after=step[1])
                await tables.time_lines.add(
                    order_id, step[0], after=step[1], actor=actor, note=note
                )
            elif order.status != Status.PAID:
                raise WrongState

    async def repay(self, refund_id: int) -> None:
        """Ask the provider for the money; raise ``RemoteFailed`` while it has not gone."""
        async with self._database.read() as tables:
            refund = await tables.refunds.by_id(refund_id)
        if refund is None or refund.is_done:
            return
        provider = self._providers[refund.provider]
        repaid = await provider.repay(
            Repayment(
                out_trade_no=refund.out_trade_no,
                request_no=refund.request_no,
                amount=refund.amount,
                total=refund.total,
                reason=SHOWN_REASONS[Reason(refund.reason)],
            )
        )
        if not repaid.done:
            raise RemoteFailed(provider.name, "the refund is still on its way")
        await self._finish(refund, repaid.at)

    async def heard(self, provider: str, repaid: Repaid) -> None:
        """Take a provider's word that money has gone; raise ``NoticeRefused`` if it cannot be."""
        async with self._database.read() as tables:
            refund = await tables.refunds.by_request(repaid.request_no)
        if refund is None or (refund.provider, refund.out_trade_no) != (
            provider,
            repaid.out_trade_no,
        ):
            raise NoticeRefused("unknown")
        if refund.amount != repaid.amount:
            raise NoticeRefused("amount")
        if repaid.done and not refund.is_done:
            await self._finish(refund, repaid.at)

    @idempotent
    async def _granted(self, order_id: str) -> None:
        async with self._database.begin() as tables:
            order = await _asked(tables, order_id)
            refunds = await tables.refunds.of_order(order_id)
            if any(each.reason == Reason.ASKED for each in refunds):
                return
            if order.status != Status.REFUNDING:
                raise WrongState
            attempts = await tables.attempts.of_order(order_id)
            paid = next((each for each in attempts if each.state == State.PAID), None)
            if paid is None:
                raise RefundRefused
            refund_id = await tables.refunds.add(
                paid.id,
                order_id=order_id,
                number=paid.out_trade_no,
                amount=paid.amount,
                reason=Reason.ASKED,
            )
            await tables.outbox.post(Repay(refund_id), once=f"pays.repay:{refund_id}")

    async def _finish(self, refund: Refund, at: datetime | None) -> None:
        await self._finished(refund, at)
        await self._news.tell(refund.order_id)

    @idempotent
    async def _finished(self, refund: Refund, at: datetime | None) -> None:
        async with self._database.begin() as tables:
            await tables.orders.locked(refund.order_id)
            if not await tables.refunds.finish(refund.id, at) or refund.reason != Reason.ASKED:
                return
            step = (Status.REFUNDING, Status.REFUNDED)
            if await tables.orders.move(refund.order_id, step[0], after=step[1]):
                await tables.time_lines.add(
                    refund.order_id, step[0], after=step[1], actor="provider"
                )
                await put_back(tables, refund.order_id, "refund")


async def _asked(tables: Tables, order_id: str) -> Order:
    order = await tables.orders.locked(order_id)
    if order is None:
        raise WrongState
    return order
