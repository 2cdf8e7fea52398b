"""Notices that are lost or doubled on demand, and paying by JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.merchants import (
    AMOUNT,
    NUMBER,
    Ear,
    form,
    opened,
    page,
    paid,
    until,
)
from tests.sandbox import SandboxClient
from tests.scripts.sandbox.conftest import PROVIDERS, Opened


class TestFaults:
    """Notices that are lost or doubled on their way."""

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_all_may_be_lost(
        self, payments: SandboxClient, bought: Opened, ear: Ear, provider: str
    ) -> None:
        payments.fault(provider, drop_notices=True, until_reset=True)
        bought(provider)
        until(lambda: payments.trade(provider, NUMBER)["notices_sent"] >= 2)
        assert ear.heard == []
        payments.mend()
        ear.wait(1)
        until(lambda: payments.trade(provider, NUMBER)["notices_acknowledged"] == 1)

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_the_next_may_be_lost(
        self, payments: SandboxClient, bought: Opened, ear: Ear, provider: str
    ) -> None:
        payments.fault(provider, drop_notices=100)
        bought(provider)
        ear.wait(1)
        until(lambda: payments.trade(provider, NUMBER)["notices_acknowledged"] == 1)
        assert payments.trade(provider, NUMBER)["notices_sent"] == 2

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_each_may_come_often(
        self, payments: SandboxClient, bought: Opened, ear: Ear, provider: str
    ) -> None:
        payments.fault(provider, duplicate_notices=5)
        bought(provider)
        heard = ear.wait(5)
        until(lambda: payments.trade(provider, NUMBER)["notices_acknowledged"] == 5)
        assert len({each.body for each in heard}) == 1

    def test_a_share_may_be_lost(self, payments: SandboxClient, alipay_shop: Any, ear: Ear) -> None:
        """Half of forty first notices: between none and all of them, all but surely."""
        payments.fault("alipay", drop_notices=50, until_reset=True)
        ear.answer = (500, b"")
        for number in range(40):
            paid(payments, alipay_shop, f"n{number}")
        until(lambda: all(each["notices_sent"] for each in payments.books("alipay")))
        first = {form(each)["out_trade_no"] for each in ear.heard}
        assert 0 < len(first) <= 40
        assert len(ear.heard) < sum(each["notices_sent"] for each in payments.books("alipay"))

    def test_a_fault_of_notices_hits_no_call(
        self, payments: SandboxClient, alipay_shop: Any, ear: Ear
    ) -> None:
        payments.fault("alipay", drop_notices=True)
        opened(payments, page(alipay_shop))
        assert alipay_shop.api_alipay_trade_query(NUMBER)["code"] == "10000"
        payments.fault("alipay", status=503, drop_notices=True)
        with pytest.raises(OSError, match="503"):
            alipay_shop.api_alipay_trade_query(NUMBER)
        payments.pay("alipay", NUMBER)
        until(lambda: payments.trade("alipay", NUMBER)["notices_sent"] == 2)
        assert len(ear.heard) == 1


def test_a_trade_has_the_agreed_members(payments: SandboxClient, bought: Opened) -> None:
    for provider in PROVIDERS:
        trade = bought(provider)
        assert set(trade) == {
            *("out_trade_no", "trade_no", "amount", "state", "subject", "at", "paid_at"),
            *("closed_at", "expires_at", "notify_url", "return_url", "code_url"),
            *("notices_sent", "notices_acknowledged", "times", "refunds"),
        }
        assert (trade["state"], trade["amount"]) == ("paid", AMOUNT)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_paying_needs_a_trade(payments: SandboxClient, provider: str) -> None:
    body = {"provider": provider, "out_trade_no": NUMBER, "outcome": "paid"}
    reply = payments.ask("/api/pay", "POST", body=body)
    assert (reply.status, NUMBER in reply.json["error"]) == (404, True)
    assert payments.books(provider) == []


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "sms"},
        {"outcome": "unknown"},
        {"out_trade_no": 1},
        {"amount": "98.00"},
    ],
)
def test_nonsense_pays_nothing(
    payments: SandboxClient, alipay_shop: Any, body: dict[str, Any]
) -> None:
    opened(payments, page(alipay_shop))
    known = {"provider": "alipay", "out_trade_no": NUMBER, "outcome": "paid"}
    assert payments.ask("/api/pay", "POST", body=known | body).status == 400
    text = json.dumps(known).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        assert payments.ask("/api/pay", "POST", body=text, headers=headers).status == 415
    assert payments.trade("alipay", NUMBER)["state"] == "waiting"
