"""What happens to payments by itself: each job reaches whoever does it, until it is done."""

from __future__ import annotations

import msgspec
import pytest

from models.errors import RemoteFailed
from tasks.kinds import JOBS
from tasks.pays import AskProvider, Repay, WithdrawAttempts
from tests.fakes import RecordingOutside
from tests.tasks.rows import eventually, post, rows, unfinished

NUMBER = "20261127" + "0f" * 10
ASK, WITHDRAW, REPAY = AskProvider(NUMBER, 3), WithdrawAttempts("1234567890123456"), Repay(4711)
ALL = [ASK, WITHDRAW, REPAY]


async def done(job) -> RecordingOutside:
    outside = RecordingOutside()
    await job.run(42, outside.seen)
    return outside


async def test_each_reaches_whoever_does_it_and_nobody_else():
    """The number of the task is no part of it: attempts and refunds have numbers of their own."""
    nobody = RecordingOutside()
    asked, withdrawn, repaid = [await done(job) for job in ALL]
    assert asked.attempts.asked == [(NUMBER, 3)]
    assert withdrawn.attempts.withdrawn == ["1234567890123456"]
    assert repaid.refunds.repaid == [4711]
    assert asked.refunds == withdrawn.refunds == nobody.refunds
    assert repaid.attempts == nobody.attempts


@pytest.mark.parametrize("job", ALL, ids=lambda job: job.kind)
def test_a_job_survives_the_table_and_does_not_show_itself(job):
    kind = JOBS[job.kind]
    assert msgspec.json.decode(msgspec.json.encode(job), type=kind) == job
    assert repr(job) == f"<{kind.__name__}>"


@pytest.mark.parametrize("job", ALL, ids=lambda job: job.kind)
def test_money_outlives_a_provider_that_is_away_for_days(job):
    """WX-4: notices get lost, so a question may not be given up; nor may a refund (PAY-4)."""
    longest_pause, three_days = 600, 3 * 24 * 3600
    assert job.tries * longest_pause > three_days
    assert job.buried_with_facts


async def test_the_relay_asks_again_until_the_provider_answers(database, own, outside, relay):
    """PAY-4: a refund is repeated until it is confirmed, under the same number."""
    tried = []

    async def away(number):
        tried.append(number)
        if len(tried) < 3:
            raise RemoteFailed("alipay", "the refund is still on its way")

    outside.refunds.trouble = away
    await post(database, *ALL)
    running = await relay()
    await eventually(lambda: unfinished(own) == 0)
    assert tried == [4711] * 3
    assert outside.refunds.repaid == [4711]
    assert outside.attempts.asked == [(NUMBER, 3)]
    assert outside.attempts.withdrawn == ["1234567890123456"]
    assert [row.done for row in rows(own)] == [1, 1, 1]
    assert running.counts.delivered == 3


async def test_a_refund_that_will_never_be_is_buried_with_its_facts(database, own, outside, relay):
    """Staff see it and replay it once the cause is mended."""

    async def never(_number):
        raise RemoteFailed("alipay", "no such trade", lasting=True)

    outside.refunds.trouble = never
    await post(database, REPAY)
    await relay()
    await eventually(lambda: unfinished(own) == 0)
    (row,) = rows(own)
    assert (row.done, row.dead, row.attempts) == (0, 1, 1)
    assert row.error == "alipay: no such trade"
    assert msgspec.json.decode(row.facts, type=Repay) == REPAY
    assert outside.refunds.repaid == []
