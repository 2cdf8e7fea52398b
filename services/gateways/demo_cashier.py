"""The cashier of a shop to try out: the pages of the simulators instead of Alipay and WeChat Pay.

What is to be paid is signed with a secret both sides know, in the address of the page (the buyer
must not change it) and in the header of each question. The signature is described in
``scripts/sandbox/cashier.py``.
"""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec

from models.errors import RemoteFailed
from services.gateways.remote import Question, Remote
from settings import Cashier

PROVIDERS = {1: "alipay", 2: "wechat"}
"""The names of the pay methods."""

Amount = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}\.[0-9]{2}$(?!\n)")]


class Trade(msgspec.Struct):
    """What the cashier knows of an order; the amount is in yuan."""

    state: Literal["unknown", "waiting", "declined", "paid"]
    amount: Amount | None


class DemoCashier:
    """Fulfils ``services.ports.Cashier``. Each provider fails by itself."""

    def __init__(self, settings: Cashier, *, alipay: Remote, wechat: Remote) -> None:
        self._settings = settings
        self._remotes = {1: alipay, 2: wechat}

    def pay_url(self, order_id: str, amount: Decimal, pay_method: int) -> str:
        """Return the page, on the host that browsers reach."""
        bill = _bill(order_id, amount, pay_method)
        query = urlencode(bill | {"sign": self._signature("page", bill)})
        return f"{self._settings.pages.rstrip('/')}/cashier?{query}"

    async def is_paid(self, order_id: str, amount: Decimal, pay_method: int) -> bool:
        """Ask; asking twice changes nothing, so a lost answer is asked for again."""
        bill, remote = _bill(order_id, amount, pay_method), self._remotes[_known(pay_method)]
        question = Question(
            url=f"{self._settings.url.rstrip('/')}/trades/{order_id}",
            body=urlencode(bill).encode(),
            headers={
                "Authorization": f"HMAC-SHA256 {self._signature('question', bill)}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        trade = await remote.ask(question, Trade, repeatable=True)
        if trade.state != "paid":
            return False
        if trade.amount is None or Decimal(trade.amount) != amount:
            raise RemoteFailed(remote.provider, "another amount was paid", lasting=True)
        return True

    def _signature(self, purpose: str, bill: dict[str, str]) -> str:
        text = f"{purpose}\n{urlencode(sorted(bill.items()))}"
        key = self._settings.secret.encode()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class NoCashier:
    """Fulfils ``services.ports.Cashier`` where nobody can pay: no page, nothing is ever paid."""

    def pay_url(self, order_id: str, amount: Decimal, pay_method: int) -> str:
        """Return nothing."""
        del order_id, amount, pay_method
        return ""

    async def is_paid(self, order_id: str, amount: Decimal, pay_method: int) -> bool:
        """Deny it."""
        del order_id, amount, pay_method
        return False


def _bill(order_id: str, amount: Decimal, pay_method: int) -> dict[str, str]:
    return {
        "out_trade_no": order_id,
        "total_amount": f"{amount:.2f}",
        "provider": PROVIDERS[_known(pay_method)],
    }


def _known(pay_method: int) -> int:
    """Return the method; an order that was taken over may have another, and is paid at Alipay."""
    return pay_method if pay_method in PROVIDERS else 1
