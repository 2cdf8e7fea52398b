"""/v1/users/login, also /v1/tokens: signing in."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from handlers.access import public
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.user_forms import SessionReply, UserForm, guest_lines, session_reply
from models.errors import BadUserParameter, TooManyTries, WrongPassword


class LoginForm(UserForm, frozen=True, kw_only=True):
    """A name and a password; longer ones than an account can have are simply wrong."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    carts: Any = None


class LoginHandler(ApiHandler):
    """Sessions."""

    private = True

    @public
    @answers(SessionReply, BadUserParameter, WrongPassword, TooManyTries, body=LoginForm)
    async def post(self) -> None:
        """Sign in."""
        form = self.form(LoginForm)
        session = await self.services.sessions.sign_in(
            form.username,
            form.password,
            address=self.client_address,
            lines=guest_lines(form.carts),
        )
        self.ok(session_reply(session))


ROUTES = [(r"/v1/users/login/?", LoginHandler), (r"/v1/tokens/?", LoginHandler)]
