"""Addresses in the table: their order, one default each user, an heir, and nobody else's."""

from __future__ import annotations

import msgspec
import pytest

from models.addresses import Address, AddressText
from models.database import Tables
from models.errors import AddressNotFound
from models.users import NewUser
from services import Services
from tests.factories import Goods

HOME = AddressText("王小明", "北京市海淀区中关村大街 1 号", "13800138000", "100080", "家")
ROWS = "SELECT * FROM users_address WHERE user_profile_id = %s ORDER BY id"
KEPT = "SELECT is_active, is_default, receiver FROM users_address WHERE id = %s"


async def customer(tables: Tables, name: str, addresses: int) -> tuple[int, list[int]]:
    """Open an account with so many addresses; return its id and theirs, the oldest first."""
    number = sum(map(ord, name))
    new = NewUser(name, "hash", f"{name}@example.com", f"1391111{number:04d}")
    user_id = await tables.users.add(new)
    return user_id, [await tables.addresses.add(user_id, HOME) for _ in range(addresses)]


def order(listed: list[Address]) -> list[tuple[int, int]]:
    """Return the ids with whether each is the default, as they are listed."""
    return [(each.id, each.is_default) for each in listed]


async def test_the_first_becomes_the_default_and_stands_first(services: Services) -> None:
    async with services.database.begin() as tables:
        user, (first, second, third) = await customer(tables, "anna", 3)
        listed = await tables.addresses.of_user(user)
        assert order(listed) == [(first, 1), (second, 0), (third, 0)]
        assert listed[0] == Address(first, **msgspec.structs.asdict(HOME), is_default=1)
        await tables.addresses.prefer(user, third)
        assert order(await tables.addresses.of_user(user)) == [(third, 1), (first, 0), (second, 0)]
        await tables.addresses.prefer(user, third)
        assert order(await tables.addresses.of_user(user)) == [(third, 1), (first, 0), (second, 0)]
        added = await tables.addresses.add(user, HOME)
        assert order(await tables.addresses.of_user(user))[-1] == (added, 0)


async def test_the_oldest_inherits_the_default(services: Services, goods: Goods) -> None:
    """A deleted address stays as a row, for the orders sent there, and is no default any more."""
    async with services.database.begin() as tables:
        user, (first, second, third) = await customer(tables, "anna", 3)
        await tables.addresses.prefer(user, third)
        await tables.addresses.remove(user, third)
        assert order(await tables.addresses.of_user(user)) == [(first, 1), (second, 0)]
        # The control: when another one goes, the default stays where it is.
        await tables.addresses.remove(user, second)
        assert order(await tables.addresses.of_user(user)) == [(first, 1)]
        await tables.addresses.remove(user, first)
        assert await tables.addresses.of_user(user) == []
        last = await tables.addresses.add(user, HOME)
        assert order(await tables.addresses.of_user(user)) == [(last, 1)]
    for gone in (first, second, third):
        assert goods.ask(KEPT, gone) == [(0, 0, HOME.receiver)]


async def test_a_change_touches_one_address_and_not_its_rank(services: Services) -> None:
    async with services.database.begin() as tables:
        user, (first, second) = await customer(tables, "anna", 2)
        await tables.addresses.change(
            user, second, AddressText("李雷", "上海市 1 号", "13900139000")
        )
        one, other = await tables.addresses.of_user(user)
        assert (one.id, one.receiver, one.is_default) == (first, HOME.receiver, 1)
        assert other == Address(second, "李雷", "上海市 1 号", "13900139000", "", "", 0)


@pytest.mark.parametrize("which", ["of another", "removed", "missing"])
async def test_what_is_not_hers_is_not_there(services: Services, goods: Goods, which: str) -> None:
    """``AddressNotFound`` for each verb; the rows of both stay as they are."""
    async with services.database.begin() as tables:
        anna, (_, second, third) = await customer(tables, "anna", 3)
        bob, (his, _) = await customer(tables, "bob", 2)
        await tables.addresses.remove(anna, third)
    target = {"of another": his, "removed": third, "missing": third + 1000}[which]
    before = goods.ask(ROWS, anna), goods.ask(ROWS, bob)
    async with services.database.begin() as tables:
        addresses = tables.addresses
        for asked in (
            addresses.by_id(anna, target),
            addresses.prefer(anna, target),
            addresses.change(anna, target, HOME),
            addresses.remove(anna, target),
        ):
            with pytest.raises(AddressNotFound):
                await asked
    assert (goods.ask(ROWS, anna), goods.ask(ROWS, bob)) == before
    # The control: the same verbs reach one of her own, and still none of his.
    async with services.database.begin() as tables:
        await tables.addresses.prefer(anna, second)
        await tables.addresses.remove(anna, second)
    assert goods.ask(ROWS, anna) != before[0]
    assert goods.ask(ROWS, bob) == before[1]
