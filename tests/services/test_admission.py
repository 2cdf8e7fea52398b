"""The queue before the pool: so many inside, so many waiting, the others told at once."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from models.errors import OrderBusy
from services.admission import Admission


async def visit(admission: Admission, go: asyncio.Event, inside: list[int]) -> str:
    """Go in, stay until told to leave; say how it went."""
    try:
        async with admission.entered():
            inside.append(1)
            await go.wait()
            inside.pop()
    except OrderBusy:
        return "busy"
    return "served"


async def test_a_crowd_is_served_or_told_at_once() -> None:
    """RSV-5: three inside, four waiting, the others refused in no time; all waiting get in."""
    admission, go, inside = Admission(places=3, queue=4), asyncio.Event(), list[int]()
    visits = [asyncio.create_task(visit(admission, go, inside)) for _ in range(20)]
    began = time.perf_counter()
    await asyncio.wait(visits, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0)
    refused = [each for each in visits if each.done()]
    assert (len(inside), len(refused), admission.refused) == (3, 13, 13)
    assert time.perf_counter() - began < 0.05
    go.set()
    said = await asyncio.gather(*visits)
    assert (said.count("served"), said.count("busy")) == (7, 13)
    assert inside == []


async def test_places_come_back() -> None:
    """After errors and cancellations, inside and in the queue, there is room as before."""
    admission, go = Admission(places=1, queue=1), asyncio.Event()
    with suppress(ZeroDivisionError):
        async with admission.entered():
            raise ZeroDivisionError
    inside: list[int] = []
    visits = [asyncio.create_task(visit(admission, go, inside)) for _ in range(2)]
    await asyncio.sleep(0)
    for each in reversed(visits):
        each.cancel()
        with suppress(asyncio.CancelledError):
            await each
    inside.clear()
    visits = [asyncio.create_task(visit(admission, go, inside)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(OrderBusy):
        async with admission.entered():
            raise AssertionError
    go.set()
    assert await asyncio.gather(*visits) == ["served", "served"]


async def test_nobody_waits_where_there_is_room() -> None:
    """Without a queue whoever finds a place still gets it."""
    admission = Admission(places=2, queue=0)
    async with admission.entered(), admission.entered():
        with pytest.raises(OrderBusy):
            async with admission.entered():
                raise AssertionError
    async with admission.entered():
        assert admission.refused == 1
