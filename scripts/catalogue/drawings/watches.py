"""Watches: a round one with hands, a square one with a screen."""

from __future__ import annotations

from math import cos, radians, sin

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import (
    BRASS,
    STEEL,
    edge,
    gleam,
    lying,
    metal,
    rim,
    seam,
    solid,
)
from scripts.catalogue.geometry import (
    Point,
    arc,
    box,
    mirrored,
    moved,
    oval,
    points,
    rounded,
    stroke,
)

ROSE: Colour = (212, 160, 134)


def watch(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a wrist watch; forms: steel with a light dial, gold with a dark one, chronograph."""
    case = (STEEL, BRASS, ROSE)[form]
    _strap(canvas, colour, wide=(150, 118))
    lying(canvas, oval(500, 500, 246), height=16)
    canvas.fill(box(740, 470, w=38, h=60, r=12), metal(case, 90))
    if form == 2:
        for y in (390, 572):
            canvas.fill(box(718, y, w=40, h=44, r=10), metal(case, 90))
    for path in _lugs():
        canvas.fill(path, metal(case, 0))
    canvas.fill(oval(500, 500, 248), slant(lit(case, 0.75), case, dim(case, 0.5)))
    canvas.fill(oval(500, 500, 230), slant(dim(case, 0.4), case, lit(case, 0.6)))
    dial = oval(500, 500, 212)
    face = (246, 244, 238) if form == 0 else mix(dim(colour, 0.5), NIGHT, 0.25)
    canvas.fill(dial, slant(lit(face, 0.14), face, dim(face, 0.14)))
    rim(canvas, dial, NIGHT, width=20, alpha=0.4)
    _marks(canvas, case, dark=form == 0)
    if form == 2:
        for at in ((410, 500), (590, 500), (500, 592)):
            canvas.fill(oval(*at, 50), slant(dim(face, 0.35), lit(face, 0.12)))
            edge(canvas, oval(*at, 50), case, width=3, alpha=0.8)
            canvas.fill(stroke([at, (at[0] + 22, at[1] - 26)], 4), WHITE)
    _hands(canvas, case if form else dim(colour, 0.35))
    glare = rounded(points("330,300 520,270 380,720 300,640"), 10)
    canvas.fill(glare, WHITE, alpha=0.10, within=dial)


def _strap(canvas: Canvas, colour: Colour, *, wide: Point) -> None:
    top, end = wide
    half = [
        (500 - top, 330),
        (500 - end, 40),
        (500 - end * 0.9, -40),
        (500 + end * 0.9, -40),
        (500 + end, 40),
        (500 + top, 330),
    ]
    for upper in (True, False):
        path = rounded(half if upper else [(x, 1000 - y) for x, y in half], 30)
        lying(canvas, path, height=16)
        canvas.fill(
            path,
            across(
                dim(colour, 0.35), lit(colour, 0.22), lit(colour, 0.05), colour, dim(colour, 0.42)
            ),
        )
        for side in (-1, 1):
            line = [
                (500 + side * (top - 22), 318.0),
                (500 + side * (end - 20), 50.0),
                (500 + side * (end - 26), -10.0),
            ]
            seam(canvas, line if upper else [(x, 1000 - y) for x, y in line], colour, width=4)


def _lugs() -> list[list[Point]]:
    corner = rounded(points("338,250 388,250 400,360 310,390"), 14)
    left = [corner, [(x, 1000 - y) for x, y in corner]]
    return left + [mirrored(path) for path in left]


def _marks(canvas: Canvas, case: Colour, *, dark: bool) -> None:
    ink = dim(case, 0.6) if dark else lit(case, 0.45)
    for i in range(60):
        turn = canvas.leaned(i * 6)
        if i % 5:
            turn.fill(box(498.5, 298, w=3, h=9), ink, alpha=0.55)
        else:
            turn.fill(box(494, 300, w=12, h=44 if i % 15 == 0 else 32, r=3), metal(ink, 90))


def _hands(canvas: Canvas, colour: Colour) -> None:
    for angle, long, wide in ((304, 118, 17), (50, 172, 12)):
        turn = canvas.leaned(angle)
        hand = rounded(
            [
                (500 - wide / 2, 536),
                (500 - wide * 0.7, 500 - long * 0.6),
                (500, 500 - long),
                (500 + wide * 0.7, 500 - long * 0.6),
                (500 + wide / 2, 536),
            ],
            4,
        )
        turn.glow(moved(hand, 5, 7), NIGHT, blur=6, alpha=0.4)
        turn.fill(hand, metal(colour, 0))
    second = stroke([_polar(196, -46), _polar(118, 168)], 4)
    canvas.fill(second, (214, 84, 66))
    canvas.fill(oval(500, 500, 14), metal(colour, 40))
    canvas.fill(oval(500, 500, 5), (214, 84, 66))


def _polar(angle: float, radius: float) -> Point:
    return (500 + radius * sin(radians(angle)), 500 - radius * cos(radians(angle)))


def smartwatch(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a watch with a screen; forms differ in what it shows and in the case."""
    case = (STEEL, (72, 75, 84), ROSE)[form]
    _strap(canvas, colour, wide=(164, 128))
    body = box(276, 236, w=448, h=528, r=128)
    lying(canvas, body, height=18)
    canvas.fill(box(716, 420, w=30, h=90, r=14), metal(case, 90))
    canvas.fill(body, slant(lit(case, 0.7), case, dim(case, 0.5)))
    canvas.fill(box(290, 250, w=420, h=500, r=114), (10, 11, 16))
    screen = box(306, 266, w=388, h=468, r=98)
    canvas.fill(screen, down((16, 18, 28), mix(dim(colour, 0.62), (10, 11, 16), 0.4)))
    for i, (paint, share) in enumerate(
        (((240, 98, 96), 0.82), ((246, 190, 80), 0.64), ((98, 210, 150), 0.74))
    ):
        radius = 112 - i * 30
        canvas.fill(stroke(arc(500, 450, (radius, radius), start=0, end=359), 22), dim(paint, 0.75))
        canvas.fill(
            stroke(arc(500, 450, (radius, radius), start=-90, end=-90 + 360 * share), 22), paint
        )
    for i in range(3 + form):
        x = 404 + i * 34
        canvas.fill(
            box(x, 640 - (i * 37 % 50), w=16, h=36 + (i * 37 % 50), r=8),
            lit(colour, 0.45) if brightness(colour) < 0.5 else colour,
        )
    canvas.fill(box(566, 606, w=66, h=10, r=5), WHITE, alpha=0.9)
    canvas.fill(box(566, 632, w=42, h=8, r=4), WHITE, alpha=0.5)
    canvas.fill(box(450, 296, w=100, h=12, r=6), WHITE, alpha=0.85)
    gleam(
        canvas,
        rounded(points("306,266 500,266 330,620 306,600"), 8),
        screen,
        alpha=0.12,
        blur=6,
    )
    solid(canvas, box(488, 768, w=24, h=8, r=4), case)
