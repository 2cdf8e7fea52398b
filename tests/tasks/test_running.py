"""Endless work: it ends with the block, and the process ends with it."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tasks.running import running


async def test_work_ends_with_the_block() -> None:
    """However the block is left, nothing of it runs afterwards."""
    ended = 0

    async def work() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended += 1

    async def leave(error: Exception | None) -> None:
        async with running(work(), work()):
            await asyncio.sleep(0)
            if error:
                raise error

    await leave(None)
    assert ended == 2
    with pytest.raises(KeyError):
        await leave(KeyError())
    assert ended == 4


async def test_work_that_overhears_a_cancellation_ends_all_the_same() -> None:
    """F-20: ``asyncio.wait_for`` of Python 3.11 may swallow one: the server ends for all that."""
    overheard = 0

    async def deaf() -> None:
        nonlocal overheard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                overheard += 1
                if overheard == 3:
                    raise

    async with asyncio.timeout(5), running(deaf()):
        await asyncio.sleep(0)
    assert overheard == 3


async def test_work_that_dies_takes_the_process_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that no longer follows changes must not go on serving as if it did."""
    raised: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", raised.append)

    async def dies() -> None:
        raise ValueError("a defect")

    async with running(dies()):
        async with asyncio.timeout(5):
            while not raised:
                await asyncio.sleep(0)
    assert raised == [signal.SIGTERM]
