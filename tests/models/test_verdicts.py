"""What follows from a provider's word: every state of an attempt, every status of its order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest

from models.orders import Status
from models.payments import Attempt, State, Verdict

NOTHING, PAY, RETURN, CLOSE = Verdict.NOTHING, Verdict.PAY, Verdict.RETURN, Verdict.CLOSE
UNPAID, PAID, SHIPPED, DONE, CLOSED, REFUNDING, REFUNDED = (1, 2, 3, 4, 6, 7, 8)
GONE = None
PAID_THERE = {
    # attempt         1    2       3       4       6       7       8       gone
    "open": (PAY, RETURN, RETURN, RETURN, RETURN, RETURN, RETURN, RETURN),
    "closed": (PAY, RETURN, RETURN, RETURN, RETURN, RETURN, RETURN, RETURN),
    "paid": (NOTHING,) * 8,
    "surplus": (NOTHING,) * 8,
}
CLOSED_THERE = {
    "open": (CLOSE,) * 8,
    "closed": (NOTHING,) * 8,
    "paid": (NOTHING,) * 8,
    "surplus": (NOTHING,) * 8,
}
ORDERS = (UNPAID, PAID, SHIPPED, DONE, CLOSED, REFUNDING, REFUNDED, GONE)
CASES = list(product(State, enumerate(ORDERS)))


def attempt_in(state: str) -> Attempt:
    """Return an attempt in some state."""
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    return Attempt(
        id=1,
        order_id="1234567890123456",
        provider="alipay",
        out_trade_no="2026112700",
        amount=Decimal("98.00"),
        state=state,
        code_url="",
        trade_no=None,
        expires_time=now,
        created_time=now,
        is_over=0,
    )


def test_the_table_of_verdicts_knows_every_state() -> None:
    """A state that is added must be judged here."""
    assert set(PAID_THERE) == set(CLOSED_THERE) == set(State)
    assert {each for each in ORDERS if each} == set(Status)
    assert {len(row) for table in (PAID_THERE, CLOSED_THERE) for row in table.values()} == {8}
    assert len(CASES) * 3 == 96


@pytest.mark.parametrize(("state", "order"), CASES)
def test_what_follows_from_a_word(state: State, order: tuple[int, int | None]) -> None:
    """ALI-3, PAY-1, PAY-4, PAY-5, PAY-8: only an unpaid order is paid, all else goes back."""
    column, status = order
    attempt = attempt_in(state)
    assert attempt.verdict(status, paid=True, closed=False) == PAID_THERE[state][column]
    assert attempt.verdict(status, paid=False, closed=True) == CLOSED_THERE[state][column]
    assert attempt.verdict(status, paid=False, closed=False) == NOTHING


def test_money_that_is_there_outweighs_a_closed_trade() -> None:
    """PAY-5: a trade that was paid and then closed by its refund was paid."""
    assert attempt_in("open").verdict(UNPAID, paid=True, closed=True) == PAY
    assert attempt_in("open").verdict(CLOSED, paid=True, closed=True) == RETURN
