"""Every refusal the shop can utter, declared once with its business code.

A family owns the range of its module; a code outside the range cannot be declared. A refusal is
raised with the facts its texts name: ``raise OutOfStock(name="杯子", left=2)``. Facts never echo
what the client sent. Codes and legacy numbers: the interface document, "Codes".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar


class ShopError(Exception):
    """A refusal that the client is entitled to understand."""

    codes: ClassVar[range]
    code: ClassVar[int]
    legacy: ClassVar[int | None] = None
    zh: ClassVar[str]
    en: ClassVar[str]

    def __init_subclass__(cls, *, codes: range | None = None, **declared: Any) -> None:
        super().__init_subclass__()
        if codes is not None:
            cls.codes = codes
        if not declared:
            return
        if declared["code"] not in cls.codes:
            raise TypeError(f"{cls.__name__}: {declared['code']} is outside {cls.codes}")
        cls.legacy = None
        for name, value in declared.items():
            setattr(cls, name, value)

    def __init__(self, **facts: object) -> None:
        super().__init__(self.en.format(**facts))
        self.facts = facts

    def text(self, language: str) -> str:
        """Say it in ``zh`` or ``en``."""
        return (self.en if language == "en" else self.zh).format(**self.facts)


def declared(kind: type[ShopError] = ShopError) -> Iterator[type[ShopError]]:
    """Every error that has a code of its own, in the order of the source."""
    for child in kind.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from declared(child)


class Unavailable(Exception):
    """A database is away or over capacity: nothing happened, try again after some seconds."""

    def __init__(self, what: str, *, retry_after: int = 1) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class AlwaysLost(Unavailable):
    """Others were first at every try: the transaction is undone."""


class RemoteFailed(Exception):
    """A third party did not answer, or not as agreed.

    ``lasting`` says that trying the same again is of no use.
    """

    def __init__(self, provider: str, why: str, *, lasting: bool = False) -> None:
        super().__init__(f"{provider}: {why}")
        self.provider = provider
        self.lasting = lasting


class NotSignedIn(ShopError, codes=range(403, 404), code=403, zh="请登录", en="Please sign in"):
    """No user stands behind the request."""


class UserError(ShopError, codes=range(10100, 10200)):
    """Refusals of the users module."""


class BadUserParameter(UserError, code=10100, zh="参数有误", en="A parameter is missing or wrong"):
    """A field is missing, of the wrong type, too short, too long or has forbidden characters."""


class NameTaken(UserError, code=10101, zh="用户名已存在", en="The user name is taken"):
    """Another account has the name, without regard to case."""


class WrongPassword(
    UserError, code=10102, zh="用户名或密码错误", en="User name or password is wrong"
):
    """Nobody has this name and password; which of them is wrong is not told."""


class BadActivation(
    UserError, code=10103, zh="激活链接无效或已过期", en="The activation link is invalid or expired"
):
    """The link was not made by us, is too old or belongs to nobody."""


class WrongSmsCode(
    UserError, code=10104, zh="短信验证码错误或已过期", en="The SMS code is wrong or expired"
):
    """No such code is waiting for the phone."""


class TooManyTries(
    UserError, code=10105, zh="操作过于频繁，请稍后再试", en="Too many tries, please wait"
):
    """A limit is reached; ``retry_after`` says in how many seconds to try again."""

    def __init__(self, retry_after: int = 60) -> None:
        super().__init__()
        self.retry_after = retry_after


class EmailTaken(UserError, code=10106, zh="邮箱已被注册", en="The e-mail address is taken"):
    """Another account has the address."""


class PhoneTaken(UserError, code=10107, zh="手机号已被注册", en="The phone number is taken"):
    """Another account has the number."""


class OldPasswordWrong(UserError, code=10108, zh="旧密码错误", en="The old password is wrong"):
    """The signed-in user did not prove to be the one who knows the password."""


class PasswordsDiffer(
    UserError, code=10109, zh="两次输入的密码不一致", en="The two new passwords differ"
):
    """The new password was not typed twice alike."""


class PasswordUnchanged(
    UserError, code=10110, zh="新密码不能与旧密码相同", en="The new password equals the old one"
):
    """The new password is the present one."""


class AddressNotFound(UserError, code=10111, zh="地址不存在", en="There is no such address"):
    """The user has no such address."""


class BadAddress(UserError, code=10112, zh="地址信息有误", en="A field of the address is wrong"):
    """A field is missing, too long or has forbidden characters."""


class WrongResetCode(
    UserError, code=10113, zh="验证码错误或已过期", en="The code is wrong or expired"
):
    """No such code is waiting for the e-mail address."""


class ResetNotProven(
    UserError, code=10114, zh="请先完成邮箱验证", en="Please verify your e-mail first"
):
    """The third step came without the second."""


class WeiboFailed(UserError, code=10115, zh="微博登录失败", en="Sign-in by Weibo failed"):
    """Weibo refused, or did not answer as agreed."""


class BadWeiboTicket(
    UserError, code=10116, zh="微博授权已失效，请重新授权", en="Please authorize again at Weibo"
):
    """The ticket or state is unknown, used or too old."""


class AlreadyBound(
    UserError, code=10117, zh="该账号或微博已被绑定", en="The account or Weibo is already bound"
):
    """The account has another Weibo, or the Weibo another account."""


class GoodsError(ShopError, codes=range(10200, 10300)):
    """Refusals of the goods module."""


class BadGoodsParameter(
    GoodsError, code=10200, legacy=40200, zh="参数有误", en="A parameter is missing or wrong"
):
    """A parameter is missing, of the wrong type or out of its range."""


class PageOutOfRange(
    BadGoodsParameter, code=10200, legacy=40200, zh="页码超出范围", en="There is no such page"
):
    """The list has fewer pages."""


class NoSuchSku(GoodsError, code=10201, legacy=40201, zh="商品不存在", en="There is no such item"):
    """The SKU does not exist or is withdrawn."""


class NoSuchChoice(
    GoodsError, code=10203, legacy=40050, zh="没有这种组合的商品", en="No item has these attributes"
):
    """No launched SKU of the SPU has exactly the chosen attribute values."""


class NoSuchCatalog(GoodsError, code=10204, zh="商品分类不存在", en="There is no such catalogue"):
    """The catalogue does not exist."""


class EmptySearch(GoodsError, code=10205, zh="请输入搜索内容", en="Say what to search for"):
    """The search has no text."""


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
