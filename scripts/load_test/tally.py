"""The figures of a run, out of its journal."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil

import msgspec

from scripts.load_test.journal import Entry
from scripts.load_test.scenarios import OF_THE_SANDBOX, Outcome, outcome

PARTS = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
WIDTHS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3600.0)
"""Seconds an interval of the time line may take."""
INTERVALS = 120


def percentile(ordered: Sequence[float], part: float) -> float:
    """Return the smallest of ordered values that at least this part does not exceed; 0 of none.

    The nearest-rank percentile: always a value that occurred, the greatest for ``part`` 1.
    """
    if not ordered:
        return 0.0
    rank = ceil(round(part * len(ordered), 9))
    return ordered[max(rank, 1) - 1]


class Latencies(msgspec.Struct, frozen=True):
    """Percentiles in milliseconds, of answered requests."""

    p50: float
    p90: float
    p99: float
    p99_9: float = msgspec.field(name="p99.9")
    max: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Latencies:
        """Compute them."""
        ordered = sorted(values)
        return cls(*(percentile(ordered, part) for part in PARTS.values()))


class Kind:
    """The requests of one kind."""

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.replies: Counter[str] = Counter()
        self.latencies = array("d")

    def add(self, entry: Entry, ended: Outcome) -> None:
        """Count an entry."""
        self.outcomes[ended] += 1
        if entry.unanswered is None:
            self.latencies.append(entry.latency_ms)
            self.replies[f"{entry.status}/{'-' if entry.code is None else entry.code}"] += 1
        else:
            self.replies[entry.unanswered] += 1

    @property
    def count(self) -> int:
        """How many were sent."""
        return self.outcomes.total()


class Interval:
    """A stretch of time: what was answered in it, and how long what was due in it took."""

    def __init__(self) -> None:
        self.good = 0
        self.other = 0
        self.lost = 0
        self.latencies = array("d")


class Tally:
    """All entries of a run that began at ``began`` (seconds since 1970).

    It took ``seconds``, or longer if the last answer came later; ``intervals`` has them all.
    """

    def __init__(self, began: float, seconds: float) -> None:
        self.began = began
        self._last = began + seconds
        self.width = WIDTHS[min(bisect_right(WIDTHS, seconds / INTERVALS), len(WIDTHS) - 1)]
        self.kinds: dict[str, Kind] = {}
        self.everything = Kind()
        self.late = array("d")
        self.intervals = [Interval() for _ in range(ceil(seconds / self.width))]

    def add(self, entry: Entry) -> None:
        """Count an entry; what the simulators were asked is no part of the whole."""
        ended = outcome(entry)
        self.kinds.setdefault(entry.kind, Kind()).add(entry, ended)
        self.late.append(entry.late_ms)
        if entry.kind == OF_THE_SANDBOX:
            return
        self.everything.add(entry, ended)
        finished = entry.time + entry.latency_ms / 1000
        self._last = max(self._last, finished)
        answered = self._at(finished)
        if ended is Outcome.UNANSWERED:
            answered.lost += 1
            return
        answered.good += ended is Outcome.OK
        answered.other += ended is not Outcome.OK
        self._at(entry.time).latencies.append(entry.latency_ms)

    @property
    def span(self) -> float:
        """How long it took, in seconds: what rates are of."""
        return self._last - self.began

    @property
    def answered(self) -> int:
        """How many requests got any answer from the shop."""
        return self.everything.count - self.everything.outcomes[Outcome.UNANSWERED]

    @property
    def good(self) -> int:
        """How many were answered as the customer wished."""
        return self.everything.outcomes[Outcome.OK]

    def good_of(self, kind: str) -> int:
        """How many of one kind were."""
        found = self.kinds.get(kind)
        return found.outcomes[Outcome.OK] if found else 0

    def _at(self, moment: float) -> Interval:
        index = max(0, int((moment - self.began) / self.width))
        while len(self.intervals) <= index:
            self.intervals.append(Interval())
        return self.intervals[index]
