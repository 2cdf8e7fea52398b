"""One run: everything that happens between an open stage and its report."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.load_test import customers
from scripts.load_test.counters import CPU, Counts, between, counted
from scripts.load_test.crew import Crew
from scripts.load_test.journal import NAME, entries
from scripts.load_test.options import Options
from scripts.load_test.plan import Plan
from scripts.load_test.stage import Stage
from scripts.load_test.tally import Tally


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run has cost and counted.

    ``cpu`` by part, in seconds: of all parts when they are ours, of the shop alone when only its
    /metrics tell it. ``load_average`` is that of the last minute before.
    """

    tally: Tally
    interrupted: bool
    failed_workers: int
    cpu: Mapping[str, float] | None
    clients_cpu: float
    added: Counts | None
    load_average: float


def plans(asked: Options, stage: Stage) -> list[Plan]:
    """Prepare the customers and say to each process of the clients what is its share."""
    password = secrets.token_urlsafe(16)
    found = customers.prepared(stage.settings, asked.users, password)
    shelf, run = stage.shelf(), secrets.token_hex(6)
    return [
        Plan(
            scenario=asked.scenario,
            clients=asked.clients,
            rate=asked.rate,
            arrivals=asked.arrivals,
            seconds=asked.seconds,
            think=asked.think,
            timeout=asked.timeout,
            seed=asked.seed,
            run=run,
            worker=worker,
            workers=asked.workers,
            place=stage.place,
            shelf=shelf,
            customers=tuple(found),
            password=password,
            journal=str(asked.out / f"{NAME}.{worker}"),
        )
        for worker in range(asked.workers)
    ]


def measured(stage: Stage, told: list[Plan], out: Path) -> Measured:
    """Let the clients loose; Ctrl-C ends that early and leaves what there is so far."""
    targets = stage.place.targets
    load_average = os.getloadavg()[0]
    with Crew(told) as crew:
        counts, cpu = counted(targets), stage.cpu()
        began, clock = time.time(), time.monotonic()
        failed, interrupted = 0, False
        try:
            crew.begin()
            failed = crew.wait()
        except KeyboardInterrupt:
            interrupted = True
            crew.stop()
            crew.wait()
        seconds = max(time.monotonic() - clock, 0.001)
        spent, added = _less(stage.cpu(), cpu), between(counts, counted(targets))
    tally = Tally(began, min(seconds, told[0].seconds))
    for entry in entries(_gathered(told, out)):
        tally.add(entry)
    if spent is None and added is not None and CPU in added:
        spent = {"shop": added[CPU]}
    return Measured(tally, interrupted, failed, spent, crew.cpu, added, load_average)


def _gathered(told: list[Plan], out: Path) -> Path:
    """Put the journals of all processes into one."""
    path = out / NAME
    with path.open("wb") as whole:
        for plan in told:
            journal = Path(plan.journal)
            if journal.exists():
                with journal.open("rb") as part:
                    shutil.copyfileobj(part, whole)
                journal.unlink()
    return path


def _less(
    after: Mapping[str, float] | None, before: Mapping[str, float] | None
) -> dict[str, float] | None:
    if after is None or before is None:
        return None
    return {name: after[name] - before[name] for name in after}
