"""Users: accounts, their contacts, and the version below which tokens are dead.

Names are compared by the database without regard to case. An e-mail address or phone number belongs
to one account, which ``users_contact`` decides by its key.
"""

from __future__ import annotations

import msgspec

from models.connection import Connection, Duplicate
from models.errors import EmailTaken, NameTaken, PhoneTaken


class User(msgspec.Struct, frozen=True):
    """One account; ``password`` is a hash."""

    id: int
    username: str
    password: str
    email: str
    phone: str
    is_active: int
    is_disabled: int
    token_version: int


class NewUser(msgspec.Struct, frozen=True):
    """What an account begins with."""

    username: str
    password: str
    email: str
    phone: str


class _Id(msgspec.Struct, frozen=True):
    id: int


_USER = """SELECT id, username, password, email, phone, is_active, is_disabled, token_version
  FROM users_user_profile WHERE """
_BY_ID = _USER + "id = %s"
_BY_NAME = _USER + "username = %s"
_BY_EMAIL = """SELECT u.id, u.username, u.password, u.email, u.phone, u.is_active, u.is_disabled,
    u.token_version
  FROM users_contact c JOIN users_user_profile u ON u.id = c.user_profile_id
  WHERE c.kind = 'email' AND c.value = %s"""
_NAMED = "SELECT id FROM users_user_profile WHERE username = %s"
_ADD = """INSERT INTO users_user_profile
  (username, password, email, phone, is_active, created_time, updated_time)
  VALUES (%s, %s, %s, %s, 0, NOW(6), NOW(6))"""
_CLAIM = "INSERT INTO users_contact (kind, value, user_profile_id) VALUES (%s, %s, %s)"
_ACTIVATE = """UPDATE users_user_profile SET is_active = 1, updated_time = NOW(6)
  WHERE id = %s AND is_active = 0"""
_REHASH = "UPDATE users_user_profile SET password = %s WHERE id = %s AND password = %s"
_CHANGE = """UPDATE users_user_profile
  SET password = %s, token_version = token_version + 1, updated_time = NOW(6)
  WHERE id = %s AND password = %s"""
_REVOKE = """UPDATE users_user_profile
  SET token_version = token_version + 1, updated_time = NOW(6) WHERE id = %s"""
_DISABLE = """UPDATE users_user_profile
  SET is_disabled = %s, token_version = token_version + 1, updated_time = NOW(6) WHERE id = %s"""
_LOCK = "SELECT id FROM users_user_profile WHERE id = %s FOR UPDATE"


class Users:
    """All accounts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def by_id(self, user_id: int) -> User | None:
        """Return the account, or None."""
        return await self._connection.row(User, _BY_ID, user_id)

    async def by_name(self, username: str) -> User | None:
        """Return the account of that name in any case, or None."""
        return await self._connection.row(User, _BY_NAME, username)

    async def by_email(self, email: str) -> User | None:
        """Return the account that owns the address, or None."""
        return await self._connection.row(User, _BY_EMAIL, email.lower())

    async def named(self, username: str) -> bool:
        """Say whether the name is taken."""
        return await self._connection.row(_Id, _NAMED, username) is not None

    async def add(self, new: NewUser) -> int:
        """Open an account, not yet activated; raise ``NameTaken, PhoneTaken, EmailTaken``."""
        try:
            user_id = await self._connection.insert(
                _ADD, new.username, new.password, new.email, new.phone
            )
        except Duplicate as error:
            raise NameTaken from error
        await self._claim("phone", new.phone, user_id, PhoneTaken)
        await self._claim("email", new.email.lower(), user_id, EmailTaken)
        return user_id

    async def activate(self, user_id: int) -> bool:
        """Mark the account as activated; False when it was before."""
        return await self._connection.change(_ACTIVATE, user_id) == 1

    async def rehash(self, user: User, password: str) -> None:
        """Store a better hash of the same password, unless it has changed meanwhile."""
        await self._connection.change(_REHASH, password, user.id, user.password)

    async def change_password(self, user: User, password: str) -> bool:
        """Store another password and kill older tokens; False when somebody was faster."""
        return await self._connection.change(_CHANGE, password, user.id, user.password) == 1

    async def revoke_tokens(self, user_id: int) -> None:
        """Kill all tokens issued so far."""
        await self._connection.change(_REVOKE, user_id)

    async def disable(self, user_id: int, *, disabled: bool) -> None:
        """Shut the account, or open it again; either way its tokens are dead."""
        await self._connection.change(_DISABLE, disabled, user_id)

    async def lock(self, user_id: int) -> None:
        """Let nobody else change what belongs to the account until the transaction ends."""
        await self._connection.row(_Id, _LOCK, user_id)

    async def _claim(
        self, kind: str, value: str, user_id: int, taken: type[PhoneTaken] | type[EmailTaken]
    ) -> None:
        try:
            await self._connection.insert(_CLAIM, kind, value, user_id)
        except Duplicate as error:
            raise taken from error
