"""Attempts in their table: numbers, the one who settles, who asks, and the money of a day."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from models.connection import Duplicate
from models.database import Database
from models.payments import METHODS, PROVIDERS, Attempt, State, fresh_number
from models.refunds import Reason
from tests.factories import Goods

ORDER, NUMBER, OTHER = "1234567890123456", "20261127" + "0a" * 10, "20261127" + "0b" * 10
PATIENCE = 1800
BEIJING = timezone(timedelta(hours=8))


@pytest.fixture
def order(goods: Goods) -> str:
    """An unpaid order of 98 yuan."""
    user = goods.add(
        "users_user_profile", username="wang", password="x", email="w@x.cn", phone="13800000000"
    )
    goods.run(
        "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
        " status, receiver, address, receiver_mobile) VALUES (%s, %s, 98, 1, 1, 'a', 'b', 'c')",
        ORDER,
        user,
    )
    return ORDER


async def opened(
    database: Database, number: str = NUMBER, *, provider: str = "alipay", patience: int = PATIENCE
) -> Attempt:
    """Open an attempt and return it."""
    async with database.read() as tables:
        await tables.attempts.add(ORDER, provider, number, patience=patience)
        found = await tables.attempts.by_number(number)
    assert found is not None
    return found


async def settled(database: Database, attempt: Attempt, state: State, trade_no: str) -> bool:
    """Settle an attempt."""
    async with database.read() as tables:
        return await tables.attempts.settle(attempt.id, state, trade_no=trade_no)


# Numbers


def test_numbers_are_of_their_day_and_never_met_again() -> None:
    """PAY-9: 28 letters and digits, which both providers take; 80 bits at random."""
    today = datetime(2026, 11, 27, 23, 59, tzinfo=BEIJING)
    numbers = {fresh_number(today) for _ in range(10_000)}
    assert len(numbers) == 10_000
    assert {(len(each), each[:8]) for each in numbers} == {(28, "20261127")}
    assert all(each.isascii() and each.isalnum() for each in numbers)


def test_every_provider_is_a_method_and_back() -> None:
    assert PROVIDERS == {1: "alipay", 2: "wechat"}
    assert METHODS == {"alipay": 1, "wechat": 2}


async def test_an_attempt_is_about_the_whole_order(database: Database, order: str) -> None:
    """The amount and the end of its time are those of the order, not of whoever opens it."""
    attempt = await opened(database)
    async with database.read() as tables:
        placed = await tables.orders.by_id(order)
    assert placed is not None
    expected = (order, "alipay", NUMBER, Decimal("98.00"), "open", "", None, 0)
    assert (
        *(attempt.order_id, attempt.provider, attempt.out_trade_no, attempt.amount),
        *(attempt.state, attempt.code_url, attempt.trade_no, attempt.is_over),
    ) == expected
    ends = placed.created_time.replace(microsecond=0) + timedelta(seconds=PATIENCE)
    assert abs(attempt.expires_time - ends) <= timedelta(seconds=1)


async def test_an_attempt_whose_time_is_up_is_over(database: Database, order: str) -> None:
    assert (await opened(database, patience=0)).is_over == 1


async def test_an_order_that_is_not_there_has_no_attempt(database: Database, goods: Goods) -> None:
    async with database.read() as tables:
        await tables.attempts.add("4711", "alipay", NUMBER, patience=PATIENCE)
        assert await tables.attempts.by_number(NUMBER) is None
    assert goods.one("SELECT COUNT(*) FROM pays_attempt") == 0


async def test_a_number_is_given_once(database: Database, order: str, goods: Goods) -> None:
    """PAY-9: neither provider may see one twice."""
    await opened(database)
    with pytest.raises(Duplicate):
        await opened(database, provider="wechat")
    assert goods.one("SELECT COUNT(*) FROM pays_attempt") == 1


async def test_numbers_are_not_read_tolerantly(database: Database, order: str) -> None:
    """Another case or a blank at the end is another number."""
    await opened(database)
    async with database.read() as tables:
        assert await tables.attempts.by_number(NUMBER.upper()) is None
        assert await tables.attempts.by_number(NUMBER + "0") is None
        assert await tables.attempts.locked(4711) is None


async def test_attempts_stand_in_their_order(database: Database, order: str) -> None:
    first = await opened(database)
    second = await opened(database, OTHER, provider="wechat")
    async with database.read() as tables:
        assert await tables.attempts.of_order(order) == [first, second]
        assert await tables.attempts.of_order("1") == []


# The one who settles


@pytest.mark.parametrize("state", [State.PAID, State.SURPLUS])
@pytest.mark.parametrize("closed_before", [False, True])
async def test_an_attempt_is_settled_once(
    database: Database, order: str, goods: Goods, state: State, closed_before: bool
) -> None:
    """PAY-1: of twenty at once one sees the changed row; a closed one may turn out to be paid."""
    attempt = await opened(database)
    if closed_before:
        async with database.read() as tables:
            assert await tables.attempts.close(attempt.id)
    tried = (settled(database, attempt, state, f"T{n}") for n in range(20))
    assert sum(await asyncio.gather(*tried)) == 1
    row = goods.ask("SELECT state, LEFT(trade_no, 1), paid_time IS NULL FROM pays_attempt")
    assert row == [(state.value, "T", 0)]


@pytest.mark.parametrize("first", [State.PAID, State.SURPLUS])
@pytest.mark.parametrize("second", [State.PAID, State.SURPLUS])
async def test_what_is_settled_stays(
    database: Database, order: str, goods: Goods, first: State, second: State
) -> None:
    """PAY-1, PAY-5: no later word changes a byte."""
    attempt = await opened(database)
    assert await settled(database, attempt, first, "T1")
    before = goods.contents()
    assert not await settled(database, attempt, second, "T2")
    async with database.read() as tables:
        assert not await tables.attempts.close(attempt.id)
        assert not await tables.attempts.keep_code(attempt.id, "weixin://x")
        assert not await tables.attempts.claim_asking(attempt.id, pause=0)
    assert goods.contents() == before


async def test_a_trade_belongs_to_one_attempt(database: Database, order: str, goods: Goods) -> None:
    """The other provider may have the same number; the same provider may not."""
    one, same, other = [
        await opened(database, f"{NUMBER[:-1]}{n}", provider=provider)
        for n, provider in enumerate(("alipay", "alipay", "wechat"))
    ]
    assert await settled(database, one, State.PAID, "T1")
    with pytest.raises(Duplicate):
        await settled(database, same, State.SURPLUS, "T1")
    assert await settled(database, other, State.SURPLUS, "T1")
    states = goods.ask("SELECT state FROM pays_attempt ORDER BY id")
    assert states == [("paid",), ("open",), ("surplus",)]


async def test_an_open_attempt_is_closed_once(database: Database, order: str) -> None:
    attempt = await opened(database)

    async def closed() -> bool:
        async with database.read() as tables:
            return await tables.attempts.close(attempt.id)

    assert sum(await asyncio.gather(*(closed() for _ in range(20)))) == 1


async def test_a_locked_attempt_is_kept_from_others(database: Database, order: str) -> None:
    """The control, a plain read, does not wait."""
    attempt = await opened(database)
    async with database.begin() as tables, database.begin() as other:
        await tables.attempts.locked(attempt.id)
        assert await other.attempts.by_number(NUMBER) == attempt
        waiting = asyncio.create_task(other.attempts.locked(attempt.id))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        await tables.attempts.close(attempt.id)
        await tables.connection.change("COMMIT")
        found = await waiting
    assert found is not None
    assert found.state == "closed"


# What is scanned, and who asks


async def test_the_first_code_is_kept(database: Database, order: str) -> None:
    """Buyers at two screens scan the same; one that is closed has nothing to scan."""
    attempt = await opened(database, provider="wechat")

    async def kept(code: str) -> bool:
        async with database.read() as tables:
            return await tables.attempts.keep_code(attempt.id, code)

    codes = [f"weixin://wxpay/bizpayurl?pr={n}" for n in range(20)]
    won = await asyncio.gather(*map(kept, codes))
    assert sum(won) == 1
    async with database.read() as tables:
        found = await tables.attempts.by_number(NUMBER)
        assert found is not None
        assert found.code_url == codes[won.index(True)]
        second = await opened(database, OTHER, provider="wechat")
        await tables.attempts.close(second.id)
        assert not await tables.attempts.keep_code(second.id, codes[0])


async def test_the_provider_is_asked_by_one_at_a_time(
    database: Database, order: str, goods: Goods
) -> None:
    """Of twenty viewers one has the turn, the next turn comes when the pause is over."""
    attempt = await opened(database)

    async def claimed(pause: float) -> bool:
        async with database.read() as tables:
            return await tables.attempts.claim_asking(attempt.id, pause=pause)

    assert sum(await asyncio.gather(*(claimed(5) for _ in range(20)))) == 1
    assert not await claimed(5)
    goods.run("UPDATE pays_attempt SET asked_time = asked_time - INTERVAL 5 SECOND")
    assert await claimed(5)


# The money of a day

DAY, LAST, NEXT = "2026-11-27", "2026-11-26 23:59:59.999999", "2026-11-28 00:00:00"
FIRST_MOMENT, LAST_MOMENT = "2026-11-27 00:00:00", "2026-11-27 23:59:59.999999"


async def test_the_movements_of_a_day(database: Database, order: str, goods: Goods) -> None:
    """From midnight to midnight: what was paid, and what had gone back; nothing under way."""
    moments = {"1": LAST, "2": FIRST_MOMENT, "3": LAST_MOMENT, "4": NEXT}
    for digit, moment in moments.items():
        attempt = await opened(
            database, digit * 28, provider="wechat" if digit == "3" else "alipay"
        )
        await settled(database, attempt, State.SURPLUS, f"T{digit}")
        goods.run("UPDATE pays_attempt SET paid_time = %s WHERE id = %s", moment, attempt.id)
        async with database.read() as tables:
            refund = await tables.refunds.add(
                attempt.id,
                order_id=order,
                number=digit * 28,
                amount=attempt.amount,
                reason=Reason.LATE,
            )
        goods.run("UPDATE pays_refund SET done_time = %s WHERE id = %s", moment, refund)
    goods.run(
        "UPDATE pays_refund SET state = 'pending', done_time = NULL WHERE request_no LIKE 'R2%'"
    )
    await opened(database)
    async with database.read() as tables:
        found = await tables.attempts.movements(DAY)
    assert {(each.provider, each.trade_no, each.request_no, each.amount) for each in found} == {
        ("alipay", "T2", "", Decimal("98.00")),
        ("wechat", "T3", "", Decimal("98.00")),
        ("wechat", "T3", "R" + "3" * 28, Decimal("-98.00")),
    }
    assert len(found) == 3
    assert {each.at.microsecond for each in found} == {0, 999_999}


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("SELECT id FROM pays_attempt WHERE order_id = '1'", "pays_attempt_order"),
        ("SELECT id FROM pays_attempt WHERE paid_time >= NOW()", "pays_attempt_paid"),
        ("SELECT id FROM pays_refund WHERE order_id = '1'", "pays_refund_order"),
        ("SELECT id FROM pays_refund WHERE done_time >= NOW()", "pays_refund_done"),
    ],
)
async def test_what_is_looked_up_has_a_key(
    database: Database, order: str, sql: str, key: str
) -> None:
    """PERF-1."""
    async with database.read() as tables:
        plan = await tables.connection._fetched(f"EXPLAIN {sql}", ())
    assert key in str(plan)
