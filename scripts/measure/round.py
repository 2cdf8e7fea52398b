"""One round of requests against one process: what it cost the process and its clients."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import aiohttp

from scripts.measure.process import cpu_seconds


class WrongReply(Exception):
    """A reply was not 200: the figures would mean nothing."""


@dataclass(frozen=True)
class Round:
    """Figures of one round; latencies in milliseconds as the clients saw them."""

    per_cpu_second: float
    p50: float
    p99: float


async def measured(addresses: Iterator[str], *, pid: int, requests: int, connections: int) -> Round:
    """Send so many requests over so many connections, each as soon as its last was answered."""
    left = islice(addresses, requests)
    times: list[float] = []
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        before = cpu_seconds(pid)
        await asyncio.gather(*(_customer(session, left, times) for _ in range(connections)))
        spent = cpu_seconds(pid) - before
    times.sort()
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    return Round(requests / spent, p50, p99)


async def _customer(
    session: aiohttp.ClientSession, addresses: Iterator[str], times: list[float]
) -> None:
    for address in addresses:
        began = time.perf_counter()
        async with session.get(address) as reply:
            await reply.read()
        times.append(time.perf_counter() - began)
        if reply.status != 200:
            raise WrongReply(f"{address}: {reply.status}")
