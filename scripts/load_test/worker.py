"""One process of the clients."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Sequence
from multiprocessing.context import SpawnProcess
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Self

import uvloop

from scripts.load_test.arrivals import carried_out
from scripts.load_test.journal import Journal
from scripts.load_test.plan import Plan
from scripts.load_test.visit import World
from scripts.load_test.wire import open_wire

START_SECONDS = 120.0
GRACE_SECONDS = 30.0


class Crew:
    """All processes of the clients: a context that is entered when each of them is ready.

    ``cpu`` holds the seconds of CPU each has used for the load; not those of its start.
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        context = multiprocessing.get_context("spawn")
        self.cpu = context.Array("d", len(plans))
        self._turnstile = context.Barrier(len(plans) + 1)
        self._processes: list[SpawnProcess] = [
            context.Process(target=work, args=(plan, self._turnstile, self.cpu), daemon=True)
            for plan in plans
        ]

    def __enter__(self) -> Self:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for us, not for them
        try:
            for process in self._processes:
                process.start()
        finally:
            signal.signal(signal.SIGINT, before)
        try:
            self._turnstile.wait(START_SECONDS)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def begin(self) -> None:
        """Let all of them begin."""
        self._turnstile.wait(START_SECONDS)

    def wait(self) -> int:
        """Wait until all have ended; return how many did not end well."""
        for process in self._processes:
            process.join()
        return sum(process.exitcode != 0 for process in self._processes)

    def stop(self) -> None:
        """Tell all to write down what they wait for and end. Harmless when they have ended."""
        self._turnstile.abort()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(GRACE_SECONDS)
            process.kill()


def work(plan: Plan, turnstile: Barrier, cpu: SynchronizedArray[float]) -> None:
    """Carry out a plan; what was asked stands in its journal when this ends."""
    try:
        turnstile.wait(START_SECONDS)
        turnstile.wait(START_SECONDS)
    except BrokenBarrierError:
        return
    before = time.process_time()
    uvloop.run(_worked(plan))
    cpu[plan.worker] = time.process_time() - before


async def _worked(plan: Plan) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with Journal(plan.journal) as journal:
        async with open_wire(journal, plan.place.targets, plan.timeout) as wire:
            await carried_out(plan, World(plan, wire), stop)
