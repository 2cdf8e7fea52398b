"""The time line of a run as a picture: throughput above, latencies below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, log10
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from scripts.load_test.tally import Tally, percentile

SIZE = (1200, 760)
FINE = 2
"""Painted so many times larger, then reduced: smooth lines."""
LEFT, RIGHT = 90, 1170
PANELS = ((90, 360), (430, 700))
PAPER, INK, FAINT, GRID = "#ffffff", "#1f2933", "#7b8794", "#e4e7eb"
GOOD, OTHER, LOST = "#0f9d58", "#f29900", "#d93025"
MIDDLE, TAIL = "#1a73e8", "#9334e6"
TICKS = 5
SHORTEST_MS = 0.1

Series = tuple[str, str, Sequence[float | None]]
"""Name, colour, and a value for each interval, or None."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The values of a panel: marks on it, and where between 0 and 1 a value stands."""

    marks: Sequence[float]
    share: Callable[[float], float]


def linear(greatest: float) -> Axis:
    """Return an axis from 0 to a round number not below the greatest value."""
    rough = max(greatest, 1.0) / TICKS
    scale = 10.0 ** int(log10(rough) // 1)
    step = next(unit * scale for unit in (1, 2, 5, 10) if unit * scale >= rough)
    top = step * ceil(max(greatest, 1.0) / step)
    marks = [step * number for number in range(round(top / step) + 1)]
    return Axis(marks, lambda value: value / top)


def logarithmic(least: float, greatest: float) -> Axis:
    """Return an axis of whole decades around the values."""
    low = int(log10(max(least, SHORTEST_MS)) // 1)
    high = max(low + 1, ceil(log10(max(greatest, SHORTEST_MS))))
    marks = [10.0**power for power in range(low, high + 1)]
    return Axis(marks, lambda value: (log10(max(value, 10.0**low)) - low) / (high - low))


class Sheet:
    """The paper; places are in points of the finished picture."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1.0) -> None:
        """Draw a line through points."""
        fine = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(fine, fill=colour, width=max(1, round(width * FINE)), joint="curve")

    def write(
        self, place: tuple[float, float], text: str, *, size: int, colour: str, anchor: str = "ls"
    ) -> float:
        """Write a text and return how wide it is; ``anchor`` as Pillow names them."""
        font = ImageFont.load_default(size * FINE)
        x, y = place
        self._draw.text((x * FINE, y * FINE), text, fill=colour, font=font, anchor=anchor)
        return self._draw.textlength(text, font=font) / FINE

    def save(self, path: Path) -> None:
        """Write the picture, as a PNG."""
        self._image.resize(SIZE, Image.Resampling.LANCZOS).save(path, optimize=True)


def draw(tally: Tally, title: str, path: Path) -> None:
    """Draw the time line of a run; the last, unfinished interval is left out."""
    intervals = tally.intervals[: max(1, int(tally.span / tally.width))]
    sheet = Sheet()
    sheet.write((LEFT, 42), title, size=22, colour=INK)
    rates: list[Series] = [
        ("ok", GOOD, [each.good / tally.width for each in intervals]),
        ("other answers", OTHER, [each.other / tally.width for each in intervals]),
        ("no answer", LOST, [each.lost / tally.width for each in intervals]),
    ]
    ordered = [sorted(each.latencies) for each in intervals]
    times: list[Series] = [
        ("p50", MIDDLE, [_percentile(each, 0.5) for each in ordered]),
        ("p99", TAIL, [_percentile(each, 0.99) for each in ordered]),
    ]
    highest = max(value or 0.0 for _, _, values in rates for value in values)
    seen = [value for _, _, values in times for value in values if value] or [1.0]
    _panel(sheet, PANELS[0], linear(highest), "requests per second, when answered", rates)
    scale = logarithmic(min(seen), max(seen))
    _panel(sheet, PANELS[1], scale, "latency in ms, when due", times)
    _seconds(sheet, len(intervals) * tally.width)
    sheet.save(path)


def _percentile(ordered: Sequence[float], part: float) -> float | None:
    return percentile(ordered, part) if ordered else None


def _panel(
    sheet: Sheet, edges: tuple[int, int], axis: Axis, says: str, drawn: Sequence[Series]
) -> None:
    top, bottom = edges
    for mark in axis.marks:
        y = bottom - axis.share(mark) * (bottom - top)
        sheet.line([(LEFT, y), (RIGHT, y)], GRID)
        sheet.write((LEFT - 10, y), f"{mark:,g}", size=13, colour=FAINT, anchor="rm")
    x: float = LEFT + sheet.write((LEFT, top - 14), says, size=14, colour=FAINT) + 24
    for name, colour, values in drawn:
        if any(values):
            sheet.line([(x, top - 19), (x + 18, top - 19)], colour, 3)
            x += 24 + sheet.write((x + 24, top - 14), name, size=14, colour=INK) + 20
            shares = [None if value is None else axis.share(value) for value in values]
            _curve(sheet, edges, shares, colour)


def _curve(
    sheet: Sheet, edges: tuple[int, int], shares: Sequence[float | None], colour: str
) -> None:
    """Draw lines through the middles of the intervals, level at the ends; a gap where none is."""
    top, bottom = edges
    wide = (RIGHT - LEFT) / len(shares)
    for known, run in groupby(enumerate(shares), key=lambda each: each[1] is not None):
        heights = [(n, bottom - (share or 0.0) * (bottom - top)) for n, share in run]
        if known:
            (first, left), (last, right) = heights[0], heights[-1]
            points = [(LEFT + (n + 0.5) * wide, y) for n, y in heights]
            ends = (LEFT + first * wide, left), (LEFT + (last + 1) * wide, right)
            sheet.line([ends[0], *points, ends[1]], colour, 2)


def _seconds(sheet: Sheet, span: float) -> None:
    """Mark the seconds below both panels."""
    marks = [mark for mark in linear(span).marks if mark <= span]
    for _, bottom in PANELS:
        for mark in marks:
            x = LEFT + mark / span * (RIGHT - LEFT)
            sheet.line([(x, bottom), (x, bottom + 5)], FAINT)
            sheet.write((x, bottom + 10), f"{mark:g} s", size=13, colour=FAINT, anchor="mt")
