"""Payments as buyers and providers see them: how one stands, notices, the way back from Alipay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
import structlog

from models.database import Database
from models.errors import (
    NoticeRefused,
    OrderNotFound,
    PaymentNotConfirmed,
    RemoteFailed,
)
from models.orders import Order, Status
from models.payments import State
from models.refunds import Refund, Stand
from services.attempts import AttemptService
from services.ports import PaymentProvider, Repaid, ReturnReader
from services.refunds import RefundService
from services.settlement import Settlement

log = structlog.get_logger("services.pays")


class Payment(msgspec.Struct, frozen=True):
    """How the payment of an order stands; ``version`` changes with everything else."""

    status: int
    pay_method: int
    paid_at: datetime | None
    refunds: Sequence[Refund]
    version: str

    @property
    def is_final(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self.status != Status.UNPAID


class Confirmed(msgspec.Struct, frozen=True):
    """An order a provider says is paid; the amount is in yuan."""

    order_id: str
    amount: Decimal


class PayService:
    """Looks after payments."""

    def __init__(
        self,
        *,
        database: Database,
        providers: Mapping[str, PaymentProvider],
        returns: ReturnReader,
        attempts: AttemptService,
        settlement: Settlement,
        refunds: RefundService,
    ) -> None:
        self._database = database
        self._providers = providers
        self._returns = returns
        self._attempts = attempts
        self._settlement = settlement
        self._refunds = refunds

    async def payment(self, user_id: int, order_id: str) -> Payment:
        """Return how a payment stands, after asking about an order that is unpaid."""
        seen = await self.seen(user_id, order_id)
        if seen.is_final:
            return seen
        try:
            await self._attempts.freshen(order_id)
        except RemoteFailed as error:
            log.warning("provider does not tell", order=order_id, error=str(error))
        return await self.seen(user_id, order_id)

    async def seen(self, user_id: int, order_id: str) -> Payment:
        """Return how a payment stands in our own books; raise ``OrderNotFound``."""
        async with self._database.read() as tables:
            order = await tables.orders.own(user_id, order_id)
            if order is None:
                raise OrderNotFound
            refunds = await tables.refunds.of_order(order_id)
            events = await tables.time_lines.of(order_id) if _was_paid(order) else []
        paid = [each.created_time for each in events if each.to_status == Status.PAID]
        done = sum(each.is_done for each in refunds)
        version = Stand(order_id, order.status, len(refunds), done).version
        return Payment(order.status, order.pay_method, paid[0] if paid else None, refunds, version)

    async def noticed(self, provider: str, headers: Mapping[str, str], body: bytes) -> None:
        """Take a notice; raise ``NoticeRefused`` after an alarm, ``Unavailable`` to be told again.

        When this returns, what it says is committed.
        """
        try:
            said = self._providers[provider].read_notice(headers, body)
            if isinstance(said, Repaid):
                await self._refunds.heard(provider, said)
                return
        except NoticeRefused as refused:
            raise await self._settlement.alarm(provider, refused.reason) from refused
        await self._settlement.settle(provider, said)

    async def returned(self, query: str) -> None:
        """Have the provider asked about the attempt a buyer comes back from.

        The address itself proves nothing and changes nothing (ALI-5); a forged one is passed over.
        """
        try:
            await self._confirmed(query)
        except (PaymentNotConfirmed, RemoteFailed) as error:
            log.info("return without a payment", error=str(error))

    async def confirmed(self, query: str) -> Confirmed:
        """Return the order of a signed return address, if the provider says that it is paid.

        Raises ``PaymentNotConfirmed`` in every other case.
        """
        try:
            return await self._confirmed(query)
        except RemoteFailed as error:
            raise PaymentNotConfirmed from error

    async def _confirmed(self, query: str) -> Confirmed:
        try:
            number = self._returns.read_return(query)
        except NoticeRefused as refused:
            raise PaymentNotConfirmed from refused
        async with self._database.read() as tables:
            attempt = await tables.attempts.by_number(number)
        if attempt is not None and attempt.state == State.OPEN:
            await self._attempts.freshen(attempt.order_id)
            async with self._database.read() as tables:
                attempt = await tables.attempts.by_number(number)
        if attempt is None or attempt.state != State.PAID:
            raise PaymentNotConfirmed
        return Confirmed(attempt.order_id, attempt.amount)


def _was_paid(order: Order) -> bool:
    return order.status not in {Status.UNPAID, Status.CLOSED}
