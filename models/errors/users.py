"""Refusals of the users module."""

from __future__ import annotations

from models.errors.base import ShopError


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


class NotActivated(
    UserError, code=10118, zh="账号尚未激活", en="Please activate your account first"
):
    """Ordering needs an e-mail address that was proved."""
