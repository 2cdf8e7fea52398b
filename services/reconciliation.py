"""Reconciling: the bill a provider makes of a day beside the money in our own books of that day.

Our books hold the moment the provider has told, or where it did not, when we heard of it. What
moved within five minutes of midnight may therefore stand in the neighbouring day of the other side:
when it is found there it is a note and no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from models.database import Database
from models.payments import Movement
from services.ports import StatementLine

MIDNIGHT = timedelta(minutes=5)
DAY = timedelta(days=1)
Key = tuple[str, str]
"""The number of an attempt and that of the refund, empty for a payment."""


class BillSource(Protocol):
    """Somebody who has the bills of a provider, such as ``services.ports.PaymentProvider``."""

    async def statement(self, day: date) -> Sequence[StatementLine]:
        """Return every movement of a day, Beijing time; raise ``RemoteFailed``."""


class Kind(StrEnum):
    """What can differ."""

    NOT_HERE = "not here"
    NOT_THERE = "not there"
    AMOUNT = "amount"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Difference:
    """A movement the two sides do not agree on; what a side does not have is None.

    Amounts are in yuan, those of refunds negative. ``here`` and ``there`` are the provider's
    numbers of the trade when it is the numbers that differ, amounts otherwise. ``at`` is when we
    wrote it down, if we did, be it on a neighbouring day.
    """

    kind: Kind
    out_trade_no: str
    request_no: str
    here: Decimal | str | None
    there: Decimal | str | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A movement both sides have, on both sides of a midnight; ``day`` is the provider's."""

    out_trade_no: str
    request_no: str
    amount: Decimal
    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it; ``here`` and ``there`` are the amounts that moved, in the order read."""

    provider: str
    day: date
    here: Sequence[Decimal]
    there: Sequence[Decimal]
    differences: Sequence[Difference] = ()
    notes: Sequence[Note] = ()


class ReconciliationService:
    """Compares; ``today`` is the first day that is not over, of which there is no bill yet."""

    def __init__(self, database: Database, *, today: date) -> None:
        self._database = database
        self._today = today

    async def run(self, provider: str, source: BillSource, day: date) -> Comparison:
        """Compare a day; raises ``RemoteFailed`` or ``Unavailable``."""
        bills = {day: _by_key(await source.statement(day))}
        books = await self._books(provider, day)
        for neighbour in _neighbours(books[day].values(), bills[day]):
            if neighbour < self._today:
                bills[neighbour] = _by_key(await source.statement(neighbour))
        return compared(provider, day, books, bills)

    async def _books(self, provider: str, day: date) -> dict[date, dict[Key, Movement]]:
        books: dict[date, dict[Key, Movement]] = {}
        async with self._database.read() as tables:
            for each in (day - DAY, day, day + DAY):
                found = await tables.attempts.movements(each.isoformat())
                ours = (movement for movement in found if movement.provider == provider)
                books[each] = {_key(movement): movement for movement in ours}
        return books


def compared(
    provider: str,
    day: date,
    books: Mapping[date, Mapping[Key, Movement]],
    bills: Mapping[date, Mapping[Key, Sequence[StatementLine]]],
) -> Comparison:
    """Compare the bill of a day with our books, both by day; neighbours may be there, too."""
    judged = [_judged(key, day, books, bills) for key in sorted({*books[day], *bills[day]})]
    here = [movement.amount for movement in books[day].values()]
    there = [line.amount for lines in bills[day].values() for line in lines]
    return Comparison(
        *(provider, day, here, there),
        differences=[each for each in judged if isinstance(each, Difference)],
        notes=[each for each in judged if isinstance(each, Note)],
    )


def neighbour_of(moment: datetime) -> date | None:
    """Return the day across the midnight a moment is close to, None when it is not close."""
    for day in ((moment - MIDNIGHT).date(), (moment + MIDNIGHT).date()):
        if day != moment.date():
            return day
    return None


def _judged(
    key: Key,
    day: date,
    books: Mapping[date, Mapping[Key, Movement]],
    bills: Mapping[date, Mapping[Key, Sequence[StatementLine]]],
) -> Difference | Note | None:
    """Judge a movement that at least one side has on the day."""
    movement = books[day].get(key) or _on_other_days(books, key, day)
    lines, told = bills[day].get(key, ()), day
    if not lines and movement is not None:
        told = neighbour_of(movement.at) or day
        lines = bills.get(told, {}).get(key, ())
    differs = _difference(key, movement, lines)
    if differs is not None or movement is None or movement.at.date() == told:
        return differs
    if neighbour_of(movement.at) == told:
        return Note(*key, movement.amount, movement.at, told)
    return Difference(Kind.NOT_HERE, *key, None, movement.amount, movement.at)


def _difference(
    key: Key, movement: Movement | None, lines: Sequence[StatementLine]
) -> Difference | None:
    """Compare a movement with the lines about it: there should be one."""
    there = sum((line.amount for line in lines), Decimal(0)) if lines else None
    here, at = (movement.amount, movement.at) if movement else (None, None)
    if here is None:
        return Difference(Kind.NOT_HERE, *key, here, there)
    if there is None:
        return Difference(Kind.NOT_THERE, *key, here, there, at)
    if here != there:
        return Difference(Kind.AMOUNT, *key, here, there, at)
    numbers = {line.trade_no for line in lines}
    if movement is not None and numbers != {movement.trade_no}:
        told = ", ".join(sorted(numbers))
        return Difference(Kind.NUMBER, *key, movement.trade_no, told, at)
    return None


def _on_other_days(
    books: Mapping[date, Mapping[Key, Movement]], key: Key, day: date
) -> Movement | None:
    found = (
        movements[key] for each, movements in books.items() if each != day and key in movements
    )
    return next(found, None)


def _neighbours(movements: Iterable[Movement], bill: Mapping[Key, object]) -> set[date]:
    """Return the days whose bills may have what the bill of the day lacks."""
    lacking = (movement for movement in movements if _key(movement) not in bill)
    days = (neighbour_of(movement.at) for movement in lacking)
    return {day for day in days if day is not None}


def _by_key(lines: Sequence[StatementLine]) -> dict[Key, list[StatementLine]]:
    found: defaultdict[Key, list[StatementLine]] = defaultdict(list)
    for line in lines:
        found[_key(line)].append(line)
    return dict(found)


def _key(moved: Movement | StatementLine) -> Key:
    return moved.out_trade_no, moved.request_no
