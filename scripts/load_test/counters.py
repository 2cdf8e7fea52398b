"""What the processes of the shop count: their /metrics before a load and after it."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.error import URLError

STATEMENTS = "dadashop_mysql_statements_total"
HELD = re.compile(r'dadashop_mysql_hold_seconds_bucket\{(?=.*use="(\w+)")(?=.*le="([^"]+)").*\}')
CPU = "process_cpu_seconds_total"
PATIENCE = 10.0

Counts = Mapping[str, float]
"""Samples by their name with its labels, of all processes together."""


def counted(targets: Iterable[str]) -> Counts | None:
    """Return the samples of all processes; None when one does not tell them."""
    total: Counter[str] = Counter()
    for target in targets:
        try:
            with urllib.request.urlopen(f"{target}/metrics", timeout=PATIENCE) as reply:  # noqa: S310 - options.target lets nothing but http pass
                total.update(_samples(reply.read().decode()))
        except (URLError, OSError, ValueError):
            return None
    return dict(total)


def between(before: Counts | None, after: Counts | None) -> Counts | None:
    """Return what was added; None when either is not told, or a process began anew meanwhile."""
    if before is None or after is None:
        return None
    added = {name: value - before.get(name, 0.0) for name, value in after.items()}
    counters = (value for name, value in added.items() if _counts(name))
    return None if any(value < 0 for value in counters) else added


def held(added: Counts, use: str, part: float) -> float | None:
    """Return how long connections were held: a percentile in seconds, out of the histogram.

    Within a bucket times are taken to be spread evenly. None when nothing was told or counted;
    of times above the last bound that bound is the answer.
    """
    found = ((HELD.fullmatch(name), value) for name, value in added.items())
    rows = sorted((float(m[2]), value) for m, value in found if m and m[1] == use)
    if not rows or rows[-1][1] <= 0:
        return None
    wanted = rows[-1][1] * part
    low = below = 0.0
    for bound, up_to in rows:
        if up_to >= wanted:
            full = up_to - below
            inside = (wanted - below) / full if full else 1.0
            return low if bound == float("inf") else low + (bound - low) * inside
        low, below = bound, up_to
    return low


def _samples(text: str) -> dict[str, float]:
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if line and line[0] != "#")
    return {name: float(value) for name, value in lines}


def _counts(name: str) -> bool:
    return name in {STATEMENTS, CPU} or HELD.fullmatch(name) is not None
