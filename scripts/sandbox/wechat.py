"""The simulator of WeChat Pay, interface version 3: Native payment and bills.

Source: pay.weixin.qq.com/doc/v3 (Native下单, 查询订单, 关闭订单, 申请交易账单,
下载账单).
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec

from scripts.sandbox import bills
from scripts.sandbox.books import Trade
from scripts.sandbox.faults import Fault
from scripts.sandbox.letters import wechat_transaction, yuan
from scripts.sandbox.moments import is_day, stamp
from scripts.sandbox.trades import OPEN, close, trade_of
from scripts.sandbox.wechat_calls import (
    BASE,
    Address,
    Fen,
    Refusal,
    WechatDesk,
    check_address,
    impossible,
    wrong,
)

CODE_LIFE = timedelta(hours=2)
LONGEST = timedelta(days=7)
KINDS = {"ALL", "SUCCESS", "REFUND"}

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*]{6,32}$(?!\n)")]


class Price(msgspec.Struct):
    """What an order costs, in fen."""

    total: Fen
    currency: str = "CNY"


class NativeOrder(msgspec.Struct):
    """What the shop orders a code for."""

    appid: str
    mchid: str
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=127)]
    out_trade_no: Number
    notify_url: Address
    amount: Price
    time_expire: str = ""


class Closing(msgspec.Struct):
    """Who closes an order."""

    mchid: str


class NativeHandler(WechatDesk):
    """Orders a code to be scanned."""

    async def post(self) -> None:
        """Answer ``code_url``; the same order again gives the same one while it is good."""
        await self.answer(self._order)

    def _order(self, _: Fault) -> tuple[int, Any]:
        order, known = self.told(NativeOrder), self.office.credentials
        if order.mchid != known.wechatpay_merchant:
            raise Refusal(400, "MCH_NOT_EXISTS", "商户号不存在")
        if order.appid != known.wechatpay_app:
            raise Refusal(400, "APPID_MCHID_NOT_MATCH", "appid与mchid不匹配")
        check_address(order.notify_url)
        trade = trade_of(self.office, "wechat", order.out_trade_no)
        if trade is None:
            trade = self._new(order)
        else:
            self._check_again(trade, order)
        now = stamp(self.office.clock())
        if not trade.code_url or now >= trade.code_until:
            trade.code_url = f"weixin://wxpay/bizpayurl?pr={secrets.token_urlsafe(8)}"
            trade.code_until = stamp(self.office.clock() + CODE_LIFE)
        trade.times += 1
        self.office.books.trade(trade)
        return 200, {"code_url": trade.code_url}

    def _new(self, order: NativeOrder) -> Trade:
        end = self._end(order.time_expire)
        if end <= self.office.clock():
            raise wrong("time_expire时间过期")
        return Trade(
            provider="wechat",
            out_trade_no=order.out_trade_no,
            amount=yuan(order.amount.total),
            subject=order.description,
            expires_at=stamp(end),
            notify_url=order.notify_url,
            request=_digest(order),
        )

    def _end(self, text: str) -> datetime:
        now = self.office.clock()
        if not text:
            return now + LONGEST
        try:
            end = datetime.fromisoformat(text)
        except ValueError as fault:
            raise wrong("time_expire格式有误") from fault
        if end.tzinfo is None:
            raise wrong("time_expire格式有误")
        return end.astimezone(now.tzinfo)

    def _check_again(self, trade: Trade, order: NativeOrder) -> None:
        """Raise ``Refusal`` unless a known order may get a code once more."""
        if trade.request != _digest(order):
            raise impossible("请求重入时，参数与首次请求时不一致")
        if trade.paid_at:
            raise Refusal(400, "ORDERPAID", "该订单已支付")
        if trade.state not in OPEN:
            raise Refusal(400, "ORDER_CLOSED", "该订单已关闭")
        if self._end(order.time_expire) <= self.office.clock():
            raise wrong("time_expire时间过期")


def _digest(order: NativeOrder) -> str:
    return hashlib.sha256(msgspec.json.encode(order)).hexdigest()


class OrderDesk(WechatDesk):
    """A handler about one order."""

    def known(self, number: str, mchid: str, *, transaction_id: str = "") -> Trade:
        """Return an order of this merchant; raises ``Refusal``."""
        if mchid != self.office.credentials.wechatpay_merchant:
            raise wrong("mchid有误")
        trade = trade_of(self.office, "wechat", number, transaction_id)
        if trade is None or (transaction_id and not trade.paid_at):
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        return trade


class OrderHandler(OrderDesk):
    """How an order stands, by the number of the shop or, once it is paid, by that of WeChat."""

    async def get(self, kind: str, number: str) -> None:
        """Answer the order."""
        await self.answer(lambda _: self._told(kind, number))

    def _told(self, kind: str, number: str) -> tuple[int, Any]:
        mchid = self.get_query_argument("mchid", "")
        if kind == "id":
            trade = self.known("", mchid, transaction_id=number)
        else:
            trade = self.known(number, mchid)
        trade.times += 1
        return 200, wechat_transaction(self.office.credentials, trade)


class CloseHandler(OrderDesk):
    """Closes an order that waits."""

    async def post(self, number: str) -> None:
        """Answer nothing, 204, when it is closed now."""
        await self.answer(lambda _: self._close(number))

    def _close(self, number: str) -> tuple[int, Any]:
        trade = self.known(number, self.told(Closing).mchid)
        if trade.paid_at:
            raise Refusal(400, "ORDERPAID", "该订单已支付")
        if trade.state not in OPEN:
            raise Refusal(400, "ORDER_CLOSED", "该订单已关闭")
        close(self.office, trade)
        return 204, None


class TradeBillHandler(WechatDesk):
    """Where the bill of a day can be had."""

    async def get(self) -> None:
        """Answer the address, for five minutes, and the digest of what is behind it."""
        await self.answer(lambda _: self._bill())

    def _bill(self) -> tuple[int, Any]:
        names = {"bill_date": "", "bill_type": "ALL", "tar_type": ""}
        day, kind, tar = (self.get_query_argument(*each) for each in names.items())
        if not is_day(day) or kind not in KINDS or tar not in {"", "GZIP"}:
            raise wrong("bill_date、bill_type或tar_type有误")
        if not bills.has_bill(self.office.books, "wechat", day):
            raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        token = bills.ticket(self.office, "wechat", f"{day} {kind} {tar}")
        host = f"{self.request.protocol}://{self.request.host}{BASE}"
        digest = hashlib.sha1(bills.wechat_csv(self.office, day, kind), usedforsecurity=False)
        return 200, {
            "hash_type": "SHA1",
            "hash_value": digest.hexdigest(),
            "download_url": f"{host}/v3/billdownload/file?{urlencode({'token': token})}",
        }


class DownloadHandler(WechatDesk):
    """The bill itself, for the merchant with a fresh token."""

    async def get(self) -> None:
        """Send the CSV, packed where that was asked for. This reply is not signed."""
        await self.answer(lambda _: self._file())

    def _file(self) -> tuple[int, Any]:
        shown = self.get_query_argument("token", "")
        known = bills.day_of(self.office, "wechat", shown)
        if known is None:
            raise impossible("请按第一步申请账单的API指引，重新获取账单地址后再请求")
        day, kind, tar = known.split(" ")
        text = bills.wechat_csv(self.office, day, kind)
        return 200, gzip.compress(text) if tar else text


ROUTES = [
    (r"/sandbox/wechat/v3/pay/transactions/native", NativeHandler),
    (r"/sandbox/wechat/v3/pay/transactions/(id|out-trade-no)/([^/]{1,64})", OrderHandler),
    (r"/sandbox/wechat/v3/pay/transactions/out-trade-no/([^/]{1,64})/close", CloseHandler),
    (r"/sandbox/wechat/v3/bill/tradebill", TradeBillHandler),
    (r"/sandbox/wechat/v3/billdownload/file", DownloadHandler),
]
