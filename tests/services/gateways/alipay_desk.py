"""Alipay for tests: an independent SDK verifies what we sign and signs what we verify."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web
from alipay import AliPay

from environment import Url
from keys import PrivateKey, PublicKey
from services.gateways.alipay import AlipayGateway
from services.gateways.circuit import Circuit
from services.gateways.remote import Patience, Remote, open_session
from services.ports import Bill, Repayment
from settings import Alipay
from tests.services.gateways.desk import SHORT, Asked, Desk, Pair, served

APP, SELLER = "2021000000000001", "2088000000000001"
SITE = "https://shop.example"
PAGES = "https://pages.alipay.example/gateway.do"
SHOP, PROVIDER, STRANGER = Pair.drawn(), Pair.drawn(), Pair.drawn()
KEY, PROVIDER_KEY = PrivateKey(SHOP.private), PublicKey(PROVIDER.public)
BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 27, 20, 0, tzinfo=BEIJING)
BILL = Bill(
    "P2026112700000001", Decimal("98.00"), "达达商城订单", NOW, NOW + timedelta(seconds=1800)
)

NUMBER, TRADE = BILL.out_trade_no, "2026112722001400000000000001"
QUERY, CLOSE, REFUND, REFUNDED = (
    *("alipay.trade.query", "alipay.trade.close", "alipay.trade.refund"),
    "alipay.trade.fastpay.refund.query",
)
REPAYMENT = Repayment(BILL.out_trade_no, "R1", Decimal("10.00"), Decimal("98.00"), "退款")


def sdk(private: Pair, public: Pair) -> AliPay:
    """The independent SDK of one side; signs with one key, verifies with the other."""
    return AliPay(APP, None, private.private, public.public)


THEIRS, OURS, FORGER = sdk(PROVIDER, SHOP), sdk(SHOP, PROVIDER), sdk(STRANGER, SHOP)


def settings(url: str = "http://127.0.0.1:1/gateway.do") -> Alipay:
    return Alipay(
        app=APP,
        seller=SELLER,
        key=KEY,
        provider_key=PROVIDER_KEY,
        url=Url(url),
        pages=PAGES,
    )


def notice(*, by: AliPay = THEIRS, **changes: str | None) -> dict[str, str]:
    """The parameters of a genuine notice with these differences, None for none, signed."""
    whole: dict[str, str | None] = {
        "app_id": APP,
        "auth_app_id": APP,
        "seller_id": SELLER,
        "charset": "utf-8",
        "version": "1.0",
        "notify_type": "trade_status_sync",
        "notify_id": "2026112700222200000000000000000001",
        "notify_time": "2026-11-27 20:01:00",
        "out_trade_no": BILL.out_trade_no,
        "trade_no": "2026112722001400000000000001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "98.00",
        "subject": "茶 + 杯 & 盘 = 50%",
        **changes,
    }
    kept = {name: value for name, value in whole.items() if value is not None}
    return kept | {"sign": signature(kept, by), "sign_type": "RSA2"}


def signature(parameters: Mapping[str, str], by: AliPay = THEIRS) -> str:
    """Sign a notice as its receiver, by the same SDK, will verify it."""
    text = "&".join(f"{name}={value}" for name, value in by._ordered_data(dict(parameters)))
    return str(by._sign(text))


def form(parameters: Mapping[str, str]) -> bytes:
    return urlencode(parameters).encode()


def refund(change: str = "Y", **changes: str) -> dict[str, str]:
    """What Alipay answers when money is to go back; ``change`` is whether it moved now."""
    return {
        "code": "10000",
        "msg": "Success",
        "out_trade_no": NUMBER,
        "trade_no": TRADE,
        "fund_change": change,
        "refund_fee": "30.00",
        **changes,
    }


@dataclass
class AlipayBooks:
    """What the provider answers, by method: an answer, or a whole reply."""

    says: dict[str, dict[str, Any] | bytes] = field(default_factory=dict)

    def answer(self, asked: Asked) -> web.Response:
        """Answer a question whose signature the SDK finds good."""
        if asked.method == "GET":
            return web.Response(body=self.says["download"])
        parameters = dict(parse_qsl(asked.body.decode(), strict_parsing=True))
        sign = parameters.pop("sign")
        text = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()))
        assert THEIRS._verify(text, sign)
        assert parameters["app_id"] == APP
        said = self.says[parameters["method"]]
        return web.Response(
            body=said if isinstance(said, bytes) else reply(parameters["method"], said)
        )

    def no(self, method: str, sub_code: str, code: str = "40004") -> None:
        self.says[method] = {"code": code, "msg": "Business Failed", "sub_code": sub_code}


def reply(method: str, answer: Mapping[str, Any], *, by: AliPay = THEIRS) -> bytes:
    """Sign an answer as the gateway does; the SDK of our side accepts it."""
    name = f"{method.replace('.', '_')}_response"
    said = json.dumps(answer, ensure_ascii=False)
    whole = f'{{"{name}":{said},"sign":"{by._sign(said)}"}}'
    if by is THEIRS:
        assert OURS._verify_and_return_sync_response(whole, name) == answer
    return whole.encode()


def content(asked: Asked) -> dict[str, str]:
    """What a question is about, with its method."""
    parameters = dict(parse_qsl(asked.body.decode(), strict_parsing=True))
    about = json.loads(parameters["biz_content"])
    assert isinstance(about, dict)
    return {"method": parameters["method"], **about}


@dataclass(frozen=True)
class Counter:
    """Our adapter in front of the server, and both ends of what they say."""

    gateway: AlipayGateway
    books: AlipayBooks
    desk: Desk
    circuit: Circuit

    @property
    def methods(self) -> list[str]:
        return [content(asked)["method"] for asked in self.desk.asked if asked.body]


@asynccontextmanager
async def counter(patience: Patience = SHORT) -> AsyncIterator[Counter]:
    """Open it."""
    books = AlipayBooks()
    async with served(books.answer) as desk, open_session() as session:
        remote = Remote("alipay", session, patience=patience)
        known = settings(f"{desk.url}/gateway.do")
        gateway = AlipayGateway(known, remote, site=SITE, clock=lambda: NOW)
        yield Counter(gateway, books, desk, remote.circuit)
