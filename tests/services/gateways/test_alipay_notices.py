"""Alipay: notices, genuine and forged, against an independent SDK."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from models.errors import NoticeRefused
from services.gateways.alipay import AlipayGateway
from services.gateways.remote import Remote, open_session
from services.ports import Trade, TradeState
from tests.services.gateways.alipay_desk import (
    APP,
    BILL,
    FORGER,
    NOW,
    OURS,
    SITE,
    THEIRS,
    form,
    notice,
    settings,
    signature,
)

PAID = Trade(BILL.out_trade_no, TradeState.PAID, "2026112722001400000000000001", Decimal("98.00"))


@pytest.fixture
async def gateway() -> AsyncIterator[AlipayGateway]:
    """The adapter; nobody is there to be asked."""
    async with open_session() as session:
        yield AlipayGateway(settings(), Remote("alipay", session), site=SITE, clock=lambda: NOW)


@effort(max_examples=30, deadline=None)
@example(Decimal("0.01"))
@example(Decimal("0.10"))
@example(Decimal("99999999.99"))
@given(st.integers(1, 9_999_999_999).map(lambda fen: Decimal(fen).scaleb(-2)))
def test_any_amount_comes_back_as_it_went(amount: Decimal) -> None:
    """WX-6 for Alipay: 0.01 to 99,999,999.99 through a signed notice."""
    told = gateway_alone().read_notice({}, form(notice(total_amount=f"{amount:.2f}")))
    assert told.amount == amount
    assert isinstance(told.amount, Decimal)


def gateway_alone() -> AlipayGateway:
    return AlipayGateway(settings(), None, site=SITE, clock=lambda: NOW)  # type: ignore[arg-type]


def test_a_genuine_notice_is_read(gateway: AlipayGateway) -> None:
    """ALI-1, good: the SDK that is to receive it finds it genuine, and so do we."""
    told = notice()
    assert OURS.verify({k: v for k, v in told.items() if k != "sign"}, told["sign"])
    assert gateway.read_notice({}, form(told)) == PAID


def test_a_reordered_notice_is_read(gateway: AlipayGateway) -> None:
    """ALI-1, reordered: the order of the parameters means nothing."""
    told = dict(reversed(notice().items()))
    assert list(told) != list(notice())
    assert gateway.read_notice({}, form(told)) == PAID


def test_a_signed_empty_value_is_covered(gateway: AlipayGateway) -> None:
    """ALI-1: what is empty is signed too, so it can be neither added nor dropped."""
    told = notice(body="")
    assert gateway.read_notice({}, form(told)) == PAID
    refused(gateway, form({name: value for name, value in told.items() if name != "body"}))


def refused(gateway: AlipayGateway, body: bytes, reason: str = "signature") -> None:
    with pytest.raises(NoticeRefused) as caught:
        gateway.read_notice({"Content-Type": "application/x-www-form-urlencoded"}, body)
    assert caught.value.reason == reason


GOOD = notice()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (form(GOOD | {"total_amount": "98.01"}), "signature"),
        (form(GOOD | {"subject": "茶 + 杯 & 盘 = 51%"}), "signature"),
        (
            form(GOOD | {"sign": ("A" if GOOD["sign"][0] != "A" else "B") + GOOD["sign"][1:]}),
            "signature",
        ),
        (form(GOOD | {"sign": GOOD["sign"][::-1]}), "signature"),
        (form(GOOD | {"sign": ""}), "signature"),
        (form(GOOD | {"added": "1"}), "signature"),
        (form(GOOD | {"added": ""}), "signature"),
        (form({k: v for k, v in GOOD.items() if k != "subject"}), "signature"),
        (form(GOOD | {"subject": ""}), "signature"),
        (form({k: v for k, v in GOOD.items() if k != "sign"}), "signature"),
        (form({k: v for k, v in GOOD.items() if k != "sign_type"}), "signature"),
        (form(GOOD | {"sign_type": "RSA"}), "signature"),
        (form(GOOD | {"sign_type": "rsa2"}), "signature"),
        (form(notice(by=FORGER)), "signature"),
        (form(GOOD).replace(b"+", b"%2B"), "signature"),
        (form(GOOD) + b"&total_amount=0.01", "shape"),
        (b"total_amount=0.01&" + form(GOOD), "shape"),
        (form(GOOD) + b"&total%5Famount=98.00", "shape"),
        (form(GOOD) + b"&sign=" + quote(GOOD["sign"], safe="").encode(), "shape"),
        (form(GOOD) + b"&", "shape"),
        (form(GOOD) + b"&alone", "shape"),
        (form(GOOD) + "&茶=1".encode(), "shape"),
        (form(GOOD) + b"&bad=%FF", "shape"),
        (b"&".join(b"%d=1" % number for number in range(101)), "shape"),
        (form(notice(charset="GBK")), "shape"),
        (urlencode(notice(charset="GBK"), encoding="gbk").encode(), "shape"),
        (b"", "signature"),
        (json.dumps(GOOD).encode(), "shape"),
        (b"\x00\xff" * 8, "shape"),
    ],
)
def test_anything_else_is_refused(gateway: AlipayGateway, body: bytes, reason: str) -> None:
    """ALI-1: one byte changed, added, dropped, doubled, empty, GBK, RSA, no signature."""
    refused(gateway, body, reason)


@pytest.mark.parametrize("sign_type", ["RSA", "MD5", ""])
def test_a_weaker_signature_is_refused_even_when_it_is_right(
    gateway: AlipayGateway, sign_type: str
) -> None:
    """ALI-1: RSA over SHA1 is out of use; the type in the notice chooses no algorithm."""
    weak = type(THEIRS)(APP, None, *_halves(), sign_type="RSA")
    told = {name: value for name, value in GOOD.items() if name not in {"sign", "sign_type"}}
    refused(gateway, form(told | {"sign": signature(told, weak), "sign_type": sign_type}))
    refused(gateway, form(told | {"sign": signature(told, weak), "sign_type": "RSA2"}))


def _halves() -> tuple[str, str]:
    return THEIRS._app_private_key_string, THEIRS._alipay_public_key_string


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"app_id": "2021000000000002"}, "app"),
        ({"app_id": None}, "app"),
        ({"seller_id": "2088000000000002"}, "seller"),
        ({"seller_id": None}, "seller"),
        ({"seller_id": None, "seller_email": "shop@example.com"}, "seller"),
        ({"out_trade_no": None}, "shape"),
        ({"out_trade_no": ""}, "shape"),
        ({"trade_no": None}, "shape"),
        ({"total_amount": None}, "shape"),
        ({"total_amount": "98.001"}, "shape"),
        ({"total_amount": "1e2"}, "shape"),
        ({"total_amount": "NaN"}, "shape"),
        ({"total_amount": "９８.00"}, "shape"),
        ({"trade_status": None}, "shape"),
        ({"trade_status": "TRADE_PENDING"}, "shape"),
        ({"trade_status": "trade_success"}, "shape"),
    ],
)
def test_a_genuine_notice_about_something_else_is_refused(
    gateway: AlipayGateway, changes: dict[str, str | None], reason: str
) -> None:
    """ALI-2, PAY-3: signed by Alipay is not enough, it must be to our app and for us."""
    refused(gateway, form(notice(**changes)), reason)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("TRADE_SUCCESS", TradeState.PAID),
        ("TRADE_FINISHED", TradeState.PAID),
        ("WAIT_BUYER_PAY", TradeState.WAITING),
        ("TRADE_CLOSED", TradeState.CLOSED),
    ],
)
def test_only_two_states_mean_paid(gateway: AlipayGateway, status: str, state: TradeState) -> None:
    """ALI-2: the amount is compared as a number by whoever reads this; 98, 98.0 are 98.00."""
    for text in ("98", "98.0", "98.00"):
        told = gateway.read_notice({}, form(notice(trade_status=status, total_amount=text)))
        assert told == replace(PAID, state=state)


def test_a_notice_of_a_refund_is_one_of_its_trade(gateway: AlipayGateway) -> None:
    refund = {"refund_fee": "10.00", "gmt_refund": "2026-11-27 21:00:00.123", "out_biz_no": "R1"}
    assert gateway.read_notice({}, form(notice(**refund))) == PAID
    closed = notice(trade_status="TRADE_CLOSED", **refund)
    assert gateway.read_notice({}, form(closed)) == replace(PAID, state=TradeState.CLOSED)


def test_a_refusal_repeats_nothing_that_was_sent(gateway: AlipayGateway) -> None:
    for body in (b"secret-of-the-buyer", form(notice(total_amount="secret-of-the-buyer"))):
        with pytest.raises(NoticeRefused) as caught:
            gateway.read_notice({}, body)
        fault: BaseException | None = caught.value
        while fault is not None:
            assert "secret-of-the-buyer" not in repr(fault)
            fault = None if fault.__suppress_context__ else fault.__cause__ or fault.__context__
