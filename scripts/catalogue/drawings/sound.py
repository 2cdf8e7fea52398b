"""Headphones, earbuds and loudspeakers."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, dim, lit
from scripts.catalogue.drawings.light import (
    BRASS,
    STEEL,
    edge,
    gleam,
    metal,
    rim,
    round_solid,
    shade,
    solid,
    standing,
    tube,
)
from scripts.catalogue.geometry import (
    Path,
    Point,
    arc,
    box,
    curve,
    mirrored,
    moved,
    oval,
    points,
    smooth,
    stroke,
)


def headphones(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint headphones; forms differ in the trim of cups and band."""
    trim = (STEEL, BRASS, dim(colour, 0.5))[form]
    for x in (262, 738):
        standing(canvas, x, 852, reach=84)
    band = arc(500, 520, (292, 372), start=184, end=356)
    canvas.fill(stroke(arc(500, 520, (268, 340), start=190, end=350), 30), dim(colour, 0.62))
    tube(canvas, band, colour, width=50)
    canvas.fill(stroke(arc(500, 520, (270, 345), start=214, end=326), 26), dim(colour, 0.35))
    for side in (0, 1):
        _cup(canvas, colour, trim, side=side)


def _cup(canvas: Canvas, colour: Colour, trim: Colour, *, side: int) -> None:
    turn = mirrored if side else list
    arm = turn(stroke(curve(points("210,470 202,540 232,600")), 22))
    canvas.fill(arm, metal(trim, 0))
    pad = turn(smooth(points("318,494 366,530 382,670 366,808 318,846 286,670")))
    canvas.glow(moved(pad, 10, 8), NIGHT, blur=14, alpha=0.25)
    canvas.fill(pad, across(dim(colour, 0.72), dim(colour, 0.5), dim(colour, 0.76)))
    rim(canvas, pad, NIGHT, width=20, alpha=0.45)
    cup = turn(smooth(points("262,480 326,508 338,670 326,832 262,860 196,826 170,670 196,514")))
    canvas.glow(moved(cup, 6, 8), NIGHT, blur=12, alpha=0.3)
    solid(canvas, cup, colour)
    face = turn(smooth(points("250,524 292,550 300,670 292,790 250,816 212,788 200,670 212,552")))
    canvas.fill(face, metal(trim, 60))
    canvas.fill(
        [
            (
                (x - (250 if not side else 750)) * 0.86 + (250 if not side else 750),
                (y - 670) * 0.92 + 670,
            )
            for x, y in face
        ],
        slant(lit(colour, 0.26), colour, dim(colour, 0.3)),
    )
    gleam(canvas, turn(oval(234, 590, 16, 50)), face, alpha=0.5, blur=12)


def earbuds(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint two earbuds over their open charging case."""
    standing(canvas, 500, 850, reach=285)
    lid = box(236, 430, w=528, h=190, r=84)
    canvas.fill(lid, across(dim(colour, 0.45), dim(colour, 0.2), dim(colour, 0.5)))
    inside = box(258, 452, w=484, h=180, r=70)
    canvas.fill(inside, down(dim(colour, 0.72), dim(colour, 0.5)))
    case = box(222, 590, w=556, h=266, r=120)
    for side in (0, 1):
        _bud(canvas, colour, form, side=side)
    shade(canvas, box(222, 582, w=556, h=60, r=30), lid, alpha=0.4, blur=14)
    solid(canvas, case, colour)
    gleam(canvas, box(290, 620, w=300, h=34, r=17), case, alpha=0.6, blur=18)
    canvas.fill(box(222, 590, w=556, h=20, r=9), lit(colour, 0.3), alpha=0.5, within=case)
    canvas.fill(oval(500, 708, 10), (126, 226, 160))
    canvas.glow(oval(500, 708, 16), (126, 226, 160), blur=14, alpha=0.6)


def _bud(canvas: Canvas, colour: Colour, form: int, *, side: int) -> None:
    turn = _right if side else _left
    stem = turn(box(356, 300, w=62, h=(300, 250, 330)[form], r=31))
    canvas.glow(moved(stem, 10, 6), NIGHT, blur=12, alpha=0.35)
    round_solid(canvas, stem, colour, depth=0.8)
    tip = turn(smooth(points("452,214 502,226 494,300 440,312")))
    canvas.fill(tip, slant(dim(colour, 0.35), dim(colour, 0.62)))
    head = turn(smooth(points("352,250 400,190 466,206 478,282 440,340 386,350")))
    solid(canvas, head, colour)
    gleam(canvas, turn(oval(392, 236, 20, 26)), head, alpha=0.75, blur=10)
    canvas.fill(turn(oval(418, 296, 26, 12)), NIGHT, alpha=0.75)
    canvas.fill(
        turn(box(376, 420, w=22, h=66, r=11)), (STEEL, BRASS, lit(colour, 0.4))[form], alpha=0.75
    )


def _left(path: Path) -> list[Point]:
    return moved(path, -46, 0)


def _right(path: Path) -> list[Point]:
    return mirrored(_left(path))


def speaker(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a portable loudspeaker with a cloth front and a leather loop."""
    standing(canvas, 500, 850, reach=330)
    loop = curve(points("812,440 880,450 896,530 874,600 812,612"))
    tube(canvas, loop, (128, 84, 54), width=24)
    body = box(170, 330, w=660, h=520, r=(120, 60, 200)[form])
    solid(canvas, body, lit(colour, 0.12))
    cloth = box(200, 360, w=600, h=460, r=(96, 40, 180)[form])
    canvas.fill(cloth, slant(dim(colour, 0.15), dim(colour, 0.45)))
    for row in range(20):
        for column in range(26):
            x, y = 214 + column * 22 + (row % 2) * 11, 380 + row * 22
            dot = [(x, y - 4), (x + 5, y), (x, y + 4), (x - 5, y)]
            canvas.fill(dot, dim(colour, 0.62), within=cloth)
    for x in (360, 640):
        disc = oval(x, 590, 118)
        shade(canvas, disc, cloth, alpha=0.28, blur=30)
        edge(canvas, disc, lit(colour, 0.2), width=4, alpha=0.4)
    gleam(canvas, oval(330, 450, 150, 70), cloth, alpha=0.22, blur=50)
    for i in range(3):
        canvas.fill(oval(430 + i * 70, 345, 9), WHITE if i == 1 else dim(colour, 0.5))
    canvas.fill(box(456, 770, w=88, h=22, r=11), metal(STEEL, 0))
