"""The referee sees every way in which two books can disagree, and nothing else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.audited import order_id
from tests.factories import Goods
from tests.referee import Counted, assert_books_agree

PAID, LATE, REFUNDED, OPEN = ("0a" * 14, "0b" * 14, "0c" * 14, "0d" * 14)
NUMBERS = {PAID: 2, LATE: 6, REFUNDED: 8, OPEN: 1}
"""Each attempt with the status of its order."""
STATES = {PAID: "paid", LATE: "surplus", REFUNDED: "paid", OPEN: "open"}


class Book:
    """What the providers believe, as their simulators would show it."""

    def __init__(self) -> None:
        self.trades: dict[str, dict[str, Any]] = {}

    def books(self, provider: str) -> list[dict[str, Any]]:
        return deepcopy(list(self.trades.values())) if provider == "alipay" else []


@pytest.fixture
def book(goods: Goods) -> Book:
    """Two books that agree: paid, paid too late and sent back, refunded, and still waiting."""
    user = goods.add(
        "users_user_profile", username="wang", password="x", email="w@x.cn", phone="13800000000"
    )
    book = Book()
    for nth, (number, status) in enumerate(NUMBERS.items(), 1):
        goods.run(
            "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
            " status, receiver, address, receiver_mobile) VALUES (%s, %s, 98, 1, %s, '', '', '')",
            *(order_id(nth), user, status),
        )
        is_paid = STATES[number] != "open"
        goods.add(
            "pays_attempt",
            id=nth,
            order_id=order_id(nth),
            provider="alipay",
            out_trade_no=number,
            amount="98.00",
            state=STATES[number],
            trade_no=f"T{nth}" if is_paid else None,
            expires_time="2026-11-27 12:00:00",
            paid_time="2026-11-27 11:00:00" if is_paid else None,
        )
        book.trades[number] = {
            "out_trade_no": number,
            "trade_no": f"T{nth}",
            "amount": "98.00",
            "state": "paid" if is_paid else "waiting",
            "refunds": [],
        }
    for number in (LATE, REFUNDED):
        refund(goods, number)
        gone(book.trades[number])
    return book


def refund(goods: Goods, number: str, amount: str = "98.00", *, state: str = "done") -> None:
    """Write a refund of ours down."""
    nth = list(NUMBERS).index(number) + 1
    goods.run(
        "INSERT INTO pays_refund (attempt_id, order_id, request_no, amount, reason, state,"
        " done_time) VALUES (%s, %s, %s, %s, 'late', %s, IF(%s = 'done', NOW(6), NULL))",
        *(nth, order_id(nth), f"R{number}", amount, state, state),
    )


def gone(trade: dict[str, Any], amount: str = "98.00", *, done: bool = True) -> None:
    """Let a provider send money back."""
    number = trade["out_trade_no"]
    trade["refunds"].append({"request_no": f"R{number}", "amount": amount, "done": done})
    if done and amount == trade["amount"]:
        trade["state"] = "refunded"


def test_books_that_agree(book: Book, goods: Goods) -> None:
    """INV-4: and what is in them."""
    assert assert_books_agree(book, goods) == {
        "alipay": Counted(trades=4, paid=3, kept=1, returned=2),
        "wechat": Counted(0, 0, 0, 0),
    }


def test_trades_that_are_not_paid_are_nobodys(book: Book, goods: Goods) -> None:
    """A page that was opened for another shop; one of ours that was never opened."""
    book.trades["x"] = book.trades.pop(OPEN) | {"out_trade_no": "x", "state": "closed"}
    assert assert_books_agree(book, goods)["alipay"].trades == 4


OURS = {
    "a payment that nobody wrote down": (
        f"DELETE FROM pays_attempt WHERE out_trade_no = '{PAID}'",
        "paid there, unknown here",
    ),
    "a payment that is still open": (
        f"UPDATE pays_attempt SET state = 'open', trade_no = NULL WHERE out_trade_no = '{PAID}'",
        "paid there, open here",
    ),
    "a payment that is not there": (
        f"UPDATE pays_attempt SET state = 'paid', trade_no = 'T9' WHERE out_trade_no = '{OPEN}'",
        "paid here, waiting there",
    ),
    "another amount": (
        f"UPDATE pays_attempt SET amount = 97.99 WHERE out_trade_no = '{PAID}'",
        "98.00 yuan there, 97.99 here",
    ),
    "another number": (
        f"UPDATE pays_attempt SET trade_no = 'T9' WHERE out_trade_no = '{PAID}'",
        "another number there than here",
    ),
    "a payment at the other provider": (
        f"UPDATE pays_attempt SET provider = 'wechat' WHERE out_trade_no = '{PAID}'",
        "paid here, unknown there",
    ),
    "two payments of one order": (
        "UPDATE pays_attempt SET order_id = (SELECT order_id FROM pays_attempt WHERE id = 1)"
        f" WHERE out_trade_no = '{REFUNDED}'",
        "one of 2 payments of its order",
    ),
    "a payment of a closed order": (
        "UPDATE orders_order_info SET status = 6 WHERE status = 2",
        "the payment of an order in state 6",
    ),
    "a payment of an order that is gone": (
        "DELETE FROM orders_order_info WHERE status = 2",
        "the payment of an order in state None",
    ),
    "a surplus that is kept": (
        f"UPDATE pays_attempt SET state = 'surplus' WHERE out_trade_no = '{PAID}'",
        "not all has gone back",
    ),
    "a refunded order that got nothing": (
        "UPDATE orders_order_info SET status = 8 WHERE status = 2",
        "not all has gone back",
    ),
    "a payment that went back": (
        "UPDATE orders_order_info SET status = 4 WHERE status = 8",
        "the payment of an order in state 4 has gone back",
    ),
    "a refund that is under way here": (
        f"UPDATE pays_refund SET state = 'pending' WHERE request_no = 'R{LATE}'",
        "refunds are",
    ),
    "a refund of another amount": (
        f"UPDATE pays_refund SET amount = 97.99 WHERE request_no = 'R{LATE}'",
        "refunds are",
    ),
    "a refund under another number": (
        f"UPDATE pays_refund SET request_no = 'R9' WHERE request_no = 'R{LATE}'",
        "a refund there that is not here",
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_what_is_wrong_here_is_named(book: Book, goods: Goods, name: str) -> None:
    statement, why = OURS[name]
    goods.run(statement)
    with pytest.raises(AssertionError, match=why):
        assert_books_agree(book, goods)


def test_a_refund_of_what_was_never_paid_is_named(book: Book, goods: Goods) -> None:
    refund(goods, OPEN)
    with pytest.raises(AssertionError, match="goes back here, was not paid there"):
        assert_books_agree(book, goods)


@pytest.mark.parametrize(("amount", "done"), [("98.00", False), ("97.99", True)])
def test_money_that_has_not_all_arrived_is_named(
    book: Book, goods: Goods, amount: str, done: bool
) -> None:
    """Under way there, or a part of it."""
    book.trades[LATE] |= {"refunds": [], "state": "paid"}
    gone(book.trades[LATE], amount, done=done)
    with pytest.raises(AssertionError, match="not all has gone back"):
        assert_books_agree(book, goods)


def test_money_that_went_back_twice_is_named(book: Book, goods: Goods) -> None:
    """ALI-6: two refunds of one payment, one of which we know."""
    trade = book.trades[LATE]
    trade["refunds"].append({"request_no": "R9", "amount": "98.00", "done": True})
    with pytest.raises(AssertionError, match="a refund there that is not here"):
        assert_books_agree(book, goods)


def test_everything_is_named_at_once(book: Book, goods: Goods) -> None:
    goods.run("UPDATE pays_attempt SET trade_no = CONCAT('X', id) WHERE trade_no IS NOT NULL")
    with pytest.raises(AssertionError) as failed:
        assert_books_agree(book, goods)
    assert str(failed.value).count("another number there than here") == 3
