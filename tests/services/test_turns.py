"""Turns: those of one subject go one after the other, others at once, nobody leaves a trace."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress

from services.turns import Turns


class Counted:
    """Counts who is inside, and the most there were at once."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0

    async def stay(self) -> None:
        """Be inside for a moment."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.001)
        self.inside -= 1


async def test_the_control_without_turns_they_meet() -> None:
    counted = Counted()
    await asyncio.gather(*(counted.stay() for _ in range(10)))
    assert counted.most == 10


async def test_one_after_the_other() -> None:
    turns, one, both = Turns(), Counted(), Counted()

    async def visit(subject: object) -> None:
        async with turns.of(subject):
            await asyncio.gather(both.stay(), *([one.stay()] if subject == 1 else []))

    await asyncio.gather(*(visit(number % 2) for number in range(20)))
    assert one.most == 1
    assert both.most == 2


async def test_nobody_leaves_a_trace() -> None:
    """A queue is forgotten with its last visitor, also one who was cancelled or failed."""
    turns = Turns()

    async def visit(subject: int) -> None:
        async with turns.of(subject):
            await asyncio.sleep(0.001)
            if subject % 3 == 0:
                raise ZeroDivisionError

    visits = [asyncio.create_task(visit(number % 10)) for number in range(100)]
    await asyncio.sleep(0)
    for each in visits[::7]:
        each.cancel()
    for each in visits:
        with suppress(asyncio.CancelledError, ZeroDivisionError):
            await each
    del visits, each
    gc.collect()
    assert len(turns._locks) == 0
