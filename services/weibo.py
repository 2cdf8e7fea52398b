"""Signing in by Weibo: a state that goes there and back once, a ticket for who is not bound yet."""

from __future__ import annotations

import msgspec

from cache.tickets import Tickets
from models.database import Database, repeatable
from models.errors import BadWeiboTicket, RemoteFailed, WeiboFailed
from models.users import NewUser
from services.ports import WeiboProvider
from services.sessions import Session, SessionService
from services.users import UserService


class Unbound(msgspec.Struct, frozen=True):
    """A Weibo account that no user has; the ticket stands for it."""

    ticket: str


class WeiboService:
    """Lets Weibo vouch for users."""

    def __init__(
        self,
        *,
        database: Database,
        provider: WeiboProvider,
        states: Tickets,
        tickets: Tickets,
        sessions: SessionService,
        users: UserService,
    ) -> None:
        self._database = database
        self._provider = provider
        self._states = states
        self._tickets = tickets
        self._sessions = sessions
        self._users = users

    async def authorize_url(self) -> str:
        """Return where the browser goes to be vouched for."""
        return self._provider.authorize_url(await self._states.give(True))

    async def came_back(self, code: str, state: str) -> Session | Unbound:
        """Return a session, or a ticket when the Weibo account is not bound.

        Raises ``BadWeiboTicket`` for a state that is not ours, ``WeiboFailed``.
        """
        if not await self._states.take(state, bool):
            raise BadWeiboTicket
        try:
            vouched = await self._provider.user_behind(code)
        except RemoteFailed as error:
            raise WeiboFailed from error
        async with self._database.begin() as tables:
            await tables.weibo.meet(vouched.uid, vouched.access_token)
            profile = await tables.weibo.by_wuid(vouched.uid)
            bound = profile.user_id if profile else None
            user = await tables.users.by_id(bound) if bound is not None else None
        if user is not None and not user.is_disabled:
            return await self._sessions.opened(user)
        if bound is not None:
            raise WeiboFailed
        return Unbound(await self._tickets.give(vouched.uid))

    async def register(self, ticket: str, new: NewUser) -> Session:
        """Open an account for the Weibo account of a ticket."""
        wuid = await self._meant(ticket)
        try:
            user = await self._users.open(new, wuid=wuid)
        except BaseException:
            await self._tickets.give(wuid, ticket=ticket)
            raise
        return await self._sessions.opened(user)

    async def bind(self, ticket: str, username: str, password: str, *, address: str) -> Session:
        """Let the Weibo account of a ticket sign in as an existing user."""
        wuid = await self._meant(ticket)
        try:
            user = await self._sessions.recognized(username, password, address=address)
            await self._bind(wuid, user.id)
        except BaseException:
            await self._tickets.give(wuid, ticket=ticket)
            raise
        return await self._sessions.opened(user)

    async def _meant(self, ticket: str) -> str:
        wuid = await self._tickets.take(ticket, str)
        if wuid is None:
            raise BadWeiboTicket
        return wuid

    @repeatable
    async def _bind(self, wuid: str, user_id: int) -> None:
        async with self._database.begin() as tables:
            await tables.weibo.bind(wuid, user_id)
