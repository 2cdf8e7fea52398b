"""When customers come: as soon as they were answered (closed), or when they come (open)."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Iterator
from functools import partial

from scripts.load_test.plan import Customer, Plan
from scripts.load_test.scenarios import SCENARIOS
from scripts.load_test.visit import Visit, World

PAUSE = 0.05
"""Seconds a client of a closed loop waits after no answer, or a dead shop would get all the CPU."""


async def carried_out(plan: Plan, world: World, stop: asyncio.Event) -> None:
    """Send the share of one process until its time is over or ``stop`` is set."""
    if plan.rate is None:
        await _closed(plan, world, stop)
    else:
        await _open(plan, world, stop)


async def _closed(plan: Plan, world: World, stop: asyncio.Event) -> None:
    """Let the clients of this process ask until the end; who is waiting then may wait on."""
    end = time.monotonic() + plan.seconds
    numbers = range(plan.worker, plan.clients, plan.workers)
    running = [asyncio.create_task(_client(world, number, end)) for number in numbers]
    await _over(running, stop, plan.seconds + plan.timeout)


async def _client(world: World, number: int, end: float) -> None:
    customers = world.plan.customers
    mine = customers[number :: world.plan.clients] or (customers[number % len(customers)],)
    while (now := time.monotonic()) < end:
        visit = Visit(world, world.chance.choice(mine), f"c{number}", now)
        await _done(visit, world)
        pause = max(world.plan.think, PAUSE if visit.lost else 0.0)
        if pause:
            await asyncio.sleep(pause)


async def _open(plan: Plan, world: World, stop: asyncio.Event) -> None:
    """Let customers in until the end, then wait for those who still want an answer."""
    inside: set[asyncio.Task[None]] = set()
    door = asyncio.create_task(_let_in(plan, world, inside))
    await _over([door], stop, plan.seconds + plan.timeout)
    await _over(list(inside), stop, plan.timeout)


async def _let_in(plan: Plan, world: World, inside: set[asyncio.Task[None]]) -> None:
    """Start every visit when it is due, however many are inside; ``inside`` keeps what failed."""
    free = deque(plan.customers[plan.worker :: plan.workers] or plan.customers)
    everybody = tuple(free)

    def left(task: asyncio.Task[None], customer: Customer | None) -> None:
        if customer is not None:
            free.append(customer)
        if task.cancelled() or task.exception() is None:
            inside.discard(task)

    began = time.monotonic()
    for number, after in enumerate(offsets(plan, world.chance)):
        due = began + after
        if (pause := due - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        # With more visits at once than customers somebody does two things at once.
        taken = free.popleft() if free else None
        customer = taken or world.chance.choice(everybody)
        visit = Visit(world, customer, f"o{plan.worker}.{number}", due)
        task = asyncio.create_task(_done(visit, world))
        inside.add(task)
        task.add_done_callback(partial(left, customer=taken))


def offsets(plan: Plan, chance: random.Random) -> Iterator[float]:
    """Yield when the visits of one process are due, in seconds from the beginning."""
    rate = plan.rate or 1.0
    after = 0.0
    for number in itertools.count(plan.worker, plan.workers):
        if plan.arrivals == "constant":
            after = number / rate
        else:
            after += chance.expovariate(rate / plan.workers)
        if after >= plan.seconds:
            return
        yield after


async def _done(visit: Visit, world: World) -> None:
    weights = SCENARIOS[world.plan.scenario]
    name = world.chance.choices(list(weights), list(weights.values()))[0]
    await getattr(visit, name)()


async def _over(running: list[asyncio.Task[None]], stop: asyncio.Event, patience: float) -> None:
    """Wait for all; what still runs after ``patience`` seconds, or at a stop, is given up."""
    together = asyncio.create_task(_ended(running))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([together, waiting], timeout=patience, return_when="FIRST_COMPLETED")
    waiting.cancel()
    for task in running:
        task.cancel()
    for result in await together:
        if isinstance(result, Exception):
            raise result


async def _ended(running: list[asyncio.Task[None]]) -> list[BaseException | None]:
    return await asyncio.gather(*running, return_exceptions=True)
