"""Payment by Alipay in the browser: alipay.trade.page.pay and what belongs to it.

Source: opendocs.alipay.com, the pages of alipay.trade.page.pay, .query, .close, .refund,
.fastpay.refund.query and alipay.data.dataservice.bill.downloadurl.query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode

import msgspec

from models.errors import NoticeRefused, RemoteFailed
from services.gateways import amounts
from services.gateways.alipay_channel import STAMP, AlipayChannel, AlipayRefused
from services.gateways.alipay_signing import verified_parameters
from services.gateways.alipay_statement import LARGEST_ARCHIVE, bill_address, read_bill
from services.gateways.beijing import beijing, moment_of
from services.gateways.remote import Question, Remote, Reply
from services.ports import Bill, Repaid, Repayment, StatementLine, Trade, TradeState, Way
from settings import Alipay

STATES = {
    "WAIT_BUYER_PAY": TradeState.WAITING,
    "TRADE_SUCCESS": TradeState.PAID,
    "TRADE_FINISHED": TradeState.PAID,
    "TRADE_CLOSED": TradeState.CLOSED,
}
NO_TRADE = "ACQ.TRADE_NOT_EXIST"
"""No buyer has opened the page and signed in there."""
NOT_WAITING = frozenset(
    {"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS"}
)
"""What is to be closed waits for no buyer: it is paid, or closed already."""
NEVER_REPAID = frozenset(
    {
        *(NO_TRADE, "ACQ.TRADE_STATUS_ERROR", "ACQ.TRADE_HAS_FINISHED", "ACQ.TRADE_HAS_CLOSE"),
        *("ACQ.TRADE_NOT_ALLOW_REFUND", "ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND"),
        *("ACQ.REASON_TRADE_REFUND_FEE_ERR", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"),
        *("ACQ.REFUND_FEE_ERROR", "ACQ.NOT_ALLOW_PARTIAL_REFUND"),
        "ACQ.DISCORDANT_REPEAT_REQUEST",
    }
)
"""Refusals of a refund that stay: of this trade, or of this amount. Any other one may pass once
somebody has paid money in, lifted a block or mended our settings."""
NO_BILL = "bill_not_exist"
FORBIDDEN_IN_SUBJECT = str.maketrans("/=&", "   ")
LONGEST_TEXT = 256


class Traded(msgspec.Struct):
    """The answer of query, close and refund; amounts are yuan with two decimals."""

    out_trade_no: str
    trade_no: str = ""
    trade_status: str = ""
    total_amount: str = ""
    fund_change: str = ""
    send_pay_date: str = ""
    gmt_refund_pay: str = ""


class Refunded(msgspec.Struct):
    """The answer about a refund; without a status there is none."""

    out_trade_no: str = ""
    out_request_no: str = ""
    refund_status: str = ""
    refund_amount: str = ""
    gmt_refund_pay: str = ""


class BillPlace(msgspec.Struct):
    """Where a bill lies for half a minute."""

    bill_download_url: str


class AlipayGateway:
    """Fulfils ``services.ports.PaymentProvider`` and ``ReturnReader``.

    ``site`` is our address without a slash at its end; ``clock`` returns moments with a zone.
    """

    name = "alipay"

    def __init__(
        self, settings: Alipay, remote: Remote, *, site: str, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._remote = remote
        self._site = site.rstrip("/")
        self._channel = AlipayChannel(settings, remote, clock)

    async def way(self, bill: Bill) -> Way:
        """Return the page; asks nobody, and byte for byte the same for the same bill."""
        content = {
            "out_trade_no": bill.out_trade_no,
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "subject": bill.subject.translate(FORBIDDEN_IN_SUBJECT)[:LONGEST_TEXT],
            "time_expire": f"{beijing(bill.expires_at):{STAMP}}",
            "total_amount": amounts.written(bill.amount),
        }
        query = self._channel.parameters(
            "alipay.trade.page.pay",
            content,
            bill.opened_at,
            notify_url=f"{self._site}/v1/pays/notify_url",
            return_url=f"{self._site}/v1/pays/return_url",
        )
        return Way(pay_url=f"{self._settings.pages}?{urlencode(query)}")

    async def query(self, out_trade_no: str) -> Trade:
        """Ask how an attempt stands."""
        try:
            said = await self._channel.ask(
                "alipay.trade.query", {"out_trade_no": out_trade_no}, Traded
            )
        except AlipayRefused as refused:
            if refused.reason != NO_TRADE:
                raise
            return Trade(out_trade_no, TradeState.UNKNOWN)
        self._expect(out_trade_no, said.out_trade_no)
        try:
            amount = amounts.read(said.total_amount)
            paid_at = moment_of(said.send_pay_date)
            return Trade(out_trade_no, STATES[said.trade_status], said.trade_no, amount, paid_at)
        except (KeyError, ValueError) as fault:
            raise self._remote.disagreed() from fault

    async def close(self, out_trade_no: str) -> Trade:
        """Close what waits for its buyer; what does not wait is asked for."""
        content = {"out_trade_no": out_trade_no}
        try:
            said = await self._channel.ask("alipay.trade.close", content, Traded)
        except AlipayRefused as refused:
            if refused.reason == NO_TRADE:
                return Trade(out_trade_no, TradeState.UNKNOWN)
            if refused.reason in NOT_WAITING:
                return await self.query(out_trade_no)
            raise
        self._expect(out_trade_no, said.out_trade_no)
        return Trade(out_trade_no, TradeState.CLOSED, said.trade_no)

    async def repay(self, repayment: Repayment) -> Repaid:
        """Send money back; when the answer is lost or a no, the books of Alipay decide."""
        content = {
            "out_trade_no": repayment.out_trade_no,
            "out_request_no": repayment.request_no,
            "refund_amount": amounts.written(repayment.amount),
            "refund_reason": repayment.reason[:LONGEST_TEXT],
        }
        try:
            said = await self._channel.ask("alipay.trade.refund", content, Traded, repeatable=False)
            self._expect(repayment.out_trade_no, said.out_trade_no)
        except RemoteFailed as fault:
            known = await self._known(repayment)
            if known is None:
                fault.lasting = isinstance(fault, AlipayRefused) and fault.reason in NEVER_REPAID
                raise
            return _repaid(repayment, known)
        changed = said.fund_change == "Y"
        return _repaid(repayment, said if changed else await self._known(repayment))

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Trade:
        """Return what a notice says; one about a refund names the trade too."""
        del headers
        said = self._ours(body.decode("ascii", "replace"))
        try:
            return Trade(
                _number(said["out_trade_no"]),
                STATES[said["trade_status"]],
                _number(said["trade_no"]),
                amounts.read(said["total_amount"]),
                moment_of(said.get("gmt_payment", "")),
            )
        except (KeyError, ValueError):
            raise NoticeRefused("shape") from None  # their texts repeat what was sent

    def read_return(self, query: str) -> str:
        """Return the number of the attempt the buyer comes back from."""
        try:
            return _number(self._ours(query)["out_trade_no"])
        except (KeyError, ValueError):
            raise NoticeRefused("shape") from None

    async def statement(self, day: date) -> Sequence[StatementLine]:
        """Return every movement of a day; none where Alipay has no bill of it."""
        content = {"bill_type": "trade", "bill_date": f"{day:%Y-%m-%d}"}
        method = "alipay.data.dataservice.bill.downloadurl.query"
        try:
            place = await self._channel.ask(method, content, BillPlace)
        except AlipayRefused as refused:
            if refused.reason.lower().endswith(NO_BILL):
                return ()
            raise
        try:
            address = bill_address(place.bill_download_url, self._settings.url)
            archive = await self._remote.exchange(
                lambda: Question(address, b"", {}, "GET"), self._found, largest=LARGEST_ARCHIVE
            )
            return await asyncio.to_thread(read_bill, archive)
        except ValueError:
            raise self._remote.disagreed() from None  # the bill names persons

    def _ours(self, text: str) -> dict[str, str]:
        said = verified_parameters(text, self._settings.provider_key)
        if said.get("app_id") != self._settings.app:
            raise NoticeRefused("app")
        if said.get("seller_id") != self._settings.seller:
            raise NoticeRefused("seller")
        return said

    async def _known(self, repayment: Repayment) -> Refunded | None:
        """Return the refund as Alipay has it in its books once it is done."""
        content = {
            "out_trade_no": repayment.out_trade_no,
            "out_request_no": repayment.request_no,
        }
        try:
            said = await self._channel.ask("alipay.trade.fastpay.refund.query", content, Refunded)
        except AlipayRefused as refused:
            if refused.reason != NO_TRADE:
                raise
            return None
        if said.refund_status != "REFUND_SUCCESS":
            return None
        self._expect(repayment.out_trade_no, said.out_trade_no)
        self._expect(repayment.request_no, said.out_request_no)
        try:
            is_all = amounts.read(said.refund_amount) == repayment.amount
        except ValueError as fault:
            raise self._remote.disagreed() from fault
        return said if is_all else None

    def _expect(self, asked: str, said: str) -> None:
        if asked != said:
            raise RemoteFailed(self._remote.provider, "the answer is about something else")

    def _found(self, reply: Reply) -> bytes:
        if reply.status != 200:
            raise RemoteFailed(self._remote.provider, f"status {reply.status}")
        return reply.body


def _repaid(repayment: Repayment, said: Traded | Refunded | None) -> Repaid:
    """Return how a repayment stands; without a word of its end it is on its way."""
    at = moment_of(said.gmt_refund_pay) if said else None
    numbers = (repayment.out_trade_no, repayment.request_no, repayment.amount)
    return Repaid(*numbers, done=said is not None, at=at)


def _number(text: str) -> str:
    if not text:
        raise ValueError("no number")
    return text
