"""The simulator of Alipay: the gateway, its interfaces for servers, and the download of a bill.

Source: opendocs.alipay.com/open (alipay.trade.page.pay, query, close, refund,
alipay.trade.fastpay.refund.query, alipay.data.dataservice.bill.downloadurl.query).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from scripts.sandbox import alipay_cashier, bills
from scripts.sandbox.alipay_calls import Call, Refusal, read_call, reply_bytes
from scripts.sandbox.books import Refund, Trade
from scripts.sandbox.credentials import key_of_a_stranger, loaded
from scripts.sandbox.desk import Desk
from scripts.sandbox.faults import Fault
from scripts.sandbox.letters import BUYER, LOGON, alipay_status
from scripts.sandbox.moments import beijing, is_day, stamp
from scripts.sandbox.trades import OPEN, close, progress, send_back, sent_back, trade_of

PAGE_PAY = "alipay.trade.page.pay"
NOTHING = {
    "buyer_pay_amount": "0.00",
    "invoice_amount": "0.00",
    "point_amount": "0.00",
    "receipt_amount": "0.00",
}
NOT_BACK = {"refund_fee": "0.00", "send_back_fee": "0.00"}
Members = dict[str, Any]


def business(sub_code: str, about: Mapping[str, Any] | None = None) -> Refusal:
    """Return a refusal of a business nature."""
    return Refusal("40004", sub_code, about)


class GatewayHandler(Desk):
    """The one address of Alipay: browsers come to pay, the server of the shop for the rest."""

    async def get(self) -> None:
        """Show the cashier's page, or answer the server."""
        await self._serve()

    async def post(self) -> None:
        """Do the same: a form may bring a buyer here as well."""
        await self._serve()

    async def _serve(self) -> None:
        if self.get_argument("method", "") == PAGE_PAY:
            alipay_cashier.open_page(self)
            return
        fault = await self.meet("alipay")
        if fault is None:
            return
        name, charset = "error_response", "utf-8"
        try:
            call = read_call(self.request, self.office.credentials)
            name, charset = f"{call.method.replace('.', '_')}_response", call.charset
            members = self._answer(call, fault)
        except Refusal as no:
            members, name = no.members(), self._name_of_refusal(name, no)
        if fault.drop_after_accept:
            self.hang_up()
            return
        self.set_header("Content-Type", f"text/html;charset={charset}")
        key = None if name == "error_response" else self._key(fault)
        self.finish(reply_bytes(name, members, key, charset))

    def _answer(self, call: Call, fault: Fault) -> Members:
        answer = METHODS.get(call.method)
        if answer is None:
            raise Refusal("40002", "isv.invalid-method")
        if fault.refuse:
            raise business(
                fault.refuse if isinstance(fault.refuse, str) else "ACQ.ACCESS_FORBIDDEN"
            )
        return {"code": "10000", "msg": "Success", **answer(self, call, fault)}

    def _name_of_refusal(self, name: str, no: Refusal) -> str:
        """Return the member a refusal stands in: that of the interface where there is one."""
        method = self.get_argument("method", "")
        if method not in METHODS or no.sub_code == "isv.invalid-charset":
            return "error_response"
        return f"{method.replace('.', '_')}_response" if name == "error_response" else name

    def _key(self, fault: Fault) -> Any:
        if fault.unsigned:
            return key_of_a_stranger() if fault.unsigned == "wrong" else None
        return loaded(self.office.credentials.alipay_provider_key)

    def known_trade(self, call: Call, about: Mapping[str, Any] | None = None) -> Trade:
        """Return the trade a call is about; raises ``Refusal``."""
        out_trade_no, trade_no = call.text("out_trade_no"), call.text("trade_no")
        if not (out_trade_no or trade_no):
            raise business("ACQ.INVALID_PARAMETER", about)
        trade = trade_of(self.office, "alipay", out_trade_no, trade_no)
        if trade is None:
            raise business("ACQ.TRADE_NOT_EXIST", about)
        return trade


def query(desk: GatewayHandler, call: Call, _: Fault) -> Members:
    """Tell how a trade stands."""
    trade = desk.known_trade(call, NOTHING | {"out_trade_no": call.text("out_trade_no")})
    trade.times += 1
    about = {
        "out_trade_no": trade.out_trade_no,
        "total_amount": trade.amount,
        "trade_no": trade.trade_no,
        "trade_status": alipay_status(trade),
    }
    if not trade.paid_at:
        return NOTHING | about
    funds = [{"amount": trade.amount, "fund_channel": "ALIPAYACCOUNT"}]
    paid = {name: trade.amount for name in NOTHING if name != "point_amount"}
    buyer = {"buyer_logon_id": LOGON, "buyer_user_id": BUYER["alipay"]}
    when = {"send_pay_date": beijing(trade.paid_at), "fund_bill_list": funds}
    return NOTHING | paid | buyer | when | about


def close_trade(desk: GatewayHandler, call: Call, _: Fault) -> Members:
    """Close a trade that waits; any other is refused."""
    trade = desk.known_trade(call)
    if trade.state not in OPEN:
        raise business("ACQ.TRADE_STATUS_ERROR", {"out_trade_no": trade.out_trade_no})
    close(desk.office, trade)
    return {"out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no}


def refund(desk: GatewayHandler, call: Call, fault: Fault) -> Members:
    """Send money back; a repeated request changes nothing and says so with ``fund_change`` N."""
    trade = desk.known_trade(call, NOT_BACK | {"out_trade_no": call.text("out_trade_no")})
    amount, number = call.amount("refund_amount"), call.text("out_request_no")
    if not number and amount != trade.amount:
        raise business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", _not_back(trade))
    number = number or trade.out_trade_no
    known, change = trade.refund(number), "N"
    if known is None:
        known = _send_back(desk, trade, number=number, amount=amount, fault=fault)
        change = "N" if known.pending else "Y"
    elif known.amount != amount:
        raise business("ACQ.DISCORDANT_REPEAT_REQUEST", _not_back(trade))
    return {
        "buyer_logon_id": LOGON,
        "buyer_user_id": BUYER["alipay"],
        "fund_change": change,
        "gmt_refund_pay": beijing(known.done_at or known.at),
        "out_trade_no": trade.out_trade_no,
        "refund_fee": f"{sent_back(trade):.2f}",
        "send_back_fee": known.amount if change == "Y" else "0.00",
        "trade_no": trade.trade_no,
    }


def refund_query(desk: GatewayHandler, call: Call, _: Fault) -> Members:
    """Tell whether a refund is done; of one that Alipay never saw it says nothing."""
    trade = desk.known_trade(call)
    known = trade.refund(call.text("out_request_no"))
    if known is None:
        return {}
    progress(desk.office, trade, known)
    about = {
        "out_request_no": known.request_no,
        "out_trade_no": trade.out_trade_no,
        "refund_amount": known.amount,
        "total_amount": trade.amount,
        "trade_no": trade.trade_no,
    }
    if not known.done_at:
        return about
    return about | {
        "gmt_refund_pay": beijing(known.done_at),
        "refund_status": "REFUND_SUCCESS",
        "send_back_fee": known.amount,
    }


def bill_address(desk: GatewayHandler, call: Call, _: Fault) -> Members:
    """Tell where the bill of a day can be had, for half a minute."""
    day, kind = call.text("bill_date"), call.text("bill_type")
    if kind != "trade" or not is_day(day):
        raise Refusal("40004", "isp.invalid_arguments")
    office = desk.office
    if not bills.has_bill(office.books, "alipay", day):
        raise Refusal("40004", "isp.bill_not_exist")
    ticket = bills.ticket(office, "alipay", day)
    query = {"bizType": "trade", "fileType": "csv.zip", "bizDates": day.replace("-", "")}
    query |= {"userId": office.credentials.alipay_seller, "fileId": ticket}
    host = f"{desk.request.protocol}://{desk.request.host}"
    address = f"{host}/sandbox/alipay/downloadBillFile.resource?{urlencode(query)}"
    return {"bill_download_url": address, "bill_file_code": "EXIST"}


METHODS: dict[str, Callable[[GatewayHandler, Call, Fault], Members]] = {
    "alipay.trade.query": query,
    "alipay.trade.close": close_trade,
    "alipay.trade.refund": refund,
    "alipay.trade.fastpay.refund.query": refund_query,
    "alipay.data.dataservice.bill.downloadurl.query": bill_address,
}


class BillHandler(Desk):
    """The bill of a day, for who has a fresh ticket."""

    def get(self) -> None:
        """Send the zip."""
        day = bills.day_of(self.office, "alipay", self.get_query_argument("fileId", ""))
        if day is None:
            self.send_error(403)
            return
        self.set_header("Content-Type", "application/zip")
        self.finish(bills.alipay_zip(self.office, day))


def _not_back(trade: Trade) -> Members:
    return NOT_BACK | {"out_trade_no": trade.out_trade_no}


def _send_back(
    desk: GatewayHandler, trade: Trade, *, number: str, amount: str, fault: Fault
) -> Refund:
    if not trade.paid_at or trade.state == "refunded":
        raise business("ACQ.TRADE_STATUS_ERROR", _not_back(trade))
    if sent_back(trade) + Decimal(amount) > Decimal(trade.amount):
        raise business("ACQ.REASON_TRADE_REFUND_FEE_ERR", _not_back(trade))
    new = Refund(
        request_no=number,
        amount=amount,
        at=stamp(desk.office.clock()),
        pending=fault.refund_pending,
    )
    send_back(desk.office, trade, new)
    return new


ROUTES = [
    (r"/sandbox/alipay/gateway\.do", GatewayHandler),
    (r"/sandbox/alipay/downloadBillFile\.resource", BillHandler),
    (r"/sandbox/alipay/cashier", alipay_cashier.CashierHandler),
]
