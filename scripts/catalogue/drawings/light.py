"""How light falls on things: shadows, volumes, gleams, seams. Shared by all drawings."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from scripts.catalogue.canvas import Blend, Canvas, across, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.geometry import Path, Point, box, moved, oval, ring, stroke

STEEL: Colour = (196, 201, 208)
BRASS: Colour = (205, 164, 92)
PAPER: Colour = (250, 247, 240)


def standing(canvas: Canvas, x: float, y: float, *, reach: float) -> None:
    """Cast the shadow of something that stands on the floor at a height ``y``."""
    canvas.glow(oval(x + 25, y + 4, reach * 1.08, 34), NIGHT, blur=34, alpha=0.22)
    canvas.glow(oval(x + 6, y, reach * 0.94, 13), NIGHT, blur=11, alpha=0.42)


def lying(canvas: Canvas, path: Path, *, height: float = 22) -> None:
    """Cast the shadow of something flat that lies on a table seen from above."""
    canvas.glow(moved(path, height * 0.7, height * 1.3), NIGHT, blur=height * 1.5, alpha=0.26)
    canvas.glow(moved(path, height * 0.2, height * 0.35), NIGHT, blur=height * 0.4, alpha=0.30)


def solid(canvas: Canvas, path: Path, colour: Colour, *, depth: float = 1.0) -> None:
    """Paint a body with volume: brighter towards the light, darker along its edge."""
    bright, dark = lit(colour, 0.24 * depth), dim(colour, 0.24 * depth)
    canvas.fill(path, slant(bright, colour, mix(colour, dark, 0.55), dark))
    rim(canvas, path, dim(colour, 0.55), width=26, alpha=0.34 * depth)


def round_solid(canvas: Canvas, path: Path, colour: Colour, *, depth: float = 1.0) -> None:
    """Paint something turned on a lathe: a cup, a lamp foot, a bottle."""
    dark, mid, light = (
        dim(colour, 0.32 * depth),
        dim(colour, 0.1 * depth),
        lit(colour, 0.34 * depth),
    )
    canvas.fill(
        path, across(dim(colour, 0.2 * depth), light, colour, mid, dark, mix(dark, colour, 0.3))
    )


def metal(colour: Colour = STEEL, angle: float = 0) -> Blend:
    """Return the blend of a polished bar."""
    dark, light = dim(colour, 0.35), lit(colour, 0.7)
    return Blend((dark, colour, light, colour, dim(colour, 0.18), lit(colour, 0.4), dark), angle)


def rim(
    canvas: Canvas, path: Path, colour: Colour, *, width: float = 22, alpha: float = 0.35
) -> None:
    """Shade the inner edge of an outline."""
    canvas.glow(ring(path, width), colour, blur=width * 0.8, alpha=alpha, within=path)


def edge(canvas: Canvas, path: Path, colour: Colour, *, width: float = 3, alpha: float = 1) -> None:
    """Draw the outline itself with a thin pen."""
    canvas.fill(ring(path, width), colour, alpha=alpha)


def gleam(
    canvas: Canvas, path: Path, within: Path, *, alpha: float = 0.4, blur: float = 14
) -> None:
    """Lay a soft highlight on a body."""
    canvas.glow(path, WHITE, blur=blur, alpha=alpha, within=within)


def shade(
    canvas: Canvas, path: Path, within: Path, *, alpha: float = 0.3, blur: float = 20
) -> None:
    """Lay a soft shadow on a body."""
    canvas.glow(path, NIGHT, blur=blur, alpha=alpha, within=within)


def line(canvas: Canvas, path: Path, colour: Colour, *, width: float, alpha: float = 1) -> None:
    """Draw an open line with a round pen."""
    canvas.fill(stroke(path, width), colour, alpha=alpha)


def tube(canvas: Canvas, path: Path, colour: Colour, *, width: float) -> None:
    """Draw an open line that looks round: a handle, a cable, a lamp arm."""
    canvas.fill(stroke(path, width), dim(colour, 0.34))
    canvas.fill(stroke(moved(path, -width * 0.08, -width * 0.08), width * 0.7), colour)
    canvas.glow(
        stroke(moved(path, -width * 0.16, -width * 0.18), width * 0.2),
        lit(colour, 0.65),
        blur=width * 0.12,
        alpha=0.8,
    )


def seam(canvas: Canvas, path: Path, colour: Colour, *, width: float = 3.4) -> None:
    """Sew along a line: short stitches, visible on any colour."""
    thread = lit(colour, 0.42) if brightness(colour) < 0.62 else dim(colour, 0.3)
    for start, end in _dashes(path, long=13, gap=9):
        canvas.fill(stroke([start, end], width), thread, alpha=0.85)


def plate(canvas: Canvas, x: float, y: float, *, w: float = 92, colour: Colour = BRASS) -> None:
    """Fix a small metal name plate, centred on a point."""
    high = w * 0.34
    canvas.glow(box(x - w / 2, y - high / 2 + 5, w=w, h=high, r=7), NIGHT, blur=6, alpha=0.35)
    canvas.fill(box(x - w / 2, y - high / 2, w=w, h=high, r=7), metal(colour, 20))
    canvas.fill(box(x - w * 0.3, y - 2.5, w=w * 0.6, h=5, r=2.5), dim(colour, 0.45), alpha=0.7)


def _dashes(path: Path, *, long: float, gap: float) -> list[tuple[Point, Point]]:
    """Cut a line into pieces of one length."""
    dashes: list[tuple[Point, Point]] = []
    start, walked = path[0], 0.0
    drawing = True
    for point, after in pairwise(path):
        length = hypot(after[0] - point[0], after[1] - point[1])
        done = 0.0
        while walked + length - done >= (long if drawing else gap):
            done += (long if drawing else gap) - walked
            walked = 0.0
            here = _along(point, after, done / length)
            if drawing:
                dashes.append((start, here))
            start, drawing = here, not drawing
        walked += length - done
    return dashes


def _along(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
