"""The bill of Alipay: where it may be fetched, and what stands in it."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from aiohttp import web

from environment import Url
from models.errors import RemoteFailed
from services.gateways.alipay_statement import bill_address, read_bill
from services.ports import StatementLine
from tests.services.gateways.alipay_desk import FORGER, Counter, content, reply

METHOD = "alipay.data.dataservice.bill.downloadurl.query"
DAY = date(2026, 11, 27)
GATEWAY = Url("http://127.0.0.1:9000/gateway.do")
HEADER = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
SUMMARY = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）"
PAYMENT = StatementLine("P2026112700000001", "2026112722001400000000000001", "", Decimal("98.00"))
REFUND = StatementLine("P2026112700000001", "2026112722001400000000000001", "R1", Decimal("-10.00"))


def row(kind: str, amount: str, request: str = "", name: str = "茶，杯") -> str:
    cells = [
        *(f"{PAYMENT.trade_no}\t", f"{PAYMENT.out_trade_no}\t", f"{kind}\t", f"{name}\t"),
        *("2026-11-27 20:00:00", "2026-11-27 20:01:00", "\t", "\t", "\t", "\t"),
        *("*兰(lan***@example.com)\t", amount, amount, *["0.00"] * 5, "\t", "0.00", "0.00"),
        *(f"{request}\t", "-0.59", "0.00", "\t"),
    ]
    return ",".join(cells)


def table(*rows: str, header: str = HEADER) -> bytes:
    lines = [
        "#支付宝业务明细查询",
        "#账号：[20880000000000010156]",
        "#起始日期：[2026年11月27日 00:00:00]   终止日期：[2026年11月28日 00:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        header,
        *rows,
        "#-----------------------------------------业务明细列表结束------------------------------------",
        "#交易合计：1笔，商家实收共98.00元，商家优惠共0.00元",
        "#导出时间：[2026年11月28日 09:00:00]",
        "",
    ]
    return "\r\n".join(lines).encode("gbk")


def archive(*tables: bytes) -> bytes:
    """Pack tables with names in GBK, the one that sums up first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for number, each in enumerate(tables):
            files.writestr(f"20880000000000010156_20261127_{number}.csv", each)
    return packed.getvalue()


WHOLE = archive(
    table("\t,合计\t,1,1,98.00,98.00", header=SUMMARY),
    table(row("交易", "98.00"), row("退款", "-10.00", "R1")),
)


async def test_a_bill_is_fetched_and_read(alipay: Counter) -> None:
    place = f"{alipay.desk.url}/downloadBillFile.resource?bizType=trade&fileId=%2Fbill%2A"
    alipay.books.says |= {METHOD: {"code": "10000", "bill_download_url": place}, "download": WHOLE}
    assert await alipay.gateway.statement(DAY) == (PAYMENT, REFUND)
    asked, fetched = alipay.desk.asked
    assert content(asked) == {"method": METHOD, "bill_type": "trade", "bill_date": "2026-11-27"}
    assert fetched.target == "/downloadBillFile.resource?bizType=trade&fileId=%2Fbill%2A"


@pytest.mark.parametrize("reason", ["isp.bill_not_exist", "BILL_NOT_EXIST"])
async def test_a_day_without_a_bill_has_no_movement(alipay: Counter, reason: str) -> None:
    alipay.books.no(METHOD, reason)
    assert await alipay.gateway.statement(DAY) == ()


async def test_no_forged_or_foreign_address_is_fetched(alipay: Counter) -> None:
    """Our server asks no other host, whoever names it."""
    good = {"code": "10000", "bill_download_url": f"{alipay.desk.url}/bill"}
    foreign = {"code": "10000", "bill_download_url": "http://169.254.169.254/latest/"}
    for said in (reply(METHOD, good, by=FORGER), foreign, {"code": "40004", "sub_code": "isv.x"}):
        alipay.books.says |= {METHOD: said, "download": WHOLE}
        with pytest.raises(RemoteFailed):
            await alipay.gateway.statement(DAY)
    assert [asked.method for asked in alipay.desk.asked] == ["POST"] * 3


async def test_a_bill_that_cannot_be_read_is_a_failure_that_names_nobody(alipay: Counter) -> None:
    place = {"code": "10000", "bill_download_url": f"{alipay.desk.url}/bill"}
    alipay.books.says |= {METHOD: place, "download": archive(table(row("交易", "lan")))}
    with pytest.raises(RemoteFailed, match="agreed shape") as caught:
        await alipay.gateway.statement(DAY)
    assert caught.value.__suppress_context__
    alipay.desk.faults.append(lambda _: web.Response(status=503))
    with pytest.raises(RemoteFailed):
        await alipay.gateway.statement(DAY)


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        ("http://127.0.0.1:9000/bill?x=%2B", "http://127.0.0.1:9000/bill?x=%2B"),
        (
            "http://dwbillcenter.alipay.com/downloadBillFile.resource?fileId=1",
            "https://dwbillcenter.alipay.com/downloadBillFile.resource?fileId=1",
        ),
        ("https://a.b.alipayobjects.com/x", "https://a.b.alipayobjects.com/x"),
    ],
)
def test_bills_lie_at_alipay_or_at_the_gateway(url: str, fetched: str) -> None:
    assert bill_address(url, GATEWAY) == fetched


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/bill",
        "https://127.0.0.1:9000/bill",
        "http://127.0.0.1/bill",
        "http://localhost:9000/bill",
        "http://evilalipay.com/bill",
        "http://alipay.com/bill",
        "http://alipay.com.evil.example/bill",
        "http://dwbillcenter.alipay.com:8080/bill",
        "http://dwbillcenter.alipay.com@evil.example/bill",
        "http://evil.example\\@dwbillcenter.alipay.com/bill",
        "http://evil.example#.alipay.com/bill",
        "http://evil.example?.alipay.com/bill",
        "ftp://dwbillcenter.alipay.com/bill",
        "file:///etc/passwd",
        "//dwbillcenter.alipay.com/bill",
        "http://dwbillcenter.alipay.com/bill\r\nHost: evil.example",
        " http://dwbillcenter.alipay.com/bill",
        "http://dwbillcenter。alipay.com/bill",
        "",
    ],
)
def test_no_other_address_is_a_bill(url: str) -> None:
    with pytest.raises(ValueError, match=r"host|address"):
        bill_address(url, GATEWAY)


def test_a_refund_takes_money_away_however_it_is_written() -> None:
    assert read_bill(archive(table(row("退款", "10.00", "R1")))) == (REFUND,)
    assert read_bill(archive(table(row("交易退款", "-10", "R1")))) == (REFUND,)


def test_a_bill_of_nothing_is_empty() -> None:
    assert read_bill(archive(table())) == ()


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"<html>",
        archive(),
        archive(table("\t,合计\t,1,1,98.00,98.00", header=SUMMARY)),
        archive(table(row("交易", "98.001"))),
        archive(table(row("交易", ""))),
        archive(table(row("交易", "98.00") + ",more")),
        archive(table(row("交易", "98.00").rpartition(",")[0])),
        archive(b"\xff\xff\xff"),
        WHOLE[:-30],
        WHOLE.replace(WHOLE[60:70], b"\x00" * 10),
    ],
)
def test_what_is_no_bill_is_not_taken_for_an_empty_one(packed: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - one kind of failure for whatever is wrong
        read_bill(packed)


def test_an_archive_that_unpacks_without_end_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = archive(b" " * 2_000_000)
    monkeypatch.setattr("services.gateways.alipay_statement.LARGEST_TABLE", 1_000_000)
    with pytest.raises(ValueError, match="too large"):
        read_bill(bomb)
