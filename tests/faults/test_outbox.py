"""Processes and databases die under tasks; each is done all the same (OBX-1, OBX-2, OBX-3)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from environment import Url
from services.outbox import OutboxService
from tasks.kinds import JOBS
from tasks.mail import WelcomeMail
from tasks.relay import Relay
from tests.fakes import RecordingOutside
from tests.tasks.child import book, children
from tests.tasks.conftest import QUICK, relaying
from tests.tasks.rows import (
    EMPTY,
    OwnDatabase,
    eventually,
    opened,
    rows,
    tasks_database,
    unfinished,
)

MANY = 10_000
LEASE = 1.5


@pytest.fixture(scope="module")
def migrated_faults(stack):
    return tasks_database(Url(stack.mariadb.url), "dadashop_faults")


@pytest.fixture
def own(migrated_faults) -> OwnDatabase:
    migrated_faults.run(EMPTY)
    return migrated_faults


@pytest.fixture
def child(own, tmp_path) -> Iterator:
    with children(tmp_path, own.url) as start:
        yield start


def post(own: OwnDatabase, count: int) -> None:
    """Write welcome mails, a millisecond apart."""
    own.run(
        "INSERT INTO tasks_outbox (kind, facts, due) SELECT 'mail.welcome',"
        ' CONCAT(\'{"to":"user\', seq, \'@example.com","name":"user\', seq, \'"}\'),'
        f" NOW(6) - INTERVAL {count} - seq MICROSECOND FROM seq_1_to_{count}"
    )


def sent(folder: Path) -> Counter[str]:
    """Count how often each task was handed over."""
    return Counter(number for number, _ in book(folder, "sent"))


async def test_killed_between_commit_and_delivery(own, child, tmp_path):
    """OBX-1: nobody runs when it is committed; the first process dies with it in its hands."""
    post(own, 5)
    first = child(fault="hang", lease=LEASE)
    await eventually(lambda: len(book(tmp_path, "began")) == 5, 30)
    taken = time.monotonic()
    first.kill()
    assert sent(tmp_path) == {}
    child(lease=LEASE)
    await eventually(lambda: unfinished(own) == 0, 30)
    print(f"delivered {time.monotonic() - taken:.2f} s after the kill, lease {LEASE} s")
    assert sent(tmp_path) == {str(row.id): 1 for row in rows(own)}
    assert {row.attempts for row in rows(own)} == {2}


async def test_a_lease_holds_until_it_runs_out(own, child, tmp_path):
    """The control of the test above: with a long lease the second process does not touch them."""
    post(own, 5)
    first = child(fault="hang", lease=60)
    await eventually(lambda: len(book(tmp_path, "began")) == 5, 30)
    first.kill()
    child(lease=60)
    await eventually(lambda: len(book(tmp_path, "ready")) == 2, 30)
    await asyncio.sleep(LEASE * 2)
    assert sent(tmp_path) == {}
    assert unfinished(own) == 5


async def test_killed_between_delivery_and_marking(own, child, tmp_path):
    """OBX-2: it is handed over again, under the same number, so the receiver can tell."""
    post(own, 1)
    first = child(fault="die", lease=LEASE)
    await eventually(lambda: first.fate() == -9, 30)
    [row] = rows(own)
    assert (row.done, row.leased) == (0, 1)
    assert sent(tmp_path) == {str(row.id): 1}
    child(lease=LEASE)
    await eventually(lambda: unfinished(own) == 0, 30)
    assert sent(tmp_path) == {str(row.id): 2}
    [row] = rows(own)
    assert (row.done, row.attempts, row.facts) == (1, 2, "{}")


async def test_four_processes_do_ten_thousand_each_once(own, child, tmp_path):
    """OBX-3: all are delivered, none twice; every process takes its part."""
    post(own, MANY)
    for _ in range(4):
        child(lease=30)
    await eventually(lambda: len(book(tmp_path, "ready")) == 4, 30)
    began = time.monotonic()
    left = unfinished(own)
    await eventually(lambda: unfinished(own) == 0, 240)
    took = time.monotonic() - began
    deliveries = book(tmp_path, "sent")
    print(f"{left} tasks in {took:.1f} s by 4 processes: {left / took:.0f}/s")
    print(f"parts: {sorted(Counter(process for _, process in deliveries).values())}")
    assert sent(tmp_path) == {str(row.id): 1 for row in rows(own)}
    assert len(deliveries) == MANY
    assert {row.attempts for row in rows(own)} == {1}
    assert {row.facts for row in rows(own)} == {"{}"}


async def test_a_naive_claim_does_some_twice(own, child, tmp_path):
    """The control of the test above: without lock and lease the book shows duplicates."""
    post(own, 2000)
    for _ in range(4):
        child(fault="naive", lease=30)
    await eventually(lambda: len(sent(tmp_path)) == 2000, 60)
    assert sum(sent(tmp_path).values()) > 2000


async def test_a_killed_relay_among_four_loses_nothing(own, child, tmp_path):
    """OBX-3: duplicates only of what the killed one had in its hands."""
    post(own, 3000)
    processes = [child(lease=LEASE) for _ in range(4)]
    await eventually(lambda: len(book(tmp_path, "sent")) > 300, 60)
    processes[0].kill()
    await eventually(lambda: unfinished(own) == 0, 60)
    counted = sent(tmp_path)
    assert len(counted) == 3000
    again = sum(counted.values()) - 3000
    print(f"{again} handed over twice after a kill")
    assert again <= 8


async def test_a_process_told_to_stop_leaves_nothing_half_done(own, child, tmp_path):
    """SIGTERM in the middle: everything it took is marked, the next one does the rest, once."""
    post(own, 3000)
    first = child(lease=60)
    await eventually(lambda: len(book(tmp_path, "sent")) > 200, 60)
    assert first.end() == 0
    child(lease=60)
    await eventually(lambda: len(sent(tmp_path)) >= 3000 - 8, 60)
    leased = sum(row.leased for row in rows(own))
    assert leased <= 8  # at most a claim that was on its way when the word came
    assert max(sent(tmp_path).values()) == 1


async def test_the_database_dies_and_returns(private):
    """Killed while tasks run: the relay lives, and afterwards everything is done."""
    server = private.mariadb()
    own = OwnDatabase(Url(server.url), "dadashop")
    own.migrate()
    outside = RecordingOutside()
    async with opened(own.url) as database:
        async with database.begin() as tables:
            for number in range(50):
                mail = WelcomeMail(to=f"user{number}@example.com", name="user")
                await tables.outbox.post(mail, delay=number * 0.05)
        relay = Relay(OutboxService(database), JOBS, outside=outside.seen, pace=QUICK)
        async with relaying(relay):
            await eventually(lambda: len(outside.mailer.letters) > 5)
            server.kill()
            await asyncio.sleep(1)
            server.start()
            await asyncio.to_thread(server.wait)
            await eventually(lambda: unfinished(own) == 0, 20)
    numbers = Counter(letter.number for letter in outside.mailer.letters)
    assert len(numbers) == 50
    print(f"{sum(numbers.values()) - 50} handed over twice")
