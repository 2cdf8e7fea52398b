"""The simulator of WeChat Pay, interface version 3: money that goes back.

Source: pay.weixin.qq.com/doc/v3 (申请退款, 查询单笔退款).
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from scripts.sandbox.books import Refund, Trade
from scripts.sandbox.faults import Fault
from scripts.sandbox.letters import fen, yuan
from scripts.sandbox.moments import rfc3339, stamp
from scripts.sandbox.trades import progress, send_back, sent_back, trade_of
from scripts.sandbox.wechat_calls import (
    Address,
    Fen,
    Refusal,
    WechatDesk,
    check_address,
    impossible,
)

RefundNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*@]{1,64}$(?!\n)")]


class RefundPrice(msgspec.Struct):
    """What goes back, of what was paid, in fen."""

    refund: Fen
    total: Fen
    currency: str


class RefundOrder(msgspec.Struct):
    """What the shop sends back."""

    out_refund_no: RefundNumber
    amount: RefundPrice
    out_trade_no: str = ""
    transaction_id: str = ""
    reason: Annotated[str, msgspec.Meta(max_length=80)] = ""
    notify_url: Address = ""


class RefundsHandler(WechatDesk):
    """Sends money back."""

    async def post(self) -> None:
        """Answer the refund; the same one again is the same one."""
        await self.answer(self._refund)

    def _refund(self, fault: Fault) -> tuple[int, Any]:
        order = self.told(RefundOrder)
        if order.notify_url:
            check_address(order.notify_url)
        trade = trade_of(self.office, "wechat", order.out_trade_no, order.transaction_id)
        if trade is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在")
        amount = yuan(order.amount.refund)
        known = trade.refund(order.out_refund_no)
        if known is None:
            self._check(trade, order)
            known = Refund(
                request_no=order.out_refund_no,
                amount=amount,
                at=stamp(self.office.clock()),
                pending=fault.refund_pending,
                notify_url=order.notify_url,
            )
            send_back(self.office, trade, known)
        elif known.amount != amount or order.amount.total != fen(trade.amount):
            raise impossible("订单金额或退款金额与之前请求不一致，请核实后再试")
        else:
            progress(self.office, trade, known)
        return 200, refund_told(trade, known)

    def _check(self, trade: Trade, order: RefundOrder) -> None:
        if _refund_of(self, order.out_refund_no) is not None:
            raise impossible("商户退款单号已用于其他订单")
        if not trade.paid_at:
            raise impossible("订单未支付，不能退款")
        if order.amount.total != fen(trade.amount) or order.amount.currency != "CNY":
            raise impossible("订单金额与退款请求不一致")
        if trade.state == "refunded":
            raise impossible("订单已全额退款")
        if fen(f"{sent_back(trade):.2f}") + order.amount.refund > fen(trade.amount):
            raise impossible("申请退款金额超过订单可退金额")


def _refund_of(desk: WechatDesk, number: str) -> tuple[Trade, Refund] | None:
    for trade in desk.office.books.trades.values():
        refund = trade.refund(number) if trade.provider == "wechat" else None
        if refund is not None:
            return trade, refund
    return None


def refund_told(trade: Trade, refund: Refund) -> dict[str, Any]:
    """Return a refund as WeChat Pay describes it in a reply."""
    total, back = fen(trade.amount), fen(refund.amount)
    amount = {
        "total": total,
        "refund": back,
        "payer_total": total,
        "payer_refund": back,
        "settlement_total": total,
        "settlement_refund": back,
        "discount_refund": 0,
        "currency": "CNY",
    }
    about = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.request_no,
        "transaction_id": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund.at),
        "status": "SUCCESS" if refund.done_at else "PROCESSING",
        "funds_account": "AVAILABLE",
        "amount": amount,
    }
    return about | ({"success_time": rfc3339(refund.done_at)} if refund.done_at else {})


class RefundHandler(WechatDesk):
    """How a refund stands."""

    async def get(self, number: str) -> None:
        """Answer the refund."""
        await self.answer(lambda _: self._told(number))

    def _told(self, number: str) -> tuple[int, Any]:
        found = _refund_of(self, number)
        if found is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        progress(self.office, *found)
        return 200, refund_told(*found)


ROUTES = [
    (r"/sandbox/wechat/v3/refund/domestic/refunds", RefundsHandler),
    (r"/sandbox/wechat/v3/refund/domestic/refunds/([^/]{1,64})", RefundHandler),
]
