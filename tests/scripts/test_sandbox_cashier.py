"""The cashier by itself: what it shows, whom it believes, what it remembers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from scripts.sandbox.cashier import SCHEME, Bill
from scripts.sandbox.credentials import Credentials
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.sandbox import Sandbox
from scripts.stack.stack import Stack
from settings import Settings
from tests.sandbox import Answer, SandboxClient

SECRET = "secret-of-the-cashier-0123456789"
BILL = Bill("1234567890123456", "alipay", "98.00")
BACK = "/dadashop/templates/gopay.html?order_id=1234567890123456"
SHOWN = ("达达商城", BILL.out_trade_no, "¥98.00")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    """Simulators of this test alone."""
    ports = Ports()
    credentials = Credentials(sms_token="token", weibo_secret="secret", cashier_secret=SECRET)
    process = Sandbox(tmp_path, ports.of("sandbox"), ports.of("smtp"), credentials)
    with ExitStack() as over:
        over.callback(process.stop)
        process.start()
        process.wait()
        yield process


@pytest.fixture
def client(server: Sandbox) -> SandboxClient:
    return SandboxClient(server.url)


def signed(bill: Bill = BILL, **changes: str) -> dict[str, str]:
    """Return the query of a page, with fields changed after it was signed."""
    return bill._asdict() | {"sign": bill.signature(SECRET, "page")} | changes


def opened(client: SandboxClient, **query: str) -> Answer:
    return client.ask(f"/cashier?{urlencode(query or signed())}")


def chosen(client: SandboxClient, outcome: str, **fields: str) -> Answer:
    body = urlencode((fields or signed()) | {"outcome": outcome}).encode()
    return client.ask("/cashier", "POST", body=body, headers=FORM)


def told(client: SandboxClient, **body: Any) -> Answer:
    known = {"provider": "alipay", "out_trade_no": BILL.out_trade_no, "outcome": "paid"}
    return client.ask("/api/pay", "POST", body=known | body)


def asked(client: SandboxClient, bill: Bill = BILL, *, header: str | None = None) -> Answer:
    genuine = f"{SCHEME} {bill.signature(SECRET, 'question')}"
    headers = FORM | {"Authorization": genuine if header is None else header}
    body = urlencode({"provider": bill.provider, "total_amount": bill.total_amount}).encode()
    return client.ask(f"/cashier/trades/{bill.out_trade_no}", "POST", body=body, headers=headers)


class Forms(HTMLParser):
    """The tags of a page that do something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: text or "" for name, text in attrs}))

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


class TestPage:
    """What the buyer sees and does."""

    @pytest.mark.parametrize(
        ("lang", "provider", "says"),
        [
            ("zh", "alipay", ["支付宝", "收银台", "应付金额", "确认付款", "暂不付款"]),
            ("en", "wechat", ["WeChat Pay", "cashier", "Amount due", "Pay<", "Not now"]),
        ],
    )
    def test_it_shows_what_is_to_be_paid(
        self, client: SandboxClient, lang: str, provider: str, says: list[str]
    ) -> None:
        page = opened(client, **signed(BILL._replace(provider=provider)), lang=lang)
        assert [text for text in (*says, *SHOWN) if text not in page.text] == []
        assert f'class="till {provider}"' in page.text
        assert page.headers["cache-control"] == "no-store"

    def test_nothing_in_it_runs(self, client: SandboxClient) -> None:
        page = opened(client)
        assert "<script" not in page.text
        assert "style=" not in page.text
        policy = page.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "form-action 'self';" in f"{policy};"

    def test_the_form_pays_and_leads_back_to_the_shop(self, client: SandboxClient) -> None:
        page = Forms(opened(client).text)
        fields = {each["name"]: each["value"] for each in page.of("input")}
        assert [(each["name"], each["value"]) for each in page.of("button")] == [
            ("outcome", "paid"),
            ("outcome", "declined"),
        ]
        (form,) = page.of("form")
        assert form["method"] == "post"
        assert urlsplit(form["action"]).path == "/sandbox/cashier"
        assert BACK in [each["href"] for each in page.of("a")]
        reply = chosen(client, "paid", **fields)
        assert (reply.status, reply.headers["location"]) == (303, BACK)
        (trade,) = client.books("alipay")
        assert (trade["state"], trade["amount"]) == ("paid", "98.00")
        again = Forms(opened(client).text)
        assert again.of("button") == []
        assert BACK in [each["href"] for each in again.of("a")]

    def test_a_refusal_leads_back_to_the_page_to_try_again(self, client: SandboxClient) -> None:
        reply = chosen(client, "declined")
        assert reply.status == 303
        query = parse_qs(urlsplit(reply.headers["location"]).query)
        page = opened(client, **{name: values[0] for name, values in query.items()})
        assert "再试一次" in page.text
        assert [each["state"] for each in client.books("alipay")] == ["declined"]
        assert chosen(client, "paid").headers["location"] == BACK
        assert [each["state"] for each in client.books("alipay")] == ["paid"]

    def test_paying_twice_is_paying_once(self, client: SandboxClient) -> None:
        for outcome in ("paid", "paid", "declined"):
            assert chosen(client, outcome).headers["location"] == BACK
        assert [each["state"] for each in client.books("alipay")] == ["paid"]


class TestForgery:
    """Whom the cashier believes."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"total_amount": "0.01"},
            {"out_trade_no": "1234567890123457"},
            {"out_trade_no": "<script>alert(1)</script>"},
            {"provider": "wechat"},
            {"provider": "nobody"},
            {"sign": ""},
            {"sign": "é"},
            {"sign": BILL.signature("another", "page")},
            {"sign": BILL.signature(SECRET, "question")},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_what_was_changed_opens_and_pays_nothing(
        self, client: SandboxClient, changes: dict[str, str]
    ) -> None:
        query = signed(**changes)
        for reply in (opened(client, **query), chosen(client, "paid", **query)):
            assert reply.status == 400
            assert "付款链接无效" in reply.text
            assert "<script" not in reply.text
            assert "default-src 'none'" in reply.headers["content-security-policy"]
        for provider in ("alipay", "wechat"):
            assert client.books(provider) == []

    def test_a_field_that_is_missing_or_odd_is_refused(self, client: SandboxClient) -> None:
        for name in signed():
            left = {key: text for key, text in signed().items() if key != name}
            assert opened(client, **left).status == 400
        odd = BILL._replace(total_amount="98")
        assert opened(client, **signed(odd)).status == 400
        assert chosen(client, "given").status == 400
        assert client.books("alipay") == []

    def test_a_bill_keeps_its_amount(self, client: SandboxClient) -> None:
        opened(client)
        assert opened(client, **signed(BILL._replace(total_amount="97.00"))).status == 400
        assert [each["amount"] for each in client.books("alipay")] == ["98.00"]

    @pytest.mark.parametrize(
        "header",
        [
            "",
            SCHEME,
            f"{SCHEME} {BILL.signature('another', 'question')}",
            f"{SCHEME} {BILL.signature(SECRET, 'page')}",
            f"{SCHEME} {BILL._replace(total_amount='0.01').signature(SECRET, 'question')}",
            f"Basic {BILL.signature(SECRET, 'question')}",
        ],
    )
    def test_only_the_shop_may_ask(self, client: SandboxClient, header: str) -> None:
        told(client)
        assert asked(client, header=header).status == 401
        assert [(each["times"], each["amount"]) for each in client.books("alipay")] == [(0, None)]


class TestJson:
    """What tests and tools use."""

    def test_a_trade_has_the_agreed_members(self, client: SandboxClient) -> None:
        opened(client)
        (trade,) = client.books("alipay")
        number = trade.pop("trade_no")
        assert number.isdecimal()
        assert trade == {
            "out_trade_no": BILL.out_trade_no,
            "amount": "98.00",
            "state": "waiting",
            "notices_sent": 0,
            "notices_acknowledged": 0,
            "refunds": [],
            "times": 0,
        }
        assert client.books("wechat") == []

    def test_paying_needs_no_page(self, client: SandboxClient) -> None:
        assert asked(client).json == {"state": "unknown", "amount": None, "trade_no": None}
        assert client.books("alipay") == []
        reply = told(client)
        assert (reply.status, reply.json["state"], reply.json["amount"]) == (200, "paid", None)
        known = asked(client).json
        assert (known["state"], known["amount"]) == ("paid", "98.00")
        assert known["trade_no"] == reply.json["trade_no"]
        assert asked(client, BILL._replace(total_amount="1.00")).json["amount"] == "98.00"

    @pytest.mark.parametrize(
        "body",
        [
            {"provider": "sms"},
            {"outcome": "unknown"},
            {"out_trade_no": ""},
            {"out_trade_no": "a b"},
            {"out_trade_no": "1\n"},
            {"out_trade_no": 1},
            {"amount": "98.00"},
        ],
    )
    def test_nonsense_is_refused(self, client: SandboxClient, body: dict[str, Any]) -> None:
        assert told(client, **body).status == 400
        assert client.books("alipay") == []

    def test_a_page_of_another_origin_cannot_pay(self, client: SandboxClient) -> None:
        body = b'{"provider": "alipay", "out_trade_no": "1", "outcome": "paid"}'
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            headers = {"Content-Type": kind}
            assert client.ask("/api/pay", "POST", body=body, headers=headers).status == 415
        assert client.books("alipay") == []

    def test_a_fault_hits_one_provider(self, client: SandboxClient) -> None:
        told(client)
        client.fault("wechat", status=503, until_reset=True)
        client.fault("alipay", refuse=True)
        assert asked(client, BILL._replace(provider="wechat")).status == 503
        assert asked(client).status == 403
        assert asked(client).json["state"] == "paid"


class TestMemory:
    """What outlives a restart."""

    def test_a_kill_forgets_no_payment(self, server: Sandbox, client: SandboxClient) -> None:
        opened(client)
        chosen(client, "paid")
        told(client, provider="wechat", outcome="declined")
        before = [client.books(provider) for provider in ("alipay", "wechat")]
        server.kill()
        server.start()
        server.wait()
        assert [client.books(provider) for provider in ("alipay", "wechat")] == before
        told(client, out_trade_no="2")
        numbers = [each["trade_no"] for name in ("alipay", "wechat") for each in client.books(name)]
        assert len(set(numbers)) == 3

    def test_new_books_are_empty(self, client: SandboxClient) -> None:
        opened(client)
        client.forget()
        assert asked(client).json["state"] == "unknown"

    def test_a_stack_hands_its_cashier_to_the_shop(self, tmp_path: Path) -> None:
        stack = Stack(tmp_path, Ports(), Passwords(), site="http://127.0.0.1:7000")
        cashier = Settings.from_environment(stack.environment()).cashier
        assert cashier.url == f"{stack.sandbox.url}/cashier"
        assert cashier.pages == "http://127.0.0.1:7000/sandbox"
        assert cashier.secret == stack.sandbox.credentials.cashier_secret
        assert cashier.secret not in repr(stack.sandbox.credentials)
