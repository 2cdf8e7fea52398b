"""Clothes laid out flat."""

from __future__ import annotations

from math import cos, radians, sin

from scripts.catalogue.canvas import Blend, Canvas, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import gleam, lying, rim, seam, shade, solid, tube
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
    rounded,
    smooth,
    stroke,
)

SUN: Colour = (232, 140, 60)


def tee(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a T-shirt; forms differ in the print: landscape, stripes, small mark."""
    body = _tee_outline()
    lying(canvas, body, height=18)
    neck = oval(500, 190, 108, 52)
    canvas.fill(neck, dim(colour, 0.45))
    canvas.fill(body, Blend((lit(colour, 0.14), colour, dim(colour, 0.12)), 60))
    for i in range(5 if form == 1 else 0):
        paint = (203, 90, 70) if brightness(colour) > 0.6 else lit(colour, 0.72)
        canvas.fill(box(290, 372 + i * 92, w=420, h=30), paint, alpha=0.9, within=body)
    for sleeve in (_sleeve(), mirrored(_sleeve())):
        canvas.fill(sleeve, Blend((lit(colour, 0.08), dim(colour, 0.14)), 90), within=body)
    _folds(canvas, body)
    rim(canvas, body, dim(colour, 0.5), width=18, alpha=0.26)
    collar = arc(500, 168, (112, 76), start=6, end=174)
    canvas.fill(stroke(collar, 24), dim(colour, 0.1))
    seam(canvas, arc(500, 168, (128, 92), start=10, end=170), colour, width=2.6)
    seam(canvas, [(304, 852), (696, 852)], colour, width=2.6)
    for turn in (list, mirrored):
        seam(canvas, turn([(128, 398), (226, 452)]), colour, width=2.6)
        canvas.fill(
            stroke(turn(curve(points("322,186 296,290 290,420"))), 3),
            dim(colour, 0.35),
            alpha=0.5,
        )
    if form == 0:
        _landscape(canvas, colour)
    elif form == 2:
        _mark(canvas, colour, at=(602, 350))


def _tee_outline() -> list[Point]:
    half = points("392,168 320,190 240,236 176,310 112,404 230,470 284,424 292,640 284,868")
    right = [(1000 - x, y) for x, y in half[::-1]]
    scoop = points("586,214 540,236 500,242 460,236 414,214")
    return rounded([*half, *right, *scoop], 26)


def _sleeve() -> list[Point]:
    return smooth(points("300,190 232,236 104,404 230,478 292,424 300,300"))


def _folds(canvas: Canvas, body: Path) -> None:
    for path in (
        points("296,430 380,560 400,760 372,600"),
        points("704,430 610,580 604,800 640,600"),
        points("300,250 350,350 330,420 316,330"),
        points("420,868 450,700 470,600 462,740"),
    ):
        shade(canvas, smooth(path), body, alpha=0.22, blur=16)
        gleam(canvas, moved(smooth(path), -26, 6), body, alpha=0.26, blur=16)


def _landscape(canvas: Canvas, colour: Colour) -> None:
    frame = oval(500, 452, 118)
    base = mix(colour, (105, 174, 198), 0.55) if brightness(colour) > 0.4 else (236, 220, 190)
    canvas.fill(frame, Blend((lit(base, 0.5), (248, 210, 170)), 90))
    canvas.fill(oval(534, 424, 38), SUN)
    for i, paint in enumerate(((141, 171, 138), (72, 120, 110), (40, 66, 84))):
        hill = smooth(
            [
                (370, 510 + i * 26),
                (440, 462 + i * 30),
                (520, 506 + i * 26),
                (600, 470 + i * 34),
                (640, 520 + i * 26),
                (640, 640),
                (370, 640),
            ]
        )
        canvas.fill(hill, paint, within=frame)
    canvas.fill(
        box(424, 594, w=152, h=9, r=4),
        dim(colour, 0.5) if brightness(colour) > 0.5 else lit(colour, 0.7),
    )


def _mark(canvas: Canvas, colour: Colour, *, at: Point) -> None:
    ink = dim(colour, 0.6) if brightness(colour) > 0.5 else lit(colour, 0.8)
    x, y = at
    for i in range(5):
        turn = radians(i * 72 - 90)
        canvas.fill(oval(x + 20 * cos(turn), y + 20 * sin(turn), 12), ink)
    canvas.fill(oval(x, y, 9), SUN)


def hoodie(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a sweatshirt with hood and pocket; forms: plain, two colours, letter mark."""
    sleeve_colour = (
        lit(colour, 0.45) if form == 1 and brightness(colour) < 0.6 else dim(colour, 0.06)
    )
    sleeve_colour = dim(colour, 0.4) if form == 1 and brightness(colour) >= 0.6 else sleeve_colour
    for turn in (list, mirrored):
        arm = turn(rounded(points("300,262 214,330 118,700 104,812 212,836 330,480"), 34))
        lying(canvas, arm, height=16)
        solid(canvas, arm, sleeve_colour, depth=0.7)
        shade(
            canvas,
            turn(smooth(points("210,560 262,520 240,600 190,640"))),
            arm,
            alpha=0.3,
            blur=12,
        )
        cuff = turn(rounded(points("110,770 222,796 212,852 100,828"), 12))
        _ribs(canvas, cuff, dim(colour, 0.16), span=(96, 230) if turn is list else (770, 904))
    body = rounded(
        points("356,250 644,250 716,300 722,560 716,850 284,850 278,560 284,300"),
        40,
    )
    lying(canvas, body, height=16)
    solid(canvas, body, colour, depth=0.6)
    _folds(canvas, body)
    _ribs(canvas, box(286, 816, w=428, h=54, r=16), dim(colour, 0.16), span=(290, 712))
    pocket = rounded(points("384,616 616,616 668,700 660,800 340,800 332,700"), 22)
    canvas.glow(moved(pocket, 2, 8), NIGHT, blur=10, alpha=0.3)
    solid(canvas, pocket, colour, depth=0.5)
    for turn in (list, mirrored):
        seam(canvas, turn([(396, 628), (348, 704)]), colour, width=3)
    _hood(canvas, colour)
    if form == 2:
        _mark(canvas, colour, at=(600, 470))


def _ribs(canvas: Canvas, path: list[Point], colour: Colour, *, span: tuple[int, int]) -> None:
    solid(canvas, path, colour, depth=0.6)
    for x in range(span[0], span[1], 12):
        canvas.fill(box(x, 700, w=4, h=220), dim(colour, 0.4), alpha=0.4, within=path)


def _hood(canvas: Canvas, colour: Colour) -> None:
    hood = smooth(
        points("500,118 600,138 668,220 650,320 560,376 500,384 440,376 350,320 332,220 400,138")
    )
    canvas.glow(moved(hood, 4, 14), NIGHT, blur=16, alpha=0.35)
    solid(canvas, hood, colour, depth=0.8)
    inside = smooth(points("500,172 574,190 606,250 570,322 500,362 430,322 394,250 426,190"))
    canvas.fill(inside, slant(dim(colour, 0.62), dim(colour, 0.35)))
    rim(canvas, inside, NIGHT, width=24, alpha=0.4)
    cross = curve(points("430,318 480,352 548,384"))
    canvas.fill(stroke(cross, 22), dim(colour, 0.08))
    canvas.fill(stroke(mirrored(cross), 22), colour)
    for turn, low in ((list, 520), (mirrored, 500)):
        cord = turn(curve([(458, 356), (452, 420), (460, low)]))
        tube(canvas, cord, lit(colour, 0.6) if brightness(colour) < 0.7 else WHITE, width=10)
        solid(canvas, turn(box(452, low - 8, w=16, h=30, r=6)), (205, 164, 92))


def cap(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a baseball cap; forms differ in the colour of its peak and its mark."""
    lying(canvas, oval(500, 640, 300, 70), height=26)
    crown = smooth(points("180,640 176,480 250,320 430,250 610,300 712,440 730,640 460,676"))
    solid(canvas, crown, colour)
    peak_colour = (colour, dim(colour, 0.4), lit(colour, 0.35))[form]
    peak = smooth(points("400,640 560,606 736,596 880,660 906,730 780,742 600,716 430,730 300,700"))
    for line in (
        points("446,254 380,420 372,650"),
        points("446,254 580,400 620,620"),
        points("446,254 270,380 226,650"),
    ):
        canvas.fill(stroke(curve(line), 4), dim(colour, 0.4), alpha=0.7, within=crown)
        seam(canvas, [(x + 9, y) for x, y in curve(line)][12:-6], colour, width=2.6)
    canvas.glow(moved(peak, 0, -16), NIGHT, blur=22, alpha=0.4, within=crown)
    canvas.fill(moved(peak, 0, 12), dim(peak_colour, 0.5))
    solid(canvas, peak, peak_colour)
    for i in range(3):
        seam(
            canvas,
            curve(
                [(340 + i * 26, 704 - i * 14), (560, 680 - i * 22), (860 - i * 22, 700 - i * 26)]
            ),
            peak_colour,
            width=2.8,
        )
    solid(canvas, oval(446, 256, 26, 15), dim(colour, 0.1))
    gleam(canvas, oval(330, 400, 60, 90), crown, alpha=0.35, blur=40)
    for x in (330, 590):
        canvas.fill(oval(x, 400, 9), dim(colour, 0.6))
    patch = box(430, 452, w=132, h=96, r=20)
    canvas.glow(moved(patch, 3, 5), NIGHT, blur=5, alpha=0.35)
    canvas.fill(patch, (244, 238, 226) if form != 2 else dim(colour, 0.45))
    _mark(canvas, WHITE if form != 2 else NIGHT, at=(496, 500))
