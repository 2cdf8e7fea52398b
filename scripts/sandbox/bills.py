"""The bills of a day, as the shop downloads them from Alipay and from WeChat Pay.

Sources: opendocs.alipay.com (业务明细账单) and pay.weixin.qq.com/doc/v3 (交易账单). Unlike at the
providers, the bill of a day is there at once and grows until the day is over.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from scripts.sandbox.books import Books, Refund, Trade
from scripts.sandbox.desk import Office
from scripts.sandbox.letters import BUYER, LOGON, fen, yuan
from scripts.sandbox.moments import beijing, stamp
from scripts.sandbox.trades import movements

ALIPAY_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
WECHAT_COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_SUMS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
TICKET_SECONDS = {"alipay": 30, "wechat": 300}
NONE = "0.00"


class GbkName(ZipInfo):
    """A member of a zip whose name is in GBK and does not say so, as Alipay's are."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (the name zipfile calls)
        return self.filename.encode("gbk"), self.flag_bits


def has_bill(books: Books, provider: str, day: str) -> bool:
    """Tell whether anything moved on a day of Beijing."""
    return bool(movements(books, provider, day))


def ticket(office: Office, provider: str, day: str) -> str:
    """Return what lets its bearer download the bill of a day, for a short time."""
    until = int(office.clock().timestamp()) + TICKET_SECONDS[provider]
    return f"{day}.{until}.{_seal(office, provider, day, str(until))}"


def day_of(office: Office, provider: str, shown: str) -> str | None:
    """Return the day a ticket is good for, None when it is not good."""
    day, _, rest = shown.partition(".")
    until, _, seal = rest.partition(".")
    genuine = hmac.compare_digest(seal.encode(), _seal(office, provider, day, until).encode())
    return day if genuine and office.clock().timestamp() <= int(until) else None


def _seal(office: Office, provider: str, day: str, until: str) -> str:
    key = office.credentials.wechatpay_api_key.encode()
    return hmac.new(key, f"{provider} {day} {until}".encode(), hashlib.sha256).hexdigest()


def _plain(text: str) -> str:
    """Return a text that breaks no line and no column."""
    return " ".join(text.replace(",", " ").replace("`", " ").split())


# Alipay


def alipay_zip(office: Office, day: str) -> bytes:
    """Return the zip with the details and the sums of a day, both in GBK."""
    lines = [_alipay_line(*moved) for moved in movements(office.books, "alipay", day)]
    seller = f"{office.credentials.alipay_seller}0156"
    head = [
        "#支付宝业务明细查询",
        f"#账号：[{seller}]",
        f"#起始日期：[{day} 00:00:00]   终止日期：[{day} 23:59:59]",
        "#-----------------------------------------业务明细列表----------------------------------------",
    ]
    tail = [
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#导出时间：[{beijing(stamp(office.clock()))}]",
    ]
    details = "\r\n".join([*head, ALIPAY_COLUMNS, *lines, *tail, ""])
    sums = "\r\n".join(["#支付宝业务汇总查询", f"#账号：[{seller}]", ""])
    packed = io.BytesIO()
    stem = f"{seller}_{day.replace('-', '')}_业务明细"
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in {f"{stem}.csv": details, f"{stem}(汇总).csv": sums}.items():
            archive.writestr(GbkName(name), text.encode("gbk", "replace"))
    return packed.getvalue()


def _alipay_line(trade: Trade, refund: Refund | None) -> str:
    amount = f"-{refund.amount}" if refund else trade.amount
    cells = [
        f"{trade.trade_no}\t",
        f"{trade.out_trade_no}\t",
        "退款" if refund else "交易",
        _plain(trade.subject),
        beijing(refund.at if refund else trade.at),
        beijing(refund.done_at if refund else trade.paid_at),
        *("", "", "", ""),
        LOGON,
        amount,
        amount,
        *(NONE, NONE, NONE, NONE, NONE),
        "",
        *(NONE, NONE),
        f"{refund.request_no}\t" if refund else "",
        *(NONE, NONE),
        "",
    ]
    return ",".join(cells)


# WeChat Pay


def wechat_csv(office: Office, day: str, kind: str = "ALL") -> bytes:
    """Return the bill of a day: ``ALL``, only payments (``SUCCESS``) or only refunds."""
    moved = [
        (trade, refund)
        for trade, refund in movements(office.books, "wechat", day)
        if kind == "ALL" or (kind == "REFUND") == (refund is not None)
    ]
    lines = [_ticked(_wechat_cells(office, *each)) for each in moved]
    paid = sum((fen(trade.amount) for trade, refund in moved if refund is None), 0)
    back = sum((fen(refund.amount) for _, refund in moved if refund is not None), 0)
    sums = [str(len(moved)), yuan(paid), yuan(back), NONE, "0.00000", yuan(paid), yuan(back)]
    text = "\r\n".join([WECHAT_COLUMNS, *lines, WECHAT_SUMS, _ticked(sums), ""])
    return text.encode("utf-8-sig")


def _ticked(cells: list[str]) -> str:
    """Return a line in which no spreadsheet takes a number for one."""
    return ",".join(f"`{cell}" for cell in cells)


def _wechat_cells(office: Office, trade: Trade, refund: Refund | None) -> list[str]:
    known = office.credentials
    back = refund.amount if refund else NONE
    return [
        beijing(refund.done_at if refund else trade.paid_at),
        known.wechatpay_app,
        known.wechatpay_merchant,
        "0",
        "",
        trade.trade_no,
        trade.out_trade_no,
        BUYER["wechat"],
        "NATIVE",
        "REFUND" if refund else "SUCCESS",
        "OTHERS",
        "CNY",
        NONE if refund else trade.amount,
        NONE,
        refund.refund_id if refund else "0",
        refund.request_no if refund else "0",
        back,
        NONE,
        "ORIGINAL" if refund else "",
        "SUCCESS" if refund else "",
        _plain(trade.subject),
        "",
        "0.00000",
        "0.60%",
        NONE if refund else trade.amount,
        back,
        "",
    ]
