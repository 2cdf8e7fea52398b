"""One process of the clients: ``python -m scripts.load_test.worker``, started by ``crew``.

Reads a plan, a line of JSON, from standard input; writes ``ready``; begins when it reads ``go``;
writes how many seconds of CPU it has used. What was asked stands in its journal when this ends.
SIGTERM ends it early.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

import msgspec
import uvloop

from scripts.load_test.arrivals import carried_out
from scripts.load_test.journal import Journal
from scripts.load_test.plan import Plan
from scripts.load_test.visit import World
from scripts.load_test.wire import open_wire

READY, GO = b"ready\n", b"go\n"


def main() -> int:
    """Carry out the plan; 1 when nobody said to begin."""
    plan = msgspec.json.decode(sys.stdin.buffer.readline(), type=Plan)
    _say(READY)
    if sys.stdin.buffer.readline() != GO:
        return 1
    before = time.process_time()
    uvloop.run(_worked(plan))
    _say(f"{time.process_time() - before}\n".encode())
    return 0


async def _worked(plan: Plan) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with Journal(Path(plan.journal)) as journal:
        async with open_wire(journal, plan.place.targets, plan.timeout) as wire:
            await carried_out(plan, World(plan, wire), stop)


def _say(message: bytes) -> None:
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
