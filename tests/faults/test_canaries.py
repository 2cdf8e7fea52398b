"""Callers of MariaDB give up at any moment: nobody is handed what was meant for another (INV-9).

Every question names what its answer must hold. Some callers are cancelled, some run into a time
limit, some wait; each of them minds what comes back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress

import aiomysql
import msgspec
from pymysql.constants import COMMAND

from models.database import Database
from resources import address_of
from tests.faults.orders import Mall, sized

GIVEN_UP = sized(10_000, 40_000)
CALLERS = 24


class Text(msgspec.Struct):
    """One value."""

    value: str


class Crowd:
    """Callers who ask and give up; ``wrong`` are those who got a foreign answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._chance = random.Random(11)
        self._usual = 0.01
        self.outcomes: Counter[str] = Counter()
        self.wrong: list[tuple[str, str]] = []

    async def ask(self, until: int) -> None:
        """Ask with all callers until so many have given up."""
        await asyncio.gather(*(self._caller(number, until) for number in range(CALLERS)))

    async def _caller(self, number: int, until: int) -> None:
        while self.outcomes["cancelled"] + self.outcomes["timed out"] < until:
            number += CALLERS
            await self._given_up(asyncio.create_task(self._minded(number)))

    async def _given_up(self, task: asyncio.Task[None]) -> None:
        """Cancel it, give it a time limit, both mostly under way, or wait for it."""
        how = self._chance.choice(("cancelled", "timed out", "answered"))
        wait = self._chance.uniform(0, self._usual)
        if how == "answered":
            await task
        elif how == "cancelled":
            await asyncio.sleep(wait)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
                how = "answered"
        else:
            try:
                async with asyncio.timeout(wait):
                    await task
                how = "answered"
            except TimeoutError:
                pass
        self.outcomes[how] += 1

    async def _minded(self, number: int) -> None:
        """Ask twice, by one of the two ways to use a connection."""
        began = time.perf_counter()
        use = self._database.begin if number % 2 else self._database.read
        async with use() as tables:
            for part in range(2):
                canary = f"{number}-{part}"
                answer = await tables.connection.row(Text, "SELECT %s", canary)
                if answer != Text(canary):
                    self.wrong.append((canary, str(answer)))
        self._usual += 0.05 * (time.perf_counter() - began - self._usual)


async def test_the_control_hands_an_answer_to_the_next(mall: Mall) -> None:
    """A connection that is used on after its caller gave up answers the next one wrongly."""
    connection = await aiomysql.connect(**address_of(mall.goods.url))

    async def ask(canary: str) -> str:
        await connection._execute_command(COMMAND.COM_QUERY, f"SELECT '{canary}'")
        await asyncio.sleep(0.02)
        await connection._read_query_result()
        return str(connection._result.rows[0][0])

    given_up = asyncio.create_task(ask("one"))
    await asyncio.sleep(0.01)
    given_up.cancel()
    assert await ask("two") == "one"
    connection.close()


async def test_rows_never_are_what_was_meant_for_another(mall: Mall) -> None:
    """10,000 give up, with and without a transaction; afterwards every place is free."""
    async with mall.database() as database:
        crowd = Crowd(database)
        began = time.monotonic()
        await crowd.ask(GIVEN_UP)
        print(f"{dict(crowd.outcomes)} in {time.monotonic() - began:.1f} s")
        assert crowd.wrong == []
        assert database.in_use == 0
        waited = database.waits
        await asyncio.gather(*(database.ping() for _ in range(50)))
        assert (database.in_use, database.waits) == (0, waited)
    await mall.assert_idle()
