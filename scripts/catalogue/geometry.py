"""Outlines as lists of points: every shape of a picture begins here.

Units are those of a picture 1000 wide and 1000 high, x to the right and y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import cos, hypot, pi, radians, sin

Point = tuple[float, float]
Path = Sequence[Point]

STEPS = 14


@cache
def _parsed(text: str) -> tuple[Point, ...]:
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def points(text: str) -> list[Point]:
    """Read an outline written as ``x,y x,y …``."""
    return list(_parsed(text))


def oval(x: float, y: float, rx: float, ry: float | None = None) -> list[Point]:
    """Return an ellipse around a centre; a circle when ``ry`` is left out."""
    ry = rx if ry is None else ry
    count = 72
    turns = (2 * pi * i / count for i in range(count))
    return [(x + rx * cos(t), y + ry * sin(t)) for t in turns]


def arc(x: float, y: float, radius: Point, *, start: float, end: float) -> list[Point]:
    """Return the open part of an ellipse between two angles in degrees, 0 at three o'clock."""
    count = 48
    turns = (radians(start + (end - start) * i / count) for i in range(count + 1))
    return [(x + radius[0] * cos(t), y + radius[1] * sin(t)) for t in turns]


def box(left: float, top: float, *, w: float, h: float, r: float = 0) -> list[Point]:
    """Return a rectangle with round corners."""
    return rounded([(left, top), (left + w, top), (left + w, top + h), (left, top + h)], r)


def rounded(corners: Path, r: float) -> list[Point]:
    """Round the corners of a polygon; a corner never takes more than half of its shorter side."""
    if r <= 0:
        return list(corners)
    path: list[Point] = []
    for i, corner in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % len(corners)]
        a, b = _towards(corner, before, r), _towards(corner, after, r)
        path += [_bend(a, corner, b, step / 10) for step in range(11)]
    return path


def smooth(points: Path) -> list[Point]:
    """Return a closed curve through the points."""
    count = len(points)
    around = [[points[(i + k) % count] for k in (-1, 0, 1, 2)] for i in range(count)]
    return [_spline(four, step / STEPS) for four in around for step in range(STEPS)]


def curve(points: Path) -> list[Point]:
    """Return an open curve through the points."""
    padded = [points[0], *points, points[-1]]
    spans = [padded[i : i + 4] for i in range(len(points) - 1)]
    return [_spline(four, step / STEPS) for four in spans for step in range(STEPS)] + [points[-1]]


def stroke(line: Path, width: float) -> list[Point]:
    """Return the outline of a line drawn with a round pen."""
    left, right = _sides([line[0], *line, line[-1]], width / 2)
    return left + _cap(line[-1], left[-1]) + right[::-1] + _cap(line[0], right[0])


def ring(path: Path, width: float) -> list[Point]:
    """Return the outline of a closed line drawn with a pen: a band with a hole."""
    left, right = _sides([path[-1], *path, path[0]], width / 2)
    return [*left, left[0], right[0], *right[::-1]]


def mirrored(path: Path, axis: float = 500) -> list[Point]:
    """Return the path seen in a vertical mirror."""
    return [(2 * axis - x, y) for x, y in path]


def moved(path: Path, dx: float, dy: float) -> list[Point]:
    """Return the path somewhere else."""
    return [(x + dx, y + dy) for x, y in path]


def turned(path: Path, angle: float, *, around: Point = (500, 500)) -> list[Point]:
    """Return the path turned clockwise by an angle in degrees."""
    s, c = sin(radians(angle)), cos(radians(angle))
    ox, oy = around
    return [(ox + (x - ox) * c - (y - oy) * s, oy + (x - ox) * s + (y - oy) * c) for x, y in path]


def _sides(line: Path, half: float) -> tuple[list[Point], list[Point]]:
    """Return both sides of a line but of its first and last point, which only give directions."""
    left: list[Point] = []
    right: list[Point] = []
    for before, (x, y), after in zip(line, line[1:], line[2:], strict=False):
        length = hypot(after[0] - before[0], after[1] - before[1]) or 1.0
        dx, dy = (after[0] - before[0]) / length * half, (after[1] - before[1]) / length * half
        left.append((x + dy, y - dx))
        right.append((x - dy, y + dx))
    return left, right


def _towards(start: Point, goal: Point, distance: float) -> Point:
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    length = hypot(dx, dy) or 1.0
    share = min(distance / length, 0.5)
    return (start[0] + dx * share, start[1] + dy * share)


def _bend(a: Point, corner: Point, b: Point, t: float) -> Point:
    p, q, r = (1 - t) ** 2, 2 * t * (1 - t), t * t
    return (p * a[0] + q * corner[0] + r * b[0], p * a[1] + q * corner[1] + r * b[1])


def _spline(four: Path, t: float) -> Point:
    return (_blend([p[0] for p in four], t), _blend([p[1] for p in four], t))


def _blend(v: Sequence[float], t: float) -> float:
    """Catmull-Rom between the second and the third of four values."""
    slope = v[2] - v[0]
    bend = 2 * v[0] - 5 * v[1] + 4 * v[2] - v[3]
    twist = 3 * v[1] - v[0] - 3 * v[2] + v[3]
    return v[1] + 0.5 * t * (slope + t * (bend + t * twist))


def _cap(centre: Point, edge: Point) -> list[Point]:
    """Half a circle from the edge of a line around its end."""
    return [turned([edge], 180 * step / 8, around=centre)[0] for step in range(1, 8)]
