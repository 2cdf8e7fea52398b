"""Transactions that lost are run again, a few times, and nothing else is."""

from __future__ import annotations

import asyncio

import pytest

from models.connection import Duplicate
from models.database import TRIES, Database, repeatable
from models.errors import AlwaysLost, Unavailable
from tests.factories import Goods, connect

RENAME = "UPDATE goods_catalog SET name = %s WHERE id = %s"


class Crossing:
    """Two transactions that change two rows in opposite order: one of them must lose."""

    def __init__(self, database: Database, rows: list[int]) -> None:
        self._database = database
        self._rows = rows
        self._both_hold_one = asyncio.Barrier(2)
        self.tries: list[str] = []

    @repeatable
    async def walk(self, name: str, first: int, second: int) -> None:
        """Rename the rows; meet the other one between the first two."""
        self.tries.append(name)
        async with self._database.begin() as tables:
            await tables.connection.change(RENAME, name, self._rows[first])
            if self.tries.count(name) == 1:
                await self._both_hold_one.wait()
            await tables.connection.change(RENAME, name, self._rows[second])


async def test_the_loser_of_a_deadlock_is_run_again(database: Database, goods: Goods) -> None:
    """DL-4: a real deadlock ends with both done, the victim after its second try."""
    crossing = Crossing(database, [goods.catalog("a"), goods.catalog("b")])
    await asyncio.gather(crossing.walk("one", 0, 1), crossing.walk("two", 1, 0))
    assert len(crossing.tries) == 3
    assert {name for (name,) in goods.ask("SELECT name FROM goods_catalog")} == {crossing.tries[-1]}


class Waiting:
    """A use case that wants a row somebody else never gives back."""

    def __init__(self, database: Database, catalog: int) -> None:
        self._database = database
        self._catalog = catalog
        self.tries = 0

    @repeatable
    async def rename(self) -> None:
        """Write elsewhere, then want the row, without patience."""
        self.tries += 1
        async with self._database.begin() as tables:
            await tables.connection.change("SET innodb_lock_wait_timeout = 0")
            await tables.connection.insert("INSERT INTO goods_catalog (name) VALUES ('half')")
            await tables.connection.change(RENAME, "mine", self._catalog)


async def test_five_tries_and_no_more(database: Database, goods: Goods) -> None:
    """DL-2, DL-4: after the last lost try the conflict is said, and nothing is half done."""
    waiting = Waiting(database, goods.catalog("theirs"))
    other = connect(goods.url)
    other.begin()
    other.cursor().execute(RENAME, ("theirs", waiting._catalog))
    with pytest.raises(AlwaysLost):
        await waiting.rename()
    assert waiting.tries == TRIES == 5
    other.rollback()
    other.close()
    assert goods.ask("SELECT name FROM goods_catalog") == [("theirs",)]


async def test_patience_ends_before_the_tries(
    database: Database, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DL-4: when the time is over nothing is tried again."""
    monkeypatch.setattr("models.database.PATIENCE_SECONDS", 0.0)
    waiting = Waiting(database, goods.catalog("theirs"))
    other = connect(goods.url)
    other.begin()
    other.cursor().execute(RENAME, ("theirs", waiting._catalog))
    with pytest.raises(AlwaysLost):
        await waiting.rename()
    assert waiting.tries == 1
    other.close()


async def test_only_a_lost_transaction_is_run_again(database: Database) -> None:
    """Whatever else goes wrong goes wrong once: it may have happened."""
    tries = 0

    @repeatable
    async def unlucky(error: Exception) -> None:
        nonlocal tries
        tries += 1
        raise error

    for error in (Unavailable("gone"), Duplicate(), ValueError()):
        with pytest.raises(type(error)):
            await unlucky(error)
    assert tries == 3
