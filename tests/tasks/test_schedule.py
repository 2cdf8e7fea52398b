"""Work that comes round: one process at a time, each turn once, nothing lost with a process."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import Any

from models.errors import Unavailable
from services.outbox import OutboxService
from services.schedule import ScheduleService
from tasks.schedule import Chore, Schedule
from tests.tasks.child import book
from tests.tasks.rows import eventually

EVERY = 0.4


async def kept_for(seconds: float, *schedules: Schedule) -> None:
    """Run schedules side by side for a while."""
    running = [asyncio.create_task(schedule.run()) for schedule in schedules]
    await asyncio.sleep(seconds)
    for task in running:
        assert not task.done()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_each_turn_is_taken_by_one_of_four_processes(own: Any, child: Any, tmp_path: Any):
    """No two turns overlap, and there are no more of them than periods."""
    for _ in range(4):
        child(every=EVERY)
    await eventually(lambda: len(book(tmp_path, "ready")) == 4, 30)
    await asyncio.sleep(5)
    turns = [(float(a), float(b)) for a, b, _ in book(tmp_path, "turn")]
    for (_, ended), (second, _) in itertools.pairwise(turns):
        assert ended <= second
    took = turns[-1][0] - turns[0][0]
    print(f"{len(turns)} turns in {took:.1f} s, every {EVERY} s, of 4 processes")
    assert took / (EVERY * 2) <= len(turns) <= took / EVERY + 2


async def test_the_turn_of_a_killed_process_goes_to_another(own: Any, child: Any, tmp_path: Any):
    first = child(every=EVERY, fault="hang", lease=1.0)
    await eventually(lambda: book(tmp_path, "stuck"), 20)
    first.kill()
    began = float(book(tmp_path, "stuck")[0][0])
    child(every=EVERY, lease=1.0)
    await eventually(lambda: book(tmp_path, "turn"), 20)
    assert float(book(tmp_path, "turn")[0][0]) - began > 1.4


async def test_a_turn_that_fails_is_over_and_the_next_one_comes(database: Any):
    calls: list[str] = []

    async def broken() -> None:
        calls.append("broken")
        raise KeyError("a defect")

    async def away() -> None:
        calls.append("away")
        raise Unavailable("mysql: away")

    async def endless() -> None:
        calls.append("endless")
        await asyncio.sleep(3600)

    async def good() -> None:
        calls.append("good")

    work = [
        Chore("test.broken", 0.3, broken),
        Chore("test.away", 0.3, away),
        Chore("test.endless", 0.3, endless, deadline=0.2),
        Chore("test.good", 0.3, good),
    ]
    await kept_for(1.6, Schedule(ScheduleService(database), work))
    for name in ("broken", "away", "endless", "good"):
        assert 3 <= calls.count(name) <= 6


async def test_a_turn_whose_lease_was_lost_is_not_ended(database: Any, own: Any):
    service = ScheduleService(database)
    slow = await service.take("test.slow", every=5, lease=0)
    other = await service.take("test.slow", every=5, lease=30)
    assert slow.stamp is not None
    assert other.stamp is not None
    assert (await service.take("test.slow", every=5, lease=30)).stamp is None
    assert not await service.end("test.slow", slow.stamp, lease=0)
    assert own.ask("SELECT ran_at FROM tasks_schedule") == [(None,)]
    assert await service.end("test.slow", other.stamp, lease=30)
    again = await service.take("test.slow", every=5, lease=30)
    assert again.stamp is None
    assert 4 < again.wait <= 5


async def test_old_done_tasks_are_pruned_by_the_schedule(database: Any, own: Any):
    own.run(
        "INSERT INTO tasks_outbox (kind, facts, due, done_time)"
        " SELECT 'old', '{}', NOW(6), NOW(6) - INTERVAL 8 DAY FROM seq_1_to_2500;"
        "INSERT INTO tasks_outbox (kind, facts, due, done_time)"
        " VALUES ('new', '{}', NOW(6), NOW(6) - INTERVAL 6 DAY)"
    )
    prune = Chore("test.prune", 3600, OutboxService(database).prune)
    await kept_for(1.5, Schedule(ScheduleService(database), [prune]))
    assert own.ask("SELECT kind FROM tasks_outbox") == [("new",)]
    assert own.ask("SELECT name, leased_until FROM tasks_schedule") == [("test.prune", None)]
