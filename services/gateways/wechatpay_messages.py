"""What WeChat Pay says, in its words and in ours. Amounts are whole fen there.

Source: pay.weixin.qq.com, "查询订单", "支付通知", "申请退款", "退款结果通知".
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from services.gateways import amounts
from services.gateways.beijing import moment_of
from services.gateways.wechatpay_signing import Sealed
from services.ports import Repaid, Trade, TradeState

STATES = {
    "SUCCESS": TradeState.PAID,
    "REFUND": TradeState.PAID,  # the money was there, and some of it went back
    "NOTPAY": TradeState.WAITING,
    "USERPAYING": TradeState.WAITING,
    "PAYERROR": TradeState.WAITING,  # one try failed: the buyer may try again
    "CLOSED": TradeState.CLOSED,
    "REVOKED": TradeState.CLOSED,
}
CURRENCY = "CNY"

Fen = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Ordered(msgspec.Struct):
    """The answer to a native order: the text of the QR code."""

    code_url: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class Paid(msgspec.Struct):
    """What an order costs."""

    total: Fen
    currency: str = CURRENCY


class Transaction(msgspec.Struct):
    """How an order stands; its number at WeChat Pay comes with the payment."""

    appid: str
    mchid: str
    out_trade_no: Name
    trade_state: str
    transaction_id: str = ""
    amount: Paid | None = None
    success_time: str | None = None

    def trade(self) -> Trade:
        """Say it in our words; raise ``ValueError`` for a state or currency nobody knows."""
        if self.trade_state not in STATES or (self.amount and self.amount.currency != CURRENCY):
            raise ValueError("not of the agreed shape")
        amount = amounts.yuan_of(self.amount.total) if self.amount else None
        state = STATES[self.trade_state]
        if state is TradeState.PAID and (amount is None or not self.transaction_id):
            raise ValueError("paid without a number or an amount")
        paid_at = moment_of(self.success_time or "")
        return Trade(self.out_trade_no, state, self.transaction_id, amount, paid_at)


class Returned(msgspec.Struct):
    """What goes back."""

    refund: Fen
    currency: str = CURRENCY


class Refund(msgspec.Struct):
    """How a refund stands: SUCCESS, PROCESSING, CLOSED or, sent back by a bank, ABNORMAL."""

    out_trade_no: Name
    out_refund_no: Name
    status: str
    amount: Returned
    success_time: str | None = None

    def repaid(self) -> Repaid:
        """Say it in our words; done is only what has arrived."""
        amount, done = amounts.yuan_of(self.amount.refund), self.status == "SUCCESS"
        gone_at = moment_of(self.success_time or "")
        return Repaid(self.out_trade_no, self.out_refund_no, amount, done, gone_at)


class RefundNotice(msgspec.Struct):
    """The same in a notice, which calls the state otherwise."""

    mchid: str
    out_trade_no: Name
    out_refund_no: Name
    refund_status: str
    amount: Returned
    success_time: str | None = None

    def repaid(self) -> Repaid:
        """Say it in our words."""
        return Refund(
            self.out_trade_no,
            self.out_refund_no,
            self.refund_status,
            self.amount,
            self.success_time,
        ).repaid()


class Notice(msgspec.Struct):
    """The envelope of a notice; ``event_type`` is such as ``TRANSACTION.SUCCESS``."""

    event_type: str
    resource: Sealed
