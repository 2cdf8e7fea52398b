"""WeChat Pay: money that goes back, once, though answers get lost."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.errors import RemoteFailed
from services.gateways.circuit import CircuitOpen
from services.ports import Repaid, Trade, TradeState
from tests.services.gateways.desk import lost
from tests.services.gateways.wechatpay_desk import (
    NUMBER,
    REPAYMENT,
    Counter,
    refund,
    reply,
    transaction,
)

ORDER = f"/v3/pay/transactions/out-trade-no/{NUMBER}"
CLOSE, REFUNDS, REFUND = (
    f"{ORDER}/close",
    "/v3/refund/domestic/refunds",
    "/v3/refund/domestic/refunds/R1",
)
UNKNOWN = Trade(NUMBER, TradeState.UNKNOWN)
DONE = Repaid(NUMBER, "R1", Decimal("10.00"), done=True)


@pytest.mark.parametrize(
    ("status", "done"),
    [("SUCCESS", True), ("PROCESSING", False), ("CLOSED", False), ("ABNORMAL", False)],
)
async def test_money_has_gone_when_wechat_says_so(wechat: Counter, status: str, done: bool) -> None:
    wechat.books.says[REFUNDS] = (200, refund(status))
    assert await wechat.gateway.repay(REPAYMENT) == replace(DONE, done=done)
    (asked,) = wechat.desk.asked
    assert json.loads(asked.body) == {
        "out_trade_no": NUMBER,
        "out_refund_no": "R1",
        "reason": "退款",
        "notify_url": "https://shop.example/v1/pays/wechat/notify",
        "amount": {"refund": 1000, "total": 9800, "currency": "CNY"},
    }


@pytest.mark.parametrize(("status", "done"), [("SUCCESS", True), ("PROCESSING", False)])
async def test_a_lost_answer_is_looked_up(patient_wechat: Counter, status: str, done: bool) -> None:
    """ALI-6 for WeChat Pay: the refund is not sent again before the books are known."""
    patient_wechat.desk.faults.append(lost)
    patient_wechat.books.says[REFUND] = (200, refund(status))
    assert await patient_wechat.gateway.repay(REPAYMENT) == replace(DONE, done=done)
    assert patient_wechat.paths == [f"POST {REFUNDS}", f"GET {REFUND}"]


async def test_a_lost_refund_that_is_not_in_the_books_has_to_be_sent_again(
    wechat: Counter,
) -> None:
    wechat.desk.faults.append(lost)
    wechat.books.no(REFUND, "RESOURCE_NOT_EXISTS", 404)
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


@pytest.mark.parametrize(
    ("status", "reason", "lasting"),
    [
        (404, "RESOURCE_NOT_EXISTS", True),
        (403, "USER_ACCOUNT_ABNORMAL", True),
        (403, "NOT_ENOUGH", False),
        (400, "INVALID_REQUEST", False),
        (403, "NO_AUTH", False),
        (401, "SIGN_ERROR", False),
        (429, "FREQUENCY_LIMITED", False),
        (500, "SYSTEM_ERROR", False),
        (400, "SOMETHING_NEW", False),
    ],
)
async def test_a_refused_refund_is_given_up_only_when_it_never_will_be(
    wechat: Counter, status: int, reason: str, lasting: bool
) -> None:
    wechat.books.no(REFUNDS, reason, status)
    wechat.books.no(REFUND, "RESOURCE_NOT_EXISTS", 404)
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.repay(REPAYMENT)
    assert caught.value.lasting is lasting


async def test_a_refused_refund_that_went_before_is_done(wechat: Counter) -> None:
    wechat.books.no(REFUNDS, "INVALID_REQUEST")
    wechat.books.says[REFUND] = (200, refund())
    assert await wechat.gateway.repay(REPAYMENT) == DONE


@pytest.mark.parametrize("status", [404, 403])
async def test_an_unsigned_refusal_gives_no_refund_up(wechat: Counter, status: int) -> None:
    """WX-7 for refunds."""
    wechat.books.says[REFUNDS] = reply(status, {"code": "RESOURCE_NOT_EXISTS"}, {})
    wechat.books.no(REFUND, "RESOURCE_NOT_EXISTS", 404)
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "W2"},
        {"out_refund_no": "R2"},
        {"amount": {"refund": 1001}},
        {"amount": {"refund": 10.0}},
        {"amount": None},
    ],
)
async def test_a_refund_of_something_else_is_not_ours(
    wechat: Counter, changes: dict[str, Any]
) -> None:
    wechat.books.says |= {REFUNDS: (200, refund(**changes)), REFUND: (200, refund(**changes))}
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


async def test_an_open_circuit_holds_a_refund_back(wechat: Counter) -> None:
    wechat.books.says[ORDER] = reply(200, transaction(), {})
    for _ in range(5):
        with pytest.raises(RemoteFailed):
            await wechat.gateway.query(NUMBER)
    with pytest.raises(CircuitOpen):
        await wechat.gateway.repay(REPAYMENT)
    assert len(wechat.desk.asked) == 5
