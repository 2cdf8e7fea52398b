"""What providers say, made with their keys: a tool of the tests of settlements."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from scripts.sandbox.books import Notice, Trade
from scripts.sandbox.credentials import Credentials, loaded
from scripts.sandbox.letters import (
    alipay_fields,
    alipay_letter,
    signed_text,
    wechat_letter,
    wechat_transaction,
)
from scripts.sandbox.moments import stamp
from tests.http import Client, Reply

STATES = {
    "alipay": ("WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"),
    "wechat": ("NOTPAY", "SUCCESS", "REFUND", "CLOSED"),
}
PAID = {"TRADE_SUCCESS", "TRADE_FINISHED", "SUCCESS", "REFUND"}
CLOSED = {"TRADE_CLOSED", "CLOSED"}
ACKNOWLEDGED = {"alipay": (200, b"success"), "wechat": (204, b"")}


class Provider:
    """One provider who may say anything about an attempt; ``amount`` is in yuan."""

    def __init__(self, name: str, known: Credentials, client: Client) -> None:
        self.name = name
        self._known = known
        self._client = client

    async def tell(
        self, number: str, state: str, *, amount: str = "19.90", trade_no: str = ""
    ) -> Reply:
        """Send a notice with the provider's own signature."""
        now = datetime.now(UTC)
        trade = self._trade(number, amount, trade_no or f"T{number}", at=stamp(now))
        notice = Notice(
            provider=self.name, out_trade_no=number, event="paid", url="", number=f"n{number}"
        )
        if self.name == "alipay":
            fields = alipay_fields(self._known, trade, notice, now) | {"trade_status": state}
            letter = alipay_letter(fields, loaded(self._known.alipay_provider_key))
            path = "/v1/pays/notify_url"
        else:
            about = wechat_transaction(self._known, trade) | {"trade_state": state}
            letter = wechat_letter(self._known, notice, about, now)
            path = "/v1/pays/wechat/notify"
        head = {name.replace("-", "_"): text for name, text in letter.headers.items()}
        return await self._client.send("POST", path, letter.body, **head)

    def return_query(self, number: str, *, amount: str = "19.90") -> str:
        """Return the query Alipay sends the browser back with."""
        fields = {
            "charset": "utf-8",
            "out_trade_no": number,
            "method": "alipay.trade.page.pay.return",
            "total_amount": amount,
            "trade_no": f"T{number}",
            "auth_app_id": self._known.alipay_app,
            "version": "1.0",
            "app_id": self._known.alipay_app,
            "sign_type": "RSA2",
            "seller_id": self._known.alipay_seller,
            "timestamp": "2026-11-27 12:00:00",
        }
        text = signed_text(fields, without=("sign", "sign_type")).encode()
        key = loaded(self._known.alipay_provider_key)
        return urlencode(fields | {"sign": key.sign(text)})

    def _trade(self, number: str, amount: str, trade_no: str, *, at: str) -> Trade:
        return Trade(
            provider=self.name,
            out_trade_no=number,
            amount=amount,
            trade_no=trade_no,
            state="paid",
            subject="达达商城订单",
            at=at,
            paid_at=at,
        )
