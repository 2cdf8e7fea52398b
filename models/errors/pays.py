"""Refusals of the pays module."""

from __future__ import annotations

from models.errors.base import ShopError


class PayError(ShopError, codes=range(10500, 10600)):
    """Refusals of the pays module."""


class BadPayParameter(PayError, code=10500, zh="参数有误", en="A parameter is missing or wrong"):
    """A parameter is missing, of the wrong type or out of its range."""


class ProviderAway(
    PayError, code=10501, zh="支付服务暂不可用", en="The payment provider is not reachable"
):
    """The provider did not answer, or not as agreed."""


class NotPayable(PayError, code=10503, zh="订单当前不可支付", en="The order cannot be paid now"):
    """The order is not unpaid."""


class PaymentNotConfirmed(
    PayError, code=10505, legacy=50105, zh="支付结果未确认", en="The payment is not confirmed"
):
    """The provider has not said, with its signature, that the order is paid."""
