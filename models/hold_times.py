"""For how long connections were lent: the figure that bounds how many orders a pool can carry."""

from __future__ import annotations

from bisect import bisect_left

BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the histogram, seconds."""


class HoldTimes:
    """A histogram; ``buckets`` counts each bound and, last, what is beyond."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one loan."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
