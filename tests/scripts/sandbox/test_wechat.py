"""What the shop asks of WeChat Pay v3: an independent implementation is the shop."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.sandbox.moments import BEIJING
from scripts.stack.passwords import Passwords
from tests.merchants import NUMBER, ordered, refund, refused, state, told
from tests.sandbox import SandboxClient
from tests.scripts.sandbox.conftest import CREDENTIALS

STRANGER = Passwords().wechatpay_key
BASE = "/wechat/v3"


class TestInterfaces:
    """What the shop asks; the library verifies every signature of a success."""

    def test_a_trade_from_its_beginning_to_its_end(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        assert refused(wechat_shop.query(out_trade_no=NUMBER)) == (404, "ORDER_NOT_EXIST")
        code = ordered(wechat_shop)
        assert code.startswith("weixin://wxpay/bizpayurl?pr=")
        status, waiting = told(wechat_shop.query(out_trade_no=NUMBER))
        assert (status, waiting["trade_state"]) == (200, "NOTPAY")
        assert "transaction_id" not in waiting
        payments.pay("wechat", NUMBER)
        _, known = told(wechat_shop.query(out_trade_no=NUMBER))
        assert known["trade_state"] == "SUCCESS"
        assert known["amount"]["total"] == known["amount"]["payer_total"] == 9800
        assert (known["appid"], known["mchid"]) == (
            CREDENTIALS.wechatpay_app,
            CREDENTIALS.wechatpay_merchant,
        )
        _, same = told(wechat_shop.query(transaction_id=known["transaction_id"]))
        assert same == known
        trade = payments.trade("wechat", NUMBER)
        assert (trade["amount"], trade["code_url"], trade["times"]) == ("98.00", code, 4)

    def test_the_same_order_is_the_same_code(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        assert ordered(wechat_shop) == ordered(wechat_shop)
        for changed in ({"total": 9700}, {"notify_url": "http://shop.example/other"}):
            price = {"total": changed.get("total", 9800), "currency": "CNY"}
            more = {name: text for name, text in changed.items() if name != "total"}
            answer = wechat_shop.pay("达达商城 订单", NUMBER, price, **more)
            assert refused(answer) == (400, "INVALID_REQUEST")
        assert payments.trade("wechat", NUMBER)["amount"] == "98.00"

    def test_what_waits_can_be_closed(self, payments: SandboxClient, wechat_shop: Any) -> None:
        assert refused(wechat_shop.close(NUMBER)) == (404, "ORDER_NOT_EXIST")
        ordered(wechat_shop)
        assert wechat_shop.close(NUMBER)[0] == 204
        assert state(wechat_shop) == "CLOSED"
        assert refused(wechat_shop.close(NUMBER)) == (400, "ORDER_CLOSED")
        again = wechat_shop.pay("达达商城 订单", NUMBER, {"total": 9800, "currency": "CNY"})
        assert refused(again) == (400, "ORDER_CLOSED")
        body = {"provider": "wechat", "out_trade_no": NUMBER, "outcome": "paid"}
        assert payments.ask("/api/pay", "POST", body=body).status == 409

    def test_what_is_paid_cannot_be_closed(self, payments: SandboxClient, wechat_shop: Any) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        assert refused(wechat_shop.close(NUMBER)) == (400, "ORDERPAID")
        again = wechat_shop.pay("达达商城 订单", NUMBER, {"total": 9800, "currency": "CNY"})
        assert refused(again) == (400, "ORDERPAID")
        assert state(wechat_shop) == "SUCCESS"

    def test_the_end_of_the_time_stops_paying_only(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        """WX-5: the order is not closed by its time."""
        end = datetime.now(UTC).astimezone(BEIJING) + timedelta(seconds=2)
        code = ordered(wechat_shop, time_expire=end.isoformat(timespec="seconds"))
        expires = datetime.fromisoformat(payments.trade("wechat", NUMBER)["expires_at"])
        time.sleep(max((expires - datetime.now(UTC)).total_seconds(), 0))
        body = {"provider": "wechat", "out_trade_no": NUMBER, "outcome": "paid"}
        reply = payments.ask("/api/pay", "POST", body=body)
        assert (reply.status, reply.json["error"]) == (409, "the trade is expired")
        assert "过期" in payments.ask(f"/wechat/phone?code={code}").text
        assert state(wechat_shop) == "NOTPAY"
        assert wechat_shop.close(NUMBER)[0] == 204
        assert state(wechat_shop) == "CLOSED"

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            ({"number": "12345"}, "PARAM_ERROR"),
            ({"number": "x" * 33}, "PARAM_ERROR"),
            ({"number": "1234567\n"}, "PARAM_ERROR"),
            ({"total": 0}, "PARAM_ERROR"),
            ({"total": -1}, "PARAM_ERROR"),
            ({"total": 1.5}, "PARAM_ERROR"),
            ({"total": "9800"}, "PARAM_ERROR"),
            ({"time_expire": "2020-01-01T00:00:00+08:00"}, "PARAM_ERROR"),
            ({"time_expire": "2099-01-01 00:00:00"}, "PARAM_ERROR"),
            ({"notify_url": "http://shop.example/n?a=1"}, "PARAM_ERROR"),
            ({"notify_url": "ftp://shop.example/n"}, "PARAM_ERROR"),
            ({"appid": "wxother"}, "APPID_MCHID_NOT_MATCH"),
            ({"mchid": "1900000999"}, "MCH_NOT_EXISTS"),
        ],
        ids=str,
    )
    def test_nonsense_is_refused(
        self, payments: SandboxClient, wechat_shop: Any, wanted: dict[str, Any], code: str
    ) -> None:
        number, total = wanted.pop("number", NUMBER), wanted.pop("total", 9800)
        price = {"total": total, "currency": "CNY"}
        assert refused(wechat_shop.pay("包", number, price, **wanted)) == (400, code)
        assert payments.books("wechat") == []


class TestRefunds:
    """Money that goes back."""

    def test_a_repeated_refund_sends_money_once(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        answers = [told(refund(wechat_shop, "r1", 9800)) for _ in range(3)]
        assert [status for status, _ in answers] == [200, 200, 200]
        assert answers[0] == answers[1] == answers[2]
        known = answers[0][1]
        assert (known["status"], known["amount"]["refund"]) == ("SUCCESS", 9800)
        assert told(wechat_shop.query_refund("r1")) == (200, known)
        assert state(wechat_shop) == "REFUND"
        trade = payments.trade("wechat", NUMBER)
        assert [each["amount"] for each in trade["refunds"]] == ["98.00"]
        assert trade["state"] == "refunded"
        assert refused(refund(wechat_shop, "r1", 9799)) == (400, "INVALID_REQUEST")
        assert refused(refund(wechat_shop, "r2", 1)) == (400, "INVALID_REQUEST")

    def test_parts_go_back_one_by_one(self, payments: SandboxClient, wechat_shop: Any) -> None:
        ordered(wechat_shop)
        transaction = payments.pay("wechat", NUMBER)["trade_no"]
        assert told(refund(wechat_shop, "a", 100))[0] == 200
        by_transaction = {"out_trade_no": None, "transaction_id": transaction}
        assert told(refund(wechat_shop, "b", 200, **by_transaction))[0] == 200
        assert refused(refund(wechat_shop, "c", 9501)) == (400, "INVALID_REQUEST")
        assert refused(refund(wechat_shop, "c", 100, total=9700)) == (400, "INVALID_REQUEST")
        assert told(refund(wechat_shop, "c", 9500))[0] == 200
        amounts = [each["amount"] for each in payments.trade("wechat", NUMBER)["refunds"]]
        assert amounts == ["1.00", "2.00", "95.00"]

    def test_nothing_goes_back_of_nothing(self, payments: SandboxClient, wechat_shop: Any) -> None:
        assert refused(refund(wechat_shop, "r1", 9800)) == (404, "RESOURCE_NOT_EXISTS")
        ordered(wechat_shop)
        assert refused(refund(wechat_shop, "r1", 9800)) == (400, "INVALID_REQUEST")
        assert refused(wechat_shop.query_refund("r1")) == (404, "RESOURCE_NOT_EXISTS")
        assert payments.trade("wechat", NUMBER)["refunds"] == []

    def test_a_number_belongs_to_one_order(self, payments: SandboxClient, wechat_shop: Any) -> None:
        for number in (NUMBER, "1234567"):
            ordered(wechat_shop, number)
            payments.pay("wechat", number)
        assert told(refund(wechat_shop, "r1", 100))[0] == 200
        other = refund(wechat_shop, "r1", 100, out_trade_no="1234567")
        assert refused(other) == (400, "INVALID_REQUEST")
        assert payments.trade("wechat", "1234567")["refunds"] == []

    def test_a_refund_may_take_its_time(self, payments: SandboxClient, wechat_shop: Any) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        payments.fault("wechat", refund_pending=2)
        assert told(refund(wechat_shop, "r1", 9800))[1]["status"] == "PROCESSING"
        assert told(refund(wechat_shop, "r1", 9800))[1]["status"] == "PROCESSING"
        states = [told(wechat_shop.query_refund("r1"))[1]["status"] for _ in range(2)]
        assert states == ["SUCCESS", "SUCCESS"]
        assert len(payments.trade("wechat", NUMBER)["refunds"]) == 1
