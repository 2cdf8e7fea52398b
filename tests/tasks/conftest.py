"""A database of tasks, child processes that work on it, and a relay inside the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from environment import Url
from models.database import Database
from scripts.stack.stack import Stack
from services.outbox import OutboxService
from tasks.kinds import JOBS
from tasks.pace import Pace
from tasks.relay import Relay
from tests.fakes import RecordingOutside
from tests.tasks.child import Child, children
from tests.tasks.rows import EMPTY, OwnDatabase, opened, tasks_database

QUICK = Pace(
    lease=1.5,
    deadline=0.5,
    poll=0.05,
    first_pause=0.05,
    longest_pause=0.2,
    last_words=0.5,
    counting=0.1,
    stray=10.0,
)


@pytest.fixture(scope="session")
def migrated_tasks(stack: Stack) -> OwnDatabase:
    """The database of the tasks, which tests of one process share."""
    return tasks_database(Url(stack.mariadb.url), "dadashop_tasks")


@pytest.fixture
def own(migrated_tasks: OwnDatabase) -> OwnDatabase:
    """The same, with nothing in it."""
    migrated_tasks.run(EMPTY)
    return migrated_tasks


@pytest.fixture
async def database(own: OwnDatabase) -> AsyncIterator[Database]:
    """The same, as a process of the shop sees it."""
    async with opened(own.url) as database:
        yield database


@pytest.fixture
def outside() -> RecordingOutside:
    """Third parties that write down what they get."""
    return RecordingOutside()


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[Relay]:
    """Run a relay beside the block."""
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def relay(
    database: Database, outside: RecordingOutside
) -> AsyncIterator[Callable[..., Relay]]:
    """Start a relay: ``relay()``, or with jobs or a pace of its own; it ends with the test."""
    async with AsyncExitStack() as over:

        async def start(jobs=JOBS, pace: Pace = QUICK) -> Relay:
            made = Relay(OutboxService(database), jobs, outside=outside.seen, pace=pace)
            return await over.enter_async_context(relaying(made))

        yield start


@pytest.fixture
def child(own: OwnDatabase, tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Start a process that does tasks: ``child(fault="hang")``; it ends with the test."""
    with children(tmp_path, own.url) as start:
        yield start
