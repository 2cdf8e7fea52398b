"""Refusals of the orders module."""

from __future__ import annotations

from collections.abc import Sequence

from models.errors.base import ShopError


class OrderError(ShopError, codes=range(10400, 10500)):
    """Refusals of the orders module."""


class BadOrderParameter(
    OrderError, code=10400, zh="参数有误", en="A parameter is missing or wrong"
):
    """A parameter is missing, of the wrong type or out of its range."""


class BadProspect(BadOrderParameter):
    """The same, before the order: pages look into the lists of the reply whatever its code."""

    @property
    def data(self) -> object:
        """No addresses, and nothing to order."""
        return {"addresses": [], "sku_list": []}


class OrderAddressNotFound(
    OrderError, code=10401, zh="收货地址不存在", en="There is no such address"
):
    """The user has no such address."""


class NothingSelected(OrderError, code=10402, zh="没有选中任何商品", en="Nothing is selected"):
    """No line of the cart is selected."""


class OutOfStock(OrderError, code=10403, zh="库存不足：{items}", en="Out of stock: {items}"):
    """Fewer pieces are left than are wanted; ``lines`` are (SKU id, name, pieces left)."""

    def __init__(self, lines: Sequence[tuple[int, str, int]]) -> None:
        super().__init__(items=", ".join(f"{name} ({left})" for _, name, left in lines))
        self.lines = tuple(lines)

    @property
    def data(self) -> object:
        """The lines that fail."""
        return _failing(self.lines)


class SkuWithdrawn(
    OrderError, code=10404, zh="商品不存在或已下架：{items}", en="No longer for sale: {items}"
):
    """Some SKU is gone or withdrawn, and nothing is left of it; ``lines`` as in ``OutOfStock``."""

    def __init__(self, lines: Sequence[tuple[int, str, int]]) -> None:
        super().__init__(items=", ".join(name for _, name, _ in lines))
        self.lines = tuple(lines)

    @property
    def data(self) -> object:
        """The lines that fail."""
        return _failing(self.lines)


class OrderNotFound(OrderError, code=10405, zh="订单不存在", en="There is no such order"):
    """The user has no such order."""


class WrongState(
    OrderError, code=10406, zh="订单当前状态不允许此操作", en="The order's state does not allow it"
):
    """The order is not in the state that this step starts from."""


class KeyReused(
    OrderError, code=10407, zh="幂等键已用于其他请求", en="The key was used for another request"
):
    """The idempotency key came with other parameters before."""


class OrderBusy(
    OrderError, code=10408, zh="抢购人数过多，请稍后再试", en="Too busy, please try again"
):
    """More buyers than can be served at this moment; nothing was bought."""

    retry_after = 1


class PriceChanged(
    OrderError, code=10409, zh="价格已变化，请重新确认", en="The price has changed, please check"
):
    """The total is not the expected one."""


def _failing(lines: Sequence[tuple[int, str, int]]) -> object:
    named = [{"sku_id": sku_id, "name": name, "left": left} for sku_id, name, left in lines]
    return {"lines": named}
