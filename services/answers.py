"""What was asked under a key and what is answered again, as ``models.idempotency`` keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

import msgspec

from models.errors import KeyReused, OrderError, OutOfStock, SkuWithdrawn, declared
from models.idempotency import Kept
from models.orders import Status
from services.drafts import Wanted, Wish

DOUBLE_CLICK_SECONDS = 60


class Placed(msgspec.Struct, frozen=True):
    """An order that was placed; ``carts_count`` is what the cart holds besides."""

    order_id: str
    total_amount: Decimal
    freight: Decimal
    carts_count: int
    pay_method: int


class Refusal(msgspec.Struct, frozen=True):
    """A refusal that was uttered, with the lines it names."""

    code: int
    lines: Sequence[tuple[int, str, int]] = ()


class Asked(msgspec.Struct, frozen=True):
    """Who asks, under which key, and for what.

    A key of the client stands for the whole wish. The key of a double click (``cart:…``, ``sku:…``)
    stands for a wish with an address, and its fingerprint for the lines, once they are known.
    """

    user_id: int
    key: str
    fingerprint: bytes
    by_client: bool

    @classmethod
    def of(cls, user_id: int, wish: Wish, key: str | None) -> Self:
        """Return what is asked; ``key`` is the one the client sent."""
        if key is not None:
            return cls(user_id, f"key:{key}", wish.fingerprint, by_client=True)
        place = f"sku:{wish.address_id}:{wish.bought.sku_id}" if wish.bought else ""
        return cls(user_id, place or f"cart:{wish.address_id}", b"", by_client=False)

    def about(self, wanted: Sequence[Wanted]) -> Asked:
        """Return it with the lines it is about, when there are any."""
        if self.by_client or not wanted:
            return self
        digest = hashlib.sha256(msgspec.json.encode(wanted)).digest()
        return msgspec.structs.replace(self, fingerprint=digest)


def repeated(kept: Kept, asked: Asked) -> Placed | None:
    """Return what was answered before; None when it was too long ago to be a double click.

    Raises the refusal that was the answer, and ``KeyReused`` when something else was asked.
    """
    if asked.by_client:
        if kept.fingerprint != asked.fingerprint:
            raise KeyReused
        if kept.order_id is None:
            raise _uttered(kept.reply)
    elif not _is_double_click(kept, asked):
        return None
    return msgspec.json.decode(kept.reply, type=Placed)


def reply_of(placed: Placed) -> str:
    """Return an answer as it is kept."""
    return msgspec.json.encode(placed).decode()


def refusal_of(refusal: OrderError) -> str:
    """Return a refusal as it is kept."""
    lines = refusal.lines if isinstance(refusal, OutOfStock | SkuWithdrawn) else ()
    return msgspec.json.encode(Refusal(refusal.code, lines)).decode()


def _is_double_click(kept: Kept, asked: Asked) -> bool:
    """Same lines, or none left in the cart, an unpaid order, within a minute."""
    same = asked.fingerprint in {b"", kept.fingerprint}
    return same and kept.status == Status.UNPAID and kept.age < DOUBLE_CLICK_SECONDS


def _uttered(reply: str) -> OrderError:
    kept = msgspec.json.decode(reply, type=Refusal)
    kind: Any = next(each for each in declared(OrderError) if each.code == kept.code)
    refusal: OrderError = kind(kept.lines) if kept.lines else kind()
    return refusal
