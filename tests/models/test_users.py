"""Accounts in the table: changes that lose against a faster one change nothing."""

from __future__ import annotations

import pytest

from models.errors import EmailTaken, NameTaken, PhoneTaken
from models.users import NewUser
from services import Services

LAN = NewUser("lan", "hash-1", "Lan@Example.com", "13612345678")


async def test_the_slower_change_changes_nothing(services: Services) -> None:
    async with services.database.begin() as tables:
        user = await tables.users.by_id(await tables.users.add(LAN))
        assert user is not None
        assert await tables.users.change_password(user, "hash-2")
        assert not await tables.users.change_password(user, "hash-3")
        await tables.users.rehash(user, "hash-4")
        now = await tables.users.by_email("LAN@example.COM")
    assert now is not None
    assert (now.password, now.token_version) == ("hash-2", 1)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (NewUser("LAN", "x", "a@b.cn", "13600000000"), NameTaken),
        (NewUser("mei", "x", "lan@example.com", "13600000000"), EmailTaken),
        (NewUser("mei", "x", "a@b.cn", LAN.phone), PhoneTaken),
    ],
)
async def test_what_is_taken(services: Services, new: NewUser, refusal: type[Exception]) -> None:
    async with services.database.begin() as tables:
        await tables.users.add(LAN)
    with pytest.raises(refusal):
        async with services.database.begin() as tables:
            await tables.users.add(new)
    async with services.database.read() as tables:
        assert not await tables.users.named("mei")
