"""New passwords: by the old one, or in three steps by a code sent to the e-mail address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from cache.codes import Codes, fresh_code
from cache.limits import Limits, per
from cache.tickets import Tickets
from models.database import Database, repeatable
from models.errors import (
    BadUserParameter,
    OldPasswordWrong,
    PasswordsDiffer,
    PasswordUnchanged,
    ResetNotProven,
    WrongResetCode,
)
from models.users import User
from services.hashing import Passwords
from services.pages import PageService
from tasks.mail import ResetMail

MINUTES = 10
PAUSE_SECONDS = 60
PER_ADDRESS = per(3600, 60, "reset-address")
CHECKS_PER_ADDRESS = per(600, 60, "reset-check-address")
CHANGES = per(300, 20, "password-change")


class Proof(msgspec.Struct, frozen=True):
    """Whose address was proved."""

    user_id: int
    email: str


class Browser(msgspec.Struct, frozen=True):
    """What two requests of one browser have in common: client address and User-Agent."""

    address: str
    agent: str

    def grant(self, email: str) -> str:
        """Name the grant that this browser has for an e-mail address."""
        text = "\0".join((email, self.address, self.agent))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class PasswordService:
    """Gives accounts new passwords; older tokens die with the old one."""

    def __init__(
        self,
        *,
        database: Database,
        pages: PageService,
        passwords: Passwords,
        limits: Limits,
        codes: Codes,
        tickets: Tickets,
        ring: Callable[[], object],
    ) -> None:
        """``ring`` wakes the relay."""
        self._database = database
        self._pages = pages
        self._passwords = passwords
        self._limits = limits
        self._codes = codes
        self._tickets = tickets
        self._ring = ring

    async def change(self, user_id: int, old: str, new: str, again: str) -> None:
        """Replace the password of somebody who knows the old one.

        Raises ``PasswordsDiffer, OldPasswordWrong, PasswordUnchanged``.
        """
        await self._limits.take(CHANGES, str(user_id), open_when_away=True)
        if new != again:
            raise PasswordsDiffer
        async with self._database.read() as tables:
            user = await tables.users.by_id(user_id)
        right, _ = await self._passwords.verify(old, user.password if user else None)
        if user is None or not right:
            raise OldPasswordWrong
        if old == new:
            raise PasswordUnchanged
        if not await self._store(user, await self._passwords.hashed(new)):
            raise OldPasswordWrong

    async def send_code(self, email: str, *, address: str) -> None:
        """Mail a code to the owner of an address; an unknown address gets no other answer."""
        await self._limits.take(PER_ADDRESS, address)
        code = fresh_code()
        if not await self._codes.place(email, code):
            return
        async with self._database.begin() as tables:
            if await tables.users.by_email(email) is not None:
                await tables.outbox.post(ResetMail(to=email, code=code, minutes=MINUTES))
        self._ring()

    async def prove(self, email: str, code: str, browser: Browser) -> str:
        """Return a ticket for the third step; raise ``WrongResetCode``.

        The browser is granted the third step as well, for pages that send no ticket.
        """
        await self._limits.take(CHECKS_PER_ADDRESS, browser.address)
        if not await self._codes.right(email, code, use=True):
            raise WrongResetCode
        async with self._database.read() as tables:
            user = await tables.users.by_email(email)
        if user is None:
            raise WrongResetCode
        ticket = await self._tickets.give(Proof(user.id, email))
        await self._tickets.give(ticket, ticket=browser.grant(email))
        return ticket

    async def renew(
        self, email: str, new: str, again: str, *, ticket: str, browser: Browser
    ) -> None:
        """Store a new password after the second step; raise ``ResetNotProven``."""
        if new != again:
            raise PasswordsDiffer
        user = await self._proved(email, ticket, browser)
        if not await self._store(user, await self._passwords.hashed(new)):
            raise ResetNotProven

    async def _proved(self, email: str, ticket: str, browser: Browser) -> User:
        granted = await self._tickets.take(browser.grant(email), str)
        proof = await self._tickets.take(ticket or granted or "", Proof)
        if proof is None or proof.email != email:
            raise ResetNotProven
        async with self._database.read() as tables:
            user = await tables.users.by_id(proof.user_id)
        if user is None:
            raise BadUserParameter
        return user

    @repeatable
    async def _store(self, user: User, hashed: str) -> bool:
        async with self._pages.outdating() as (tables, tags):
            tags.add(f"user:{user.id}")
            return await tables.users.change_password(user, hashed)
