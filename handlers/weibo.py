"""/v1/users/weibo: signing in by Weibo."""

from __future__ import annotations

import msgspec

from handlers.access import public
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.user_forms import (
    Email,
    Password,
    Phone,
    SessionReply,
    Ticket,
    UserForm,
    UserName,
    session_reply,
)
from models.errors import (
    AlreadyBound,
    BadUserParameter,
    BadWeiboTicket,
    EmailTaken,
    NameTaken,
    PhoneTaken,
    TooManyTries,
    WeiboFailed,
    WrongPassword,
)
from models.users import NewUser
from services.weibo import Unbound

NOT_BOUND = 201


class CallbackQuery(UserForm, frozen=True, kw_only=True):
    """What Weibo gave the browser to bring back."""

    code: str = ""
    state: str = ""


class NewUserForm(UserForm, frozen=True, kw_only=True):
    """A new account for a Weibo account; ``uid`` is the ticket."""

    uid: Ticket
    username: UserName
    password: Password
    phone: Phone
    email: Email


class BindForm(UserForm, frozen=True, kw_only=True):
    """An existing account for a Weibo account; ``uid`` is the ticket."""

    uid: Ticket
    username: str
    password: str


class AuthorizationReply(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser goes to be vouched for."""

    code: int = 200
    oauth_url: str


class UnboundReply(msgspec.Struct, frozen=True, kw_only=True):
    """No account is bound yet; pages send the ticket back as ``uid``."""

    code: int = NOT_BOUND
    uid: str


class AuthorizationHandler(ApiHandler):
    """The way to Weibo."""

    private = True

    @public
    @answers(AuthorizationReply)
    async def get(self) -> None:
        """Say where to go."""
        self.ok(AuthorizationReply(oauth_url=await self.services.weibo.authorize_url()))


class WeiboUsersHandler(ApiHandler):
    """The way back."""

    private = True

    @public
    @answers(
        SessionReply | UnboundReply,
        BadUserParameter,
        WeiboFailed,
        BadWeiboTicket,
        query=CallbackQuery,
    )
    async def get(self) -> None:
        """Sign in, or get a ticket when no account is bound."""
        form = self.query(CallbackQuery)
        found = await self.services.weibo.came_back(form.code, form.state)
        if isinstance(found, Unbound):
            self.business_code = NOT_BOUND
            self.ok(UnboundReply(uid=found.ticket))
        else:
            self.ok(session_reply(found))

    @public
    @answers(
        SessionReply,
        BadUserParameter,
        NameTaken,
        EmailTaken,
        PhoneTaken,
        TooManyTries,
        BadWeiboTicket,
        AlreadyBound,
        body=NewUserForm,
    )
    async def post(self) -> None:
        """Open an account, bound to Weibo."""
        form = self.form(NewUserForm)
        self.refuse_short(form.password)
        new = NewUser(form.username, form.password, form.email, form.phone)
        self.ok(session_reply(await self.services.weibo.register(form.uid, new)))


class BindHandler(ApiHandler):
    """Existing accounts."""

    private = True

    @public
    @answers(
        SessionReply,
        BadUserParameter,
        WrongPassword,
        TooManyTries,
        BadWeiboTicket,
        AlreadyBound,
        body=BindForm,
    )
    async def post(self) -> None:
        """Bind an existing account to Weibo and sign in."""
        form = self.form(BindForm)
        session = await self.services.weibo.bind(
            form.uid, form.username, form.password, address=self.client_address
        )
        self.ok(session_reply(session))


ROUTES = [
    (r"/v1/users/weibo/authorization/?", AuthorizationHandler),
    (r"/v1/users/weibo/users/?", WeiboUsersHandler),
    (r"/v1/users/weibo/users/binduser/?", BindHandler),
]
