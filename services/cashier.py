"""The cashier: opens attempts to pay an order and shows the buyer the way to the provider.

The first attempt is opened with its order, see ``services.checkout``; another one when the buyer
chooses another provider, or when the time of the first is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import msgspec
import structlog

from models.database import Database, Tables, idempotent
from models.errors import OrderNotFound, OrderNotPayable, ProviderAway, RemoteFailed
from models.orders import Order, Status
from models.payments import PROVIDERS, Attempt, State, fresh_number
from services.attempts import AttemptService, first_ask
from services.ports import Bill, PaymentProvider, Way

SCANNED = "wechat"
"""The provider whose buyers scan a code."""
BEIJING = timezone(timedelta(hours=8))

log = structlog.get_logger("services.cashier")


class Opened(msgspec.Struct, frozen=True):
    """An order that can be paid, and how."""

    order: Order
    way: Way


class Cashier:
    """Sends buyers to the providers.

    ``patience`` is how many seconds an order waits to be paid; ``page`` is where the shop itself
    waits with the buyer, the number of the order follows.
    """

    def __init__(
        self,
        *,
        database: Database,
        providers: Mapping[str, PaymentProvider],
        attempts: AttemptService,
        patience: int,
        page: str,
    ) -> None:
        self._database = database
        self._providers = providers
        self._attempts = attempts
        self._patience = patience
        self._page = page

    async def way(self, order_id: str, pay_method: int) -> Way:
        """Return how an order just placed is paid; again the same.

        A provider that is away leaves the way to our own page, where the buyer may try again.
        """
        async with self._database.read() as tables:
            attempts = await tables.attempts.of_order(order_id)
        name = provider_of(pay_method)
        first = next((each for each in attempts if each.provider == name), None)
        if first is None or (name == SCANNED and _is_without_code(first)):
            return Way(self._page_of(order_id))
        try:
            return await self._way(first)
        except RemoteFailed as error:
            log.warning("no way to the provider", order=order_id, error=str(error))
            return Way(self._page_of(order_id))

    async def open(self, user_id: int, order_id: str, pay_method: int | None) -> Opened:
        """Open an attempt to pay an order of the user, or return the one that is open.

        None as the method stands for that of the order. Raises ``OrderNotFound, OrderNotPayable``,
        or ``ProviderAway`` when the buyer cannot be sent anywhere now.
        """
        order, attempt = await self._opened(user_id, order_id, pay_method)
        try:
            way = await self._way(attempt)
            if way == Way():
                await self._attempts.ask_about(attempt)
        except RemoteFailed as error:
            raise ProviderAway from error
        if way == Way():
            async with self._database.read() as tables:
                await _payable(tables, user_id, order_id)
            raise ProviderAway
        return Opened(order, way)

    async def code(self, user_id: int, order_id: str) -> str:
        """Return what the buyer scans to pay an order of his, once an attempt is open.

        Raises ``OrderNotFound, OrderNotPayable`` or ``ProviderAway``.
        """
        async with self._database.read() as tables:
            if await tables.orders.own(user_id, order_id) is None:
                raise OrderNotFound
            attempt = await _usable(tables, order_id, SCANNED)
        if attempt is None:
            raise OrderNotPayable
        try:
            way = await self._way(attempt)
        except RemoteFailed as error:
            raise ProviderAway from error
        if not way.code_url:
            raise OrderNotPayable
        return way.code_url

    @idempotent
    async def _opened(
        self, user_id: int, order_id: str, pay_method: int | None
    ) -> tuple[Order, Attempt]:
        async with self._database.begin() as tables:
            order = await _payable(tables, user_id, order_id)
            method = order.pay_method if pay_method is None else pay_method
            name = provider_of(method)
            if method != order.pay_method:
                await tables.orders.choose(order_id, method)
            attempt = await _usable(tables, order_id, name)
            if attempt is None:
                number = number_of_today()
                await tables.attempts.add(order_id, name, number, patience=self._patience)
                await tables.outbox.post_all([first_ask(number)])
                attempt = await tables.attempts.by_number(number)
            if attempt is None or attempt.is_over:
                raise OrderNotPayable
        return msgspec.structs.replace(order, pay_method=method), attempt

    async def _way(self, attempt: Attempt) -> Way:
        """Return how the buyer gets to the provider; what is scanned is asked for once and kept."""
        if attempt.code_url:
            return Way(self._page_of(attempt.order_id), attempt.code_url)
        way = await self._providers[attempt.provider].way(_bill(attempt))
        if not way.code_url:
            return way
        async with self._database.read() as tables:
            if not await tables.attempts.keep_code(attempt.id, way.code_url):
                kept = await tables.attempts.by_number(attempt.out_trade_no)
                way = Way(code_url=kept.code_url if kept else "")
        return Way(self._page_of(attempt.order_id), way.code_url)

    def _page_of(self, order_id: str) -> str:
        return f"{self._page}{order_id}"


def provider_of(pay_method: int) -> str:
    """Return the name of the provider; an order taken over may have a method we do not know."""
    return PROVIDERS.get(pay_method, PROVIDERS[1])


def number_of_today() -> str:
    """Return a fresh number for an attempt."""
    return fresh_number(datetime.now(BEIJING))


async def _payable(tables: Tables, user_id: int, order_id: str) -> Order:
    """Lock an order of the user that can be paid; raise ``OrderNotFound, OrderNotPayable``."""
    order = await tables.orders.own_locked(user_id, order_id)
    if order is None:
        raise OrderNotFound
    if order.status != Status.UNPAID:
        raise OrderNotPayable
    return order


def _is_without_code(attempt: Attempt) -> bool:
    """Tell whether there is no code and will be none."""
    return attempt.state != State.OPEN and not attempt.code_url


async def _usable(tables: Tables, order_id: str, provider: str) -> Attempt | None:
    attempts = await tables.attempts.of_order(order_id)
    fit = (each for each in attempts if each.provider == provider and each.state == State.OPEN)
    return next((each for each in fit if not each.is_over), None)


def _bill(attempt: Attempt) -> Bill:
    return Bill(
        out_trade_no=attempt.out_trade_no,
        amount=attempt.amount,
        subject=f"达达商城订单 {attempt.order_id}",
        opened_at=attempt.created_time,
        expires_at=attempt.expires_time,
    )
