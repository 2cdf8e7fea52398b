"""The histogram of how long connections are lent."""

from __future__ import annotations

import pytest

from models.database import Database
from models.hold_times import BOUNDS, HoldTimes


def test_a_loan_falls_into_the_first_bucket_that_holds_it() -> None:
    held = HoldTimes()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, BOUNDS[-1], BOUNDS[-1] * 2):
        held.add(seconds)
    assert len(held.buckets) == len(BOUNDS) + 1
    assert held.buckets[:2] == [2, 1]
    assert held.buckets[-2:] == [1, 1]
    assert held.seconds == pytest.approx(sum((BOUNDS[0] * 2.01, BOUNDS[-1] * 3)))


async def test_a_pool_counts_its_loans_by_use(database: Database) -> None:
    """RSV-2: transactions apart from looks, those that fail included."""
    async with database.read(), database.read():
        pass
    async with database.begin():
        pass
    with pytest.raises(ZeroDivisionError):
        async with database.begin():
            raise ZeroDivisionError
    counts = {use: sum(held.buckets) for use, held in database.holds.items()}
    assert counts == {"read": 2, "begin": 2}
    assert database.holds["begin"].seconds > 0
