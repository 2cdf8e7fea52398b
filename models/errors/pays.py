"""Refusals of the pays module."""

from __future__ import annotations

from models.errors.base import ShopError

REASONS = (
    *("shape", "signature", "serial", "time", "encryption"),
    *("app", "seller", "unknown", "amount", "trade"),
)
"""What can be wrong with a notice: it cannot be read; it is not signed, or not by a known key, or
not now, or not encrypted to us; it is about another app or seller, an attempt that is not ours,
another amount, or another trade than the one we know."""


class PayError(ShopError, codes=range(10500, 10600)):
    """Refusals of the pays module."""


class ProviderAway(
    PayError, code=10501, zh="支付服务暂不可用", en="The payment provider is not reachable"
):
    """The provider did not answer, or not as agreed."""


class BadPayParameter(PayError, code=10500, zh="参数有误", en="A parameter is missing or wrong"):
    """A parameter is missing, of the wrong type or out of its range."""


class NoticeRefused(PayError, code=10502, zh="通知未通过验证", en="The notice is not genuine"):
    """A notice was not the provider's, or not about us; ``reason`` is one of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        if reason not in REASONS:
            raise ValueError(reason)
        super().__init__()
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class OrderNotPayable(
    PayError, code=10503, zh="订单当前不可支付", en="The order cannot be paid any more"
):
    """The order is paid, closed, or its time is over."""


class RefundRefused(PayError, code=10504, zh="退款被拒绝", en="The refund was refused"):
    """There is nothing to send back, or the provider will not."""


class PaymentNotConfirmed(
    PayError, code=10505, legacy=50105, zh="支付结果未确认", en="The payment is not confirmed"
):
    """The provider has not said, with its signature, that the order is paid."""
