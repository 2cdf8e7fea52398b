"""Weibo profiles: which Weibo account signs in as which user. Tokens of Weibo are never shown."""

from __future__ import annotations

import msgspec

from models.connection import Connection, Duplicate
from models.errors import AlreadyBound


class WeiboProfile(msgspec.Struct, frozen=True):
    """A Weibo account, bound to a user or not yet."""

    wuid: str
    user_id: int | None


_ONE = "SELECT wuid, user_profile_id FROM users_weibo_profile WHERE wuid = %s"
_MEET = """INSERT INTO users_weibo_profile (wuid, access_token, created_time, updated_time)
  VALUES (%s, %s, NOW(6), NOW(6))
  ON DUPLICATE KEY UPDATE access_token = VALUES(access_token), updated_time = NOW(6)"""
_BIND = """UPDATE users_weibo_profile SET user_profile_id = %s, updated_time = NOW(6)
  WHERE wuid = %s AND user_profile_id IS NULL"""


class WeiboProfiles:
    """All Weibo profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def by_wuid(self, wuid: str) -> WeiboProfile | None:
        """Return the profile, or None."""
        return await self._connection.row(WeiboProfile, _ONE, wuid)

    async def meet(self, wuid: str, access_token: str) -> None:
        """Remember a Weibo account and its newest token."""
        await self._connection.change(_MEET, wuid, access_token)

    async def bind(self, wuid: str, user_id: int) -> None:
        """Let the Weibo account sign in as the user; raise ``AlreadyBound`` if either is taken."""
        try:
            bound = await self._connection.change(_BIND, user_id, wuid)
        except Duplicate as error:
            raise AlreadyBound from error
        if not bound:
            raise AlreadyBound
