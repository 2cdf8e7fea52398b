"""The requests of one process: how many run, how long they took, and a line in the log for each.

Counting and logging stand on the way of every request, so they are plain additions and an encoder;
``handlers.metrics`` turns the numbers into what Prometheus reads. A line names the route, not the
address: addresses hold user names and search texts.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import sys
import time
from bisect import bisect_left
from collections.abc import Mapping
from typing import TextIO

import msgspec

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency histogram, seconds."""
FLUSH_SECONDS = 0.2
encode = msgspec.json.Encoder().encode


class Finished(msgspec.Struct, frozen=True):
    """A request that has been answered; ``code`` is the business code, ``status`` that of HTTP."""

    handler: type
    method: str
    status: int
    code: int
    seconds: float
    request_id: str


class Line(msgspec.Struct, frozen=True):
    """What the access log says of a request."""

    event: str
    time: str
    method: str
    route: str
    status: int
    code: int
    ms: float
    request_id: str


class Timing(msgspec.Struct):
    """Latencies of one route, method and code."""

    seconds: float
    buckets: list[int]


class AccessLog:
    """Collects lines and writes them a few times a second, and when closed."""

    def __init__(self, *, console: bool, stream: TextIO = sys.stdout) -> None:
        self._console = console
        self._stream = stream
        self._lines: list[str] = []
        self._second = 0
        self._stamp = ""

    def add(self, route: str, done: Finished) -> None:
        """Note one finished request."""
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        ms = round(done.seconds * 1000, 2)
        if self._console:
            text = f"{self._now()} {done.method} {route} {done.status} {done.code} {ms} ms"
            self._lines.append(f"{text} {done.request_id}\n")
            return
        line = Line(
            "request", self._now(), done.method, route, done.status, done.code, ms, done.request_id
        )
        self._lines.append(encode(line).decode() + "\n")

    def flush(self) -> None:
        """Write what has been collected."""
        if self._lines:
            self._stream.write("".join(self._lines))
            self._stream.flush()
            self._lines.clear()

    def _now(self) -> str:
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        return self._stamp


class Traffic:
    """Counts the requests; knows when the last one has been answered."""

    def __init__(self, routes: Mapping[type, str], access_log: AccessLog) -> None:
        """``routes`` gives each handler the name it has in logs and metrics."""
        self._routes = routes
        self._log = access_log
        self._idle = asyncio.Event()
        self._idle.set()
        self._process = secrets.token_hex(4)
        self._count = itertools.count()
        self.running = 0
        self.draining = False
        self.timings: dict[tuple[str, str, int], Timing] = {}

    def next_id(self) -> str:
        """Return an id for a request that brought none: the process, then a count."""
        return f"{self._process}{next(self._count):08x}"

    def begin(self) -> None:
        """Count a request in."""
        self.running += 1
        self._idle.clear()

    def end(self, done: Finished) -> None:
        """Count a request out, time it and log it."""
        self.running -= 1
        if not self.running:
            self._idle.set()
        route = self._routes.get(done.handler, "unknown")
        key = (route, done.method, done.code)
        timing = self.timings.get(key)
        if timing is None:
            timing = self.timings[key] = Timing(0.0, [0] * (len(BUCKETS) + 1))
        timing.seconds += done.seconds
        timing.buckets[bisect_left(BUCKETS, done.seconds)] += 1
        self._log.add(route, done)

    async def drained(self, seconds: float) -> bool:
        """Wait until no request runs; False when some still do after so many seconds."""
        self.draining = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Write the last lines."""
        self._log.flush()
