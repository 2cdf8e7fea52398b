"""Refusals of the pays module."""

from __future__ import annotations

from models.errors.base import ShopError


class PayError(ShopError, codes=range(10500, 10600)):
    """Refusals of the pays module."""


class ProviderAway(
    PayError, code=10501, zh="支付服务暂不可用", en="The payment provider is not reachable"
):
    """The provider did not answer, or not as agreed."""


class PaymentNotConfirmed(
    PayError, code=10505, legacy=50105, zh="支付结果未确认", en="The payment is not confirmed"
):
    """The provider has not said, with its signature, that the order is paid."""
