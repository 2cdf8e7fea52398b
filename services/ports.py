"""What the services need from third parties, said as small as possible.

Adapters (``services.gateways``) raise ``models.errors.RemoteFailed`` for anything that goes wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WeiboUser:
    """Who agreed at Weibo. ``expires_in`` is the life of the access token in seconds."""

    uid: str
    access_token: str = field(repr=False)
    expires_in: int


class WeiboProvider(Protocol):
    """Sign-in by Weibo."""

    def authorize_url(self, state: str) -> str:
        """Return the address of the consent page; Weibo hands ``state`` back unchanged."""

    async def user_behind(self, code: str) -> WeiboUser:
        """Exchange a code, good for one use; raise ``RemoteFailed``, ``lasting`` for a bad one."""


class Cashier(Protocol):
    """Where buyers pay. ``pay_method`` is 1 for Alipay, 2 for WeChat Pay; amounts are in yuan."""

    def pay_url(self, order_id: str, amount: Decimal, pay_method: int) -> str:
        """Return the page where the buyer pays exactly this, empty when there is no cashier."""

    async def is_paid(self, order_id: str, amount: Decimal, pay_method: int) -> bool:
        """Tell whether exactly this was paid.

        Raises ``RemoteFailed``, ``lasting`` when another amount was.
        """
