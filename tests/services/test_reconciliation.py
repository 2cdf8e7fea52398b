"""Reconciling a day: what differs is named once, a movement around midnight is no difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from models.errors import RemoteFailed
from services.gateways.beijing import BEIJING
from services.ports import StatementLine
from services.reconciliation import (
    Comparison,
    Difference,
    Kind,
    Note,
    ReconciliationService,
    neighbour_of,
)
from tests.audited import order_id
from tests.factories import Goods
from tests.tasks.rows import opened

DAY, BEFORE, AFTER = date(2026, 11, 27), date(2026, 11, 26), date(2026, 11, 28)
TODAY = date(2026, 11, 30)
NOON = "2026-11-27 12:00:00"
AMOUNT = Decimal("98.00")


class Bills:
    """A provider that has written bills; ``asked`` are the days it was asked about."""

    def __init__(self, **days: Sequence[StatementLine]) -> None:
        self.days = {date(2026, 11, int(name[1:])): lines for name, lines in days.items()}
        self.asked: list[date] = []

    async def statement(self, day: date) -> Sequence[StatementLine]:
        self.asked.append(day)
        return self.days.get(day, ())


class Shop:
    """Our own books: an attempt for each number, with its refund if there is one."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods

    def paid(self, number: int, at: str = NOON, *, provider: str = "alipay") -> StatementLine:
        """Write a payment down; return the line a bill has of it."""
        self._goods.add(
            "pays_attempt",
            id=number,
            order_id=order_id(number),
            provider=provider,
            out_trade_no=f"N{number}",
            amount=AMOUNT,
            state="paid",
            trade_no=f"T{number}",
            expires_time=NOON,
            paid_time=at,
        )
        return line(number)

    def refunded(self, number: int, at: str | None = NOON) -> StatementLine:
        """Write a refund of a payment down, without a moment one that is under way."""
        self._goods.add(
            "pays_refund",
            attempt_id=number,
            order_id=order_id(number),
            request_no=f"RN{number}",
            amount=AMOUNT,
            reason="late",
            state="done" if at else "pending",
            done_time=at,
        )
        return line(number, back=True)

    async def compared(
        self, bills: Bills, day: date = DAY, *, today: date = TODAY, provider: str = "alipay"
    ) -> Comparison:
        """Compare."""
        async with opened(self._goods.url, size=1) as database:
            service = ReconciliationService(database, today=today)
            return await service.run(provider, bills, day)


def line(
    number: int, amount: str = "98.00", *, back: bool = False, trade: str = ""
) -> StatementLine:
    """Return a line of a bill: a payment, or money that went back."""
    request = f"RN{number}" if back else ""
    moved = -Decimal(amount) if back else Decimal(amount)
    return StatementLine(f"N{number}", trade or f"T{number}", request, moved)


def moment(text: str) -> datetime:
    """Return a moment as the database does."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).replace(tzinfo=None)


@pytest.fixture
def shop(goods: Goods) -> Shop:
    """Books without a movement."""
    return Shop(goods)


async def test_a_day_on_which_nothing_moved(shop: Shop) -> None:
    bills = Bills()
    assert await shop.compared(bills) == Comparison("alipay", DAY, [], [], [], [])
    assert bills.asked == [DAY]


async def test_both_sides_have_the_same(shop: Shop) -> None:
    """Payments and refunds in any order, without other days, providers, and what is under way."""
    lines = [shop.paid(1), shop.paid(2, "2026-11-27 00:00:00"), shop.refunded(2)]
    shop.paid(3, provider="wechat")
    shop.paid(4, "2026-11-26 12:00:00")
    shop.refunded(4, None)
    shop.paid(5, "2026-11-28 12:00:00")
    bills = Bills(d27=lines[::-1])
    comparison = await shop.compared(bills)
    assert (comparison.differences, comparison.notes) == ([], [])
    assert sorted(comparison.here) == sorted(comparison.there) == [-AMOUNT, AMOUNT, AMOUNT]
    assert bills.asked == [DAY]


async def test_each_provider_is_compared_with_its_own_book(shop: Shop) -> None:
    shop.paid(1)
    wechat = [shop.paid(2, provider="wechat")]
    comparison = await shop.compared(Bills(d27=wechat), provider="wechat")
    assert comparison.differences == []
    assert comparison.here == [AMOUNT]


async def test_whatever_differs_is_named_once(shop: Shop) -> None:
    """Payments and refunds, missing at either side, of another amount, under another number."""
    for number in range(1, 7):
        shop.paid(number)
        shop.refunded(number)
    at = moment(NOON)
    bill = [
        *(line(1), line(1, back=True)),
        *(line(2, "97.99"), line(2, "98.01", back=True)),
        *(line(3, trade="X"), line(3, back=True, trade="X")),
        line(4, back=True),
        line(5),
        *(line(6), line(6), line(6, back=True)),
        *(line(7), line(7, back=True)),
    ]
    found = (await shop.compared(Bills(d27=bill))).differences
    assert found == [
        Difference(Kind.AMOUNT, "N2", "", AMOUNT, Decimal("97.99"), at),
        Difference(Kind.AMOUNT, "N2", "RN2", -AMOUNT, Decimal("-98.01"), at),
        Difference(Kind.NUMBER, "N3", "", "T3", "X", at),
        Difference(Kind.NUMBER, "N3", "RN3", "T3", "X", at),
        Difference(Kind.NOT_THERE, "N4", "", AMOUNT, None, at),
        Difference(Kind.NOT_THERE, "N5", "RN5", -AMOUNT, None, at),
        Difference(Kind.AMOUNT, "N6", "", AMOUNT, 2 * AMOUNT, at),
        Difference(Kind.NOT_HERE, "N7", "", None, AMOUNT),
        Difference(Kind.NOT_HERE, "N7", "RN7", None, -AMOUNT),
    ]


@pytest.mark.parametrize("amount", ["0.01", "0.10", "99999999.99"])
async def test_amounts_are_exact(shop: Shop, goods: Goods, amount: str) -> None:
    """A fen more or less is a difference; 0.1 yuan is 0.10 yuan."""
    shop.paid(1)
    goods.run("UPDATE pays_attempt SET amount = %s", amount)
    for told, count in ((amount.rstrip("0"), 0), (str(Decimal(amount) - Decimal("0.01")), 1)):
        comparison = await shop.compared(Bills(d27=[line(1, told)]))
        assert len(comparison.differences) == count


# Around midnight


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize(
    ("at", "told", "asked"),
    [
        ("2026-11-27 00:00:00", BEFORE, 26),
        ("2026-11-27 00:04:59", BEFORE, 26),
        ("2026-11-27 23:55:00", AFTER, 28),
        ("2026-11-27 23:59:59", AFTER, 28),
    ],
)
async def test_what_the_bill_of_the_neighbouring_day_has_is_a_note(
    shop: Shop, back: bool, at: str, told: date, asked: int
) -> None:
    """Of our day, of theirs the one before or after."""
    other = shop.paid(1, NOON if back else at)
    moved = shop.refunded(1, at) if back else other
    bills = Bills(**{"d27": [other] if back else [], f"d{asked}": [moved]})
    comparison = await shop.compared(bills)
    assert comparison.differences == []
    assert comparison.notes == [Note(*("N1", moved.request_no), moved.amount, moment(at), told)]
    assert bills.asked == [DAY, told]


@pytest.mark.parametrize("at", ["2026-11-26 23:55:00", "2026-11-28 00:04:59"])
async def test_what_our_neighbouring_day_has_is_a_note(shop: Shop, at: str) -> None:
    """Of their day, of ours the one before or after: nobody has to be asked again."""
    bills = Bills(d27=[shop.paid(1, at)])
    comparison = await shop.compared(bills)
    assert comparison.differences == []
    assert comparison.notes == [Note("N1", "", AMOUNT, moment(at), DAY)]
    assert bills.asked == [DAY]
    assert (comparison.here, comparison.there) == ([], [AMOUNT])


@pytest.mark.parametrize(
    "at", ["2026-11-26 23:54:59", "2026-11-28 00:05:00", "2026-11-28 12:00:00"]
)
async def test_what_was_heard_of_later_is_a_difference_that_says_when(shop: Shop, at: str) -> None:
    """Farther from midnight than five minutes."""
    comparison = await shop.compared(Bills(d27=[shop.paid(1, at)]))
    assert comparison.notes == []
    assert comparison.differences == [Difference(Kind.NOT_HERE, "N1", "", None, AMOUNT, moment(at))]


@pytest.mark.parametrize("at", ["2026-11-27 00:05:00", "2026-11-27 23:54:59"])
async def test_far_from_midnight_no_other_bill_is_asked_for(shop: Shop, at: str) -> None:
    lines = [shop.paid(1, at)]
    bills = Bills(d26=lines, d27=[], d28=lines)
    comparison = await shop.compared(bills)
    assert [each.kind for each in comparison.differences] == [Kind.NOT_THERE]
    assert bills.asked == [DAY]


async def test_the_wrong_midnight_does_not_count(shop: Shop) -> None:
    """Just before midnight, and in the bill of the day before: that is another day."""
    bills = Bills(d26=[shop.paid(1, "2026-11-27 23:59:00")])
    comparison = await shop.compared(bills)
    assert [each.kind for each in comparison.differences] == [Kind.NOT_THERE]


async def test_another_amount_across_midnight_is_a_difference(shop: Shop) -> None:
    shop.paid(1, "2026-11-27 00:01:00")
    comparison = await shop.compared(Bills(d26=[line(1, "1.00")]))
    assert comparison.notes == []
    assert [each.kind for each in comparison.differences] == [Kind.AMOUNT]


async def test_a_day_that_is_not_over_has_no_bill(shop: Shop) -> None:
    """The next day is not asked about while it lasts."""
    bills = Bills(d28=[shop.paid(1, "2026-11-27 23:59:00")])
    comparison = await shop.compared(bills, today=AFTER)
    assert [each.kind for each in comparison.differences] == [Kind.NOT_THERE]
    assert bills.asked == [DAY]


def test_neighbours_of_moments() -> None:
    """Five minutes are exact; months and years end as days do."""
    new_year = datetime(2027, 1, 1, tzinfo=BEIJING)
    edge = timedelta(minutes=5)
    assert neighbour_of(new_year) == date(2026, 12, 31)
    assert neighbour_of(new_year - timedelta(seconds=1)) == date(2027, 1, 1)
    assert neighbour_of(new_year + edge) is None
    assert neighbour_of(new_year - edge) == date(2027, 1, 1)
    assert neighbour_of(new_year - edge - timedelta(microseconds=1)) is None


async def test_a_provider_that_is_away_is_no_difference(shop: Shop) -> None:
    class Away(Bills):
        async def statement(self, day: date) -> Sequence[StatementLine]:
            raise RemoteFailed("alipay", "no answer")

    shop.paid(1)
    with pytest.raises(RemoteFailed, match="alipay: no answer"):
        await shop.compared(Away())
