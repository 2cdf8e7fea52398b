"""What a relay makes of tasks: done, tried again, given up; others are not held up."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import ClassVar

from models.errors import RemoteFailed
from services.outbox import OutboxService
from tasks.job import Job
from tasks.kinds import JOBS
from tasks.mail import ResetMail
from tasks.pace import Pace
from tasks.relay import Relay
from tasks.sms import SmsCode
from tests.tasks.conftest import QUICK, relaying
from tests.tasks.rows import eventually, post, rows, unfinished, welcome


class Poison(Job, frozen=True):
    """Fails at every try, in the way it is told."""

    kind: ClassVar[str] = "test.poison"
    tries: ClassVar[int] = 3

    how: str

    async def run(self, number, outside):
        if self.how == "hang":
            await asyncio.sleep(3600)
        if self.how == "defect":
            raise KeyError("secret xyzzy")
        raise RemoteFailed("smtp", "no", lasting=self.how == "lasting")


WITH_POISON = {**JOBS, Poison.kind: Poison}


# Done


async def test_what_was_posted_is_delivered_and_erased(database, own, outside, relay):
    code = SmsCode(phone="13900000000", code="471147", minutes=5)
    mail, sms = await post(database, welcome(), code)
    running = await relay()
    await eventually(lambda: unfinished(own) == 0)
    assert [letter.number for letter in outside.mailer.letters] == [mail]
    [sent] = outside.sms.codes
    assert (sent.number, sent.phone, sent.code, sent.minutes) == (sms, "13900000000", "471147", 5)
    assert "471147" not in str(own.contents())
    assert [row.done for row in rows(own)] == [1, 1]
    assert running.counts.delivered == 2
    assert running.counts.failed == 0


async def test_the_bell_saves_the_wait(database, outside, relay):
    running = await relay(pace=replace(QUICK, poll=30.0))
    await asyncio.sleep(0.1)
    await post(database, welcome())
    await asyncio.sleep(0.2)
    assert outside.mailer.letters == []
    running.ring()
    assert await eventually(lambda: outside.mailer.letters) < 1


async def test_delayed_work_is_done_when_it_is_due_not_in_order_of_posting(
    database, outside, relay
):
    """BG-1: a long delay in front does not hold up short ones behind it."""
    began = time.monotonic()
    [slow] = await post(database, welcome(1), delay=1.0)
    [fast] = await post(database, welcome(2), delay=0.3)
    await relay()
    await eventually(lambda: len(outside.mailer.letters) == 1)
    assert 0.25 < time.monotonic() - began < 0.8
    await eventually(lambda: len(outside.mailer.letters) == 2)
    assert 0.95 < time.monotonic() - began < 1.5
    assert [letter.number for letter in outside.mailer.letters] == [fast, slow]


# Tried again, and given up


async def test_a_failure_is_tried_again_with_the_same_number(database, own, outside, relay):
    tried = []

    async def twice(number):
        tried.append(number)
        if len(tried) < 3:
            raise RemoteFailed("smtp", "busy")

    outside.mailer.trouble = twice
    [number] = await post(database, welcome())
    running = await relay()
    await eventually(lambda: unfinished(own) == 0)
    assert tried == [number] * 3
    assert [letter.number for letter in outside.mailer.letters] == [number]
    assert (running.counts.failed, running.counts.delivered) == (2, 1)


async def test_poison_is_buried_after_its_tries_and_delays_nobody(database, own, outside, relay):
    """BG-2: failing, broken and hanging tasks are before and among good ones of other kinds."""
    hanging = [Poison(how="hang") for _ in range(20)]
    await post(database, *hanging, Poison(how="defect"), Poison(how="remote"), delay=-60)
    began = time.monotonic()
    await post(database, *(welcome(number) for number in range(50)))
    running = await relay(jobs=WITH_POISON)
    await eventually(lambda: len(outside.mailer.letters) == 50, 3)
    assert time.monotonic() - began < 3
    await eventually(lambda: unfinished(own) == 0, 20)
    dead = [row for row in rows(own) if row.dead]
    assert {row.attempts for row in dead} == {3}
    assert {row.error for row in dead} == {
        "no end within 0.5 s",
        "defect: KeyError",
        "smtp: no",
    }
    assert running.counts.buried == 22
    assert "xyzzy" not in str(own.contents())


async def test_what_cannot_be_helped_is_buried_at_once(database, own, relay):
    await post(database, Poison(how="lasting"))
    await relay(jobs=WITH_POISON)
    await eventually(lambda: unfinished(own) == 0)
    [row] = rows(own)
    assert (row.dead, row.attempts, row.error) == (1, 1, "smtp: no")


async def test_a_buried_code_leaves_no_secret(database, own, outside, relay):
    async def refused(number):
        raise RemoteFailed("sms", "160040", lasting=True)

    outside.sms.trouble = outside.mailer.trouble = refused
    await post(
        database,
        SmsCode(phone="13900000000", code="471147", minutes=5),
        ResetMail(to="a@example.com", code="471147", minutes=5),
    )
    await relay()
    await eventually(lambda: unfinished(own) == 0)
    assert [row.dead for row in rows(own)] == [1, 1]
    assert "471147" not in str(own.contents())


async def test_unknown_kinds_and_broken_facts_are_buried_not_tried(database, own, relay):
    own.run(
        "INSERT INTO tasks_outbox (kind, facts, due) VALUES"
        " ('mail.carrier-pigeon', '{}', NOW(6) - INTERVAL 11 SECOND),"
        " ('mail.welcome', 'nonsense', NOW(6)),"
        " ('mail.welcome', '{\"to\": 5}', NOW(6))"
    )
    running = await relay()
    await eventually(lambda: unfinished(own) == 0)
    await eventually(lambda: running.counts.buried == 3)
    assert [row.error for row in rows(own)] == [
        "nobody knows this kind",
        "facts cannot be read: DecodeError",
        "facts cannot be read: ValidationError",
    ]


async def test_a_new_kind_is_left_to_newer_processes_for_a_while(database, own, relay):
    """While versions follow each other, the old one must not bury what the new one posts."""
    await post(database, Poison(how="lasting"))
    running = await relay()
    await asyncio.sleep(0.5)
    assert unfinished(own) == 1
    assert running.counts.buried == 0


async def test_a_task_that_kills_its_process_is_buried_in_the_end(database, own, outside, relay):
    """Its tries are counted when it is taken: those that no process survived count as well."""
    await post(database, Poison(how="remote"))
    own.run("UPDATE tasks_outbox SET attempts = 3")
    await relay(jobs=WITH_POISON)
    await eventually(lambda: unfinished(own) == 0)
    assert rows(own)[0].error == "the process did not survive the last try"


def test_pauses_grow_to_ten_minutes_and_differ():
    pace = Pace()
    for attempts, full in ((1, 1), (2, 2), (5, 16), (10, 512), (11, 600), (5000, 600)):
        found = {pace.pause(attempts) for _ in range(50)}
        assert len(found) > 40
        assert full / 2 <= min(found) <= max(found) <= full


# Order after an outage


async def test_after_an_outage_all_arrive_in_order_of_due(database, own, outside, relay):
    """OBX-4: what waited is done in order of due, no more at once than allowed."""
    at_once, most = 0, 0

    async def slow(number):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1

    outside.mailer.trouble = slow
    for number in range(60):
        await post(database, welcome(number), delay=-(number * 37 % 60) - 1)
    order = [row[0] for row in own.ask("SELECT id FROM tasks_outbox ORDER BY due")]
    assert order != sorted(order)
    await relay(pace=replace(QUICK, abreast=1))
    await eventually(lambda: unfinished(own) == 0, 20)
    assert [letter.number for letter in outside.mailer.letters] == order
    assert most == 1


async def test_when_smtp_returns_all_arrive_once_and_in_order(database, own, outside):
    """Down for a while: everything is put off again and again; then all arrive, the due first."""
    down = True

    async def maybe(number):
        if down:
            raise RemoteFailed("smtp", "connection refused")

    outside.mailer.trouble = maybe
    sent = await post(database, *(welcome(number) for number in range(40)))
    store = OutboxService(database)
    async with relaying(Relay(store, JOBS, outside=outside.seen, pace=QUICK)) as failing:
        await eventually(lambda: failing.counts.failed >= 120)
    assert unfinished(own) == 40
    assert outside.mailer.letters == []
    down = False
    await asyncio.sleep(QUICK.longest_pause)
    order = [row[0] for row in own.ask("SELECT id FROM tasks_outbox ORDER BY due, id")]
    assert sorted(order) == sent != order
    pace = replace(QUICK, abreast=1)
    async with relaying(Relay(store, JOBS, outside=outside.seen, pace=pace)):
        await eventually(lambda: unfinished(own) == 0)
    assert [letter.number for letter in outside.mailer.letters] == order
