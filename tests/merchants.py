"""A tool of the tests: independent implementations of the shop, and an ear for notices.

``python-alipay-sdk`` and ``wechatpayv3`` sign what the simulators must accept and verify what the
simulators sign.
"""

from __future__ import annotations

import json
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from alipay import AliPay
from wechatpayv3 import WeChatPay, WeChatPayType

from keys import PrivateKey
from scripts.sandbox.credentials import Credentials
from scripts.sandbox.moments import BEIJING
from scripts.stack.ports import LOOPBACK
from tests.sandbox import Answer, SandboxClient

NUMBER, AMOUNT, SUBJECT = "82149077316502831", "98.00", "达达商城 订单 & <b>包</b> + 100%"
BACK = "http://shop.example/v1/pays/return_url"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def pem(kind: str, text: str) -> str:
    """Return one line of Base64 as a PEM text."""
    lines = "\n".join(textwrap.wrap(text, 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


def public(private: str) -> str:
    """Return the public half of a key, both as one line of Base64."""
    return PrivateKey(private).public.text()


def alipay_of(known: Credentials, url: str, *, notify_url: str = "", **other: str) -> AliPay:
    """Return the shop as Alipay's customer; ``other`` are an ``appid`` or keys that are wrong."""
    keys = {
        "appid": known.alipay_app,
        "app_private_key_string": pem("PRIVATE KEY", known.alipay_key),
        "alipay_public_key_string": pem("PUBLIC KEY", public(known.alipay_provider_key)),
    }
    merchant = AliPay(app_notify_url=notify_url or None, **(keys | other))
    merchant._gateway = f"{url}/alipay/gateway.do"
    return merchant


def wechat_of(known: Credentials, url: str, *, notify_url: str, **other: str) -> WeChatPay:
    """Return the shop as WeChat Pay's customer; ``other`` are arguments that are wrong."""
    keys = {
        "mchid": known.wechatpay_merchant,
        "private_key": known.wechatpay_key,
        "cert_serial_no": known.wechatpay_serial,
        "appid": known.wechatpay_app,
        "apiv3_key": known.wechatpay_api_key,
        "public_key": public(known.wechatpay_provider_key),
        "public_key_id": known.wechatpay_provider_serial,
    }
    merchant = WeChatPay(WeChatPayType.NATIVE, notify_url=notify_url, **(keys | other))
    merchant._core._gate_way = f"{url}/wechat"
    return merchant


class Heard(NamedTuple):
    """A notice as it arrived; header names as they were sent."""

    path: str
    headers: dict[str, str]
    body: bytes


class Ear:
    """A server that remembers what is posted to it and answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: list[tuple[int, bytes]] = []
        self.answer: tuple[int, bytes] = (200, b"success")
        self._more = threading.Condition()
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text = ear._take(Heard(self.path, dict(self.headers.items()), body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def _take(self, heard: Heard) -> tuple[int, bytes]:
        with self._more:
            self.heard.append(heard)
            self._more.notify_all()
            return self.answers.pop(0) if self.answers else self.answer

    def wait(self, count: int, seconds: float = 10.0) -> list[Heard]:
        """Wait until so many have arrived; return them."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.heard) >= count, seconds), self.heard
            return list(self.heard)

    @contextmanager
    def listening(self) -> Iterator[Ear]:
        """Listen until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def told(answer: tuple[int, Any]) -> tuple[int, dict[str, Any]]:
    """Return a reply that ``wechatpayv3`` has verified, with its JSON read."""
    status, text = answer
    return status, json.loads(text) if text else {}


def page(shop: Any, number: str = NUMBER, amount: str = AMOUNT, **more: Any) -> str:
    """Return the signed query of the cashier's page."""
    subject = more.pop("subject", SUBJECT)
    more.setdefault("return_url", BACK)
    return str(shop.api_alipay_trade_page_pay(subject, number, amount, **more))


def opened(client: SandboxClient, query: str) -> Answer:
    return client.ask(f"/alipay/gateway.do?{query}")


def chosen(client: SandboxClient, query: str, outcome: str) -> Answer:
    body = urlencode({"outcome": outcome}).encode()
    return client.ask(f"/alipay/cashier?{query}", "POST", body=body, headers=FORM)


def paid(client: SandboxClient, shop: Any, number: str = NUMBER, amount: str = AMOUNT) -> None:
    assert opened(client, page(shop, number, amount)).status == 200
    client.pay("alipay", number)


def in_beijing(**ahead: float) -> str:
    return f"{datetime.now(UTC).astimezone(BEIJING) + timedelta(**ahead):%Y-%m-%d %H:%M:%S}"


def ordered(shop: Any, number: str = NUMBER, total: int = 9800, **more: Any) -> str:
    """Order a code; return it."""
    price = {"total": total, "currency": "CNY"}
    status, answer = told(shop.pay("达达商城 订单", number, price, **more))
    assert status == 200, answer
    assert list(answer) == ["code_url"]
    return str(answer["code_url"])


def refused(answer: tuple[int, Any]) -> tuple[int, str]:
    """Return the status and the code of an error."""
    status, said = told(answer)
    assert set(said) == {"code", "message"}, said
    return status, said["code"]


def state(shop: Any, number: str = NUMBER) -> str:
    status, answer = told(shop.query(out_trade_no=number))
    assert status == 200
    return str(answer["trade_state"])


def refund(shop: Any, number: str, back: int, total: int = 9800, **more: Any) -> tuple[int, Any]:
    amount = {"total": total, "refund": back, "currency": "CNY"}
    return shop.refund(number, amount, **({"out_trade_no": NUMBER} | more))


def form(heard: Heard) -> dict[str, str]:
    """Return what a notice of Alipay says."""
    return dict(parse_qsl(heard.body.decode(), keep_blank_values=True, strict_parsing=True))
