"""Addresses of users: exactly one default per user while there is any.

Every change happens while the user's row is locked, so two changes of one user's addresses never
cross. Deleted addresses stay as rows, for the orders that were sent there.
"""

from __future__ import annotations

import msgspec

from models.connection import Connection
from models.errors import AddressNotFound


class Address(msgspec.Struct, frozen=True):
    """Where to send something, and to whom."""

    id: int
    receiver: str
    address: str
    receiver_mobile: str
    postcode: str
    tag: str
    is_default: int


class AddressText(msgspec.Struct, frozen=True):
    """What a user writes down."""

    receiver: str
    address: str
    receiver_mobile: str
    postcode: str = ""
    tag: str = ""


class _Id(msgspec.Struct, frozen=True):
    id: int


FIELDS = "id, receiver, address, receiver_mobile, postcode, tag, is_default"
_ALL = f"""SELECT {FIELDS} FROM users_address WHERE user_profile_id = %s AND is_active = 1
  ORDER BY is_default DESC, id"""
_ONE = f"""SELECT {FIELDS} FROM users_address
  WHERE id = %s AND user_profile_id = %s AND is_active = 1"""
_ADD = """INSERT INTO users_address (user_profile_id, receiver, address, receiver_mobile, postcode,
    tag, is_default, is_active, created_time, updated_time)
  VALUES (%s, %s, %s, %s, %s, %s, 0, 1, NOW(6), NOW(6))"""
_CHANGE = """UPDATE users_address SET receiver = %s, address = %s, receiver_mobile = %s,
    postcode = %s, tag = %s, updated_time = NOW(6)
  WHERE id = %s AND user_profile_id = %s AND is_active = 1"""
_REMOVE = """UPDATE users_address SET is_active = 0, is_default = 0, updated_time = NOW(6)
  WHERE id = %s AND user_profile_id = %s AND is_active = 1"""
_PREFER = """UPDATE users_address SET is_default = (id = %s), updated_time = NOW(6)
  WHERE user_profile_id = %s AND is_active = 1 AND is_default <> (id = %s)"""
_HEIR = """SELECT id FROM users_address WHERE user_profile_id = %s AND is_active = 1
  ORDER BY is_default DESC, id LIMIT 1"""


class Addresses:
    """All addresses; whoever changes them has locked the user first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of_user(self, user_id: int) -> list[Address]:
        """Return the user's addresses, the default first."""
        return await self._connection.rows(Address, _ALL, user_id)

    async def by_id(self, user_id: int, address_id: int) -> Address:
        """Return one address of the user; raise ``AddressNotFound``."""
        found = await self._connection.row(Address, _ONE, address_id, user_id)
        if found is None:
            raise AddressNotFound
        return found

    async def add(self, user_id: int, text: AddressText) -> int:
        """Write an address down; the first one becomes the default."""
        address_id = await self._connection.insert(_ADD, user_id, *msgspec.structs.astuple(text))
        await self._keep_one_default(user_id)
        return address_id

    async def change(self, user_id: int, address_id: int, text: AddressText) -> None:
        """Replace the text of an address; raise ``AddressNotFound``."""
        values = msgspec.structs.astuple(text)
        if not await self._connection.change(_CHANGE, *values, address_id, user_id):
            raise AddressNotFound

    async def remove(self, user_id: int, address_id: int) -> None:
        """Take an address away; another becomes the default; raise ``AddressNotFound``."""
        if not await self._connection.change(_REMOVE, address_id, user_id):
            raise AddressNotFound
        await self._keep_one_default(user_id)

    async def prefer(self, user_id: int, address_id: int) -> None:
        """Make an address the default; raise ``AddressNotFound``."""
        await self.by_id(user_id, address_id)
        await self._connection.change(_PREFER, address_id, user_id, address_id)

    async def _keep_one_default(self, user_id: int) -> None:
        heir = await self._connection.row(_Id, _HEIR, user_id)
        if heir is not None:
            await self._connection.change(_PREFER, heir.id, user_id, heir.id)
