"""What the server of the shop asks of Alipay: an independent implementation is the shop."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from alipay.exceptions import AliPayException, AliPayValidationError

from keys import PrivateKey
from scripts.stack.passwords import Passwords
from scripts.stack.sandbox import Sandbox
from tests.merchants import (
    AMOUNT,
    NUMBER,
    alipay_of,
    in_beijing,
    opened,
    page,
    paid,
    pem,
)
from tests.sandbox import SandboxClient
from tests.scripts.sandbox.conftest import CREDENTIALS

STRANGER = Passwords().alipay_key


class TestInterfaces:
    """What the server of the shop asks; the library verifies every signature (ALI-6)."""

    def test_a_trade_from_its_beginning_to_its_end(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        unknown = alipay_shop.api_alipay_trade_query(NUMBER)
        assert (unknown["code"], unknown["sub_code"]) == ("40004", "ACQ.TRADE_NOT_EXIST")
        opened(payments, page(alipay_shop))
        waiting = alipay_shop.api_alipay_trade_query(NUMBER)
        assert (waiting["trade_status"], waiting["total_amount"]) == ("WAIT_BUYER_PAY", AMOUNT)
        assert waiting["buyer_pay_amount"] == "0.00"
        payments.pay("alipay", NUMBER)
        known = alipay_shop.api_alipay_trade_query(NUMBER)
        assert (known["code"], known["trade_status"]) == ("10000", "TRADE_SUCCESS")
        assert known["buyer_pay_amount"] == known["receipt_amount"] == AMOUNT
        by_number = alipay_shop.api_alipay_trade_query(trade_no=known["trade_no"])
        assert by_number["out_trade_no"] == NUMBER
        assert payments.trade("alipay", NUMBER)["times"] == 3

    def test_what_waits_can_be_closed(self, payments: SandboxClient, alipay_shop: Any) -> None:
        assert alipay_shop.api_alipay_trade_close(NUMBER)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
        opened(payments, page(alipay_shop))
        assert alipay_shop.api_alipay_trade_close(NUMBER)["code"] == "10000"
        assert alipay_shop.api_alipay_trade_query(NUMBER)["trade_status"] == "TRADE_CLOSED"
        assert alipay_shop.api_alipay_trade_close(NUMBER)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
        assert "ACQ.TRADE_HAS_CLOSE" in opened(payments, page(alipay_shop)).text
        paid(payments, alipay_shop, "2")
        assert alipay_shop.api_alipay_trade_close("2")["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
        assert payments.trade("alipay", "2")["state"] == "paid"

    def test_a_repeated_refund_sends_money_once(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        """ALI-6: the request number decides, ``fund_change`` tells."""
        paid(payments, alipay_shop)
        asked = {"out_trade_no": NUMBER, "out_request_no": "r1"}
        answers = [alipay_shop.api_alipay_trade_refund("98.00", **asked) for _ in range(3)]
        assert [each["fund_change"] for each in answers] == ["Y", "N", "N"]
        assert {each["refund_fee"] for each in answers} == {"98.00"}
        (refund,) = payments.trade("alipay", NUMBER)["refunds"]
        assert (refund["request_no"], refund["amount"], refund["done"]) == ("r1", "98.00", True)
        assert alipay_shop.api_alipay_trade_query(NUMBER)["trade_status"] == "TRADE_CLOSED"
        known = alipay_shop.api_alipay_trade_fastpay_refund_query("r1", out_trade_no=NUMBER)
        assert (known["refund_status"], known["refund_amount"]) == ("REFUND_SUCCESS", "98.00")

    def test_parts_go_back_one_by_one(self, payments: SandboxClient, alipay_shop: Any) -> None:
        paid(payments, alipay_shop)

        def refund(amount: str, **asked: str) -> dict[str, Any]:
            return dict(alipay_shop.api_alipay_trade_refund(amount, out_trade_no=NUMBER, **asked))

        assert refund("1.00")["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
        assert refund("1.00", out_request_no="a")["refund_fee"] == "1.00"
        assert refund("2.00", out_request_no="b")["refund_fee"] == "3.00"
        assert alipay_shop.api_alipay_trade_query(NUMBER)["trade_status"] == "TRADE_SUCCESS"
        repeated = refund("3.00", out_request_no="b")
        assert repeated["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
        more = refund("95.01", out_request_no="c")
        assert more["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
        assert refund("95.00", out_request_no="c")["fund_change"] == "Y"
        assert refund("0.01", out_request_no="d")["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
        trade = payments.trade("alipay", NUMBER)
        assert [each["amount"] for each in trade["refunds"]] == ["1.00", "2.00", "95.00"]
        assert trade["state"] == "refunded"

    def test_nothing_goes_back_of_nothing(self, payments: SandboxClient, alipay_shop: Any) -> None:
        asked = {"out_trade_no": NUMBER, "out_request_no": "r1"}
        unknown = alipay_shop.api_alipay_trade_refund(AMOUNT, **asked)
        assert unknown["sub_code"] == "ACQ.TRADE_NOT_EXIST"
        opened(payments, page(alipay_shop))
        waiting = alipay_shop.api_alipay_trade_refund(AMOUNT, **asked)
        assert waiting["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
        payments.pay("alipay", NUMBER)
        never = alipay_shop.api_alipay_trade_fastpay_refund_query("r1", out_trade_no=NUMBER)
        assert (never["code"], "refund_status" in never) == ("10000", False)
        assert payments.trade("alipay", NUMBER)["refunds"] == []

    def test_a_refund_may_take_its_time(self, payments: SandboxClient, alipay_shop: Any) -> None:
        paid(payments, alipay_shop)
        payments.fault("alipay", refund_pending=2)
        asked = {"out_trade_no": NUMBER, "out_request_no": "r1"}
        assert alipay_shop.api_alipay_trade_refund(AMOUNT, **asked)["fund_change"] == "N"
        states = [
            alipay_shop.api_alipay_trade_fastpay_refund_query("r1", out_trade_no=NUMBER).get(
                "refund_status"
            )
            for _ in range(3)
        ]
        assert states == [None, "REFUND_SUCCESS", "REFUND_SUCCESS"]
        assert payments.trade("alipay", NUMBER)["state"] == "refunded"

    def test_the_signature_covers_the_bytes_as_they_are(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        paid(payments, alipay_shop)
        day = in_beijing()[:10]
        query = alipay_shop.client_api(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": day},
        )
        body = opened(payments, query).body
        start, end = b'{"alipay_data_dataservice_bill_downloadurl_query_response":', b',"sign":"'
        assert body.startswith(start)
        raw = body[len(start) : body.index(end)]
        assert b"\\/" in raw
        key = PrivateKey(CREDENTIALS.alipay_provider_key).public
        assert key.verifies(raw, json.loads(body)["sign"])

    @pytest.mark.parametrize(
        ("other", "code"),
        [
            ({"appid": "1"}, "isv.invalid-app-id"),
            ({"app_private_key_string": pem("PRIVATE KEY", STRANGER)}, "isv.invalid-signature"),
        ],
        ids=["app", "key"],
    )
    def test_only_the_shop_may_ask(
        self,
        payments: SandboxClient,
        providers: Sandbox,
        alipay_shop: Any,
        other: dict[str, str],
        code: str,
    ) -> None:
        paid(payments, alipay_shop)
        stranger = alipay_of(CREDENTIALS, providers.url, **other)
        answer = stranger.api_alipay_trade_query(NUMBER)
        assert (answer["code"], answer["sub_code"]) == ("40002", code)
        assert stranger.api_alipay_trade_refund(AMOUNT, NUMBER)["sub_code"] == code
        assert payments.trade("alipay", NUMBER)["refunds"] == []

    def test_an_unknown_method_is_an_error(self, alipay_shop: Any) -> None:
        with pytest.raises(AliPayException, match=r"isv\.invalid-method"):
            alipay_shop.server_api("alipay.trade.sell", {})


class TestFaults:
    """How calls go wrong on demand."""

    def test_replies_that_prove_nothing(self, payments: SandboxClient, alipay_shop: Any) -> None:
        paid(payments, alipay_shop)
        payments.fault("alipay", unsigned=True)
        with pytest.raises(AliPayException, match="TRADE_SUCCESS"):
            alipay_shop.api_alipay_trade_query(NUMBER)
        payments.fault("alipay", unsigned="wrong")
        with pytest.raises(AliPayValidationError):
            alipay_shop.api_alipay_trade_query(NUMBER)
        assert alipay_shop.api_alipay_trade_query(NUMBER)["code"] == "10000"

    def test_a_refund_whose_answer_is_lost_is_done(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        paid(payments, alipay_shop)
        payments.fault("alipay", drop_after_accept=True)
        with pytest.raises(OSError):  # noqa: PT011 (closed by whichever side notices first)
            alipay_shop.api_alipay_trade_refund(AMOUNT, NUMBER, out_request_no="r1")
        assert [each["done"] for each in payments.trade("alipay", NUMBER)["refunds"]] == [True]
        again = alipay_shop.api_alipay_trade_refund(AMOUNT, NUMBER, out_request_no="r1")
        assert again["fund_change"] == "N"

    def test_refusals_on_demand(self, payments: SandboxClient, alipay_shop: Any) -> None:
        paid(payments, alipay_shop)
        payments.fault("alipay", refuse=True)
        assert alipay_shop.api_alipay_trade_query(NUMBER)["sub_code"] == "ACQ.ACCESS_FORBIDDEN"
        payments.fault("alipay", refuse="ACQ.SELLER_BALANCE_NOT_ENOUGH")
        refused = alipay_shop.api_alipay_trade_refund(AMOUNT, NUMBER)
        assert refused["sub_code"] == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
        assert payments.trade("alipay", NUMBER)["refunds"] == []

    def test_a_fault_hits_no_page(self, payments: SandboxClient, alipay_shop: Any) -> None:
        payments.fault("alipay", status=503)
        assert opened(payments, page(alipay_shop)).status == 200
        with pytest.raises(OSError, match="503"):
            alipay_shop.api_alipay_trade_query(NUMBER)


class TestBill:
    """The bill of a day."""

    def lines(self, alipay_shop: Any, day: str) -> list[list[str]]:
        place = alipay_shop.server_api(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": day},
        )
        with urlopen(place["bill_download_url"], timeout=10) as reply:  # noqa: S310 (http)
            archive = zipfile.ZipFile(io.BytesIO(reply.read()))
        names = [each.encode("cp437").decode("gbk") for each in archive.namelist()]
        assert [name.rpartition("_")[2] for name in names] == ["业务明细.csv", "业务明细(汇总).csv"]
        text = archive.read(archive.namelist()[0]).decode("gbk")
        return [line.split(",") for line in text.splitlines() if not line.startswith("#")]

    def test_it_lists_payments_and_refunds(self, payments: SandboxClient, alipay_shop: Any) -> None:
        for number in ("1", "2"):
            paid(payments, alipay_shop, number)
        opened(payments, page(alipay_shop, "3"))
        alipay_shop.api_alipay_trade_refund("0.50", "2", out_request_no="r1")
        header, *rows = self.lines(alipay_shop, in_beijing()[:10])
        assert len(header) == 25
        assert {len(row) for row in rows} == {25}
        found = [dict(zip(header, map(str.strip, row), strict=True)) for row in rows]
        told = [
            (
                each["商户订单号"],
                each["业务类型"],
                each["订单金额（元）"],
                each["退款批次号/请求号"],
            )
            for each in found
        ]
        assert told == [
            ("1", "交易", AMOUNT, ""),
            ("2", "交易", AMOUNT, ""),
            ("2", "退款", "-0.50", "r1"),
        ]
        numbers = {each["out_trade_no"]: each["trade_no"] for each in payments.books("alipay")}
        assert all(each["支付宝交易号"] == numbers[each["商户订单号"]] for each in found)

    def test_a_day_without_movements_has_none(
        self, payments: SandboxClient, alipay_shop: Any
    ) -> None:
        paid(payments, alipay_shop)
        method = "alipay.data.dataservice.bill.downloadurl.query"
        none = alipay_shop.server_api(method, {"bill_type": "trade", "bill_date": "2020-01-01"})
        assert (none["code"], none["sub_code"]) == ("40004", "isp.bill_not_exist")
        odd = alipay_shop.server_api(method, {"bill_type": "trade", "bill_date": "2020-02-30"})
        assert odd["code"] == "40004"

    @pytest.mark.parametrize("ticket", ["", "x", "2026-01-01.99999999999.0", "a.b.c", "é.1.é"])
    def test_nobody_else_gets_it(
        self, payments: SandboxClient, alipay_shop: Any, ticket: str
    ) -> None:
        paid(payments, alipay_shop)
        query = urlencode({"fileId": ticket})
        assert payments.ask(f"/alipay/downloadBillFile.resource?{query}").status == 403
