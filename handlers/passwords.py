"""/v1/users/<name>/password and /v1/users/password: changing a password, and resetting it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from handlers.access import public, signed_in
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.user_forms import Email, Password, SmsDigits, TextReply, Ticket, UserForm
from models.errors import (
    BadUserParameter,
    NotSignedIn,
    OldPasswordWrong,
    PasswordsDiffer,
    PasswordUnchanged,
    ResetNotProven,
    TooManyTries,
    WrongResetCode,
)
from services.passwords import Browser


class ChangeForm(UserForm, frozen=True, kw_only=True):
    """The old password, and the new one twice."""

    oldpassword: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    password1: Password
    password2: Password


class EmailForm(UserForm, frozen=True, kw_only=True):
    """Whose password is forgotten."""

    email: Email


class ProofForm(UserForm, frozen=True, kw_only=True):
    """The code that came by mail."""

    email: Email
    code: SmsDigits


class RenewForm(UserForm, frozen=True, kw_only=True):
    """The new password twice; published pages send no ticket."""

    email: Email
    password1: Password
    password2: Password
    ticket: Ticket = ""


class ProofReply(msgspec.Struct, frozen=True, kw_only=True):
    """The address is proved; the ticket is for the third step."""

    code: int = 200
    data: str
    email: str
    ticket: str


class ChangeHandler(ApiHandler):
    """The password of a signed-in user."""

    private = True

    @signed_in
    @answers(
        TextReply,
        BadUserParameter,
        NotSignedIn,
        OldPasswordWrong,
        PasswordsDiffer,
        PasswordUnchanged,
        TooManyTries,
        body=ChangeForm,
    )
    async def post(self, username: str) -> None:
        """Change it; every older token is dead afterwards."""
        del username
        form = self.form(ChangeForm)
        self.refuse_short(form.password1)
        await self.services.passwords.change(
            self.user.id, form.oldpassword, form.password1, form.password2
        )
        self.ok(TextReply(data="修改成功"))


class ForgottenHandler(ApiHandler):
    """The first step of a reset."""

    private = True

    @public
    @answers(TextReply, BadUserParameter, TooManyTries, body=EmailForm)
    async def post(self) -> None:
        """Mail a code, if the address is known; the reply does not tell."""
        form = self.form(EmailForm)
        await self.services.passwords.send_code(form.email.lower(), address=self.client_address)
        self.ok(TextReply(data="邮件发送成功"))


class ProofHandler(ApiHandler):
    """The second step."""

    private = True

    @public
    @answers(ProofReply, BadUserParameter, WrongResetCode, TooManyTries, body=ProofForm)
    async def post(self) -> None:
        """Exchange the code for a ticket."""
        form = self.form(ProofForm)
        ticket = await self.services.passwords.prove(form.email.lower(), form.code, _browser(self))
        self.ok(ProofReply(data="验证码通过", email=form.email, ticket=ticket))


class RenewHandler(ApiHandler):
    """The third step."""

    private = True

    @public
    @answers(
        TextReply, BadUserParameter, PasswordsDiffer, ResetNotProven, TooManyTries, body=RenewForm
    )
    async def post(self) -> None:
        """Store the new password."""
        form = self.form(RenewForm)
        self.refuse_short(form.password1)
        await self.services.passwords.renew(
            form.email.lower(),
            form.password1,
            form.password2,
            ticket=form.ticket,
            browser=_browser(self),
        )
        self.ok(TextReply(data="OK"))


def _browser(handler: ApiHandler) -> Browser:
    return Browser(handler.client_address, handler.request.headers.get("User-Agent", ""))


ROUTES = [
    (r"/v1/users/password/sms/?", ForgottenHandler),
    (r"/v1/users/password/verification/?", ProofHandler),
    (r"/v1/users/password/new/?", RenewHandler),
]
NAMED_ROUTES = [(r"/v1/users/([^/]+)/password/?", ChangeHandler)]
