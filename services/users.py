"""Accounts: opening one, proving its e-mail address, looking at it, shutting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cache.codes import Codes
from cache.limits import Limits, per
from models.database import Database, Tables, repeatable
from models.errors import BadActivation, NameTaken, NotSignedIn, WrongSmsCode
from models.users import NewUser, User
from services.guest_cart import GuestLine
from services.hashing import Passwords
from services.pages import PageService
from services.sessions import Session, SessionService
from services.tokens import TokenService
from services.turns import Turns
from tasks.mail import ActivationMail, WelcomeMail

PER_ADDRESS = per(3600, 300, "register-address")
CHECKS_PER_ADDRESS = per(60, 60, "check-address")
RESENDS = per(60, 1, "activation-resend")
RESERVED = frozenset(
    {
        "register",
        "login",
        "activation",
        "sms",
        "password",
        "weibo",
        "check",
        "address",
        "default",
        "advance",
        "result",
        "processing",
        "success",
        "tokens",
        "null",
        "undefined",
        "admin",
    }
)


class UserService:
    """Keeps the accounts."""

    def __init__(
        self,
        *,
        database: Database,
        pages: PageService,
        sessions: SessionService,
        tokens: TokenService,
        passwords: Passwords,
        limits: Limits,
        codes: Codes,
        ring: Callable[[], object],
    ) -> None:
        """``ring`` wakes the relay."""
        self._database = database
        self._pages = pages
        self._sessions = sessions
        self._tokens = tokens
        self._passwords = passwords
        self._limits = limits
        self._codes = codes
        self._ring = ring
        self._turns = Turns()

    async def check(self, username: str, *, address: str) -> None:
        """Return when the name is free; raise ``NameTaken`` or ``TooManyTries``."""
        await self._limits.take(CHECKS_PER_ADDRESS, address, open_when_away=True)
        if await self._taken(username):
            raise NameTaken

    async def register(
        self, new: NewUser, *, code: str, address: str, lines: Sequence[GuestLine]
    ) -> Session:
        """Open an account whose phone is proved by a code, and a session.

        ``new.password`` is plain here. Raises ``NameTaken, WrongSmsCode, PhoneTaken, EmailTaken``.
        """
        await self._limits.take(PER_ADDRESS, address)
        # One after the other for one name: who is late is told so, and hashes nothing.
        async with self._turns.of(new.username.casefold()):
            if await self._taken(new.username):
                raise NameTaken
            if not await self._codes.right(new.phone, code, use=False):
                raise WrongSmsCode
            user = await self.open(new)
        await self._codes.right(new.phone, code, use=True)
        return await self._sessions.opened(user, lines)

    async def open(self, new: NewUser, *, wuid: str | None = None) -> User:
        """Open an account, bound to a Weibo account if one is named, and mail its activation."""
        if new.username.casefold() in RESERVED:
            raise NameTaken
        hashed = NewUser(
            new.username, await self._passwords.hashed(new.password), new.email, new.phone
        )
        user = await self._open(hashed, wuid)
        self._ring()
        return user

    async def activate(self, code: str) -> None:
        """Mark the account of an activation link as activated; again is as good."""
        user_id = self._tokens.activated_by(code)
        await self._activate(user_id)
        self._ring()

    async def resend_activation(self, user_id: int) -> None:
        """Send the activation mail again, once a minute; not to an account that has no need."""
        await self._limits.take(RESENDS, str(user_id))
        async with self._database.begin() as tables:
            user = await tables.users.by_id(user_id)
            if user is not None and not user.is_active:
                await self._mail_activation(tables, user)
        self._ring()

    async def profile(self, user_id: int) -> User:
        """Return the account; raise ``NotSignedIn`` when it is gone."""
        async with self._database.read() as tables:
            user = await tables.users.by_id(user_id)
        if user is None:
            raise NotSignedIn
        return user

    @repeatable
    async def disable(self, user_id: int, *, disabled: bool = True) -> None:
        """Shut an account, or open it again; its tokens are dead in every process either way."""
        async with self._pages.outdating() as (tables, tags):
            await tables.users.disable(user_id, disabled=disabled)
            tags.add(f"user:{user_id}")

    async def _taken(self, username: str) -> bool:
        if username.casefold() in RESERVED:
            return True
        async with self._database.read() as tables:
            return await tables.users.named(username)

    @repeatable
    async def _open(self, new: NewUser, wuid: str | None) -> User:
        async with self._pages.outdating() as (tables, tags):
            user_id = await tables.users.add(new)
            if wuid is not None:
                await tables.weibo.bind(wuid, user_id)
            user = await _present(tables, user_id)
            await self._mail_activation(tables, user)
            tags.add(f"user:{user_id}")
        return user

    @repeatable
    async def _activate(self, user_id: int) -> None:
        async with self._pages.outdating() as (tables, tags):
            user = await tables.users.by_id(user_id)
            if user is None or user.is_disabled:
                raise BadActivation
            if await tables.users.activate(user_id):
                welcome = WelcomeMail(to=user.email, name=user.username)
                await tables.outbox.post(welcome, once=f"welcome:{user_id}")
                tags.add(f"user:{user_id}")

    async def _mail_activation(self, tables: Tables, user: User) -> None:
        code = self._tokens.activation_code(user.id)
        await tables.outbox.post(ActivationMail(to=user.email, name=user.username, code=code))


async def _present(tables: Tables, user_id: int) -> User:
    user = await tables.users.by_id(user_id)
    if user is None:
        raise NotSignedIn
    return user
