"""Settling: what a provider says of an attempt becomes the state of its order, once.

Notices, the way back of the buyer, sweeps and the closing of orders all end here. A word about
another amount, another trade or an attempt that is not ours changes nothing and raises an alarm.
Rows are locked order → attempt (DL-3); a word that was heard before finds nothing left to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog

from cache.order_news import OrderNews
from models.connection import Duplicate
from models.database import Database, Tables, idempotent
from models.errors import NoticeRefused
from models.orders import Order, Status
from models.outbox import Post
from models.payments import METHODS, Attempt, State, Verdict
from models.refunds import Reason
from services.ports import Trade, TradeState
from tasks.order_mail import PaidMail
from tasks.pays import Repay, WithdrawAttempts

log = structlog.get_logger("services.settlement")


class Settlement:
    """The only place where an order becomes paid; ``alarms`` counts (provider, reason) here."""

    def __init__(self, *, database: Database, news: OrderNews, ring: Callable[[], object]) -> None:
        self._database = database
        self._news = news
        self._ring = ring
        self.alarms: Counter[tuple[str, str]] = Counter()

    async def settle(self, provider: str, trade: Trade) -> None:
        """Apply what a provider has said; again is as good.

        Raises ``NoticeRefused`` when it cannot be true, after an alarm.
        """
        async with self._database.read() as tables:
            attempt = await tables.attempts.by_number(trade.out_trade_no)
        if attempt is None or attempt.provider != provider:
            raise await self.alarm(provider, "unknown")
        if objection := _objection(attempt, trade):
            raise await self.alarm(provider, objection, attempt.out_trade_no)
        if _verdict(attempt, Status.UNPAID, trade) is Verdict.NOTHING:
            return
        try:
            await self._decide(attempt, trade)
        except Duplicate as error:
            raise await self.alarm(provider, "trade", attempt.out_trade_no) from error
        self._ring()
        await self._news.tell(attempt.order_id)

    async def alarm(self, provider: str, reason: str, out_trade_no: str = "") -> NoticeRefused:
        """Write down that something was not genuine; return the refusal to be raised."""
        self.alarms[provider, reason] += 1
        log.error("payment notice refused", provider=provider, reason=reason)
        async with self._database.read() as tables:
            await tables.alarms.add(provider, reason, out_trade_no)
        return NoticeRefused(reason)

    @idempotent
    async def _decide(self, known: Attempt, trade: Trade) -> None:
        async with self._database.begin() as tables:
            order = await tables.orders.locked(known.order_id)
            attempt = await tables.attempts.locked(known.id)
            if attempt is None:
                return
            verdict = _verdict(attempt, order.status if order else None, trade)
            if verdict is Verdict.PAY and order is not None:
                await _pay(tables, order, attempt, trade)
            elif verdict is Verdict.RETURN:
                await _send_back(tables, order, attempt, trade)
            elif verdict is Verdict.CLOSE:
                await tables.attempts.close(attempt.id)


def _objection(attempt: Attempt, trade: Trade) -> str | None:
    """Return what contradicts our own books, one of ``models.errors.pays.REASONS``."""
    is_paid = trade.state is TradeState.PAID
    if trade.amount is None:
        return "amount" if is_paid else None
    if trade.amount != attempt.amount:
        return "amount"
    if is_paid and trade.trade_no != (attempt.trade_no or trade.trade_no or None):
        return "trade"
    return None


def _verdict(attempt: Attempt, order: int | None, trade: Trade) -> Verdict:
    paid, closed = trade.state is TradeState.PAID, trade.state is TradeState.CLOSED
    return attempt.verdict(order, paid=paid, closed=closed)


async def _pay(tables: Tables, order: Order, attempt: Attempt, trade: Trade) -> None:
    """Make the attempt the payment of its order; the others are withdrawn, the buyer is written."""
    order_id = order.order_id
    await tables.attempts.settle(attempt.id, State.PAID, trade_no=trade.trade_no, at=trade.at)
    await tables.orders.pay(order_id, METHODS[attempt.provider])
    await tables.time_lines.add(order_id, Status.UNPAID, after=Status.PAID, actor="provider")
    posts: list[Post] = []
    others = await tables.attempts.of_order(order_id)
    if any(each.state == State.OPEN for each in others):
        posts.append(Post(WithdrawAttempts(order_id), once=f"pays.withdraw:{order_id}"))
    user = await tables.users.by_id(order.user_id)
    if user is not None and user.email:
        mail = PaidMail(user.email, user.username, order_id, f"{order.total_amount:.2f}")
        posts.append(Post(mail, once=f"mail.paid:{order_id}"))
    if posts:
        await tables.outbox.post_all(posts)


async def _send_back(tables: Tables, order: Order | None, attempt: Attempt, trade: Trade) -> None:
    """Take the money down as surplus, and have it sent back until the provider confirms it."""
    await tables.attempts.settle(attempt.id, State.SURPLUS, trade_no=trade.trade_no, at=trade.at)
    is_late = order is None or order.status == Status.CLOSED
    refund_id = await tables.refunds.add(
        attempt.id,
        order_id=attempt.order_id,
        number=attempt.out_trade_no,
        amount=attempt.amount,
        reason=Reason.LATE if is_late else Reason.DOUBLE,
    )
    await tables.outbox.post(Repay(refund_id), once=f"pays.repay:{refund_id}")
