"""WeChat Pay: what genuine notices say, and about whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from models.errors import NoticeRefused
from services.ports import Repaid, Trade, TradeState
from tests.services.gateways.wechatpay_desk import (
    MERCHANT,
    NUMBER,
    PAID,
    TRADE,
    notice,
    read,
    refused,
    transaction,
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (transaction(appid="wx0000000000000002"), "app"),
        (transaction(mchid="1900000002"), "seller"),
        (transaction(appid=None), "shape"),
        (transaction(mchid=None), "shape"),
        (transaction(out_trade_no=None), "shape"),
        (transaction(out_trade_no=""), "shape"),
        (transaction(transaction_id=None), "shape"),
        (transaction(amount=None), "shape"),
        (transaction(amount={"total": 98.5, "currency": "CNY"}), "shape"),
        (transaction(amount={"total": 9800.0, "currency": "CNY"}), "shape"),
        (transaction(amount={"total": "9800", "currency": "CNY"}), "shape"),
        (transaction(amount={"total": -1, "currency": "CNY"}), "shape"),
        (transaction(amount={"total": 9800, "currency": "USD"}), "shape"),
        (transaction("ACCEPT"), "shape"),
        (transaction("success"), "shape"),
        ([], "shape"),
        ("", "shape"),
        (None, "shape"),
    ],
)
def test_a_genuine_notice_about_something_else_is_refused(content: object, reason: str) -> None:
    """PAY-3: signed and encrypted to us is not enough."""
    refused(notice(content), reason)


@pytest.mark.parametrize(
    "body",
    [
        notice(transaction(), event="COUPON.USE"),
        notice(transaction(), event=""),
        notice(transaction(), resource=None),
        notice(transaction(), resource=[]),
        b"{}",
        b"[]",
        b"",
        b"not JSON",
    ],
)
def test_a_notice_of_another_shape_is_refused(body: bytes) -> None:
    refused(body, "shape")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("SUCCESS", TradeState.PAID),
        ("REFUND", TradeState.PAID),
        ("NOTPAY", TradeState.WAITING),
        ("USERPAYING", TradeState.WAITING),
        ("PAYERROR", TradeState.WAITING),
        ("CLOSED", TradeState.CLOSED),
        ("REVOKED", TradeState.CLOSED),
    ],
)
def test_money_that_was_there_is_paid(said: str, state: TradeState) -> None:
    assert read(notice(transaction(said))) == replace(PAID, state=state)


def refund(status: str = "SUCCESS", **changes: Any) -> dict[str, Any]:
    return {
        "mchid": MERCHANT,
        "out_trade_no": NUMBER,
        "transaction_id": TRADE,
        "out_refund_no": "R1",
        "refund_id": "50000000002026112700000000001",
        "refund_status": status,
        "success_time": "2026-11-27T21:00:00+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {"total": 9800, "refund": 1000, "payer_total": 9800, "payer_refund": 1000},
        **changes,
    }


@pytest.mark.parametrize(
    ("status", "done"), [("SUCCESS", True), ("CLOSED", False), ("ABNORMAL", False)]
)
def test_a_notice_of_a_refund_says_whether_the_money_went(status: str, done: bool) -> None:
    repaid = Repaid(NUMBER, "R1", Decimal("10.00"), done)
    assert read(notice(refund(status), event=f"REFUND.{status}")) == repaid


def test_a_refund_of_another_merchant_is_refused() -> None:
    refused(notice(refund(mchid="1900000002"), event="REFUND.SUCCESS"), "seller")
    refused(notice(refund(amount={"refund": 10.5}), event="REFUND.SUCCESS"), "shape")


@effort(max_examples=50, deadline=None)
@example(1)
@example(9_999_999_999)
@given(st.integers(1, 9_999_999_999))
def test_any_amount_comes_back_as_it_went(fen: int) -> None:
    """WX-6: 0.01 to 99,999,999.99 through a signed and encrypted notice."""
    told = read(notice(transaction(amount={"total": fen, "currency": "CNY"})))
    assert isinstance(told, Trade)
    assert told.amount == Decimal(fen) / 100
    assert isinstance(told.amount, Decimal)


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    secret = transaction(payer={"openid": 5}, out_trade_no=["secret-of-the-buyer"])
    for body in (notice(secret), notice(transaction("secret-of-the-buyer"))):
        with pytest.raises(NoticeRefused) as caught:
            read(body)
        fault: BaseException | None = caught.value
        while fault is not None:
            assert "secret-of-the-buyer" not in repr(fault)
            fault = None if fault.__suppress_context__ else fault.__context__
