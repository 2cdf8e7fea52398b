"""What is answered again: under a key always the same, without one for a double click."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.errors import (
    KeyReused,
    NothingSelected,
    OrderAddressNotFound,
    OrderError,
    OutOfStock,
    PriceChanged,
    SkuWithdrawn,
)
from models.idempotency import Kept
from models.orders import Status
from services.answers import Asked, Placed, refusal_of, repeated, reply_of
from services.drafts import Wanted, Wish

CART = Wish(address_id=3)
NOW = Wish(address_id=3, bought=Wanted(5, 2))
PLACED = Placed("1234567890123456", Decimal("98.00"), Decimal("10.00"), 4, 1)
LINES = ((5, "袋 “5”", 1), (6, "😀", 0))


def kept(asked: Asked, *, reply: str = reply_of(PLACED), age: int = 0, status: int = 1) -> Kept:
    """Return a kept answer to the same question."""
    return Kept(asked.fingerprint, reply, PLACED.order_id, age, status)


def test_keys_do_not_meet() -> None:
    """A client cannot name the row of a double click; addresses and SKUs have rows of their own."""
    keys = [
        Asked.of(1, CART, None).key,
        Asked.of(1, NOW, None).key,
        Asked.of(1, Wish(address_id=4), None).key,
        Asked.of(1, Wish(address_id=3, bought=Wanted(6, 2)), None).key,
        Asked.of(1, CART, "cart:3").key,
        Asked.of(1, CART, "sku:3:5").key,
    ]
    assert keys[:2] == ["cart:3", "sku:3:5"]
    assert len(set(keys)) == len(keys)
    assert all(len(key) <= 255 for key in [*keys, Asked.of(1, CART, "k" * 200).key])


def test_an_answer_survives_being_kept() -> None:
    asked = Asked.of(1, CART, "k")
    assert repeated(kept(asked), asked) == PLACED


@pytest.mark.parametrize(
    "refusal",
    [
        OutOfStock(LINES),
        SkuWithdrawn(LINES),
        PriceChanged(),
        NothingSelected(),
        OrderAddressNotFound(),
    ],
    ids=lambda refusal: type(refusal).__name__,
)
def test_a_refusal_survives_being_kept(refusal: OrderError) -> None:
    """IDEM-4: the same code, the same texts, the same lines."""
    asked = Asked.of(1, CART, "k")
    answer = Kept(asked.fingerprint, refusal_of(refusal), None, 0, None)
    with pytest.raises(type(refusal)) as again:
        repeated(answer, asked)
    assert again.value.data == refusal.data
    assert [again.value.text(each) for each in ("zh", "en")] == [
        refusal.text(each) for each in ("zh", "en")
    ]


def test_a_key_stands_for_one_wish() -> None:
    """IDEM-2: however old, and whatever became of the order."""
    asked = Asked.of(1, CART, "k")
    with pytest.raises(KeyReused):
        repeated(kept(asked), Asked.of(1, NOW, "k"))
    refused = Kept(asked.fingerprint, refusal_of(NothingSelected()), None, 0, None)
    with pytest.raises(KeyReused):
        repeated(refused, Asked.of(1, NOW, "k"))
    assert repeated(kept(asked, age=80_000, status=6), asked) == PLACED


def test_the_lines_are_the_fingerprint_of_a_double_click() -> None:
    """What a client names by a key is not about lines: the cart may be empty by now."""
    bare = Asked.of(1, CART, None)
    one, other = bare.about([Wanted(5, 2)]), bare.about([Wanted(5, 3)])
    assert len(one.fingerprint) == 32
    assert one.fingerprint != other.fingerprint
    assert bare.about([]) == bare
    named = Asked.of(1, CART, "k")
    assert named.about([Wanted(5, 2)]) == named


@pytest.mark.parametrize(
    ("age", "status", "same"),
    [
        (0, Status.UNPAID, True),
        (59, Status.UNPAID, True),
        (60, Status.UNPAID, False),
        (0, Status.PAID, False),
        (0, Status.CLOSED, False),
        (0, Status.REFUNDED, False),
    ],
)
def test_a_double_click(age: int, status: Status, *, same: bool) -> None:
    """IDEM-6: the same lines, or none left; an unpaid order; a minute."""
    asked = Asked.of(1, CART, None).about([Wanted(5, 2)])
    before = kept(asked, age=age, status=status)
    expected = PLACED if same else None
    assert repeated(before, asked) == expected
    assert repeated(before, Asked.of(1, CART, None)) == expected
    assert repeated(before, Asked.of(1, CART, None).about([Wanted(5, 1)])) is None
