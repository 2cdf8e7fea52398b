"""WeChat Pay for tests: an independent SDK verifies what we sign and signs what we verify."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from Cryptodome.Cipher import AES
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from wechatpayv3.core import Core
from wechatpayv3.utils import load_public_key, rsa_sign, rsa_verify

from environment import Secret, Url
from keys import KeyRing, PrivateKey
from models.errors import NoticeRefused
from services.gateways.circuit import Circuit
from services.gateways.remote import Patience, Remote, open_session
from services.gateways.wechatpay import WechatpayGateway
from services.ports import Bill, Repaid, Repayment, Trade, TradeState
from settings import Wechatpay
from tests.services.gateways.desk import SHORT, Asked, Desk, Pair, served

MERCHANT, APP, SERIAL = (
    "1900000001",
    "wx0000000000000001",
    "5157F09EFDC096DE15EBE81A47057A7200000001",
)
THEIR_SERIAL, THEIR_NEXT_SERIAL = (
    "PUB_KEY_ID_0119000000012026112700000001",
    "7132D72A03E93CDDF8C03BBD1F37EEDF00000002",
)
API_KEY = "api-v3-key-of-the-test-012345678"
SITE = "https://shop.example"
SHOP, PROVIDER, NEXT, STRANGER = Pair.drawn(), Pair.drawn(), Pair.drawn(), Pair.drawn()
KEY = PrivateKey(SHOP.private)
RING = KeyRing(f"{THEIR_SERIAL}={PROVIDER.public},{THEIR_NEXT_SERIAL}={NEXT.public}")
BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 27, 20, 0, tzinfo=BEIJING)
BILL = Bill(
    "W2026112700000001", Decimal("98.00"), "达达商城订单", NOW, NOW + timedelta(seconds=1800)
)
NUMBER, TRADE = BILL.out_trade_no, "4200000000202611270000000001"
PAID = Trade(NUMBER, TradeState.PAID, TRADE, Decimal("98.00"))
REPAYMENT = Repayment(BILL.out_trade_no, "R1", Decimal("10.00"), Decimal("98.00"), "退款")
AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 mchid="(\w+)",nonce_str="(\w{32})",signature="([A-Za-z0-9+/=]+)",'
    r'timestamp="(\d{10})",serial_no="(\w+)"'
)


def private(pair: Pair) -> RSAPrivateKey:
    key = load_pem_private_key(pair.private.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


KEYS = {pair.public: private(pair) for pair in (SHOP, PROVIDER, NEXT, STRANGER)}


def settings(url: str = "http://127.0.0.1:1") -> Wechatpay:
    return Wechatpay(
        merchant=MERCHANT,
        app=APP,
        serial=SERIAL,
        key=KEY,
        api_key=Secret(API_KEY),
        provider_keys=RING,
        url=Url(url),
    )


def receiver(pair: Pair = PROVIDER, serial: str = THEIR_SERIAL) -> Core:
    """The independent SDK of our side, which trusts one public key."""
    return Core(
        MERCHANT, SERIAL, SHOP.private, API_KEY, public_key=pair.public, public_key_id=serial
    )


def signed(
    body: bytes, *, by: Pair = PROVIDER, serial: str = THEIR_SERIAL, at: float = 0.0
) -> dict[str, str]:
    """The headers over a body, ``at`` seconds from now, signed by the SDK."""
    stamp, nonce = str(int(NOW.timestamp() + at)), "593BEC0C930BF1AFEB40B4A08C8FB242"
    return {
        "Wechatpay-Serial": serial,
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": rsa_sign(KEYS[by.public], f"{stamp}\n{nonce}\n{body.decode()}\n"),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def sealed(
    content: bytes, *, key: str = API_KEY, nonce: str = "fdasflkja484", **changes: str
) -> dict[str, str]:
    """Encrypt with a library that our side does not use."""
    more = "transaction"
    cipher = AES.new(key.encode(), AES.MODE_GCM, nonce=nonce.encode())
    cipher.update(more.encode())
    text, tag = cipher.encrypt_and_digest(content)
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "original_type": "transaction",
        "ciphertext": b64encode(text + tag).decode(),
        "nonce": nonce,
        "associated_data": more,
        **changes,
    }


def transaction(state: str = "SUCCESS", **changes: Any) -> dict[str, Any]:
    """What is said of an order; None takes something away."""
    whole = {
        "appid": APP,
        "mchid": MERCHANT,
        "out_trade_no": BILL.out_trade_no,
        "transaction_id": "4200000000202611270000000001",
        "trade_type": "NATIVE",
        "trade_state": state,
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": "2026-11-27T20:01:00+08:00",
        "payer": {"openid": "o0000000000000000000000001"},
        "amount": {"total": 9800, "payer_total": 9800, "currency": "CNY", "payer_currency": "CNY"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def refund(status: str = "SUCCESS", **changes: Any) -> dict[str, Any]:
    """What is said of a refund."""
    return {
        "refund_id": "50000000002026112700000000001",
        "out_refund_no": "R1",
        "transaction_id": "4200000000202611270000000001",
        "out_trade_no": BILL.out_trade_no,
        "channel": "ORIGINAL",
        "create_time": "2026-11-27T20:30:00+08:00",
        "status": status,
        "amount": {"total": 9800, "refund": 1000, "payer_refund": 1000, "currency": "CNY"},
        **changes,
    }


def notice(content: object, event: str = "TRANSACTION.SUCCESS", **changes: Any) -> bytes:
    """The body of a notice; what it holds is encrypted unless it is given so."""
    whole = {
        "id": "EV-2018022511223320873",
        "create_time": "2026-11-27T20:01:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": "支付成功",
        "resource": sealed(json.dumps(content, ensure_ascii=False).encode()),
        **changes,
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def accepts(asked: Asked) -> bool:
    """Whether the SDK finds our signature under exactly the bytes that came."""
    parts = AUTHORIZATION.fullmatch(asked.headers["authorization"])
    assert parts is not None
    merchant, nonce, signature, stamp, serial = parts.groups()
    head = f"{asked.method}\n{asked.target}\n{stamp}"
    key = load_public_key(SHOP.public)
    return (merchant, serial) == (MERCHANT, SERIAL) and bool(
        rsa_verify(head, nonce, asked.body.decode(), signature, key)
    )


@dataclass
class WechatpayBooks:
    """What the provider answers, by the path: status and content, or a whole reply."""

    says: dict[str, tuple[int, Any] | web.Response] = field(default_factory=dict)

    def answer(self, asked: Asked) -> web.Response:
        """Answer a question that is signed well; every answer is signed too."""
        assert accepts(asked)
        said = self.says[urlsplit(asked.target).path]
        return said if isinstance(said, web.Response) else reply(*said)

    def no(self, path: str, code: str, status: int = 400) -> None:
        self.says[path] = (status, {"code": code, "message": "不可以"})


def reply(
    status: int, content: object = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Sign an answer, unless other headers are given."""
    body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
    return web.Response(
        status=status, body=body, headers=signed(body) if headers is None else headers
    )


@dataclass(frozen=True)
class Counter:
    """Our adapter in front of the server, and both ends of what they say."""

    gateway: WechatpayGateway
    books: WechatpayBooks
    desk: Desk
    circuit: Circuit

    @property
    def paths(self) -> list[str]:
        return [f"{asked.method} {urlsplit(asked.target).path}" for asked in self.desk.asked]


@asynccontextmanager
async def counter(patience: Patience = SHORT) -> AsyncIterator[Counter]:
    """Open it."""
    books = WechatpayBooks()
    async with served(books.answer) as desk, open_session() as session:
        remote = Remote("wechat", session, patience=patience)
        gateway = WechatpayGateway(settings(desk.url), remote, site=SITE, clock=lambda: NOW)
        yield Counter(gateway, books, desk, remote.circuit)


def gateway(now: float = 0.0) -> WechatpayGateway:
    """The adapter at some seconds from now; it asks nobody to read a notice."""
    moment = NOW.fromtimestamp(NOW.timestamp() + now, NOW.tzinfo)
    return WechatpayGateway(settings(), None, site=SITE, clock=lambda: moment)  # type: ignore[arg-type]


def read(body: bytes, **how: Any) -> Trade | Repaid:
    """What a genuine notice with this body says."""
    return gateway().read_notice(signed(body, **how), body)


def refused(body: bytes, reason: str, headers: dict[str, str] | None = None) -> None:
    """Assert that a notice is refused for this reason."""
    with pytest.raises(NoticeRefused) as caught:
        gateway().read_notice(signed(body) if headers is None else headers, body)
    assert caught.value.reason == reason
