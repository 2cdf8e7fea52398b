"""Alipay: money that goes back, once, though answers get lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from models.errors import RemoteFailed
from services.gateways.circuit import CircuitOpen
from services.ports import Repaid
from tests.services.gateways.alipay_desk import (
    FORGER,
    NUMBER,
    QUERY,
    REFUND,
    REFUNDED,
    REPAYMENT,
    Counter,
    content,
    refund,
    reply,
)
from tests.services.gateways.desk import lost

DONE = Repaid(NUMBER, "R1", Decimal("10.00"), done=True)


def in_books(**changes: str) -> dict[str, str]:
    return {
        "code": "10000",
        "msg": "Success",
        "out_trade_no": NUMBER,
        "out_request_no": "R1",
        "refund_amount": "10.00",
        "refund_status": "REFUND_SUCCESS",
        **changes,
    }


NOT_IN_BOOKS = {"code": "10000", "msg": "Success"}


async def test_money_goes_back_once(alipay: Counter) -> None:
    """ALI-6: the request number goes with it; what moved now needs no second look."""
    alipay.books.says[REFUND] = refund()
    assert await alipay.gateway.repay(REPAYMENT) == DONE
    (asked,) = alipay.desk.asked
    assert content(asked) == {
        "method": REFUND,
        "out_trade_no": NUMBER,
        "out_request_no": "R1",
        "refund_amount": "10.00",
        "refund_reason": "退款",
    }


@pytest.mark.parametrize(
    ("books", "done"),
    [(in_books(), True), (NOT_IN_BOOKS, False), (in_books(refund_amount="9"), False)],
)
async def test_a_repetition_that_moved_nothing_is_looked_up(
    alipay: Counter, books: dict[str, str], done: bool
) -> None:
    """ALI-6: ``fund_change=N`` is said of a refund that went before, and of one that did not."""
    alipay.books.says |= {REFUND: refund("N"), REFUNDED: books}
    assert await alipay.gateway.repay(REPAYMENT) == replace(DONE, done=done)
    assert alipay.methods == [REFUND, REFUNDED]


@pytest.mark.parametrize("books", [NOT_IN_BOOKS, in_books(out_request_no="R2"), None])
async def test_a_lost_refund_that_is_not_in_the_books_has_to_be_sent_again(
    alipay: Counter, books: dict[str, str] | None
) -> None:
    alipay.desk.faults.append(lost)
    if books is None:
        alipay.books.no(REFUNDED, "ACQ.TRADE_NOT_EXIST")
    else:
        alipay.books.says[REFUNDED] = books
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


@pytest.mark.parametrize(
    ("reason", "lasting"),
    [
        ("ACQ.TRADE_NOT_EXIST", True),
        ("ACQ.REASON_TRADE_REFUND_FEE_ERR", True),
        ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", True),
        ("ACQ.TRADE_HAS_FINISHED", True),
        ("ACQ.DISCORDANT_REPEAT_REQUEST", True),
        ("ACQ.SELLER_BALANCE_NOT_ENOUGH", False),
        ("ACQ.REASON_TRADE_BEEN_FREEZEN", False),
        ("ACQ.SYSTEM_ERROR", False),
        ("ACQ.SOMETHING_NEW", False),
        ("isv.invalid-signature", False),
        ("isv.insufficient-isv-permissions", False),
    ],
)
async def test_a_refused_refund_is_given_up_only_when_it_never_will_be(
    alipay: Counter, reason: str, lasting: bool
) -> None:
    alipay.books.no(REFUND, reason)
    alipay.books.says[REFUNDED] = NOT_IN_BOOKS
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.repay(REPAYMENT)
    assert caught.value.lasting is lasting
    assert alipay.methods == [REFUND, REFUNDED]


async def test_a_refused_refund_that_went_before_is_done(alipay: Counter) -> None:
    """The trade is closed by its own full refund; the money is not sent a second time."""
    alipay.books.no(REFUND, "ACQ.TRADE_HAS_CLOSE")
    alipay.books.says[REFUNDED] = in_books()
    assert await alipay.gateway.repay(REPAYMENT) == DONE


@pytest.mark.parametrize("said", [refund(out_trade_no="P2"), refund(out_trade_no="")])
async def test_a_refund_of_another_trade_is_not_ours(alipay: Counter, said: dict[str, str]) -> None:
    alipay.books.says |= {REFUND: said, REFUNDED: NOT_IN_BOOKS}
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


async def test_a_forged_refusal_gives_no_refund_up(alipay: Counter) -> None:
    no = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
    alipay.books.says |= {REFUND: reply(REFUND, no, by=FORGER), REFUNDED: NOT_IN_BOOKS}
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


async def test_an_open_circuit_holds_a_refund_back(alipay: Counter) -> None:
    alipay.books.says[QUERY] = b""
    for _ in range(5):
        with pytest.raises(RemoteFailed):
            await alipay.gateway.query(NUMBER)
    with pytest.raises(CircuitOpen) as caught:
        await alipay.gateway.repay(REPAYMENT)
    assert not caught.value.lasting
    assert alipay.methods == [QUERY] * 5


async def test_a_lost_answer_is_looked_up(patient_alipay: Counter) -> None:
    """ALI-6: the refund is not sent again before the books are known."""
    patient_alipay.desk.faults.append(lost)
    patient_alipay.books.says[REFUNDED] = in_books()
    assert await patient_alipay.gateway.repay(REPAYMENT) == DONE
    assert patient_alipay.methods == [REFUND, REFUNDED]
