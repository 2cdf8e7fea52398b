"""Kept answers: one for each key of each user, found again, replaced only by who saw the last."""

from __future__ import annotations

import asyncio

import pytest

from models.connection import Conflict
from models.database import TRIES, Database, idempotent, repeatable
from models.errors import AlwaysLost, OutcomeUnknown, ShopError, Unavailable
from models.idempotency import Entry
from tests.factories import Goods, connect


def entry(key: str = "key:k", user: int = 7, **changes: object) -> Entry:
    """Return an answer to be kept."""
    given = {"fingerprint": b"f" * 32, "reply": "{}", "order_id": None} | changes
    return Entry(user, key, **given)  # type: ignore[arg-type]


async def test_one_answer_for_a_key_of_a_user(database: Database) -> None:
    async with database.read() as tables:
        kept = tables.idempotency
        assert await kept.add(entry())
        assert not await kept.add(entry(reply="other"))
        assert await kept.add(entry("key:K"))
        assert await kept.add(entry(user=8))
        found = await kept.find(7, "key:k")
        assert found is not None
        assert (found.fingerprint, found.reply, found.order_id) == (b"f" * 32, "{}", None)
        assert (found.status, found.age) == (None, 0)
        assert await kept.find(9, "key:k") is None


async def test_it_tells_where_its_order_stands(database: Database, goods: Goods) -> None:
    user = goods.add(
        "users_user_profile", username="wang", password="x", email="w@x.cn", phone="13800000000"
    )
    goods.run(
        "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
        " status, receiver, address, receiver_mobile) VALUES ('1', %s, 1, 1, 6, 'a', 'b', 'c')",
        user,
    )
    async with database.read() as tables:
        await tables.idempotency.add(entry(user=user, order_id="1"))
        goods.run("UPDATE orders_idempotency SET created_time = NOW(6) - INTERVAL 61 SECOND")
        found = await tables.idempotency.find(user, "key:k")
    assert found is not None
    assert (found.order_id, found.status, found.age) == ("1", 6, 61)


async def test_who_comes_second_waits_for_the_first(database: Database, goods: Goods) -> None:
    """IDEM-1: an insertion that is not committed yet makes the same one wait, then decides it."""
    first = connect(goods.url)
    first.begin()
    sql = "INSERT INTO orders_idempotency (user_profile_id, `key`, fingerprint, reply)"
    first.cursor().execute(f"{sql} VALUES (7, 'key:k', '', '{{}}')")

    async def second() -> bool:
        async with database.begin() as tables:
            return await tables.idempotency.add(entry())

    asked = asyncio.create_task(second())
    await asyncio.sleep(0.3)
    assert not asked.done()
    first.commit()
    assert not await asked
    # The control: of one that is undone nothing is left, and the second is the first.
    first.begin()
    first.cursor().execute(f"{sql} VALUES (8, 'key:k', '', '{{}}')")
    first.rollback()
    first.close()
    async with database.begin() as tables:
        assert await tables.idempotency.add(entry(user=8))


async def test_only_what_was_seen_is_replaced(database: Database) -> None:
    """Of several who found the same old order one puts a new one in its place."""
    async with database.read() as tables:
        await tables.idempotency.add(entry("sku:1:2", order_id="1"))

    async def replaced(number: int) -> bool:
        async with database.begin() as tables:
            new = entry("sku:1:2", order_id=str(number), reply=str(number))
            return await tables.idempotency.replace(new, instead_of="1")

    done = await asyncio.gather(*(replaced(number) for number in range(2, 12)))
    assert sum(done) == 1
    async with database.read() as tables:
        found = await tables.idempotency.find(7, "sku:1:2")
    assert found is not None
    assert found.order_id == found.reply == str(done.index(True) + 2)


@pytest.mark.parametrize("length", [200, 1])
async def test_the_longest_key_fits(database: Database, length: int) -> None:
    async with database.read() as tables:
        assert await tables.idempotency.add(entry("key:" + "~" * length))
        assert await tables.idempotency.find(7, "key:" + "~" * length)


async def test_the_old_are_pruned(database: Database, goods: Goods) -> None:
    """IDEM-5: the oldest first, so many at once."""
    async with database.read() as tables:
        for hours in (30, 27, 25, 1):
            await tables.idempotency.add(entry(f"key:{hours}"))
            goods.run(
                "UPDATE orders_idempotency SET created_time = NOW(6) - INTERVAL %s HOUR"
                " WHERE `key` = %s",
                *(hours, f"key:{hours}"),
            )
        assert await tables.idempotency.prune(older_than=26 * 3600, limit=1) == 1
        assert await tables.idempotency.find(7, "key:30") is None
        assert await tables.idempotency.prune(older_than=26 * 3600, limit=10) == 1
    left = goods.ask("SELECT `key` FROM orders_idempotency ORDER BY created_time")
    assert left == [("key:25",), ("key:1",)]


@pytest.mark.parametrize("error", [Conflict(1213), OutcomeUnknown("lost during the commit")])
async def test_who_finds_out_by_a_key_is_run_again(error: Exception) -> None:
    """TX-2: also when nobody knows whether it was committed; five times, then it is said."""
    tries = 0

    @idempotent
    async def unlucky(times: int) -> int:
        nonlocal tries
        tries += 1
        if tries <= times:
            raise error
        return tries

    assert await unlucky(2) == 3
    tries = 0
    with pytest.raises(AlwaysLost if isinstance(error, Conflict) else OutcomeUnknown):
        await unlucky(TRIES)
    assert tries == TRIES


async def test_nothing_else_is_run_again() -> None:
    """A refusal, a database that is away; and an unknown outcome of what has no key."""
    tries = 0

    async def unlucky(error: Exception) -> None:
        nonlocal tries
        tries += 1
        raise error

    for error in (ShopError.__new__(ShopError), Unavailable("gone"), ValueError()):
        with pytest.raises(type(error)):
            await idempotent(unlucky)(error)
    with pytest.raises(OutcomeUnknown):
        await repeatable(unlucky)(OutcomeUnknown("lost"))
    assert tries == 4
