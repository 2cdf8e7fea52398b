"""Signing in and out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cache.limits import Limits, per
from models.database import Database, repeatable
from models.errors import WrongPassword
from models.users import User
from services.guest_cart import GuestCarts, GuestLine
from services.hashing import Passwords
from services.pages import PageService
from services.tokens import TokenService

PER_NAME = per(300, 20, "login-name")
PER_ADDRESS = per(60, 600, "login-address")


class Session(msgspec.Struct, frozen=True):
    """What a browser gets when somebody has signed in."""

    username: str
    token: str
    carts_count: int


class SessionService:
    """Opens and ends sessions."""

    def __init__(
        self,
        *,
        database: Database,
        pages: PageService,
        tokens: TokenService,
        passwords: Passwords,
        limits: Limits,
        carts: GuestCarts,
    ) -> None:
        self._database = database
        self._pages = pages
        self._tokens = tokens
        self._passwords = passwords
        self._limits = limits
        self._carts = carts

    async def sign_in(
        self, username: str, password: str, *, address: str, lines: Sequence[GuestLine]
    ) -> Session:
        """Open a session; raise ``WrongPassword`` or ``TooManyTries``, and merge nothing then."""
        user = await self.recognized(username, password, address=address)
        return await self.opened(user, lines)

    async def recognized(self, username: str, password: str, *, address: str) -> User:
        """Return the account of that name and password; raise ``WrongPassword``."""
        await self._limits.take(PER_ADDRESS, address, open_when_away=True)
        await self._limits.take(PER_NAME, username.casefold(), address, open_when_away=True)
        async with self._database.read() as tables:
            user = await tables.users.by_name(username)
        stored = user.password if user else None
        right, better = await self._passwords.verify(password, stored)
        if user is None or not right or user.is_disabled:
            raise WrongPassword
        if better is not None:
            async with self._database.read() as tables:
                await tables.users.rehash(user, better)
        return user

    async def opened(self, user: User, lines: Sequence[GuestLine] = ()) -> Session:
        """Open a session for an account that has proved itself."""
        count = await self._carts.merge(user.id, lines)
        return Session(user.username, self._tokens.issued(user), count)

    @repeatable
    async def end_all(self, user_id: int) -> None:
        """Sign the user out everywhere: tokens issued so far are dead in every process."""
        async with self._pages.outdating() as (tables, tags):
            await tables.users.revoke_tokens(user_id)
            tags.add(f"user:{user_id}")
