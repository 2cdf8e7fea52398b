"""Time lines: steps as they were written, in their order, of one order only."""

from __future__ import annotations

from models.database import Database
from models.time_lines import Event


async def test_a_time_line(database: Database) -> None:
    async with database.read() as tables:
        lines = tables.time_lines
        await lines.add("1", None, after=1, actor="user:7")
        await lines.add("2", None, after=6, actor="import")
        await lines.add("1", 1, after=2, actor="provider")
        await lines.add("1", 2, after=7, actor="user:7", note="颜色不对 🎒")
        found = await lines.of("1")
        assert [(e.from_status, e.to_status, e.actor, e.note) for e in found] == [
            (None, 1, "user:7", ""),
            (1, 2, "provider", ""),
            (2, 7, "user:7", "颜色不对 🎒"),
        ]
        times = [event.created_time for event in found]
        assert times == sorted(times)
        assert isinstance(found[0], Event)
        assert await lines.of("3") == []


async def test_the_longest_note_and_actor_fit(database: Database) -> None:
    async with database.read() as tables:
        await tables.time_lines.add("9" * 64, 2, after=7, actor="staff:2147483647", note="好" * 100)
        (event,) = await tables.time_lines.of("9" * 64)
    assert event.note == "好" * 100
