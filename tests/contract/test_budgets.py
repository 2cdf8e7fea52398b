"""Statements per uncached request: few, and no more with ten times the rows (PERF-1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from models.cards import Wanted
from services import Services
from tests.factories import Bags, Goods

BUDGETS = {"index": 4, "list": 3, "sorted list": 3, "detail": 8, "search": 3, "choice": 2}


def blank(_: object) -> bytes:
    """Show nothing: only statements are counted here."""
    return b"{}"


def requests(services: Services, bags: Bags) -> dict[str, Callable[[], Awaitable[object]]]:
    """Every kind of page, by its name in the budget."""
    goods = services.goods
    choice = frozenset({(1, 1)})

    async def choose() -> None:
        with pytest.raises(Exception, match="No item"):
            await goods.choose(bags.tote, choice)

    return {
        "index": lambda: goods.index(blank),
        "list": lambda: goods.catalog(Wanted(bags.full), blank),
        "sorted list": lambda: goods.catalog(Wanted(bags.full, sort="-price"), blank),
        "detail": lambda: goods.detail(bags.skus[0], blank),
        "search": lambda: goods.search("包", page=1, pagesize=9, shown=blank),
        "choice": choose,
    }


async def spent(services: Services, bags: Bags) -> dict[str, int]:
    """Return the statements each kind of page took, without a copy of it anywhere."""
    found = {}
    for name, ask in requests(services, bags).items():
        before = services.database.statements
        await ask()
        found[name] = services.database.statements - before
    return found


async def test_statements_stay_within_their_budget(services: Services, bags: Bags) -> None:
    """Index ≤ 4, list ≤ 3, detail ≤ 8, search ≤ 3."""
    found = await spent(services, bags)
    print(found)
    assert all(0 < found[name] <= most for name, most in BUDGETS.items()), found


async def test_ten_times_the_rows_take_no_more_statements(
    services: Services, goods: Goods, bags: Bags
) -> None:
    """The number of statements does not grow with the number of rows."""
    first = await spent(services, bags)
    for _ in range(10):
        Bags(goods)
    services.pages.forget(["all"])
    await services.pages._pages._redis.flushdb()
    assert await spent(services, bags) == first
