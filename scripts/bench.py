"""Measure cached pages beside a bare Tornado handler of the same bytes, memory, and the search.

Servers of its own in a temporary folder, one process of the shop, one of the yardstick, in turn in
one run, so that a noisy machine troubles both. Figures are requests per CPU-second of the serving
process (user and system time from ``/proc``), so clients on the same machine do not count.
Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from scripts.measure import bare
from scripts.measure.process import resident_bytes
from scripts.measure.round import Round, measured
from scripts.stack.api import Api
from scripts.stack.job import run_verb
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.process import Process
from scripts.stack.stack import Stack
from server import open_services
from settings import Settings

TARGET_RATIO = 0.8
TARGET_SEARCH_MS = 30
SEARCHES = ("包", "色", "手机", "经典", "无线 耳机", "轻便 通勤 双肩", "1", "pro", "没有这种东西")
SEARCH_ROUNDS = 9
BROWSED = 5000
MIB = 1024 * 1024
MEMORY_LIMIT_MB = 8
"""Size of the copies in memory while memory is measured: far less than all pages together."""
ALLOWED_GROWTH_MB = 48


@dataclass(frozen=True)
class Options:
    """How much to measure."""

    rounds: int
    requests: int
    connections: int
    skus: int
    memory_requests: int


class Bare(Process):
    """The yardstick as a child process."""

    def __init__(self, folder: Path, port: int, body: bytes) -> None:
        super().__init__(f"bare-{port}", folder)
        self.port = port
        self._file = folder / f"body-{port}.json"
        self._body = body

    def prepare(self) -> None:
        """Put the bytes where it finds them."""
        self._file.write_bytes(self._body)

    def command(self) -> list[str]:
        """Return the yardstick with its port and its bytes."""
        script = Path(bare.__file__)
        return [sys.executable, str(script), str(self.port), str(self._file)]

    def ready(self) -> bool:
        """Tell whether it answers."""
        try:
            fetched(self.port, "/healthz")
        except OSError:
            return False
        return True


def fetched(port: int, path: str) -> bytes:
    """Return the body of one page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as reply:
        return bytes(reply.read())


def said(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up, measure, print a table; return 0 when every target is met."""
    options = _options(arguments)
    said(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; about 4 minutes"
    )
    with (
        tempfile.TemporaryDirectory(prefix="dadashop-bench-") as name,
        Stack(Path(name), Ports(), Passwords()) as stack,
    ):
        environment = stack.environment()
        logs = stack.folder / "log"
        said(f"[1/4] a catalogue of {options.skus} SKU …")
        run_verb("migrate", environment, log=logs / "migrate.log")
        wanted = ("--skus", str(options.skus), "--without-pictures")
        run_verb("demo", environment, log=logs / "demo.log", arguments=wanted)
        said("[2/4] cached pages beside the bare handler, in turn …")
        good = [_compared(stack, page, options) for page in ("index", "detail/1")]
        said(f"[3/4] memory after {options.memory_requests} requests over {BROWSED} SKU …")
        good.append(_bounded(stack, options))
        said(f"[4/4] search among {options.skus} SKU …")
        good.append(uvloop.run(_searched(Settings.from_environment(environment))))
    return 0 if all(good) else 1


def _compared(stack: Stack, page: str, options: Options) -> bool:
    path, ports = f"/v1/goods/{page}", Ports()
    shop = Api(stack.folder, ports.of("api"), stack.environment())
    try:
        _started(shop)
        body = fetched(shop.port, path)
        yardstick = Bare(stack.folder, ports.of("bare"), body)
        try:
            _started(yardstick)
            pairs = uvloop.run(_in_turn(shop, yardstick, path, options))
        finally:
            yardstick.stop()
    finally:
        shop.stop()
    return _reported(page, len(body), pairs)


async def _in_turn(
    shop: Api, yardstick: Bare, path: str, options: Options
) -> list[tuple[Round, Round]]:
    pairs = []
    for number in range(options.rounds + 1):
        rounds = []
        for process in (shop, yardstick):
            address = itertools.repeat(f"http://127.0.0.1:{process.port}{path}")
            rounds.append(
                await measured(
                    address,
                    pid=process.pid,
                    requests=options.requests,
                    connections=options.connections,
                )
            )
        if number:  # the first round only warms both up
            pairs.append((rounds[0], rounds[1]))
    return pairs


def _reported(page: str, size: int, pairs: list[tuple[Round, Round]]) -> bool:
    ratio = statistics.median(ours.per_cpu_second / bare.per_cpu_second for ours, bare in pairs)
    for name, rounds in (("shop", [a for a, _ in pairs]), ("bare", [b for _, b in pairs])):
        rate, p50, p99 = (
            statistics.median(getattr(each, figure) for each in rounds)
            for figure in ("per_cpu_second", "p50", "p99")
        )
        said(
            f"  {page:<10} {size:>6} B  {name}  {rate:8.0f} requests/CPU-s"
            f"  p50 {p50:5.2f} ms  p99 {p99:5.2f} ms"
        )
    said(f"  {page:<10} ratio {ratio:.2f} (target {TARGET_RATIO})")
    return ratio >= TARGET_RATIO


def _bounded(stack: Stack, options: Options) -> bool:
    environment = stack.environment() | {"DADASHOP_PAGES_MEMORY_MB": str(MEMORY_LIMIT_MB)}
    shop = Api(stack.folder, Ports().of("api"), environment)
    try:
        _started(shop)
        before = resident_bytes(shop.pid)
        uvloop.run(_browsed(shop, options))
        after = resident_bytes(shop.pid)
        copies = _gauge(fetched(shop.port, "/metrics"), b"dadashop_pages_memory_bytes")
    finally:
        shop.stop()
    grown = (after - before) / MIB
    said(
        f"  resident {before / MIB:.0f} → {after / MIB:.0f} MiB (allowed + {ALLOWED_GROWTH_MB}), "
        f"copies {copies / MIB:.1f} of {MEMORY_LIMIT_MB} MiB"
    )
    return grown <= ALLOWED_GROWTH_MB and copies <= MEMORY_LIMIT_MB * MIB


async def _browsed(shop: Api, options: Options) -> None:
    await measured(
        _details(shop.port, min(BROWSED, options.skus)),
        pid=shop.pid,
        requests=options.memory_requests,
        connections=options.connections,
    )


async def _searched(settings: Settings) -> bool:
    """Time the statements of a search, past every copy."""
    worst = 0.0
    async with open_services(settings) as services, services.database.read() as tables:
        for text in SEARCHES:
            times = []
            for _ in range(SEARCH_ROUNDS):
                began = time.perf_counter()
                total, _ = await tables.cards.search(text, page=1, pagesize=9)
                times.append((time.perf_counter() - began) * 1000)
            median = statistics.median(times)
            worst = max(worst, median)
            said(
                f"  {text:<10} {total:>6} found  median {median:5.1f} ms  max {max(times):5.1f} ms"
            )
    said(f"  slowest median {worst:.1f} ms (target {TARGET_SEARCH_MS})")
    return worst <= TARGET_SEARCH_MS


def _details(port: int, skus: int) -> Iterator[str]:
    """Yield the pages of all SKUs, again and again."""
    for number in itertools.cycle(range(1, skus + 1)):
        yield f"http://127.0.0.1:{port}/v1/goods/detail/{number}"


def _gauge(metrics: bytes, name: bytes) -> float:
    line = next(line for line in metrics.splitlines() if line.startswith(name + b" "))
    return float(line.split()[1])


def _started(process: Process) -> None:
    process.start()
    process.wait()


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="counted rounds of each (7)")
    parser.add_argument("--requests", type=int, default=5000, help="requests of a round (5000)")
    parser.add_argument("--connections", type=int, default=16, help="connections (16)")
    parser.add_argument("--skus", type=int, default=20_000, help="SKUs of the catalogue (20000)")
    parser.add_argument(
        "--memory-requests", type=int, default=100_000, help="requests of the memory test (100000)"
    )
    return Options(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
