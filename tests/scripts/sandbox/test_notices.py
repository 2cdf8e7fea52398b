"""Notices: what they say, when they come again, and what goes wrong with them on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.books import Books
from scripts.sandbox.notices import SCHEDULES
from scripts.stack.ports import Ports
from scripts.stack.sandbox import Sandbox
from tests.merchants import (
    AMOUNT,
    NUMBER,
    SUBJECT,
    Ear,
    Heard,
    alipay_of,
    form,
    opened,
    ordered,
    page,
    paid,
    refund,
    until,
    wechat_of,
)
from tests.sandbox import SandboxClient
from tests.scripts.sandbox.conftest import CREDENTIALS, PROVIDERS


def told_by(heard: Heard, shop: Any) -> dict[str, Any] | None:
    """Return what a notice of WeChat Pay says if the library believes it."""
    return shop.callback(heard.headers, heard.body)


class TestAlipay:
    """Notices of Alipay; the library verifies the signature."""

    def test_a_payment_is_told(self, payments: SandboxClient, alipay_shop: Any, ear: Ear) -> None:
        paid(payments, alipay_shop)
        (heard,) = ear.wait(1)
        assert heard.path == "/v1/pays/notify_url"
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        assert heard.headers["Content-Type"] == kind
        said = form(heard)
        trade = payments.trade("alipay", NUMBER)
        expected = {
            "notify_type": "trade_status_sync",
            "app_id": CREDENTIALS.alipay_app,
            "seller_id": CREDENTIALS.alipay_seller,
            "trade_status": "TRADE_SUCCESS",
            "total_amount": AMOUNT,
            "out_trade_no": NUMBER,
            "trade_no": trade["trade_no"],
            "subject": SUBJECT,
            "sign_type": "RSA2",
        }
        assert {name: said[name] for name in expected} == expected
        there = {"notify_id", "notify_time", "buyer_id", "gmt_create", "gmt_payment", "charset"}
        assert there <= set(said)
        sign = said.pop("sign")
        assert alipay_shop.verify(dict(said), sign)
        assert not alipay_shop.verify(said | {"total_amount": "0.01"}, sign)
        until(lambda: payments.trade("alipay", NUMBER)["notices_acknowledged"] == 1)

    @pytest.mark.parametrize(
        "answer",
        [
            (200, b"success\n"),
            (200, b"SUCCESS"),
            (200, b"fail"),
            (200, b""),
            (204, b""),
            (302, b"success"),
            (500, b"success"),
        ],
    )
    def test_only_success_is_an_acknowledgement(
        self, payments: SandboxClient, alipay_shop: Any, ear: Ear, answer: tuple[int, bytes]
    ) -> None:
        """ALI-4: exactly seven bytes."""
        ear.answers = [answer]
        paid(payments, alipay_shop)
        first, second = (form(each) for each in ear.wait(2))
        assert first["notify_id"] == second["notify_id"]
        until(lambda: payments.trade("alipay", NUMBER)["notices_acknowledged"] == 1)
        assert payments.trade("alipay", NUMBER)["notices_sent"] == 2

    def test_refunds_and_closing_are_told(
        self, payments: SandboxClient, alipay_shop: Any, ear: Ear
    ) -> None:
        paid(payments, alipay_shop)
        ear.wait(1)
        for amount, number in (("1.00", "a"), ("97.00", "b")):
            alipay_shop.api_alipay_trade_refund(amount, NUMBER, out_request_no=number)
        said = [form(each) for each in ear.wait(3)[1:]]
        told = {
            each["out_biz_no"]: (each["trade_status"], each["refund_fee"], "gmt_close" in each)
            for each in said
        }
        assert told["b"] == ("TRADE_CLOSED", "97.00", True)
        assert told["a"][1] == "1.00"
        opened(payments, page(alipay_shop, "2"))
        alipay_shop.api_alipay_trade_close("2")
        closed = form(ear.wait(4)[3])
        assert (closed["out_trade_no"], closed["trade_status"]) == ("2", "TRADE_CLOSED")
        assert "gmt_payment" not in closed


class TestWechat:
    """Notices of WeChat Pay; the library verifies and decrypts them."""

    def test_a_payment_is_told(self, payments: SandboxClient, wechat_shop: Any, ear: Ear) -> None:
        ordered(wechat_shop)
        trade = payments.pay("wechat", NUMBER)
        (heard,) = ear.wait(1)
        assert heard.path == "/v1/pays/wechat/notify"
        raw = json.loads(heard.body)
        assert raw["resource"]["algorithm"] == "AEAD_AES_256_GCM"
        assert raw["resource"]["associated_data"] == "transaction"
        assert len(raw["resource"]["nonce"]) == 12
        said = told_by(heard, wechat_shop)
        assert said is not None
        assert (said["event_type"], said["resource_type"]) == (
            "TRANSACTION.SUCCESS",
            "encrypt-resource",
        )
        about = said["resource"]
        assert about["transaction_id"] == trade["trade_no"]
        assert (about["trade_state"], about["amount"]["total"]) == ("SUCCESS", 9800)
        assert (about["appid"], about["mchid"], about["out_trade_no"]) == (
            CREDENTIALS.wechatpay_app,
            CREDENTIALS.wechatpay_merchant,
            NUMBER,
        )

    def test_a_refund_is_told(self, payments: SandboxClient, wechat_shop: Any, ear: Ear) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        ear.wait(1)
        payments.fault("wechat", refund_pending=1)
        refund(wechat_shop, "r1", 50)
        assert payments.trade("wechat", NUMBER)["notices_sent"] == 1
        wechat_shop.query_refund("r1")
        said = told_by(ear.wait(2)[1], wechat_shop)
        assert said is not None
        assert said["event_type"] == "REFUND.SUCCESS"
        about = said["resource"]
        assert (about["out_refund_no"], about["refund_status"]) == ("r1", "SUCCESS")
        assert about["amount"]["refund"] == 50

    @pytest.mark.parametrize(
        ("answer", "sent"),
        [((200, b'{"code":"FAIL"}'), 1), ((204, b""), 1), ((302, b""), 2), ((500, b"{}"), 2)],
    )
    def test_200_and_204_are_acknowledgements(
        self,
        payments: SandboxClient,
        wechat_shop: Any,
        ear: Ear,
        answer: tuple[int, bytes],
        sent: int,
    ) -> None:
        """WX-3: even a 200 that says FAIL."""
        ear.answers = [answer]
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        until(lambda: payments.trade("wechat", NUMBER)["notices_acknowledged"] == 1)
        assert payments.trade("wechat", NUMBER)["notices_sent"] == sent
        assert len({json.loads(each.body)["id"] for each in ear.heard}) == 1


class TestSchedule:
    """How often, and when (ALI-4, WX-4)."""

    def test_it_is_the_documented_one(self) -> None:
        assert len(SCHEDULES["alipay"]) == 7
        assert sum(SCHEDULES["alipay"]) == 87_840
        assert len(SCHEDULES["wechat"]) == 15
        assert sum(SCHEDULES["wechat"]) == 86_640

    @pytest.mark.parametrize(("provider", "times"), [("alipay", 8), ("wechat", 16)])
    def test_it_is_scaled_and_ends(
        self, tmp_path: Path, ear: Ear, provider: str, times: int
    ) -> None:
        """A hundred thousand times faster: a day in a second."""
        ear.answer = (500, b"")
        with started(tmp_path, speed=100_000) as server:
            client = SandboxClient(server.url)
            buy(client, server, provider, ear)
            until(lambda: client.trade(provider, NUMBER)["notices_sent"] == times)
            books = Books(server.home)
            (notice,) = books.notices.values()
            books.close()
            assert (notice.is_over, notice.acknowledged, notice.sent) == (True, False, times)
            assert client.trade(provider, NUMBER)["notices_acknowledged"] == 0

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_restart_keeps_what_is_to_be_told(
        self, tmp_path: Path, ear: Ear, provider: str
    ) -> None:
        """Also after a kill; the notice is the same one."""
        ear.answer = (503, b"")
        with started(tmp_path, speed=120) as server:
            client = SandboxClient(server.url)
            buy(client, server, provider, ear)
            ear.wait(1)
            until(lambda: client.trade(provider, NUMBER)["notices_sent"] == 1)
            server.kill()
            count = len(ear.heard)
            ear.answer = (200, b"success")
            server.start()
            server.wait()
            again = ear.wait(count + 1)
            until(lambda: client.trade(provider, NUMBER)["notices_acknowledged"] == 1)
            assert client.trade(provider, NUMBER)["state"] == "paid"
            name = b"notify_id=" if provider == "alipay" else b'{"id":"'
            ids = {each.body.partition(name)[2][:30] for each in again}
            assert len(ids) == 1


@contextmanager
def started(folder: Path, *, speed: float) -> Iterator[Sandbox]:
    """Run simulators of one test alone."""
    ports = Ports()
    process = Sandbox(folder, ports.of("sandbox"), ports.of("smtp"), CREDENTIALS, speed=speed)
    process.start()
    try:
        process.wait()
        yield process
    finally:
        process.stop()


def buy(client: SandboxClient, server: Sandbox, provider: str, ear: Ear) -> None:
    """Open a trade at simulators of one test and pay it."""
    if provider == "alipay":
        paid(client, alipay_of(CREDENTIALS, server.url, notify_url=f"{ear.url}/n"))
    else:
        ordered(wechat_of(CREDENTIALS, server.url, notify_url=f"{ear.url}/n"))
        client.pay("wechat", NUMBER)


def test_nothing_is_told_to_nobody(payments: SandboxClient, providers: Sandbox) -> None:
    paid(payments, alipay_of(CREDENTIALS, providers.url))
    assert payments.trade("alipay", NUMBER)["notices_sent"] == 0
