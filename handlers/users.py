"""/v1/users: opening an account, activating it, looking at it, signing out everywhere."""

from __future__ import annotations

from typing import Any

import msgspec

from handlers.access import public, signed_in
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.user_forms import (
    Email,
    Password,
    Phone,
    SessionReply,
    SmsDigits,
    TextReply,
    UserForm,
    UserName,
    guest_lines,
    session_reply,
)
from models.errors import (
    BadActivation,
    BadUserParameter,
    EmailTaken,
    NameTaken,
    NotSignedIn,
    PhoneTaken,
    TooManyTries,
    WrongSmsCode,
)
from models.users import NewUser, User


class RegisterForm(UserForm, frozen=True, kw_only=True):
    """A new account; ``verify`` is the code sent to the phone."""

    uname: UserName
    password: Password
    phone: Phone
    email: Email
    verify: SmsDigits
    carts: Any = None


class NameQuery(UserForm, frozen=True, kw_only=True):
    """A name somebody would like to have."""

    uname: UserName


class ActivationQuery(UserForm, frozen=True, kw_only=True):
    """The code of an activation link."""

    code: str = ""


class CheckReply(msgspec.Struct, frozen=True, kw_only=True):
    """The name is free."""

    code: int = 200
    message: str


class ProfileData(msgspec.Struct, frozen=True):
    """An account without its secrets; contacts are masked."""

    username: str
    email: str
    phone: str
    is_active: bool


class ProfileReply(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    code: int = 200
    data: ProfileData


class UsersHandler(ApiHandler):
    """Accounts."""

    private = True

    @public
    @answers(
        SessionReply,
        BadUserParameter,
        NameTaken,
        WrongSmsCode,
        TooManyTries,
        EmailTaken,
        PhoneTaken,
        body=RegisterForm,
    )
    async def post(self) -> None:
        """Open an account and sign in."""
        form = self.form(RegisterForm)
        self.refuse_short(form.password)
        session = await self.services.users.register(
            NewUser(form.uname, form.password, form.email, form.phone),
            code=form.verify,
            address=self.client_address,
            lines=guest_lines(form.carts),
        )
        self.ok(session_reply(session))


class CheckHandler(ApiHandler):
    """Names."""

    private = True

    @public
    @answers(CheckReply, BadUserParameter, NameTaken, TooManyTries, query=NameQuery)
    async def get(self) -> None:
        """Say whether a name is free."""
        form = self.query(NameQuery)
        await self.services.users.check(form.uname, address=self.client_address)
        self.ok(CheckReply(message="OK"))


class ActivationHandler(ApiHandler):
    """Activation."""

    private = True

    @public
    @answers(TextReply, BadUserParameter, BadActivation, query=ActivationQuery)
    async def get(self) -> None:
        """Activate the account of a link."""
        await self.services.users.activate(self.query(ActivationQuery).code)
        self.ok(TextReply(data="激活成功"))

    @signed_in
    @answers(TextReply, NotSignedIn, TooManyTries)
    async def post(self) -> None:
        """Send the link again."""
        await self.services.users.resend_activation(self.user.id)
        self.ok(TextReply(data="发送成功"))


class ProfileHandler(ApiHandler):
    """One account."""

    private = True

    @signed_in
    @answers(ProfileReply, NotSignedIn)
    async def get(self, username: str) -> None:
        """Show the account."""
        del username
        user = await self.services.users.profile(self.user.id)
        self.ok(ProfileReply(data=_profile(user)))


class TokensHandler(ApiHandler):
    """The tokens of one account."""

    private = True

    @signed_in
    @answers(TextReply, NotSignedIn)
    async def delete(self, username: str) -> None:
        """Sign out everywhere."""
        del username
        await self.services.sessions.end_all(self.user.id)
        self.ok(TextReply(data="已退出所有设备"))


def _profile(user: User) -> ProfileData:
    name, _, host = user.email.partition("@")
    email = f"{name[:1]}***@{host}"
    phone = f"{user.phone[:3]}****{user.phone[7:]}"
    return ProfileData(user.username, email, phone, bool(user.is_active))


ROUTES = [
    (r"/v1/users/?", UsersHandler),
    (r"/v1/users/register/?", UsersHandler),
    (r"/v1/users/check/?", CheckHandler),
    (r"/v1/users/activation/?", ActivationHandler),
]
NAMED_ROUTES = [
    (r"/v1/users/([^/]+)/tokens/?", TokensHandler),
    (r"/v1/users/([^/]+)/?", ProfileHandler),
]
"""Come after every route with a fixed word in place of the name."""
