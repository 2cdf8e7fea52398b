"""The life of orders after they are placed: looking, paying again, cancelling, shipping, receiving.

Every step is one conditional UPDATE with a row of the time line; whoever sees the changed row has
taken the step, everybody else finds the order where it is. Steps that took goods off the shelf give
them back in the same transaction, so exactly once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from cache.order_news import OrderNews
from models.database import Database, Tables, idempotent
from models.errors import OrderNotFound, ProviderAway, RemoteFailed, WrongState
from models.orders import Order, OrderLine, Status
from models.outbox import Post
from models.refunds import Refund
from models.time_lines import Event
from services.attempts import AttemptService
from services.shelf import put_back
from settings import Order as OrderSettings
from tasks.orders import ConfirmReceipt

DAY = 24 * 3600.0


class Full(msgspec.Struct, frozen=True):
    """An order with its lines."""

    order: Order
    lines: Sequence[OrderLine]


class Listing(msgspec.Struct, frozen=True):
    """One page of a user's orders; ``total`` counts those of all pages."""

    orders: Sequence[Full]
    total: int


class Story(msgspec.Struct, frozen=True):
    """An order with its time line; ``close_at`` is when it is closed if nobody pays."""

    full: Full
    events: Sequence[Event]
    refunds: Sequence[Refund]
    close_at: datetime | None


class OrderService:
    """Looks after orders."""

    def __init__(
        self,
        *,
        database: Database,
        attempts: AttemptService,
        news: OrderNews,
        terms: OrderSettings,
    ) -> None:
        self._database = database
        self._attempts = attempts
        self._news = news
        self._terms = terms

    async def listed(
        self, user_id: int, status: int | None, *, page: int, pagesize: int
    ) -> Listing:
        """Return one page of the user's orders, the newest first, with their lines."""
        async with self._database.read() as tables:
            total = await tables.orders.count(user_id, status)
            orders = await tables.orders.page(user_id, status, page=page, pagesize=pagesize)
            lines = await tables.orders.lines_of([order.order_id for order in orders])
        return Listing([Full(order, lines[order.order_id]) for order in orders], total)

    async def story(self, user_id: int, order_id: str) -> Story:
        """Return one order of the user with its time line; raise ``OrderNotFound``."""
        async with self._database.read() as tables:
            order = await _own(tables, user_id, order_id)
            lines = await tables.orders.lines_of([order_id])
            events = await tables.time_lines.of(order_id)
            refunds = await tables.refunds.of_order(order_id)
        unpaid = order.status == Status.UNPAID
        close_at = order.created_time + timedelta(seconds=self._terms.patience)
        return Story(Full(order, lines[order_id]), events, refunds, close_at if unpaid else None)

    async def unpaid(self, user_id: int, order_id: str) -> Order:
        """Return an order that is still to be paid; raise ``OrderNotFound`` or ``WrongState``."""
        async with self._database.read() as tables:
            order = await _own(tables, user_id, order_id)
        if order.status != Status.UNPAID:
            raise WrongState
        return order

    async def cancel(self, user_id: int, order_id: str) -> None:
        """Close an unpaid order of the user, unless it has just been paid; again is as good.

        Raises ``OrderNotFound``, ``WrongState``, or ``ProviderAway`` when nobody knows.
        """
        async with self._database.read() as tables:
            order = await _own(tables, user_id, order_id)
        try:
            await self._withdraw(order)
        except RemoteFailed as error:
            raise ProviderAway from error
        if not await self._closed(order_id, actor=f"user:{user_id}", user_id=user_id):
            await self._must_be(user_id, order_id, Status.CLOSED)

    async def close_unpaid(self, order_id: str) -> None:
        """Close an order whose time to be paid is over; leave any other alone.

        Raises ``RemoteFailed`` when a provider does not tell whether it was paid.
        """
        async with self._database.read() as tables:
            order = await tables.orders.by_id(order_id)
        if order is None:
            return
        await self._withdraw(order)
        await self._closed(order_id, actor="timeout", user_id=None)

    async def confirm(self, user_id: int, order_id: str) -> None:
        """Say that a shipped order of the user has come; again is as good.

        Raises ``OrderNotFound`` or ``WrongState``.
        """
        step = (Status.SHIPPED, Status.DONE)
        if not await self._step(order_id, step, actor=f"user:{user_id}", user_id=user_id):
            await self._must_be(user_id, order_id, Status.DONE)

    async def confirm_received(self, order_id: str) -> None:
        """Take an order as received that was shipped long ago; leave any other alone."""
        await self._step(order_id, (Status.SHIPPED, Status.DONE), actor="timeout")

    async def ask_refund(self, user_id: int, order_id: str, reason: str) -> None:
        """Ask for the money of a paid order that is not shipped; again is as good.

        Raises ``OrderNotFound`` or ``WrongState``.
        """
        step, actor = (Status.PAID, Status.REFUNDING), f"user:{user_id}"
        if not await self._step(order_id, step, actor=actor, user_id=user_id, note=reason):
            await self._must_be(user_id, order_id, Status.REFUNDING)

    @idempotent
    async def ship(self, order_id: str, *, actor: str) -> None:
        """Send a paid order on its way, received after some days; again is as good.

        Raises ``WrongState``.
        """
        async with self._database.begin() as tables:
            if not await tables.orders.move(order_id, Status.PAID, after=Status.SHIPPED):
                order = await tables.orders.by_id(order_id)
                if order is None or order.status != Status.SHIPPED:
                    raise WrongState
                return
            await tables.time_lines.add(order_id, Status.PAID, after=Status.SHIPPED, actor=actor)
            delay = self._terms.confirm_days * DAY
            once = f"orders.confirm:{order_id}"
            await tables.outbox.post_all([Post(ConfirmReceipt(order_id), delay, once)])

    async def _withdraw(self, order: Order) -> None:
        """Make an unpaid order impossible to pay, or find it paid; raise ``RemoteFailed``."""
        if order.status == Status.UNPAID:
            await self._attempts.withdraw(order.order_id)

    async def _closed(self, order_id: str, *, actor: str, user_id: int | None) -> bool:
        """Close it and tell those who watch; False when it is not unpaid any more."""
        is_closed = await self._close(order_id, actor=actor, user_id=user_id)
        if is_closed:
            await self._news.tell(order_id)
        return is_closed

    async def _must_be(self, user_id: int, order_id: str, status: Status) -> None:
        """Return when the step was taken before; raise ``OrderNotFound`` or ``WrongState``."""
        async with self._database.read() as tables:
            order = await _own(tables, user_id, order_id)
        if order.status != status:
            raise WrongState

    @idempotent
    async def _step(
        self,
        order_id: str,
        step: tuple[Status, Status],
        *,
        actor: str,
        user_id: int | None = None,
        note: str = "",
    ) -> bool:
        """Take a step and write it down; False when the order does not stand where it begins."""
        before, after = step
        async with self._database.begin() as tables:
            moved = await tables.orders.move(order_id, before, after=after, user_id=user_id)
            if moved:
                await tables.time_lines.add(order_id, before, after=after, actor=actor, note=note)
        return moved

    @idempotent
    async def _close(self, order_id: str, *, actor: str, user_id: int | None) -> bool:
        async with self._database.begin() as tables:
            before, after = Status.UNPAID, Status.CLOSED
            if not await tables.orders.move(order_id, before, after=after, user_id=user_id):
                return False
            await tables.time_lines.add(order_id, before, after=after, actor=actor)
            await put_back(tables, order_id, "closed")
        return True


async def _own(tables: Tables, user_id: int, order_id: str) -> Order:
    order = await tables.orders.own(user_id, order_id)
    if order is None:
        raise OrderNotFound
    return order
