"""The demo cashier: what the page and the questions carry, and what counts as paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from models.errors import RemoteFailed
from services.gateways.demo_cashier import NoCashier
from services.gateways.remote import Patience
from settings import BadSettings, Settings
from tests.sandbox import SandboxClient
from tests.services.gateways.conftest import CREDENTIALS, Adapters

ORDER = "1234567890123456"
DUE = Decimal("98.00")
TWICE = Patience(total=1.0, connect=0.5, read=0.8, tries=2)
METHODS = pytest.mark.parametrize(("pay_method", "provider"), [(1, "alipay"), (2, "wechat")])


def open_page(sandbox: SandboxClient, url: str) -> int:
    """Open the cashier as a browser does; return the status."""
    return sandbox.ask(f"/cashier?{urlsplit(url).query}").status


def act(sandbox: SandboxClient, outcome: str, provider: str = "alipay") -> None:
    """Be the buyer."""
    body = {"provider": provider, "out_trade_no": ORDER, "outcome": outcome}
    assert sandbox.ask("/api/pay", "POST", body=body).status == 200


@METHODS
def test_the_address_says_what_is_to_be_paid(
    adapters: Adapters, sandbox: SandboxClient, pay_method: int, provider: str
) -> None:
    cashier, _ = adapters.cashier()
    url = cashier.pay_url(ORDER, Decimal(98), pay_method)
    assert url.startswith("http://shop.example/sandbox/cashier?")
    query = parse_qs(urlsplit(url).query)
    sign = query.pop("sign")
    assert query == {"out_trade_no": [ORDER], "total_amount": ["98.00"], "provider": [provider]}
    assert len(sign[0]) == 64
    assert open_page(sandbox, url) == 200
    (trade,) = sandbox.books(provider)
    assert (trade["out_trade_no"], trade["amount"], trade["state"]) == (ORDER, "98.00", "waiting")


def test_the_page_of_the_cashier_leads_back_to_the_shop(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    cashier, _ = adapters.cashier()
    query = urlsplit(cashier.pay_url(ORDER, DUE, 1)).query
    page = sandbox.ask(f"/cashier?{query}")
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' http://shop.example;" in f"{policy};"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"{query}&outcome=paid".encode()
    reply = sandbox.ask("/cashier", "POST", body=body, headers=kind)
    assert reply.headers["location"] == f"{CREDENTIALS.cashier_back}?order_id={ORDER}"


@METHODS
async def test_paid_is_seen_and_only_at_its_provider(
    adapters: Adapters, sandbox: SandboxClient, pay_method: int, provider: str
) -> None:
    cashier, circuit = adapters.cashier(pay_method=pay_method)
    assert not await cashier.is_paid(ORDER, DUE, pay_method)
    open_page(sandbox, cashier.pay_url(ORDER, DUE, pay_method))
    assert not await cashier.is_paid(ORDER, DUE, pay_method)
    act(sandbox, "paid", provider)
    assert await cashier.is_paid(ORDER, DUE, pay_method)
    assert circuit.outcomes["answered"] == 3
    assert not await cashier.is_paid(ORDER, DUE, 3 - pay_method)


async def test_declined_is_not_paid_and_may_be_tried_again(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    cashier, _ = adapters.cashier()
    act(sandbox, "declined")
    assert not await cashier.is_paid(ORDER, DUE, 1)
    act(sandbox, "paid")
    assert await cashier.is_paid(ORDER, DUE, 1)
    act(sandbox, "declined")
    assert await cashier.is_paid(ORDER, DUE, 1)


async def test_another_amount_is_not_paid_and_never_will_be(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    cashier, circuit = adapters.cashier()
    open_page(sandbox, cashier.pay_url(ORDER, Decimal("0.01"), 1))
    act(sandbox, "paid")
    with pytest.raises(RemoteFailed, match="another amount") as caught:
        await cashier.is_paid(ORDER, DUE, 1)
    assert caught.value.lasting
    assert not circuit.is_open
    assert await cashier.is_paid(ORDER, Decimal("0.01"), 1)


async def test_a_question_with_another_secret_gets_no_answer(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    act(sandbox, "paid")
    other, circuit = adapters.cashier(secret="another secret of at least 32 bytes")
    with pytest.raises(RemoteFailed, match="401") as caught:
        await other.is_paid(ORDER, DUE, 1)
    assert caught.value.lasting
    assert circuit.outcomes["refused"] == 1
    assert [(row["times"], row["amount"]) for row in sandbox.books("alipay")] == [(0, None)]


@pytest.mark.parametrize("fault", [{"drop_after_accept": True}, {"status": 502}, {"garbage": True}])
async def test_a_lost_answer_is_asked_for_again(
    adapters: Adapters, sandbox: SandboxClient, fault: dict[str, Any]
) -> None:
    cashier, circuit = adapters.cashier(TWICE)
    act(sandbox, "paid")
    sandbox.fault("alipay", **fault)
    assert await cashier.is_paid(ORDER, DUE, 1)
    assert circuit.outcomes == {"answered": 1, "failed": 1, "refused": 0, "held_back": 0}


async def test_each_provider_fails_by_itself(adapters: Adapters, sandbox: SandboxClient) -> None:
    cashier, wechat = adapters.cashier(pay_method=2)
    act(sandbox, "paid")
    sandbox.fault("wechat", status=503, until_reset=True)
    for _ in range(4):
        with pytest.raises(RemoteFailed, match="wechat"):
            await cashier.is_paid(ORDER, DUE, 2)
    assert wechat.is_open
    assert await cashier.is_paid(ORDER, DUE, 1)


async def test_without_a_cashier_nothing_is_ever_paid() -> None:
    assert NoCashier().pay_url(ORDER, DUE, 1) == ""
    assert not await NoCashier().is_paid(ORDER, DUE, 1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"DADASHOP_DEMO": "false"}, "CASHIER_URL is for demo mode only"),
        ({"DADASHOP_CASHIER_URL": "127.0.0.1/cashier"}, "CASHIER_URL must be an address"),
        ({"DADASHOP_CASHIER_SECRET": "x" * 31}, "CASHIER_SECRET must hold at least 32 bytes"),
    ],
)
def test_a_shop_that_takes_money_has_none(
    gateways: Settings, changes: dict[str, str], says: str
) -> None:
    known = {
        "DADASHOP_DEMO": "true",
        "DADASHOP_TOKEN_SECRET": "q8Zr1LmX0vT4uYb7Nc2Wk9Pd5Hs3Fj6G",
        "DADASHOP_MYSQL_URL": "mysql://nobody@127.0.0.1/none",
        "DADASHOP_REDIS_DATA_URL": "redis://127.0.0.1/0",
        "DADASHOP_REDIS_PAGES_URL": "redis://127.0.0.1/0",
        "DADASHOP_CASHIER_URL": gateways.cashier.url,
        "DADASHOP_CASHIER_SECRET": gateways.cashier.secret,
    }
    assert replace(Settings.from_environment(known).cashier, pages=gateways.cashier.pages) == (
        gateways.cashier
    )
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment(known | changes)
    assert refused.value.wrong == [f"DADASHOP_{says}"]
