"""The page of Alipay: what the buyer sees and does, and whom it believes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from keys import PrivateKey
from scripts.stack.passwords import Passwords
from scripts.stack.sandbox import Sandbox
from tests.merchants import (
    AMOUNT,
    BACK,
    FORM,
    NUMBER,
    alipay_of,
    chosen,
    in_beijing,
    opened,
    page,
    pem,
    public,
)
from tests.sandbox import SandboxClient
from tests.scripts.sandbox.conftest import CREDENTIALS

STRANGER = Passwords().alipay_key


class Tags(HTMLParser):
    """The tags of a page that do something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: text or "" for name, text in attrs}))

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


class TestPage:
    """What the buyer sees and does."""

    @pytest.mark.parametrize(
        ("lang", "says"),
        [
            ("zh", ["支付宝", "收银台", "应付金额", "确认付款", "暂不付款"]),
            ("en", ["Alipay", "Cashier", "Amount due", "Pay ¥98.00", "Not now"]),
        ],
    )
    def test_it_shows_what_is_to_be_paid(
        self, payments: SandboxClient, alipay_shop: Any, lang: str, says: list[str]
    ) -> None:
        reply = opened(payments, f"{page(alipay_shop)}&lang={lang}")
        assert reply.status == 200
        shown = ("达达商城", NUMBER, AMOUNT, "&lt;b&gt;包&lt;/b&gt; + 100%")
        assert [text for text in (*says, *shown) if text not in reply.text] == []
        assert "<script" not in reply.text
        assert "style=" not in reply.text
        policy = reply.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "form-action 'self' http://shop.example;" in f"{policy};"

    def test_the_form_pays_and_leads_back_with_a_signature(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        tags = Tags(opened(payments, page(alipay_shop)).text)
        (form,) = tags.of("form")
        assert [each["value"] for each in tags.of("button")] == ["paid", "declined"]
        action = form["action"].removeprefix("/sandbox/alipay/cashier?")
        reply = chosen(payments, action, "paid")
        assert reply.status == 303
        where = urlsplit(reply.headers["location"])
        assert f"{where.scheme}://{where.netloc}{where.path}" == BACK
        said = {name: values[0] for name, values in parse_qs(where.query).items()}
        trade = payments.trade("alipay", NUMBER)
        assert trade["state"] == "paid"
        sign = said.pop("sign")
        assert set(said) == {
            *("charset", "out_trade_no", "method", "total_amount", "trade_no", "auth_app_id"),
            *("version", "app_id", "sign_type", "seller_id", "timestamp"),
        }
        assert (said["total_amount"], said["trade_no"]) == (AMOUNT, trade["trade_no"])
        assert (said["app_id"], said["seller_id"]) == (
            CREDENTIALS.alipay_app,
            CREDENTIALS.alipay_seller,
        )
        assert alipay_shop.verify(dict(said), sign)
        assert not alipay_shop.verify(said | {"total_amount": "0.01"}, sign)

    def test_a_refusal_leads_back_to_the_page_to_try_again(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        query = page(alipay_shop)
        opened(payments, query)
        reply = chosen(payments, query, "declined")
        assert reply.status == 303
        again = opened(payments, urlsplit(reply.headers["location"]).query)
        assert "再试一次" in again.text
        assert alipay_shop.api_alipay_trade_query(NUMBER)["trade_status"] == "WAIT_BUYER_PAY"
        assert payments.trade("alipay", NUMBER)["state"] == "declined"
        assert chosen(payments, query, "paid").headers["location"].startswith(BACK)

    def test_paying_twice_is_paying_once(self, payments: SandboxClient, alipay_shop: Any) -> None:
        query = page(alipay_shop)
        for outcome in ("paid", "paid", "declined"):
            assert chosen(payments, query, outcome).headers["location"].startswith(BACK)
        assert payments.trade("alipay", NUMBER)["state"] == "paid"
        again = Tags(opened(payments, query).text)
        assert again.of("button") == []
        assert any(each["href"].startswith(f"{BACK}?") for each in again.of("a"))

    def test_who_leaves_goes_to_the_orders(self, payments: SandboxClient, alipay_shop: Any) -> None:
        links = [each["href"] for each in Tags(opened(payments, page(alipay_shop)).text).of("a")]
        assert "/dadashop/templates/myOrder.html" in links
        assert payments.trade("alipay", NUMBER)["state"] == "waiting"

    def test_a_form_may_bring_the_buyer_too(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        reply = payments.ask(
            "/alipay/gateway.do", "POST", body=page(alipay_shop).encode(), headers=FORM
        )
        assert (reply.status, "确认付款" in reply.text) == (200, True)


class TestForgery:
    """Whom the cashier believes."""

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"biz_content": "{}"}, "isv.invalid-signature"),
            ({"notify_url": "http://evil.example"}, "isv.invalid-signature"),
            ({"sign": ""}, "isv.missing-signature"),
            ({"sign": "é"}, "isv.invalid-signature"),
            ({"app_id": "1"}, "isv.invalid-app-id"),
            ({"charset": "latin-1"}, "isv.invalid-charset"),
            ({"timestamp": "yesterday"}, "isv.invalid-timestamp"),
            ({"format": "XML"}, "isv.invalid-format"),
            ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
            ({"version": "2.0"}, "isv.invalid-version"),
        ],
    )
    def test_what_was_changed_opens_nothing(
        self, payments: SandboxClient, alipay_shop: Any, changes: dict[str, str], code: str
    ) -> None:
        query = urlencode(dict(parse_qsl(page(alipay_shop), keep_blank_values=True)) | changes)
        for reply in (opened(payments, query), chosen(payments, query, "paid")):
            assert reply.status == 400
            assert code in reply.text
        assert payments.books("alipay") == []

    def test_a_parameter_may_not_come_twice(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        assert (
            opened(payments, f"{page(alipay_shop)}&app_id={CREDENTIALS.alipay_app}").status == 400
        )
        assert payments.books("alipay") == []

    def test_another_shop_opens_nothing(self, payments: SandboxClient, providers: Sandbox) -> None:
        key = pem("PRIVATE KEY", STRANGER)
        stranger = alipay_of(CREDENTIALS, providers.url, app_private_key_string=key)
        assert "isv.invalid-signature" in opened(payments, page(stranger)).text
        assert payments.books("alipay") == []

    @pytest.mark.parametrize(
        "wanted",
        [
            {"amount": "0.00"},
            {"amount": "1.001"},
            {"amount": "100000000.01"},
            {"amount": "-1"},
            {"number": "a-b"},
            {"number": "x" * 65},
            {"subject": ""},
            {"product_code": "QUICK_WAP_PAY"},
            {"time_expire": "soon"},
            {"time_expire": "2099-02-30 00:00:00"},
            {"timeout_express": "16d"},
            {"return_url": "javascript:alert(1)"},
            {"notify_url": "/relative"},
        ],
        ids=str,
    )
    def test_nonsense_is_refused(
        self, payments: SandboxClient, alipay_shop: Any, wanted: dict[str, Any]
    ) -> None:
        reply = opened(payments, page(alipay_shop, **wanted))
        assert (reply.status, "ACQ.INVALID_PARAMETER" in reply.text) == (400, True)
        assert payments.books("alipay") == []

    def test_a_number_keeps_its_amount(self, payments: SandboxClient, alipay_shop: Any) -> None:
        opened(payments, page(alipay_shop))
        reply = opened(payments, page(alipay_shop, amount="97.00"))
        assert (reply.status, "ACQ.CONTEXT_INCONSISTENT" in reply.text) == (400, True)
        assert payments.trade("alipay", NUMBER)["amount"] == AMOUNT
        assert opened(payments, page(alipay_shop, amount="98")).status == 200


class TestTime:
    """When a trade cannot be paid any more (ALI-7)."""

    def test_what_has_expired_is_not_opened(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        reply = opened(payments, page(alipay_shop, time_expire=in_beijing(seconds=-1)))
        assert (reply.status, "ACQ.TRADE_HAS_CLOSE" in reply.text) == (400, True)
        assert payments.books("alipay") == []

    def test_an_open_trade_closes_by_itself(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        query = page(alipay_shop, time_expire=in_beijing(seconds=2.5))
        assert opened(payments, query).status == 200
        end = datetime.fromisoformat(payments.trade("alipay", NUMBER)["expires_at"])
        assert end.utcoffset() == timedelta(0)
        assert alipay_shop.api_alipay_trade_query(NUMBER)["trade_status"] == "WAIT_BUYER_PAY"
        time.sleep(max((end - datetime.now(UTC)).total_seconds(), 0))
        assert alipay_shop.api_alipay_trade_query(NUMBER)["trade_status"] == "TRADE_CLOSED"
        assert "ACQ.TRADE_HAS_CLOSE" in chosen(payments, query, "paid").text
        body = {"provider": "alipay", "out_trade_no": NUMBER, "outcome": "paid"}
        assert payments.ask("/api/pay", "POST", body=body).status == 409
        assert payments.trade("alipay", NUMBER)["state"] == "closed"

    def test_a_pause_is_understood_too(self, payments: SandboxClient, alipay_shop: Any) -> None:
        opened(payments, page(alipay_shop, timeout_express="30m"))
        trade = payments.trade("alipay", NUMBER)
        life = datetime.fromisoformat(trade["expires_at"]) - datetime.fromisoformat(trade["at"])
        assert abs(life - timedelta(minutes=30)) < timedelta(seconds=5)


class TestCharsets:
    """GBK, as documented."""

    def test_a_page_in_gbk(self, payments: SandboxClient, tmp_path: Path) -> None:
        """The parameters are bytes of the charset, and so is what was signed."""
        content = {"out_trade_no": NUMBER, "total_amount": AMOUNT, "subject": "达达商城"}
        content |= {"product_code": "FAST_INSTANT_TRADE_PAY"}
        fields = {
            "app_id": CREDENTIALS.alipay_app,
            "biz_content": json.dumps(content, ensure_ascii=False),
            "charset": "GBK",
            "method": "alipay.trade.page.pay",
            "sign_type": "RSA2",
            "timestamp": in_beijing(),
            "version": "1.0",
        }
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        sign = PrivateKey(CREDENTIALS.alipay_key).sign(text.encode("gbk"))
        assert opened(payments, urlencode(fields | {"sign": sign}, encoding="gbk")).status == 200
        assert payments.trade("alipay", NUMBER)["subject"] == "达达商城"
        wrong = urlencode(fields | {"sign": sign}, encoding="utf-8")
        assert opened(payments, wrong).status == 400
        assert public(CREDENTIALS.alipay_key) != public(CREDENTIALS.alipay_provider_key)
