"""The phone that scans a code of WeChat Pay."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.merchants import FORM
from tests.sandbox import Answer, SandboxClient

NUMBER = "82149077316502831"
SUBJECT = "达达商城 <b>订单</b>"


class Fields(HTMLParser):
    """The links and hidden fields of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.hidden: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: text or "" for name, text in attrs}
        if tag == "a":
            self.links.append(known["href"])
        if tag == "input" and known.get("type") == "hidden":
            self.hidden[known["name"]] = known["value"]


@pytest.fixture
def code(wechat_shop: Any) -> str:
    """A code that waits to be scanned."""
    status, _ = wechat_shop.pay(SUBJECT, NUMBER, {"total": 9800, "currency": "CNY"})
    assert status == 200
    wechat_shop.pay("其他", "111111", {"total": 1, "currency": "CNY"})
    return SandboxClient(wechat_shop._core._gate_way.removesuffix("/wechat")).trade(
        "wechat", NUMBER
    )["code_url"]


def scanned(payments: SandboxClient, code: str, **more: str) -> Answer:
    return payments.ask(f"/wechat/phone?{urlencode({'code': code} | more)}")


def pressed(payments: SandboxClient, code: str, outcome: str) -> Answer:
    body = urlencode({"code": code, "outcome": outcome}).encode()
    return payments.ask("/wechat/phone", "POST", body=body, headers=FORM)


def test_it_lists_what_waits(payments: SandboxClient, code: str) -> None:
    page = payments.ask("/wechat/phone")
    assert "¥98.00" in page.text
    assert "¥0.01" in page.text
    (link,) = [each for each in Fields(page.text).links if code[-8:] in each]
    assert parse_qs(urlsplit(link).query)["code"] == [code]
    payments.pay("wechat", NUMBER)
    assert "¥98.00" not in payments.ask("/wechat/phone").text


@pytest.mark.parametrize(
    ("lang", "says"), [("zh", ["确认付款", "零钱"]), ("en", ["Pay", "Let it fail", "Balance"])]
)
def test_a_scan_shows_what_is_to_be_paid(
    payments: SandboxClient, code: str, lang: str, says: list[str]
) -> None:
    page = scanned(payments, code, lang=lang)
    assert page.status == 200
    shown = ("达达商城", "98.00", NUMBER, "&lt;b&gt;订单&lt;/b&gt;")
    assert [text for text in (*says, *shown) if text not in page.text] == []
    assert Fields(page.text).hidden == {"code": code}
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "unsafe-inline" not in page.headers["content-security-policy"]


def test_the_buyer_pays(payments: SandboxClient, code: str) -> None:
    reply = pressed(payments, code, "paid")
    assert reply.status == 303
    done = payments.ask(reply.headers["location"].removeprefix("/sandbox"))
    assert "付款成功" in done.text
    assert "outcome" not in done.text
    assert payments.trade("wechat", NUMBER)["state"] == "paid"


def test_the_buyer_declines_and_tries_again(payments: SandboxClient, code: str) -> None:
    pressed(payments, code, "declined")
    assert payments.trade("wechat", NUMBER)["state"] == "declined"
    assert "再试一次" in scanned(payments, code).text
    pressed(payments, code, "paid")
    pressed(payments, code, "declined")
    assert payments.trade("wechat", NUMBER)["state"] == "paid"


def test_what_is_closed_cannot_be_paid(
    payments: SandboxClient, code: str, wechat_shop: Any
) -> None:
    assert wechat_shop.close(NUMBER)[0] == 204
    page = scanned(payments, code)
    assert "已关闭" in page.text
    assert "outcome" not in page.text
    assert pressed(payments, code, "paid").status == 303
    assert payments.trade("wechat", NUMBER)["state"] == "closed"


@pytest.mark.parametrize("text", ["weixin://wxpay/bizpayurl?pr=other", "<script>", " "])
def test_an_unknown_code_is_none(payments: SandboxClient, code: str, text: str) -> None:
    page = scanned(payments, text)
    assert page.status == (404 if text.strip() else 200)
    assert "<script" not in page.text
    assert pressed(payments, text, "paid").status == 400
    assert pressed(payments, code, "given").status == 400
    assert {each["state"] for each in payments.books("wechat")} == {"waiting"}


def test_the_pages_lead_to_each_other(payments: SandboxClient, code: str) -> None:
    payments.pay("wechat", NUMBER)
    inbox = Fields(payments.ask("/").text).links
    assert {"/sandbox/books?lang=zh", "/sandbox/wechat/phone?lang=zh"} <= set(inbox)
    books = payments.ask("/books")
    assert "&lt;b&gt;订单&lt;/b&gt;" in books.text
    assert "已付款" in books.text
    assert "待付款" in books.text
