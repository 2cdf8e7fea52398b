"""Alipay: questions over the network, to a server that an independent SDK signs for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from models.errors import RemoteFailed
from services.ports import Trade, TradeState
from tests.services.gateways.alipay_desk import (
    CLOSE,
    FORGER,
    NUMBER,
    QUERY,
    REPAYMENT,
    TRADE,
    Counter,
    content,
    refund,
    reply,
)
from tests.services.gateways.desk import SHORT, lost

UNKNOWN = Trade(NUMBER, TradeState.UNKNOWN)


def standing(status: str = "TRADE_SUCCESS", **changes: str) -> dict[str, str]:
    return {
        "code": "10000",
        "msg": "Success",
        "out_trade_no": NUMBER,
        "trade_no": TRADE,
        "trade_status": status,
        "total_amount": "98.00",
        "buyer_logon_id": "lan***@example.com",
        **changes,
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("TRADE_SUCCESS", TradeState.PAID),
        ("TRADE_FINISHED", TradeState.PAID),
        ("WAIT_BUYER_PAY", TradeState.WAITING),
        ("TRADE_CLOSED", TradeState.CLOSED),
    ],
)
async def test_a_query_tells_how_an_attempt_stands(
    alipay: Counter, status: str, state: TradeState
) -> None:
    alipay.books.says[QUERY] = standing(status)
    assert await alipay.gateway.query(NUMBER) == Trade(NUMBER, state, TRADE, Decimal("98.00"))
    (asked,) = alipay.desk.asked
    assert (asked.method, asked.target) == ("POST", "/gateway.do")
    assert content(asked) == {"method": QUERY, "out_trade_no": NUMBER}
    assert alipay.circuit.outcomes["answered"] == 1


async def test_what_alipay_never_heard_of_is_unknown(alipay: Counter) -> None:
    alipay.books.no(QUERY, "ACQ.TRADE_NOT_EXIST")
    alipay.books.no(CLOSE, "ACQ.TRADE_NOT_EXIST")
    assert await alipay.gateway.query(NUMBER) == UNKNOWN
    assert await alipay.gateway.close(NUMBER) == UNKNOWN
    assert alipay.methods == [QUERY, CLOSE]
    assert alipay.circuit.outcomes["answered"] == 2


async def test_closing_what_waits_closes_it(alipay: Counter) -> None:
    alipay.books.says[CLOSE] = refund()
    closed = Trade(NUMBER, TradeState.CLOSED, TRADE)
    assert await alipay.gateway.close(NUMBER) == closed
    assert alipay.methods == [CLOSE]


@pytest.mark.parametrize(
    "reason",
    ["ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS"],
)
async def test_closing_what_is_paid_says_that_it_is_paid(alipay: Counter, reason: str) -> None:
    alipay.books.no(CLOSE, reason)
    alipay.books.says[QUERY] = standing()
    paid = Trade(NUMBER, TradeState.PAID, TRADE, Decimal("98.00"))
    assert await alipay.gateway.close(NUMBER) == paid
    assert alipay.methods == [CLOSE, QUERY]


def unsigned(answer: dict[str, Any]) -> bytes:
    return json.dumps({"alipay_trade_query_response": answer}).encode()


GOOD = reply(QUERY, standing())


@pytest.mark.parametrize(
    "said",
    [
        unsigned(standing()),
        unsigned({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}),
        reply(QUERY, standing(), by=FORGER),
        reply(QUERY, {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}, by=FORGER),
        GOOD.replace(b"TRADE_SUCCESS", b"TRADE_CLOSED!"),
        GOOD.replace(b'"98.00"', b'"98.00" '),
        GOOD.replace(b"alipay_trade_query_response", b"alipay_trade_close_response"),
        GOOD[:-1] + b',"alipay_trade_query_response":{"code":"10000"}}',
        b'{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}',
        b'{"alipay_trade_query_response":{"code":"10000"},"sign":null}',
        b'{"alipay_trade_query_response":{"code":"10000"},"sign":"%%%"}',
        b"[]",
        b"",
        b"<html>",
        b"\xff",
    ],
)
async def test_an_answer_that_is_not_signed_says_nothing(alipay: Counter, said: bytes) -> None:
    """Like WX-7: a forged reply is no state, not even "unknown"; it may pass."""
    alipay.books.says[QUERY] = said
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.query(NUMBER)
    assert not caught.value.lasting
    assert alipay.circuit.outcomes["failed"] == 1


async def test_the_bytes_are_verified_as_they_came(alipay: Counter) -> None:
    """Whatever order, spaces and escapes it has; with the signature before or behind."""
    alipay.books.says[QUERY] = GOOD.replace(b'"sign":', b' "alipay_cert_sn" : "x" , "sign" : ')
    assert (await alipay.gateway.query(NUMBER)).state is TradeState.PAID
    said, _, sign = GOOD[1:-1].rpartition(b',"sign":')
    alipay.books.says[QUERY] = b'{"sign":' + sign + b"," + said + b"}"
    assert (await alipay.gateway.query(NUMBER)).state is TradeState.PAID


async def test_a_slash_may_be_escaped_after_signing(alipay: Counter) -> None:
    """Alipay signs ``/`` and sends ``\\/`` at times; both are the same text."""
    good = reply(QUERY, standing(note="a/b"))
    alipay.books.says[QUERY] = good.replace(b"a/b", rb"a\/b")
    assert (await alipay.gateway.query(NUMBER)).state is TradeState.PAID
    alipay.books.says[QUERY] = good.replace(b"a/b", rb"a\\/b")
    with pytest.raises(RemoteFailed):
        await alipay.gateway.query(NUMBER)


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "P2026112700000002"},
        {"out_trade_no": ""},
        {"trade_status": "TRADE_PENDING"},
        {"trade_status": ""},
        {"total_amount": ""},
        {"total_amount": "98.001"},
    ],
)
async def test_an_answer_about_something_else_says_nothing(
    alipay: Counter, changes: dict[str, str]
) -> None:
    """A genuine reply to another question, sent again, is not ours."""
    alipay.books.says[QUERY] = standing(**changes)
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.query(NUMBER)
    assert not caught.value.lasting
    if "out_trade_no" in changes:
        alipay.books.says[CLOSE] = standing(**changes)
        with pytest.raises(RemoteFailed):
            await alipay.gateway.close(NUMBER)


async def test_a_signed_no_lasts_and_does_not_open_the_circuit(alipay: Counter) -> None:
    alipay.books.no(QUERY, "isv.insufficient-isv-permissions", code="40006")
    for _ in range(6):
        with pytest.raises(RemoteFailed, match=r"isv\.insufficient-isv-permissions") as caught:
            await alipay.gateway.query(NUMBER)
        assert caught.value.lasting
    assert not alipay.circuit.is_open


@pytest.mark.parametrize(
    ("code", "sub_code"),
    [
        ("20000", "isp.unknow-error"),
        ("20000", "aop.unknow-error"),
        ("40004", "ACQ.SYSTEM_ERROR"),
        ("40005", "isv.app-call-limited"),
    ],
)
async def test_a_busy_gateway_is_asked_again(
    patient_alipay: Counter, code: str, sub_code: str
) -> None:
    patient_alipay.books.no(QUERY, sub_code, code=code)
    with pytest.raises(RemoteFailed) as caught:
        await patient_alipay.gateway.query(NUMBER)
    assert not caught.value.lasting
    assert patient_alipay.methods == [QUERY, QUERY]
    assert patient_alipay.circuit.outcomes["failed"] == 2


async def test_a_reason_is_not_repeated_unless_it_is_one(alipay: Counter) -> None:
    alipay.books.no(QUERY, "lan@example.com 13800138000")
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.query(NUMBER)
    assert str(caught.value) == "alipay: refused with unknown"


@pytest.mark.parametrize("status", [302, 400, 403, 404, 500, 502])
async def test_a_status_proves_nothing(alipay: Counter, status: int) -> None:
    """Whoever stands between may answer so; a refund is not given up for it."""
    for _ in range(3):
        alipay.desk.faults.append(lambda _: web.Response(status=status, body=GOOD))
    with pytest.raises(RemoteFailed, match=str(status)) as caught:
        await alipay.gateway.query(NUMBER)
    assert not caught.value.lasting
    with pytest.raises(RemoteFailed) as caught:
        await alipay.gateway.repay(REPAYMENT)
    assert not caught.value.lasting


async def test_asking_twice_is_safe_where_it_is_done(patient_alipay: Counter) -> None:
    patient_alipay.books.says |= {QUERY: standing(), CLOSE: refund()}
    for ask in (patient_alipay.gateway.query, patient_alipay.gateway.close):
        patient_alipay.desk.faults.append(lost)
        await ask(NUMBER)
    assert patient_alipay.methods == [QUERY, QUERY, CLOSE, CLOSE]
    assert SHORT.tries == 1
