"""Alipay: the page and the return address, against an independent SDK."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from models.errors import NoticeRefused
from services.gateways.alipay import AlipayGateway
from services.gateways.remote import Remote, open_session
from services.ports import PaymentProvider, ReturnReader
from tests.services.gateways.alipay_desk import (
    APP,
    BILL,
    FORGER,
    NOW,
    OURS,
    PAGES,
    SELLER,
    SITE,
    THEIRS,
    notice,
    settings,
)


@pytest.fixture
async def gateway() -> AsyncIterator[AlipayGateway]:
    """The adapter; nobody is there to be asked."""
    async with open_session() as session:
        yield AlipayGateway(settings(), Remote("alipay", session), site=SITE, clock=lambda: NOW)


def test_it_is_a_provider_and_reads_returns(gateway: AlipayGateway) -> None:
    provider: PaymentProvider = gateway
    reader: ReturnReader = gateway
    assert (provider.name, reader) == ("alipay", gateway)


async def test_the_page_is_signed_as_the_sdk_signs_it(gateway: AlipayGateway) -> None:
    """RSA2 under sorted parameters: the SDK of our side signs the very same address."""
    url = (await gateway.way(BILL)).pay_url
    assert url.startswith(f"{PAGES}?")
    parameters = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
    sign = parameters.pop("sign")
    assert list(parameters) == sorted(parameters)
    assert OURS.sign_data(dict(parameters)) == urlsplit(url).query
    text = "&".join(f"{name}={value}" for name, value in parameters.items())
    assert THEIRS._verify(text, sign)
    assert not FORGER._verify(text.replace("98.00", "98.01"), sign)


async def test_the_page_says_what_is_to_be_paid_and_until_when(gateway: AlipayGateway) -> None:
    """ALI-7: Alipay lets nobody pay later than the bill ends, Beijing time."""
    parameters = dict(parse_qsl(urlsplit((await gateway.way(BILL)).pay_url).query))
    assert json.loads(parameters.pop("biz_content")) == {
        "out_trade_no": BILL.out_trade_no,
        "product_code": "FAST_INSTANT_TRADE_PAY",
        "subject": "达达商城订单",
        "time_expire": "2026-11-27 20:30:00",
        "total_amount": "98.00",
    }
    del parameters["sign"]
    assert parameters == {
        "app_id": APP,
        "method": "alipay.trade.page.pay",
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": "2026-11-27 20:00:00",
        "version": "1.0",
        "notify_url": "https://shop.example/v1/pays/notify_url",
        "return_url": "https://shop.example/v1/pays/return_url",
    }


async def test_the_same_bill_gives_the_same_page(gateway: AlipayGateway) -> None:
    """Whatever zone its moments are written in, and without one, as MySQL returns them."""
    url = (await gateway.way(BILL)).pay_url
    for other in (
        BILL,
        replace(
            BILL,
            opened_at=BILL.opened_at.astimezone(UTC),
            expires_at=BILL.expires_at.astimezone(UTC),
        ),
        replace(
            BILL,
            opened_at=BILL.opened_at.replace(tzinfo=None),
            expires_at=BILL.expires_at.replace(tzinfo=None),
        ),
    ):
        assert (await gateway.way(other)).pay_url == url
    assert (await gateway.way(replace(BILL, amount=Decimal("98.01")))).pay_url != url


async def test_a_subject_holds_nothing_that_alipay_forbids(gateway: AlipayGateway) -> None:
    url = (await gateway.way(replace(BILL, subject="USB/茶=1&2 50%+" + "长" * 300))).pay_url
    parameters = dict(parse_qsl(urlsplit(url).query))
    subject = json.loads(parameters["biz_content"])["subject"]
    assert subject.startswith("USB 茶 1 2 50%+长")
    assert len(subject) == 256
    assert OURS.sign_data({k: v for k, v in parameters.items() if k != "sign"}) in url


def returned(**changes: str | None) -> str:
    """The query of a return address: no state, and the name of the page's method."""
    page = {
        "method": "alipay.trade.page.pay.return",
        "timestamp": "2026-11-27 20:01:00",
        **dict.fromkeys(("trade_status", "notify_type", "notify_id", "notify_time", "subject")),
        **changes,
    }
    return urlencode(notice(**page))


def test_a_genuine_return_names_its_attempt(gateway: AlipayGateway) -> None:
    """ALI-5: it says who comes back, nothing about money."""
    assert gateway.read_return(returned()) == BILL.out_trade_no


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (returned().replace("98.00", "0.01"), "signature"),
        (returned().replace(BILL.out_trade_no, "P2026112700000002"), "signature"),
        (f"out_trade_no={BILL.out_trade_no}&app_id={APP}&seller_id={SELLER}", "signature"),
        (returned() + "&out_trade_no=P2", "shape"),
        (returned(app_id="1"), "app"),
        (returned(seller_id="1"), "seller"),
        (returned(out_trade_no=None), "shape"),
        ("", "signature"),
        ("茶=1", "shape"),
    ],
)
def test_a_forged_return_names_nobody(gateway: AlipayGateway, query: str, reason: str) -> None:
    """ALI-5: valid-looking parameters are not enough."""
    with pytest.raises(NoticeRefused) as caught:
        gateway.read_return(query)
    assert caught.value.reason == reason
