"""The addresses of a user. Each change locks the user first, so that changes never cross."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec

from models.addresses import Address, Addresses, AddressText
from models.database import Database, repeatable
from models.errors import BadAddress
from services.turns import Turns

MOST = 50


class AddressService:
    """Keeps addresses."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._turns = Turns()

    async def of_user(self, user_id: int) -> list[Address]:
        """Return the user's addresses, the default first."""
        async with self._database.read() as tables:
            return await tables.addresses.of_user(user_id)

    @repeatable
    async def add(self, user_id: int, text: AddressText) -> int:
        """Write an address down; raise ``BadAddress`` when there are fifty already."""
        async with self._locked(user_id) as addresses:
            if len(await addresses.of_user(user_id)) >= MOST:
                raise BadAddress
            return await addresses.add(user_id, text)

    @repeatable
    async def change(self, user_id: int, address_id: int, changes: Mapping[str, str]) -> None:
        """Change some fields of an address; raise ``AddressNotFound``."""
        async with self._locked(user_id) as addresses:
            old = await addresses.by_id(user_id, address_id)
            text = AddressText(
                old.receiver, old.address, old.receiver_mobile, old.postcode, old.tag
            )
            await addresses.change(user_id, address_id, msgspec.structs.replace(text, **changes))

    @repeatable
    async def remove(self, user_id: int, address_id: int) -> None:
        """Take an address away; raise ``AddressNotFound``."""
        async with self._locked(user_id) as addresses:
            await addresses.remove(user_id, address_id)

    @repeatable
    async def prefer(self, user_id: int, address_id: int) -> None:
        """Make an address the default; raise ``AddressNotFound``."""
        async with self._locked(user_id) as addresses:
            await addresses.prefer(user_id, address_id)

    @asynccontextmanager
    async def _locked(self, user_id: int) -> AsyncIterator[Addresses]:
        async with self._turns.of(user_id), self._database.begin() as tables:
            await tables.users.lock(user_id)
            yield tables.addresses
