"""Who may ask WeChat Pay v3, what it signs, and its bills."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from keys import PrivateKey
from scripts.stack.passwords import Passwords
from scripts.stack.sandbox import Sandbox
from tests.merchants import NUMBER, in_beijing, ordered, refund, refused, state, told, wechat_of
from tests.sandbox import Answer, SandboxClient
from tests.scripts.sandbox.conftest import CREDENTIALS

STRANGER = Passwords().wechatpay_key
BASE = "/wechat/v3"


class TestCallers:
    """Who may ask."""

    def asked(self, payments: SandboxClient, **changes: Any) -> Answer:
        """Ask about an order with an own signature, parts of which may be wrong."""
        path = f"{BASE}/pay/transactions/out-trade-no/{NUMBER}?mchid=1900000001"
        said = {
            "mchid": CREDENTIALS.wechatpay_merchant,
            "nonce_str": f"{time.time_ns()}",
            "timestamp": str(int(time.time())),
            "serial_no": CREDENTIALS.wechatpay_serial,
            "path": f"/sandbox{path}",
            "body": "",
            "key": CREDENTIALS.wechatpay_key,
        } | changes
        lines = ("GET", said["path"], said["timestamp"], said["nonce_str"], said["body"])
        sign = PrivateKey(said["key"]).sign("".join(f"{line}\n" for line in lines).encode())
        parts = {name: said[name] for name in ("mchid", "nonce_str", "timestamp", "serial_no")}
        parts |= {"signature": sign}
        listed = ",".join(f'{name}="{text}"' for name, text in parts.items())
        scheme = changes.get("scheme", "WECHATPAY2-SHA256-RSA2048")
        return payments.ask(path, headers={"Authorization": f"{scheme} {listed}"})

    def test_the_whole_path_or_that_from_v3_is_signed(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        ordered(wechat_shop)
        short = f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid=1900000001"
        for path in ({}, {"path": short}):
            assert self.asked(payments, **path).status == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"mchid": "1900000999"},
            {"serial_no": "0"},
            {"timestamp": str(int(time.time()) - 100_000)},
            {"timestamp": "now"},
            {"key": STRANGER},
            {"path": "/v3/other"},
            {"body": "{}"},
            {"scheme": "WECHATPAY2-RSA"},
            {"scheme": ""},
        ],
        ids="-".join,
    )
    def test_others_are_refused(
        self, payments: SandboxClient, wechat_shop: Any, changes: dict[str, str]
    ) -> None:
        ordered(wechat_shop)
        reply = self.asked(payments, **changes)
        assert (reply.status, reply.json["code"]) == (401, "SIGN_ERROR")

    @pytest.mark.parametrize(("skew", "status"), [(-295, 200), (295, 200), (-305, 401), (305, 401)])
    def test_five_minutes_are_the_limit(
        self, payments: SandboxClient, wechat_shop: Any, skew: int, status: int
    ) -> None:
        """WX-1, from the other side."""
        ordered(wechat_shop)
        assert self.asked(payments, timestamp=str(int(time.time()) + skew)).status == status

    def test_a_request_is_good_once(self, payments: SandboxClient, wechat_shop: Any) -> None:
        ordered(wechat_shop)
        same = {"nonce_str": "n1", "timestamp": str(int(time.time()))}
        assert [self.asked(payments, **same).status for _ in range(2)] == [200, 401]
        later = same | {"timestamp": str(int(time.time()) + 1)}
        assert self.asked(payments, **later).status == 200

    def test_a_stranger_orders_nothing(self, payments: SandboxClient, providers: Sandbox) -> None:
        stranger = wechat_of(
            CREDENTIALS, providers.url, notify_url="http://evil.example/n", private_key=STRANGER
        )
        answer = stranger.pay("包", NUMBER, {"total": 1, "currency": "CNY"})
        assert refused(answer) == (401, "SIGN_ERROR")
        assert payments.books("wechat") == []


class TestReplies:
    """What the simulator signs."""

    def test_errors_are_signed_too(self, payments: SandboxClient, wechat_shop: Any) -> None:
        reply = TestCallers().asked(payments)
        assert reply.status == 404
        stamp, nonce = (reply.headers[f"wechatpay-{name}"] for name in ("timestamp", "nonce"))
        assert reply.headers["wechatpay-serial"] == CREDENTIALS.wechatpay_provider_serial
        key = PrivateKey(CREDENTIALS.wechatpay_provider_key).public
        signed = f"{stamp}\n{nonce}\n".encode() + reply.body + b"\n"
        assert key.verifies(signed, reply.headers["wechatpay-signature"])
        assert not key.verifies(signed + b" ", reply.headers["wechatpay-signature"])

    def test_replies_that_prove_nothing(self, payments: SandboxClient, wechat_shop: Any) -> None:
        """WX-7: the control is that the library refuses them."""
        ordered(wechat_shop)
        payments.fault("wechat", unsigned=True)
        with pytest.raises(Exception, match="does not support this algorithm"):
            wechat_shop.query(out_trade_no=NUMBER)
        payments.fault("wechat", unsigned="wrong")
        with pytest.raises(Exception, match="failed to verify the signature"):
            wechat_shop.query(out_trade_no=NUMBER)
        assert state(wechat_shop) == "NOTPAY"

    def test_a_refund_whose_answer_is_lost_is_done(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        payments.fault("wechat", drop_after_accept=True)
        with pytest.raises(OSError, match="without response"):
            refund(wechat_shop, "r1", 9800)
        assert [each["done"] for each in payments.trade("wechat", NUMBER)["refunds"]] == [True]

    def test_refusals_on_demand(self, payments: SandboxClient, wechat_shop: Any) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        payments.fault("wechat", refuse=True)
        assert refused(wechat_shop.query(out_trade_no=NUMBER)) == (403, "NO_AUTH")
        payments.fault("wechat", refuse="SYSTEM_ERROR")
        assert refused(wechat_shop.query(out_trade_no=NUMBER)) == (500, "SYSTEM_ERROR")
        payments.fault("wechat", refuse="NOT_ENOUGH")
        assert refused(refund(wechat_shop, "r1", 9800)) == (403, "NOT_ENOUGH")
        assert payments.trade("wechat", NUMBER)["refunds"] == []


class TestBill:
    """The bill of a day."""

    @pytest.mark.parametrize("packed", ["", "GZIP"])
    def test_it_lists_payments_and_refunds(
        self, payments: SandboxClient, wechat_shop: Any, packed: str
    ) -> None:
        for number in ("111111", NUMBER):
            ordered(wechat_shop, number)
            payments.pay("wechat", number)
        ordered(wechat_shop, "333333")
        refund(wechat_shop, "r1", 50)
        status, place = told(wechat_shop.trade_bill(in_beijing()[:10], tar_type=packed))
        assert (status, place["hash_type"]) == (200, "SHA1")
        status, file = wechat_shop.download_bill(place["download_url"])
        text = gzip.decompress(file) if packed else file
        assert hashlib.sha1(text).hexdigest() == place["hash_value"]  # noqa: S324 (their rule)
        lines = text.decode("utf-8-sig").split("\r\n")
        header = lines[0].split(",")
        cells = [line.split(",`") for line in lines[1:4]]
        assert [cell[0][0] for cell in cells] == ["`", "`", "`"]
        found = [dict(zip(header, row, strict=True)) for row in cells]
        names = ("商户订单号", "交易状态", "订单金额", "商户退款单号", "退款金额")
        assert [tuple(each[name] for name in names) for each in found] == [
            ("111111", "SUCCESS", "98.00", "0", "0.00"),
            (NUMBER, "SUCCESS", "98.00", "0", "0.00"),
            (NUMBER, "REFUND", "0.00", "r1", "0.50"),
        ]
        assert lines[5] == "`3,`196.00,`0.50,`0.00,`0.00000,`196.00,`0.50"

    def test_a_day_without_movements_has_none(
        self, payments: SandboxClient, wechat_shop: Any
    ) -> None:
        assert refused(wechat_shop.trade_bill("2020-01-01")) == (400, "NO_STATEMENT_EXIST")
        assert refused(wechat_shop.trade_bill("2020-02-30")) == (400, "PARAM_ERROR")
        assert refused(wechat_shop.trade_bill("2020-01-01", "X")) == (400, "PARAM_ERROR")

    def test_nobody_else_gets_it(self, payments: SandboxClient, wechat_shop: Any) -> None:
        ordered(wechat_shop)
        payments.pay("wechat", NUMBER)
        _, place = told(wechat_shop.trade_bill(in_beijing()[:10], tar_type=""))
        address = urlsplit(place["download_url"])
        path = address.path.removeprefix("/sandbox")
        assert payments.ask(f"{path}?{address.query}").status == 401
        status, text = wechat_shop.download_bill(f"{place['download_url']}0")
        assert (status, json.loads(text)["code"]) == (400, "INVALID_REQUEST")
