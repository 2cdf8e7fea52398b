"""What an order will be: totals without floats, all that stands against it named at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.carts import Line
from models.addresses import Address
from models.errors import BadOrderParameter, OutOfStock, PriceChanged, SkuWithdrawn
from models.offers import Offer
from models.orders import LARGEST_TOTAL
from services.drafts import Draft, Wanted, Wish, drafted, failing

FREIGHT = Decimal("10.00")
WISH = Wish(address_id=1)


def offer(sku: int, price: str = "9.90", **changes: object) -> Offer:
    """Return a SKU as its row has it."""
    given = {"stock": 5, "is_launched": True} | changes
    return Offer(
        id=sku,
        name=f"袋 {sku}",
        price=Decimal(price),
        image="a.png",
        attribute_names=["颜色"],
        attribute_values=["红"],
        **given,  # type: ignore[arg-type]
    )


def draft(wanted: list[Wanted], offers: list[Offer], wish: Wish = WISH) -> Draft:
    """Work out an order."""
    return drafted(wish, wanted, offers={each.id: each for each in offers}, freight=FREIGHT)


def test_lines_and_total() -> None:
    made = draft([Wanted(1, 2), Wanted(2, 1)], [offer(1), offer(2, "0.01")])
    assert made.total == Decimal("29.81")
    assert [(line.sku_id, line.count, line.price) for line in made.lines] == [
        (1, 2, Decimal("9.90")),
        (2, 1, Decimal("0.01")),
    ]
    assert {line.order_id for line in made.lines} == {made.order_id}
    row = made.order(7, Address(1, "王", "北京", "13800138000", "", "", 1))
    assert (row.user_id, row.total_count, row.total_amount, row.freight) == (
        7, 3, made.total, FREIGHT,
    )  # fmt: skip
    assert [pick.count for pick in made.picks] == [2, 1]


@given(
    st.lists(
        st.tuples(st.decimals("0.01", "9999.99", places=2), st.integers(1, 50)),
        min_size=1,
        max_size=100,
    )
)
def test_totals_are_exact(rows: list[tuple[Decimal, int]]) -> None:
    """Money is whole fen, whatever is added up."""
    offers = [offer(n, str(price), stock=50) for n, (price, _) in enumerate(rows)]
    made = draft([Wanted(n, count) for n, (_, count) in enumerate(rows)], offers)
    fen = sum(int(price * 100) * count for price, count in rows) + 1000
    assert made.total * 100 == fen
    assert made.total == made.total.quantize(Decimal("0.01"))


def test_the_largest_total() -> None:
    price = LARGEST_TOTAL - FREIGHT
    assert draft([Wanted(1, 1)], [offer(1, str(price))]).total == LARGEST_TOTAL
    with pytest.raises(BadOrderParameter):
        draft([Wanted(1, 1)], [offer(1, str(price + Decimal("0.01")))])


def test_the_expected_total_is_compared_as_money() -> None:
    """SEC-11: 19.9 is 19.90; a fen more or less is another price."""
    for expected in ("19.9", "19.90"):
        assert draft(
            [Wanted(1, 1)], [offer(1)], Wish(address_id=1, expected_total=Decimal(expected))
        )
    for expected in ("19.89", "19.91", "9.90"):
        with pytest.raises(PriceChanged):
            draft([Wanted(1, 1)], [offer(1)], Wish(address_id=1, expected_total=Decimal(expected)))


def test_everything_that_fails_is_named() -> None:
    offers = {each.id: each for each in (offer(1), offer(2, stock=0), offer(3, is_launched=False))}
    short = failing([Wanted(1, 6), Wanted(2, 1)], offers)
    assert isinstance(short, OutOfStock)
    assert short.lines == ((1, "袋 1", 5), (2, "袋 2", 0))
    gone = failing([Wanted(1, 6), Wanted(3, 1), Wanted(4, 1), Wanted(1, 1)], offers)
    assert isinstance(gone, SkuWithdrawn)
    assert gone.lines == ((1, "袋 1", 5), (3, "袋 3", 0), (4, "#4", 0))
    assert failing([Wanted(1, 5)], offers) is None


def test_a_withdrawn_sku_with_stock_is_not_sold() -> None:
    with pytest.raises(SkuWithdrawn):
        draft([Wanted(1, 1)], [offer(1, is_launched=False)])


def test_what_is_wanted_of_a_cart() -> None:
    """The selected lines in the order of their SKUs; what is bought at once knows no cart."""
    cart = [Line(9, 1, selected=True), Line(2, 3, selected=False), Line(4, 2, selected=True)]
    assert WISH.wanted(cart) == [Wanted(4, 2), Wanted(9, 1)]
    assert WISH.wanted([]) == []
    now = Wish(address_id=1, bought=Wanted(7, 1))
    assert now.wanted(cart) == [Wanted(7, 1)]
    assert (WISH.from_cart, now.from_cart) == (True, False)


def test_a_fingerprint_tells_every_difference() -> None:
    """IDEM-2: no two different wishes look the same, the same one always does."""
    wishes = [
        Wish(address_id=1),
        Wish(address_id=2),
        Wish(address_id=1, pay_method=2),
        Wish(address_id=1, bought=Wanted(1, 1)),
        Wish(address_id=1, bought=Wanted(1, 2)),
        Wish(address_id=1, bought=Wanted(2, 1)),
        Wish(address_id=1, expected_total=Decimal("1.00")),
        Wish(address_id=1, expected_total=Decimal("10.0")),
    ]
    assert len({wish.fingerprint for wish in wishes}) == len(wishes)
    assert WISH.fingerprint == Wish(address_id=1).fingerprint
    assert len(WISH.fingerprint) == 32
