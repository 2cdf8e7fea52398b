"""The database throws an order out, at each statement of its placing (F-03, TX-2, INV-3)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

from tests.faults.orders import Mall
from tests.handlers.orders.market import Buyer, Market

DEADLOCK, LOCK_WAIT, SNAPSHOT_TOO_OLD = 1213, 1205, 1020
ERRORS = (DEADLOCK, LOCK_WAIT, SNAPSHOT_TOO_OLD)
MOMENTS = ("before", "after")
ABREAST = 12
ALWAYS = -1
BUSY = 10408


class Case(NamedTuple):
    """Somebody whose order is thrown out at one statement."""

    who: Buyer
    statement: str
    when: str
    error: int

    @property
    def is_done(self) -> bool:
        """Whether the order is committed although the shop is told that it was thrown out."""
        return self.statement == "COMMIT" and self.when == "after"


async def statements_of_an_order(mall: Mall, door: Market, sku: int) -> list[str]:
    """Place an order without a fault; return how its statements begin."""
    (who,) = mall.buyers(1)
    assert (await door.buy(who, sku, key="plain")).code == 200
    statements = mall.faults.statements(who)
    assert (statements[0], statements[-1]) == ("START TRANSACTION", "COMMIT")
    assert len(set(statements)) == len(statements) > 8
    return statements


async def cases_of(mall: Mall, statements: Sequence[str], errors: Sequence[int]) -> list[Case]:
    """Give each combination a buyer of its own."""
    wanted = [(s, when, error) for s in statements for when in MOMENTS for error in errors]
    people = mall.buyers(len(wanted))
    return [Case(who, *each) for who, each in zip(people, wanted, strict=True)]


async def codes_of(door: Market, cases: Sequence[Case], sku: int) -> list[int]:
    """Let everybody order, some at once; return the codes."""
    room = asyncio.Semaphore(ABREAST)

    async def order(case: Case) -> int:
        async with room:
            return (await door.buy(case.who, sku, key="once")).code

    return await asyncio.gather(*(order(case) for case in cases))


async def test_an_order_that_is_thrown_out_once_is_placed(mall: Mall) -> None:
    """Nobody notices: 200 for each statement, error and moment, one order each, nothing twice."""
    mall.open(1, child=True)
    sku = mall.shelf(1000)
    async with mall.doors() as (door,):
        statements = await statements_of_an_order(mall, door, sku)
        cases = await cases_of(mall, statements, ERRORS)
        for case in cases:
            mall.faults.set(case.who, case.statement, case.when, error=case.error)
        began = time.monotonic()
        codes = await codes_of(door, cases, sku)
        took = time.monotonic() - began
    print(f"{len(cases)} cases at {len(statements)} statements in {took:.1f} s")
    assert [case for case, code in zip(cases, codes, strict=True) if code != 200] == []
    for case in cases:
        assert mall.orders_under(case.who, "once") == mall.orders_of(case.who)
        assert len(mall.orders_of(case.who)) == 1
        # It really was thrown out: the transaction began twice.
        assert mall.faults.statements(case.who).count("START TRANSACTION") == 2
    assert mall.stock(sku) == 1000 - len(cases) - 1
    await mall.assert_in_order()


async def test_an_order_that_is_always_thrown_out_leaves_nothing(mall: Mall) -> None:
    """The answer is "busy", nothing is written; the same key is good afterwards."""
    mall.open(1, child=True)
    sku = mall.shelf(1000)
    async with mall.doors() as (door,):
        statements = await statements_of_an_order(mall, door, sku)
        cases = await cases_of(mall, statements, [DEADLOCK])
        for case in cases:
            mall.faults.set(case.who, case.statement, case.when, error=case.error, times=ALWAYS)
        codes = await codes_of(door, cases, sku)
        assert [case for case, code in zip(cases, codes, strict=True) if code != BUSY] == []
        done = [case for case in cases if case.is_done]
        for case in cases:
            assert len(mall.orders_of(case.who)) == int(case.is_done), case
            assert len(mall.orders_under(case.who, "once")) == int(case.is_done), case
            assert 2 <= mall.faults.statements(case.who).count("START TRANSACTION") <= 5
        assert mall.stock(sku) == 1000 - 1 - len(done)
        await mall.assert_in_order()
        mall.faults.clear()
        assert set(await codes_of(door, cases, sku)) == {200}
    for case in cases:
        assert mall.orders_under(case.who, "once") == mall.orders_of(case.who)
        assert len(mall.orders_of(case.who)) == 1
    assert mall.stock(sku) == 1000 - 1 - len(cases)
    await mall.assert_in_order()
