"""Tokens: who stands behind a request. JWT HS256, raw in the header, good for a day.

Claims: ``username`` and ``exp`` as published, plus ``uid``, ``iat`` and ``ver``. A token is dead
when its ``ver`` is not the one of the account. What an account is at the moment is a page copy in
the memory of the process (tag ``user:<id>``): exactly fresh, without a question to Redis.
Activation links are signed with a key of their own, so neither can stand in for the other.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import msgspec

from models.database import Database
from models.errors import BadActivation, NotSignedIn
from models.users import User
from services.pages import Made, Missing, PageService

LIFE = timedelta(hours=24)
ACTIVATION_LIFE = timedelta(days=3)
LEEWAY = timedelta(seconds=60)
ALGORITHMS = ["HS256"]
LONGEST = 2000
REQUIRED = ["exp", "iat", "username", "uid", "ver"]


class SignedIn(msgspec.Struct, frozen=True):
    """The user behind a request."""

    id: int
    username: str
    version: int
    is_active: bool


class TokenService:
    """Issues and reads tokens."""

    def __init__(self, *, secret: str, database: Database, pages: PageService) -> None:
        self._key = secret
        self._activation_key = hmac.digest(secret.encode(), b"activation", "sha256")
        self._database = database
        self._pages = pages

    def issued(self, user: User) -> str:
        """Return a token of the user as the account is now."""
        now = datetime.now(UTC)
        claims = {
            "username": user.username,
            "exp": now + LIFE,
            "iat": now,
            "uid": user.id,
            "ver": user.token_version,
        }
        return jwt.encode(claims, self._key, ALGORITHMS[0])

    async def user_behind(self, header: str, username: str | None = None) -> SignedIn:
        """Return the user of an Authorization header; raise ``NotSignedIn``.

        ``username`` is the one of the path: another one is refused before any question.
        """
        claims = self._claims(header)
        if username is not None and username.casefold() != str(claims["username"]).casefold():
            raise NotSignedIn
        user = await self._present(claims["uid"])
        if user.version != claims["ver"] or user.username != claims["username"]:
            raise NotSignedIn
        return user

    def activation_code(self, user_id: int) -> str:
        """Return the code of an activation link."""
        claims = {"uid": user_id, "exp": datetime.now(UTC) + ACTIVATION_LIFE}
        return jwt.encode(claims, self._activation_key, ALGORITHMS[0])

    def activated_by(self, code: str) -> int:
        """Return the user id of an activation code; raise ``BadActivation``."""
        try:
            claims = _decoded(code, self._activation_key, ["exp", "uid"])
        except jwt.InvalidTokenError as error:
            raise BadActivation from error
        if type(claims["uid"]) is not int:
            raise BadActivation
        return int(claims["uid"])

    def _claims(self, header: str) -> dict[str, Any]:
        try:
            claims = _decoded(header.removeprefix("Bearer ").strip(), self._key, REQUIRED)
        except jwt.InvalidTokenError as error:
            raise NotSignedIn from error
        if type(claims["uid"]) is not int or type(claims["ver"]) is not int:
            raise NotSignedIn
        return claims

    async def _present(self, user_id: int) -> SignedIn:
        async def make() -> Made | Missing:
            async with self._database.read() as tables:
                user = await tables.users.by_id(user_id)
            tags = (f"user:{user_id}",)
            if user is None or user.is_disabled:
                return Missing(NotSignedIn(), tags)
            present = SignedIn(user.id, user.username, user.token_version, bool(user.is_active))
            return Made(msgspec.json.encode(present), tags)

        page = await self._pages.of(f"user:{user_id}", make, shared=False)
        return msgspec.json.decode(page.body, type=SignedIn)


def _decoded(token: str, key: str | bytes, required: list[str]) -> dict[str, Any]:
    if len(token) > LONGEST:
        raise jwt.DecodeError("too long")
    return jwt.decode(
        token, key, algorithms=ALGORITHMS, options={"require": required}, leeway=LEEWAY
    )
