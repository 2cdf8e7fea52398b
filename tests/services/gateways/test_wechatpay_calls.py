"""WeChat Pay: questions over the network, to a server that an independent SDK signs for."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from models.errors import RemoteFailed
from services.ports import Trade, TradeState, Way
from tests.services.gateways.desk import lost
from tests.services.gateways.wechatpay_desk import (
    APP,
    AUTHORIZATION,
    BILL,
    MERCHANT,
    NEXT,
    NUMBER,
    PAID,
    REPAYMENT,
    STRANGER,
    THEIR_NEXT_SERIAL,
    THEIR_SERIAL,
    Counter,
    accepts,
    refund,
    reply,
    signed,
    transaction,
)

NATIVE = "/v3/pay/transactions/native"
ORDER = f"/v3/pay/transactions/out-trade-no/{NUMBER}"
CLOSE, REFUNDS = f"{ORDER}/close", "/v3/refund/domestic/refunds"
UNKNOWN = Trade(NUMBER, TradeState.UNKNOWN)
QR = {"code_url": "weixin://wxpay/bizpayurl?pr=JyC91EIz1"}


def unpaid(state: str = "NOTPAY") -> dict[str, Any]:
    return transaction(state, transaction_id=None, success_time=None, payer=None)


async def test_an_order_gives_a_code_to_scan(wechat: Counter) -> None:
    wechat.books.says[NATIVE] = (200, QR)
    assert await wechat.gateway.way(BILL) == Way(code_url=QR["code_url"])
    (asked,) = wechat.desk.asked
    assert json.loads(asked.body) == {
        "appid": APP,
        "mchid": MERCHANT,
        "description": "达达商城订单",
        "out_trade_no": NUMBER,
        "time_expire": "2026-11-27T20:30:00+08:00",
        "notify_url": "https://shop.example/v1/pays/wechat/notify",
        "amount": {"total": 9800, "currency": "CNY"},
    }
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["user-agent"]
    assert asked.headers["wechatpay-serial"] == THEIR_SERIAL


async def test_a_description_is_cut_between_characters(wechat: Counter) -> None:
    wechat.books.says[NATIVE] = (200, QR)
    await wechat.gateway.way(replace(BILL, subject="长" * 100))
    assert json.loads(wechat.desk.asked[0].body)["description"] == "长" * 42


@pytest.mark.parametrize("reason", ["ORDERPAID", "ORDER_CLOSED", "ORDERCLOSED"])
async def test_an_order_that_nobody_can_pay_has_no_code(wechat: Counter, reason: str) -> None:
    """PAY-9: the service asks how it stands."""
    wechat.books.no(NATIVE, reason)
    assert await wechat.gateway.way(BILL) == Way()


@pytest.mark.parametrize("code_url", ["", None, 5])
async def test_an_answer_without_a_code_is_none(wechat: Counter, code_url: object) -> None:
    wechat.books.says[NATIVE] = (200, {"code_url": code_url})
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.way(BILL)
    assert not caught.value.lasting


async def test_every_try_is_signed_over_the_bytes_it_sends(patient_wechat: Counter) -> None:
    """The SDK verifies the header Authorization of each; no nonce is used twice."""
    patient_wechat.books.says |= {
        NATIVE: (200, QR),
        ORDER: (200, transaction()),
        CLOSE: (204, None),
        REFUNDS: (200, refund()),
    }
    patient_wechat.desk.faults.append(lost)
    await patient_wechat.gateway.way(BILL)
    await patient_wechat.gateway.query(NUMBER)
    await patient_wechat.gateway.close(NUMBER)
    await patient_wechat.gateway.repay(REPAYMENT)
    asked = patient_wechat.desk.asked
    assert len(asked) == 6
    assert all(accepts(each) for each in asked)
    nonces = {AUTHORIZATION.fullmatch(each.headers["authorization"])[2] for each in asked}  # type: ignore[index]
    assert len(nonces) == 6
    other = replace(asked[0], body=asked[0].body.replace(b"9800", b"9801"))
    assert not accepts(other)
    assert not accepts(replace(asked[0], target="/v3/pay/transactions/native?x=1"))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("SUCCESS", TradeState.PAID),
        ("REFUND", TradeState.PAID),
        ("CLOSED", TradeState.CLOSED),
        ("REVOKED", TradeState.CLOSED),
        ("NOTPAY", TradeState.WAITING),
        ("USERPAYING", TradeState.WAITING),
        ("PAYERROR", TradeState.WAITING),
    ],
)
async def test_a_query_tells_how_an_attempt_stands(
    wechat: Counter, said: str, state: TradeState
) -> None:
    wechat.books.says[ORDER] = (200, transaction(said))
    assert await wechat.gateway.query(NUMBER) == replace(PAID, state=state)
    (asked,) = wechat.desk.asked
    assert (asked.method, asked.target, asked.body) == ("GET", f"{ORDER}?mchid={MERCHANT}", b"")


async def test_an_order_nobody_paid_has_no_number_yet(wechat: Counter) -> None:
    wechat.books.says[ORDER] = (200, unpaid())
    waiting = Trade(NUMBER, TradeState.WAITING, "", Decimal("98.00"))
    assert await wechat.gateway.query(NUMBER) == waiting
    wechat.books.says[ORDER] = (200, unpaid() | {"amount": {"total": 9800}})
    assert await wechat.gateway.query(NUMBER) == waiting


@pytest.mark.parametrize("reason", ["ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"])
async def test_what_wechat_never_heard_of_is_unknown(wechat: Counter, reason: str) -> None:
    wechat.books.no(ORDER, reason, 404)
    wechat.books.no(CLOSE, reason, 404)
    assert await wechat.gateway.query(NUMBER) == UNKNOWN
    assert await wechat.gateway.close(NUMBER) == UNKNOWN
    assert wechat.circuit.outcomes["answered"] == 3


async def test_closing_is_followed_by_asking(wechat: Counter) -> None:
    """WX-5: 204 has no content, so the order itself says that it is closed."""
    wechat.books.says |= {CLOSE: (204, None), ORDER: (200, unpaid("CLOSED"))}
    closed = Trade(NUMBER, TradeState.CLOSED, "", Decimal("98.00"))
    assert await wechat.gateway.close(NUMBER) == closed
    assert wechat.paths == [f"POST {CLOSE}", f"GET {ORDER}"]
    assert json.loads(wechat.desk.asked[0].body) == {"mchid": MERCHANT}


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "ORDERPAID"), (400, "ORDER_CLOSED"), (403, "TRADE_ERROR"), (400, "ORDER_PAID")],
)
async def test_closing_what_is_paid_says_that_it_is_paid(
    wechat: Counter, status: int, reason: str
) -> None:
    """WX-5: a paid order is not cancelled."""
    wechat.books.no(CLOSE, reason, status)
    wechat.books.says[ORDER] = (200, transaction())
    assert await wechat.gateway.close(NUMBER) == PAID


async def test_closing_that_changed_nothing_is_no_closing(wechat: Counter) -> None:
    """A reply of 204 to another question, sent again, closes nothing."""
    wechat.books.says |= {CLOSE: (204, None), ORDER: (200, unpaid())}
    assert (await wechat.gateway.close(NUMBER)).state is TradeState.WAITING


BODY = json.dumps(transaction(), ensure_ascii=False).encode()
NO = json.dumps({"code": "ORDER_NOT_EXIST"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, BODY, {}),
        (200, BODY, signed(BODY, by=STRANGER)),
        (200, BODY, signed(BODY, by=NEXT)),
        (200, BODY, signed(BODY, serial="PUB_KEY_ID_0")),
        (200, BODY, signed(BODY, at=-301)),
        (200, BODY, signed(BODY, at=301)),
        (200, BODY.replace(b"SUCCESS", b"CLOSED"), signed(BODY)),
        (200, BODY + b" ", signed(BODY)),
        (200, BODY, signed(BODY) | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/AAAA"}),
        (404, NO, {}),
        (404, NO, signed(NO, by=STRANGER)),
        (401, b'{"code":"SIGN_ERROR"}', {}),
        (404, b"<html>", {}),
        (200, b"", signed(b"")),
        (200, b"[]", signed(b"[]")),
        (404, b"[]", signed(b"[]")),
        (302, NO, {"Location": "http://evil.example/"}),
    ],
)
async def test_an_answer_that_is_not_signed_says_nothing(
    wechat: Counter, status: int, body: bytes, headers: dict[str, str]
) -> None:
    """WX-7: a forged reply is no state, not even "unknown"; it may pass."""
    wechat.books.says[ORDER] = web.Response(status=status, body=body, headers=headers)
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.query(NUMBER)
    assert not caught.value.lasting
    assert wechat.circuit.outcomes["failed"] == 1


async def test_an_unsigned_code_is_not_shown_and_an_unsigned_close_is_none(
    wechat: Counter,
) -> None:
    """WX-7: whoever forges a code could have the money."""
    wechat.books.says |= {NATIVE: reply(200, QR, {}), CLOSE: reply(204, None, {})}
    with pytest.raises(RemoteFailed, match="not signed"):
        await wechat.gateway.way(BILL)
    with pytest.raises(RemoteFailed, match="not signed"):
        await wechat.gateway.close(NUMBER)
    assert wechat.paths == [f"POST {NATIVE}", f"POST {CLOSE}"]


async def test_either_key_signs_answers(wechat: Counter) -> None:
    headers = signed(BODY, by=NEXT, serial=THEIR_NEXT_SERIAL)
    wechat.books.says[ORDER] = web.Response(body=BODY, headers=headers)
    assert await wechat.gateway.query(NUMBER) == PAID


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "W2026112700000002"},
        {"mchid": "1900000002"},
        {"appid": "wx0000000000000002"},
        {"trade_state": "ACCEPT"},
        {"amount": {"total": 9800, "currency": "USD"}},
        {"amount": {"total": 98.0, "currency": "CNY"}},
        {"amount": None},
        {"transaction_id": None},
    ],
)
async def test_an_answer_about_something_else_says_nothing(
    wechat: Counter, changes: dict[str, Any]
) -> None:
    """A genuine reply to another question, sent again within five minutes, is not ours."""
    wechat.books.says[ORDER] = (200, transaction(**changes))
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.query(NUMBER)
    assert not caught.value.lasting


async def test_a_signed_no_lasts_and_does_not_open_the_circuit(wechat: Counter) -> None:
    wechat.books.no(NATIVE, "APPID_MCHID_NOT_MATCH")
    for _ in range(6):
        with pytest.raises(RemoteFailed, match="APPID_MCHID_NOT_MATCH") as caught:
            await wechat.gateway.way(BILL)
        assert caught.value.lasting
    wechat.books.no(CLOSE, "MCH_NOT_EXISTS")
    with pytest.raises(RemoteFailed, match="MCH_NOT_EXISTS"):
        await wechat.gateway.close(NUMBER)
    assert not wechat.circuit.is_open


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "SYSTEM_ERROR"), (502, "BAD_GATEWAY"), (429, "FREQUENCY_LIMITED"), (403, "SYSTEMERROR")],
)
async def test_a_busy_provider_is_asked_again(
    patient_wechat: Counter, status: int, code: str
) -> None:
    patient_wechat.books.no(ORDER, code, status)
    with pytest.raises(RemoteFailed) as caught:
        await patient_wechat.gateway.query(NUMBER)
    assert not caught.value.lasting
    assert patient_wechat.paths == [f"GET {ORDER}"] * 2
    assert patient_wechat.circuit.outcomes["failed"] == 2


async def test_a_code_is_not_repeated_unless_it_is_one(wechat: Counter) -> None:
    wechat.books.no(ORDER, "lan@example.com")
    with pytest.raises(RemoteFailed) as caught:
        await wechat.gateway.query(NUMBER)
    assert str(caught.value) == "wechat: refused with unknown"
