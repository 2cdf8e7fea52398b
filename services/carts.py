"""The carts of users: filled, changed, shown at today's prices, merged with those of browsers.

Redis decides every change; what may be bought and how many pieces there are is read from the rows
just before and handed over. Nothing here is promised to be in stock: an order asks again.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

import msgspec
import structlog

from cache.cart_scripts import NOT_FOR_SALE
from cache.carts import Carts, Line, Offered
from models.database import Database, repeatable
from models.errors import Unavailable
from models.offers import Offer
from services.guest_cart import GuestLine
from tasks.carts import MergeCart

Offers = Mapping[int, Offer]

log = structlog.get_logger("services.carts")


class CartItem(msgspec.Struct, frozen=True):
    """A line of a cart and the SKU as its row says now."""

    line: Line
    offer: Offer


class CartService:
    """Keeps the carts; every method raises ``Unavailable`` without Redis, except ``merge``.

    ``key`` is what a client calls its change, see ``cache.carts``. Changes that show the cart read
    the rows before they change anything: when those cannot be read, nothing has happened.
    """

    def __init__(self, *, database: Database, carts: Carts, ring: Callable[[], object]) -> None:
        """``ring`` wakes the relay."""
        self._database = database
        self._carts = carts
        self._ring = ring

    async def listed(self, user_id: int) -> list[CartItem]:
        """Return the cart, newest first; SKUs that are gone leave it."""
        return await self._shown(user_id, await self._carts.lines(user_id), {})

    async def size(self, user_id: int) -> int:
        """Return how many SKUs the cart holds."""
        return await self._carts.size(user_id)

    async def add(self, user_id: int, sku_id: int, *, count: int, key: str | None) -> int:
        """Put pieces of a SKU in; return how many SKUs the cart holds now.

        Raises ``NoSuchCartSku`` also for one that is withdrawn, ``OverStock``, ``CartFull``.
        """
        stock = _stock(sku_id, await self._offers([sku_id]))
        return len(await self._carts.add(user_id, sku_id, count=count, stock=stock, key=key))

    async def step_up(self, user_id: int, sku_id: int, *, key: str | None) -> list[CartItem]:
        """Put one piece into a line; raise ``NoSuchCartSku`` or ``OverStock``."""

        async def change(offers: Offers) -> list[Line]:
            stock = _stock(sku_id, offers)
            return await self._carts.step_up(user_id, sku_id, stock=stock, key=key)

        return await self._changed(user_id, change, sku_id)

    async def step_down(self, user_id: int, sku_id: int, *, key: str | None) -> list[CartItem]:
        """Take one piece out of a line, never the last one; raise ``NoSuchCartSku``."""

        async def change(offers: Offers) -> list[Line]:
            del offers
            return await self._carts.step_down(user_id, sku_id, key=key)

        return await self._changed(user_id, change, sku_id)

    async def set_count(
        self, user_id: int, sku_id: int, *, count: int, key: str | None
    ) -> list[CartItem]:
        """Say how many pieces a line has; raise ``NoSuchCartSku`` or ``OverStock``."""

        async def change(offers: Offers) -> list[Line]:
            stock = _stock(sku_id, offers)
            return await self._carts.set_count(user_id, sku_id, count=count, stock=stock, key=key)

        return await self._changed(user_id, change, sku_id)

    async def select(
        self, user_id: int, sku_id: int, *, selected: bool, key: str | None
    ) -> list[CartItem]:
        """Say whether a line is to be bought; raise ``NoSuchCartSku``."""

        async def change(offers: Offers) -> list[Line]:
            del offers
            return await self._carts.select(user_id, sku_id, selected=selected, key=key)

        return await self._changed(user_id, change, sku_id)

    async def select_all(self, user_id: int, *, selected: bool, key: str | None) -> list[CartItem]:
        """Say of every line whether it is to be bought."""

        async def change(offers: Offers) -> list[Line]:
            del offers
            return await self._carts.select_all(user_id, selected=selected, key=key)

        return await self._changed(user_id, change)

    async def remove(self, user_id: int, sku_id: int) -> int:
        """Take a line out, if it is there; return how many SKUs the cart holds now."""
        return len(await self._carts.remove(user_id, [sku_id]))

    async def merge(self, user_id: int, lines: Sequence[GuestLine]) -> int:
        """Merge the cart of a browser; return how many SKUs the cart holds now.

        It never fails: what cannot be merged at once is written down as a task, and the answer is 0
        until then.
        """
        mark = secrets.token_hex(8)
        try:
            if not lines:
                return await self._carts.size(user_id)
            return len(await self._merged(user_id, lines, mark))
        except Unavailable as error:
            log.warning("no cart at a sign-in", user=user_id, lines=len(lines), error=str(error))
        if lines:
            await self._put_off(user_id, lines, mark)
        return 0

    async def merge_guest(
        self, user_id: int, lines: Sequence[tuple[int, int]], *, mark: str
    ) -> None:
        """Merge (SKU, pieces) lines later than their sign-in; once under one mark."""
        await self._merged(user_id, [GuestLine(*line) for line in lines], mark)

    async def forget_bought(
        self, user_id: int, order_id: str, lines: Sequence[tuple[int, int]]
    ) -> None:
        """Take what an order has bought, (SKU, pieces) each, out of the cart; once per order."""
        await self._carts.take_bought(user_id, order_id, lines)

    async def _merged(self, user_id: int, lines: Sequence[GuestLine], mark: str) -> list[Line]:
        offers = await self._offers([line.sku_id for line in lines])
        offered = [Offered(line.sku_id, line.count, _stock(line.sku_id, offers)) for line in lines]
        return await self._carts.merge(user_id, offered, name=mark)

    async def _put_off(self, user_id: int, lines: Sequence[GuestLine], mark: str) -> None:
        job = MergeCart(
            user_id=user_id, lines=[(line.sku_id, line.count) for line in lines], mark=mark
        )
        try:
            await self._post(job)
        except Unavailable as error:
            log.error("guest cart may be lost", user=user_id, lines=len(lines), error=str(error))
        else:
            self._ring()

    @repeatable
    async def _post(self, job: MergeCart) -> None:
        async with self._database.begin() as tables:
            await tables.outbox.post(job)

    async def _changed(
        self, user_id: int, change: Callable[[Offers], Awaitable[list[Line]]], *also: int
    ) -> list[CartItem]:
        """Read the rows of the cart and of the SKU that is meant, change the cart and show it."""
        before = await self._carts.lines(user_id)
        offers = await self._offers({*also, *(line.sku_id for line in before)})
        return await self._shown(user_id, await change(offers), offers)

    async def _shown(self, user_id: int, lines: Sequence[Line], offers: Offers) -> list[CartItem]:
        """Join lines with the rows, those not read yet included, and drop what is gone."""
        unread = [line.sku_id for line in lines if line.sku_id not in offers]
        known = {**offers, **await self._offers(unread)}
        gone = [line.sku_id for line in lines if line.sku_id not in known]
        if gone:
            await self._carts.remove(user_id, gone)
        return [CartItem(line, known[line.sku_id]) for line in lines if line.sku_id in known]

    async def _offers(self, sku_ids: Collection[int]) -> Offers:
        if not sku_ids:
            return {}
        async with self._database.read() as tables:
            return await tables.offers.of(sku_ids)


def _stock(sku_id: int, offers: Offers) -> int:
    """Return how many pieces may be in a cart, ``NOT_FOR_SALE`` of what cannot be bought."""
    offer = offers.get(sku_id)
    if offer is None or not offer.is_launched:
        return NOT_FOR_SALE
    return max(0, offer.stock)
