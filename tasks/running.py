"""Work without an end that runs beside the requests of a process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import structlog

CANCEL_SECONDS = 0.1

log = structlog.get_logger("tasks.running")


@asynccontextmanager
async def running(
    *work: Coroutine[None, None, None], patience: float = CANCEL_SECONDS
) -> AsyncIterator[None]:
    """Run endless coroutines beside the block; one that dies takes the process with it.

    At the end each is cancelled, and again every ``patience`` seconds: ``asyncio.wait_for`` of
    Python 3.11, which redis-py uses, may swallow a cancellation.
    """
    tasks = [asyncio.create_task(each) for each in work]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        left = set(tasks)
        while left:
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=patience)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.critical("background work died, stopping", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)
