"""Payment by WeChat Pay: native orders, whose text the buyer scans as a QR code; version 3.

Source: pay.weixin.qq.com, the pages "Native 下单", "查询订单", "关闭订单", "申请退款", "查询退款",
"支付通知", "退款结果通知" and "申请交易账单".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec

from models.errors import NoticeRefused, RemoteFailed
from services.gateways import amounts
from services.gateways.beijing import beijing
from services.gateways.remote import Remote
from services.gateways.wechatpay_channel import WechatpayChannel, WechatpayRefused
from services.gateways.wechatpay_messages import (
    CURRENCY,
    Notice,
    Ordered,
    Refund,
    RefundNotice,
    Transaction,
)
from services.gateways.wechatpay_signing import fault_of, opened
from services.gateways.wechatpay_statement import LARGEST_BILL, BillPlace, bill_address, read_bill
from services.ports import Bill, Repaid, Repayment, StatementLine, Trade, TradeState, Way
from settings import Wechatpay

ORDERS = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"
NO_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
OVER = frozenset({"ORDERPAID", "ORDER_PAID", "ORDERCLOSED", "ORDER_CLOSED"})
"""The order is paid or closed: nobody can pay it."""
NOT_CLOSABLE = OVER | NO_ORDER | {"TRADE_ERROR"}
NEVER_REPAID = NO_ORDER | {"USER_ACCOUNT_ABNORMAL"}
"""Refusals of a refund that stay: nothing was paid, or there is nobody left to pay it to. Any other
one may pass once somebody has paid money in, waited or mended our settings."""
NO_BILL = "NO_STATEMENT_EXIST"
LONGEST_DESCRIPTION, LONGEST_REASON = 127, 80
"""Bytes in UTF-8."""

T = TypeVar("T")


class WechatpayGateway:
    """Fulfils ``services.ports.PaymentProvider``.

    ``site`` is our address without a slash at its end; ``clock`` returns moments with a zone.
    """

    name = "wechat"

    def __init__(
        self, settings: Wechatpay, remote: Remote, *, site: str, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._remote = remote
        self._notify_url = f"{site.rstrip('/')}/v1/pays/wechat/notify"
        self._clock = clock
        self._channel = WechatpayChannel(settings, remote, clock)

    async def way(self, bill: Bill) -> Way:
        """Place the order, the same one when it is placed again, and return its QR code."""
        content = {
            "appid": self._settings.app,
            "mchid": self._settings.merchant,
            "description": _cut(bill.subject, LONGEST_DESCRIPTION),
            "out_trade_no": bill.out_trade_no,
            "time_expire": f"{beijing(bill.expires_at):%Y-%m-%dT%H:%M:%S}+08:00",
            "notify_url": self._notify_url,
            "amount": {"total": amounts.fen_of(bill.amount), "currency": CURRENCY},
        }
        try:
            ordered = await self._channel.ask(f"{ORDERS}/native", content, Ordered)
        except WechatpayRefused as refused:
            if refused.reason in OVER:
                return Way()
            raise
        return Way(code_url=ordered.code_url)

    async def query(self, out_trade_no: str) -> Trade:
        """Ask how an attempt stands."""
        path = f"{self._order(out_trade_no)}?mchid={quote(self._settings.merchant, safe='')}"
        try:
            said = await self._channel.ask(path, None, Transaction)
        except WechatpayRefused as refused:
            if refused.reason not in NO_ORDER:
                raise
            return Trade(out_trade_no, TradeState.UNKNOWN)
        if said.out_trade_no != out_trade_no or self._foreign(said.mchid, said.appid):
            raise self._other()
        try:
            return said.trade()
        except ValueError as fault:
            raise self._remote.disagreed() from fault

    async def close(self, out_trade_no: str) -> Trade:
        """Close, then ask: whatever closing answered, only the order says how it stands."""
        content = {"mchid": self._settings.merchant}
        try:
            await self._channel.ask(f"{self._order(out_trade_no)}/close", content, type(None))
        except WechatpayRefused as refused:
            if refused.reason not in NOT_CLOSABLE:
                raise
        return await self.query(out_trade_no)

    async def repay(self, repayment: Repayment) -> Repaid:
        """Send money back; when the answer is lost or a no, the books of WeChat Pay decide."""
        content = {
            "out_trade_no": repayment.out_trade_no,
            "out_refund_no": repayment.request_no,
            "reason": _cut(repayment.reason, LONGEST_REASON),
            "notify_url": self._notify_url,
            "amount": {
                "refund": amounts.fen_of(repayment.amount),
                "total": amounts.fen_of(repayment.total),
                "currency": CURRENCY,
            },
        }
        try:
            said = await self._channel.ask(REFUNDS, content, Refund, repeatable=False)
            return self._about(repayment, said)
        except RemoteFailed as fault:
            known = await self._known(repayment)
            if known is None:
                reason = fault.reason if isinstance(fault, WechatpayRefused) else ""
                fault.lasting = reason in NEVER_REPAID
                raise
            return known

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Trade | Repaid:
        """Return what a notice says: of a payment, or of a refund."""
        keys = self._settings.provider_keys
        if fault := fault_of(headers, body, keys, self._clock()):
            raise NoticeRefused(fault)
        notice = _read(body, Notice)
        plain = opened(notice.resource, self._settings.api_key)
        if notice.event_type.startswith("TRANSACTION."):
            transaction = _read(plain, Transaction)
            self._expect_ours(transaction.mchid, transaction.appid)
            try:
                return transaction.trade()
            except ValueError as wrong:
                raise NoticeRefused("shape") from wrong
        if notice.event_type.startswith("REFUND."):
            refund = _read(plain, RefundNotice)
            self._expect_ours(refund.mchid, self._settings.app)
            return refund.repaid()
        raise NoticeRefused("shape")

    async def statement(self, day: date) -> Sequence[StatementLine]:
        """Return every movement of a day; none where WeChat Pay has no bill of it."""
        path = f"/v3/bill/tradebill?bill_date={day:%Y-%m-%d}&bill_type=ALL"
        try:
            place = await self._channel.ask(path, None, BillPlace)
        except WechatpayRefused as refused:
            if refused.reason == NO_BILL:
                return ()
            raise
        try:
            address = bill_address(place.download_url, self._settings.url)
            table = await self._channel.download(address, largest=LARGEST_BILL)
            return await asyncio.to_thread(read_bill, table, place)
        except ValueError:
            raise self._remote.disagreed() from None  # the bill names persons

    async def _known(self, repayment: Repayment) -> Repaid | None:
        """Return how a refund stands that WeChat Pay has in its books."""
        path = f"{REFUNDS}/{quote(repayment.request_no, safe='')}"
        try:
            said = await self._channel.ask(path, None, Refund)
        except WechatpayRefused as refused:
            if refused.reason not in NO_ORDER:
                raise
            return None
        return self._about(repayment, said)

    def _about(self, repayment: Repayment, said: Refund) -> Repaid:
        repaid = said.repaid()
        asked = (repayment.out_trade_no, repayment.request_no, repayment.amount)
        if (repaid.out_trade_no, repaid.request_no, repaid.amount) != asked:
            raise self._other()
        return repaid

    def _order(self, out_trade_no: str) -> str:
        return f"{ORDERS}/out-trade-no/{quote(out_trade_no, safe='')}"

    def _foreign(self, merchant: str, app: str) -> str:
        """Return what is not ours: ``app`` or ``seller``, or an empty text."""
        if app != self._settings.app:
            return "app"
        return "" if merchant == self._settings.merchant else "seller"

    def _expect_ours(self, merchant: str, app: str) -> None:
        if foreign := self._foreign(merchant, app):
            raise NoticeRefused(foreign)

    def _other(self) -> RemoteFailed:
        return RemoteFailed(self._remote.provider, "the answer is about something else")


def _cut(text: str, size: int) -> str:
    """Return as many characters as fit into some bytes."""
    return text.encode()[:size].decode(errors="ignore")


def _read(text: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise NoticeRefused("shape") from fault
