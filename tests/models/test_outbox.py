"""Tasks in their table: posted with their cause, claimed by one, marked by its holder alone."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import msgspec
import pytest

from environment import Url
from models.outbox import Claimed
from tests.tasks.rows import EMPTY, opened, rows, tasks_database

LEASE = 30.0


class Note(msgspec.Struct, frozen=True):
    """A job of this module."""

    kind: ClassVar[str] = "test.note"

    text: str


class Other(Note, frozen=True):
    """Another kind."""

    kind: ClassVar[str] = "test.other"


@pytest.fixture(scope="module")
def migrated_outbox(stack):
    return tasks_database(Url(stack.mariadb.url), "dadashop_outbox")


@pytest.fixture
def own(migrated_outbox):
    migrated_outbox.run(EMPTY)
    return migrated_outbox


@pytest.fixture
async def database(own):
    async with opened(own.url) as database:
        yield database


async def post(database, *jobs, **options):
    async with database.begin() as tables:
        return [await tables.outbox.post(job, **options) for job in jobs]


async def claim(database, *, kind=Note.kind, limit=10, lease=LEASE) -> list[Claimed]:
    async with database.begin() as tables:
        return await tables.outbox.claim(kind, limit, lease)


# Posting


async def test_a_task_of_a_lost_cause_is_not_there(database, own):
    """OBX-1: posted in a transaction that rolls back; the control commits."""

    async def lost():
        async with database.begin() as tables:
            await tables.outbox.post(Note("lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await lost()
    assert rows(own) == []
    await post(database, Note("kept"))
    assert [row.facts for row in rows(own)] == ['{"text":"kept"}']


async def test_a_delayed_task_is_not_ready(database, own):
    await post(database, Note("later"), delay=60)
    assert 58 < rows(own)[0].delay < 60.1
    assert await claim(database) == []


async def test_of_many_posts_with_one_key_one_is_written(database, own):
    async def one() -> int:
        async with database.begin() as tables:
            return await tables.outbox.post(Note("hello"), once="welcome:7")

    ids = await asyncio.gather(*(one() for _ in range(8)))
    assert len(rows(own)) == 1
    assert set(ids) == {rows(own)[0].id}
    await post(database, Note("hello"), once="welcome:8")
    assert len(rows(own)) == 2


# Claiming


async def test_what_was_due_first_is_claimed_first(database, own):
    await post(database, Note("third"), delay=-1)
    await post(database, Note("first"), delay=-3)
    await post(database, Note("second"), delay=-2)
    await post(database, Other("another kind"), delay=-9)
    first_two = await claim(database, limit=2)
    assert [each.facts for each in first_two] == ['{"text":"first"}', '{"text":"second"}']
    assert [each.facts for each in await claim(database)] == ['{"text":"third"}']
    assert await claim(database) == []


async def test_a_claim_in_progress_is_passed_over(database):
    """SKIP LOCKED: the second transaction neither waits for the first nor takes what is its."""
    await post(database, *(Note(str(number)) for number in range(6)))
    async with database.begin() as one, database.begin() as two:
        mine = await one.outbox.claim(Note.kind, 4, LEASE)
        async with asyncio.timeout(1):
            yours = await two.outbox.claim(Note.kind, 4, LEASE)
    assert len(mine) == 4
    assert len(yours) == 2
    assert not {each.id for each in mine} & {each.id for each in yours}


async def test_claims_count_as_attempts(database):
    await post(database, Note("again"))
    assert [each.attempts for each in await claim(database, lease=0)] == [1]
    assert [each.attempts for each in await claim(database, lease=0)] == [2]


async def test_a_claim_reads_no_finished_and_no_future_rows(database, own):
    own.run(
        "INSERT INTO tasks_outbox (kind, facts, due, done_time)"
        " SELECT 'test.note', '{}', NOW(6) - INTERVAL seq SECOND, NOW(6) FROM seq_1_to_3000;"
        "INSERT INTO tasks_outbox (kind, facts, due)"
        " SELECT 'test.note', '{}', NOW(6) + INTERVAL 1 HOUR FROM seq_1_to_3000;"
        "INSERT INTO tasks_outbox (kind, facts, due)"
        " SELECT 'test.note', '{}', NOW(6) - INTERVAL 1 SECOND FROM seq_1_to_500;"
        "ANALYZE TABLE tasks_outbox"
    )
    async with database.begin() as tables:
        before = await rows_read(tables)
        assert len(await tables.outbox.claim(Note.kind, 10, LEASE)) == 10
        assert 10 <= await rows_read(tables) - before < 60


async def rows_read(tables) -> int:
    """Return how many rows or index entries this connection has read so far."""
    found = await tables.connection.rows(
        lambda _, value: int(value), "SHOW SESSION STATUS LIKE 'Handler_read%'"
    )
    return sum(found)


# Marking


async def test_a_done_task_keeps_no_facts(database, own):
    """OBX-5."""
    await post(database, Note("secret 4711"))
    [task] = await claim(database)
    async with database.read() as tables:
        assert await tables.outbox.finish(task.id, task.leased_until)
    [row] = rows(own)
    assert (row.facts, row.done, row.leased, row.error) == ("{}", 1, 0, None)
    assert "4711" not in str(own.contents())


@pytest.mark.parametrize("mark", ["finish", "put_off", "bury"])
async def test_whoever_lost_the_lease_can_say_nothing(database, own, mark):
    """The lease ran out and another holds the task; the control is the other."""
    await post(database, Note("slow"))
    [slow] = await claim(database, lease=0)
    [other] = await claim(database)
    marks = {
        "finish": lambda outbox, task: outbox.finish(task.id, task.leased_until),
        "put_off": lambda outbox, task: outbox.put_off(
            task.id, task.leased_until, seconds=1, error="no"
        ),
        "bury": lambda outbox, task: outbox.bury(
            task.id, task.leased_until, error="no", erase=True
        ),
    }
    before = own.ask("SELECT * FROM tasks_outbox")
    async with database.read() as tables:
        assert not await marks[mark](tables.outbox, slow)
        assert own.ask("SELECT * FROM tasks_outbox") == before
        assert await marks[mark](tables.outbox, other)
        assert own.ask("SELECT * FROM tasks_outbox") != before
        assert not await marks[mark](tables.outbox, other)


async def test_a_task_put_off_is_ready_again_after_the_pause(database, own):
    await post(database, Note("later"))
    [task] = await claim(database)
    async with database.read() as tables:
        await tables.outbox.put_off(task.id, task.leased_until, seconds=0.2, error="x" * 500)
    assert rows(own)[0].error == "x" * 200
    assert await claim(database) == []
    await asyncio.sleep(0.25)
    assert [each.attempts for each in await claim(database)] == [2]


# The dead


async def buried(database, job, *, erase=False):
    [number] = await post(database, job)
    [task] = await claim(database, kind=job.kind)
    async with database.read() as tables:
        assert await tables.outbox.bury(task.id, task.leased_until, error="gone", erase=erase)
    return number


async def test_the_dead_are_listed_replayed_and_dropped(database, own):
    first = await buried(database, Note("one"))
    second = await buried(database, Note("two"))
    third = await buried(database, Other("three"))
    async with database.read() as tables:
        assert [each.id for each in await tables.outbox.dead(10)] == [first, second, third]
        assert await tables.outbox.replay(number=first) == 1
        assert await tables.outbox.replay(number=first) == 0
        assert await tables.outbox.drop(kind=Other.kind) == 1
        assert [each.id for each in await tables.outbox.waiting(10)] == [first]
        assert [each.id for each in await tables.outbox.dead(10)] == [second]
    [again] = await claim(database)
    assert (again.id, again.facts, again.attempts) == (first, '{"text":"one"}', 1)
    assert {row.id for row in rows(own)} == {first, second}


async def test_secrets_of_the_dead_are_erased_and_not_replayed(database, own):
    await buried(database, Note("secret 4711"), erase=True)
    assert "4711" not in str(own.contents())
    async with database.read() as tables:
        assert await tables.outbox.replay() == 0
        assert await tables.outbox.drop() == 1


async def test_kinds_nobody_knows_are_given_up(database, own):
    await post(database, Note("known"), Other("unknown"))
    async with database.read() as tables:
        assert await tables.outbox.bury_strays([Note.kind], overdue=60) == 0
        assert await tables.outbox.bury_strays([Note.kind], overdue=0) == 1
    assert [(row.kind, row.dead) for row in rows(own)] == [(Note.kind, 0), (Other.kind, 1)]
    assert rows(own)[1].error == "nobody knows this kind"


# Keeping count and house


async def test_the_depth_is_counted(database):
    await post(database, Note("late"), delay=-40)
    await post(database, Note("soon"), delay=40)
    await buried(database, Other("dead"))
    async with database.read() as tables:
        depth = await tables.outbox.depth()
    assert (depth.queued, depth.dead) == (2, 1)
    assert 40 <= depth.oldest < 42


async def test_only_what_was_done_long_ago_is_pruned(database, own):
    own.run(
        "INSERT INTO tasks_outbox (kind, facts, due, done_time)"
        " SELECT 'test.note', '{}', NOW(6), NOW(6) - INTERVAL 100 SECOND FROM seq_1_to_5;"
        "INSERT INTO tasks_outbox (kind, facts, due, done_time)"
        " VALUES ('new', '{}', NOW(6), NOW(6));"
        "INSERT INTO tasks_outbox (kind, facts, due, dead_time)"
        " VALUES ('dead', '{}', NOW(6), NOW(6) - INTERVAL 100 SECOND);"
        "INSERT INTO tasks_outbox (kind, facts, due)"
        " VALUES ('waiting', '{}', NOW(6) - INTERVAL 100 SECOND)"
    )
    async with database.read() as tables:
        assert await tables.outbox.prune(older_than=60, limit=3) == 3
        assert await tables.outbox.prune(older_than=60, limit=3) == 2
        assert await tables.outbox.prune(older_than=60, limit=3) == 0
    assert [row.kind for row in rows(own)] == ["new", "dead", "waiting"]
