"""Refusals of the back office."""

from __future__ import annotations

from models.errors.base import ShopError


class StaffError(ShopError, codes=range(10600, 10700)):
    """Refusals of the back office."""


class BadStaffParameter(
    StaffError, code=10600, zh="参数有误", en="A parameter is missing or wrong"
):
    """A field is missing, too long, or refers to something of another product."""


class NothingThere(StaffError, code=10601, zh="记录不存在", en="There is no such record"):
    """The row to change does not exist."""


class StillUsed(
    StaffError, code=10602, zh="记录仍被引用，不能删除", en="The record is still in use"
):
    """Other rows refer to the row that should go."""


class NotEnoughStock(StaffError, code=10603, zh="库存不能为负数", en="Stock cannot go below zero"):
    """A stock change would take more than there is."""


class ChoiceTaken(
    StaffError, code=10604, zh="该属性组合已有商品", en="Another item has these attributes"
):
    """Two SKUs of one SPU may not have the same attribute values."""
