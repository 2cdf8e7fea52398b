"""The bill of WeChat Pay: where it may be fetched, and what stands in it."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from environment import Url
from models.errors import RemoteFailed
from services.gateways.wechatpay_statement import BillPlace, bill_address, read_bill
from services.ports import StatementLine
from tests.services.gateways.wechatpay_desk import Counter, accepts, reply

PATH, FILE = "/v3/bill/tradebill", "/v3/billdownload/file"
DAY = date(2026, 11, 27)
PROVIDER = Url("https://api.mch.weixin.qq.com")
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
    "`2,`98.00,`10.00,`0.00,`0.53000,`98.00,`10.00",
)
TRADE, NUMBER = "4200000000202611270000000001", "W2026112700000001"
PAYMENT = StatementLine(NUMBER, TRADE, "", Decimal("98.00"))
REFUND = StatementLine(NUMBER, TRADE, "R1", Decimal("-10.00"))


def row(state: str, paid: str, repaid: str = "0.00", request: str = "0", status: str = "") -> str:
    cells = [
        *("2026-11-27 20:01:00", "wx0000000000000001", "1900000001", "0", ""),
        *(TRADE, NUMBER, "o0000000000000000000000001", "NATIVE", state, "OTHERS", "CNY"),
        *(paid, "0.00", "5000" if status else "0", request, repaid, "0.00"),
        *("ORIGINAL" if status else "", status, "茶, 杯", "", "0.59000", "0.60%", paid, repaid, ""),
    ]
    return ",".join(f"`{cell}" for cell in cells)


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, *SUMS, ""]).encode("utf-8-sig")


def place(file: bytes, url: str = "https://api.mch.weixin.qq.com/bill") -> BillPlace:
    digest = hashlib.sha1(file, usedforsecurity=False).hexdigest()
    return BillPlace(url, "SHA1", digest)


def read(file: bytes) -> list[StatementLine]:
    return list(read_bill(file, place(file)))


WHOLE = table(row("SUCCESS", "98.00"), row("REFUND", "0.00", "10.00", "R1", "SUCCESS"))


def offer(wechat: Counter, file: bytes, url: str = "", **changes: str) -> None:
    """Name a file in a signed answer; the file itself is not signed."""
    found = place(file, url or f"{wechat.desk.url}{FILE}?token=g44b%2D_-~*")
    told = {
        "hash_type": found.hash_type,
        "hash_value": found.hash_value,
        "download_url": found.download_url,
    }
    wechat.books.says |= {PATH: (200, told | changes), FILE: web.Response(body=file)}


async def test_a_bill_is_fetched_and_read(wechat: Counter) -> None:
    """The token is signed as it stands in the address, byte for byte."""
    offer(wechat, WHOLE)
    assert await wechat.gateway.statement(DAY) == (PAYMENT, REFUND)
    asked, fetched = wechat.desk.asked
    assert asked.target == f"{PATH}?bill_date=2026-11-27&bill_type=ALL"
    assert fetched.target == f"{FILE}?token=g44b%2D_-~*"
    assert accepts(fetched)


async def test_a_day_without_a_bill_has_no_movement(wechat: Counter) -> None:
    wechat.books.no(PATH, "NO_STATEMENT_EXIST")
    assert await wechat.gateway.statement(DAY) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"hash_value": "0" * 40},
        {"hash_type": "MD5"},
        {"download_url": "http://169.254.169.254/latest/"},
        {"download_url": ""},
    ],
)
async def test_only_the_file_that_was_announced_is_read(
    wechat: Counter, changes: dict[str, str]
) -> None:
    offer(wechat, WHOLE, **changes)
    with pytest.raises(RemoteFailed, match="agreed shape"):
        await wechat.gateway.statement(DAY)
    expected = 1 if "download_url" in changes else 2
    assert len(wechat.desk.asked) == expected


async def test_an_unsigned_announcement_is_none(wechat: Counter) -> None:
    """WX-7 for bills."""
    offer(wechat, WHOLE)
    wechat.books.says[PATH] = reply(200, {"download_url": f"{wechat.desk.url}{FILE}"}, {})
    with pytest.raises(RemoteFailed, match="not signed"):
        await wechat.gateway.statement(DAY)
    assert [urlsplit(asked.target).path for asked in wechat.desk.asked] == [PATH]


async def test_a_refused_or_unready_bill_is_a_failure(wechat: Counter) -> None:
    wechat.books.no(PATH, "STATEMENT_CREATING")
    with pytest.raises(RemoteFailed, match="STATEMENT_CREATING"):
        await wechat.gateway.statement(DAY)
    offer(wechat, WHOLE)
    wechat.books.says[FILE] = web.Response(status=403)
    with pytest.raises(RemoteFailed, match="403"):
        await wechat.gateway.statement(DAY)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.mch.weixin.qq.com/bill",
        "https://api.mch.weixin.qq.com:8443/bill",
        "https://api.mch.weixin.qq.com.evil.example/bill",
        "https://evil.example/bill?https://api.mch.weixin.qq.com/",
        "https://api.mch.weixin.qq.com@evil.example/bill",
        "https://evil.example\\@api.mch.weixin.qq.com/bill",
        "https://api.mch.weixin.qq.com/bill\r\nHost: evil.example",
        "https://api.mch.weixin.qq.com",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_address_gets_our_signature(url: str) -> None:
    with pytest.raises(ValueError, match="foreign"):
        bill_address(url, PROVIDER)
    good = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=x"
    assert bill_address(good, PROVIDER) == good


def test_a_refund_that_failed_moved_nothing() -> None:
    failed = row("REFUND", "0.00", "10.00", "R1", "FAIL")
    under_way = row("REFUND", "0.00", "10.00", "R1", "PROCESSING")
    assert read(table(failed, under_way, row("REVOKED", "0.00", "10.00", "R1"))) == [REFUND] * 2


def test_a_bill_of_nothing_is_empty() -> None:
    assert read(table()) == []


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"<html>",
        table(row("SUCCESS", "98.00"), header=HEADER.replace("申请退款金额", "退款")),
        table(row("SUCCESS", "98.001")),
        table(row("SUCCESS", "")),
        table(row("SUCCESS", "98.00") + ",`more"),
        table(row("SUCCESS", "98.00").rpartition(",")[0]),
        WHOLE.decode("utf-8-sig").encode("gbk"),
    ],
)
def test_what_is_no_bill_is_not_taken_for_an_empty_one(file: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - one kind of failure for whatever is wrong
        read(file)
