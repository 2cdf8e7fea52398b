"""Placing an order: what is wanted, who asked before, and one transaction that decides.

Order of the rows (DL-3): idempotency → order → attempt → SKU by id. The shelf is taken late, so
that others wait for a hot SKU no longer than two insertions and the commit; the lines come after
it, because the check of their foreign key would lock the SKU for share. Redis is asked before and
told after, never in between; what a crash leaves undone there is a task of the same commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import structlog

from cache.carts import Carts, Line
from models.addresses import Address
from models.connection import Conflict, Duplicate
from models.database import Database, Tables, idempotent
from models.errors import (
    AddressNotFound,
    AlwaysLost,
    BadOrderParameter,
    KeyReused,
    NotActivated,
    NothingSelected,
    OrderAddressNotFound,
    OrderBusy,
    OrderError,
    Unavailable,
)
from models.idempotency import Entry
from models.outbox import Post
from services.admission import Admission
from services.answers import Asked, Placed, refusal_of, repeated, reply_of
from services.attempts import first_ask
from services.carts import CartItem
from services.cashier import number_of_today, provider_of
from services.drafts import Draft, Wanted, Wish, drafted, failing
from services.tokens import SignedIn
from services.turns import Turns
from settings import Order as OrderSettings
from tasks.carts import ForgetBought
from tasks.orders import CloseUnpaid

CLEAR_SECONDS = 5.0
"""After these the task clears the cart, if the process that placed the order has not."""

KEPT_SECONDS = 26 * 3600.0
PRUNED_AT_ONCE = 1000
PASSING = (OrderBusy, KeyReused, BadOrderParameter)
"""Refusals that are no answer to a key: the same may be asked again with it."""

log = structlog.get_logger("services.checkout")


class Prepared(msgspec.Struct, frozen=True):
    """What the page before the order shows; ``refusal`` when nothing can be ordered."""

    addresses: Sequence[Address]
    items: Sequence[CartItem]
    freight: Decimal
    refusal: OrderError | None


class CheckoutService:
    """Places orders."""

    def __init__(
        self, *, database: Database, carts: Carts, admission: Admission, terms: OrderSettings
    ) -> None:
        self._database = database
        self._carts = carts
        self._admission = admission
        self._terms = terms
        self._turns = Turns()

    @property
    def refused(self) -> int:
        """How many buyers were told at once that it is too busy."""
        return self._admission.refused

    def knock(self) -> None:
        """Raise ``OrderBusy`` when too many are waiting to order already."""
        self._admission.knock()

    async def prepare(self, user_id: int, wanted: Wanted | None) -> Prepared:
        """Show what would be ordered: one SKU, or with None what is selected in the cart."""
        if wanted is None:
            lines = [line for line in await self._carts.lines(user_id) if line.selected]
        else:
            lines = [Line(wanted.sku_id, wanted.count, selected=True)]
        async with self._database.read() as tables:
            addresses = await tables.addresses.of_user(user_id)
            offers = await tables.offers.of([line.sku_id for line in lines])
        shown = [CartItem(line, offers[line.sku_id]) for line in lines if line.sku_id in offers]
        refusal: OrderError | None = None if shown else NothingSelected()
        if wanted is not None:
            refusal = failing([wanted], offers)
        return Prepared(addresses, [] if refusal else shown, self._terms.freight, refusal)

    async def place(self, user: SignedIn, wish: Wish, *, key: str | None) -> Placed:
        """Place an order, once for a key; raise an ``OrderError`` or ``NotActivated``.

        Without a key the same wish within a minute is the same order, as long as it is unpaid.
        """
        if self._terms.requires_activation and not user.is_active:
            raise NotActivated
        asked = Asked.of(user.id, wish, key)
        async with self._turns.of(user.id), self._admission.entered():
            if asked.by_client and (placed := await self._answered(asked, wish)):
                return placed
            cart = await self._carts.lines(user.id)
            wanted = wish.wanted(cart)
            asked = asked.about(wanted)
            try:
                return await self._placed(asked, wish, wanted, left=_left(cart, wish, wanted))
            except AlwaysLost as error:
                raise OrderBusy from error
            except OrderError as refusal:
                return await self._refused(asked, wish, refusal)

    async def prune(self) -> int:
        """Forget answers to keys that are more than a day old, some at a time; return how many."""
        pruned = 0
        while True:
            async with self._database.read() as tables:
                some = await tables.idempotency.prune(older_than=KEPT_SECONDS, limit=PRUNED_AT_ONCE)
            pruned += some
            if some < PRUNED_AT_ONCE:
                return pruned

    async def _placed(
        self, asked: Asked, wish: Wish, wanted: Sequence[Wanted], *, left: int
    ) -> Placed:
        if not wanted:
            raise NothingSelected
        placed, bought = await self._committed(asked, wish, wanted, left=left)
        if wish.from_cart:
            await self._clear(asked.user_id, placed.order_id, bought)
        return placed

    @idempotent
    async def _committed(
        self, asked: Asked, wish: Wish, wanted: Sequence[Wanted], *, left: int
    ) -> tuple[Placed, Sequence[Wanted]]:
        """Return the order and what it holds; one placed before may hold what no cart holds now."""
        async with self._database.begin() as tables:
            address = await _address(tables, asked.user_id, wish.address_id)
            offers = await tables.offers.of([each.sku_id for each in wanted])
            draft = drafted(wish, wanted, offers=offers, freight=self._terms.freight)
            placed = Placed(draft.order_id, draft.total, draft.freight, left, wish.pay_method)
            entry = _entry(asked, reply_of(placed), draft.order_id)
            if not await tables.idempotency.add(entry):
                before = await self._instead(tables, asked, entry)
                if before is not None:
                    return before, await _bought(tables, before.order_id)
            await self._write(tables, draft, address, asked.user_id)
        return placed, wanted

    async def _instead(self, tables: Tables, asked: Asked, entry: Entry) -> Placed | None:
        """Return what was answered before, or None when it may be asked anew."""
        kept = await tables.idempotency.find(asked.user_id, asked.key)
        if kept is None:
            raise Conflict
        placed = repeated(kept, asked)
        if placed is None and not await tables.idempotency.replace(
            entry, instead_of=kept.order_id or ""
        ):
            raise Conflict
        return placed

    async def _write(self, tables: Tables, draft: Draft, address: Address, user_id: int) -> None:
        order = draft.order(user_id, address)
        try:
            await tables.orders.add(order)
        except Duplicate as error:
            raise Conflict from error
        await tables.time_lines.add(order.order_id, None, after=1, actor=f"user:{user_id}")
        number = number_of_today()
        await tables.attempts.add(
            order.order_id, provider_of(order.pay_method), number, patience=self._terms.patience
        )
        await tables.outbox.post_all([*self._tasks(draft, user_id), first_ask(number)])
        if not await tables.stock.take(draft.picks):
            # Somebody was faster; read again what is left, and say so if it is not enough.
            raise Conflict
        await tables.orders.add_lines(draft.lines)
        deltas = [(pick.sku_id, -pick.count) for pick in draft.picks]
        await tables.stock.enter(order.order_id, "order", deltas)

    def _tasks(self, draft: Draft, user_id: int) -> list[Post]:
        order_id = draft.order_id
        close = Post(CloseUnpaid(order_id), self._terms.patience, f"orders.close:{order_id}")
        if not draft.wish.from_cart:
            return [close]
        lines = [(pick.sku_id, pick.count) for pick in draft.picks]
        return [close, Post(ForgetBought(user_id, order_id, lines), CLEAR_SECONDS)]

    async def _clear(self, user_id: int, order_id: str, wanted: Sequence[Wanted]) -> None:
        try:
            lines = [(each.sku_id, each.count) for each in wanted]
            await self._carts.take_bought(user_id, order_id, lines)
        except Unavailable:
            log.warning("cart not cleared yet, the task will", order=order_id)

    async def _answered(self, asked: Asked, wish: Wish) -> Placed | None:
        """Return the order that was placed before; who placed it may have left the cart full."""
        bought: Sequence[Wanted] = ()
        async with self._database.read() as tables:
            kept = await tables.idempotency.find(asked.user_id, asked.key)
            placed = repeated(kept, asked) if kept else None
            if placed is not None and wish.from_cart:
                bought = await _bought(tables, placed.order_id)
        if placed is not None and bought:
            await self._clear(asked.user_id, placed.order_id, bought)
        return placed

    async def _refused(self, asked: Asked, wish: Wish, refusal: OrderError) -> Placed:
        """Answer a refusal, unless the same was granted before; it is final for a key (IDEM-4)."""
        if isinstance(refusal, PASSING):
            raise refusal
        if asked.by_client:
            entry = _entry(asked, refusal_of(refusal), None)
            async with self._database.read() as tables:
                if await tables.idempotency.add(entry):
                    raise refusal
        placed = await self._answered(asked, wish)
        if placed is None:
            raise refusal
        return placed


def _left(cart: Sequence[Line], wish: Wish, wanted: Sequence[Wanted]) -> int:
    """Return how many SKUs the cart will hold besides what is bought."""
    return len(cart) - (len(wanted) if wish.from_cart else 0)


def _entry(asked: Asked, reply: str, order_id: str | None) -> Entry:
    return Entry(asked.user_id, asked.key, asked.fingerprint, reply, order_id)


async def _bought(tables: Tables, order_id: str) -> list[Wanted]:
    lines = await tables.orders.lines_of([order_id])
    return [Wanted(line.sku_id, line.count) for line in lines[order_id]]


async def _address(tables: Tables, user_id: int, address_id: int) -> Address:
    try:
        return await tables.addresses.by_id(user_id, address_id)
    except AddressNotFound as error:
        raise OrderAddressNotFound from error
