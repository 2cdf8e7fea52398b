"""Cups, teapots and tumblers."""

from __future__ import annotations

from scripts.catalogue.canvas import Blend, Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import (
    BRASS,
    STEEL,
    edge,
    gleam,
    metal,
    rim,
    round_solid,
    shade,
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
    rounded,
    smooth,
    stroke,
)

TEA: Colour = (176, 104, 44)
CLAY: Colour = (206, 184, 156)
WOOD: Colour = (176, 128, 84)


def mug(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a mug of tea; forms differ in glaze: plain, dipped, speckled."""
    standing(canvas, 470, 842, reach=262)
    handle = arc(712, 560, (120, 142), start=-96, end=96)
    tube(canvas, handle, colour if form != 1 else CLAY, width=48)
    body = rounded(points("212,318 728,318 704,848 236,848"), 64)
    lower = CLAY if form == 1 else colour
    round_solid(canvas, body, lower)
    if form == 1:
        glaze = smooth(
            points("180,280 760,280 740,600 660,640 560,596 460,650 340,604 250,640 190,590")
        )
        clipped = across(
            dim(colour, 0.24), lit(colour, 0.32), colour, dim(colour, 0.1), dim(colour, 0.4)
        )
        canvas.fill(glaze, clipped, within=body)
    if form == 2:
        _speckles(canvas, body, dim(colour, 0.5) if brightness(colour) > 0.4 else lit(colour, 0.4))
    rim(canvas, body, dim(colour, 0.5), width=20, alpha=0.24)
    gleam(
        canvas,
        rounded(points("288,400 330,400 336,760 300,760"), 18),
        body,
        alpha=0.5,
        blur=14,
    )
    _liquid(canvas, (470, 322), (258, 62), colour if form != 1 else lit(colour, 0.1))
    _steam(canvas, 470, 262)


def _liquid(canvas: Canvas, at: Point, radius: Point, colour: Colour) -> None:
    (x, y), (rx, ry) = at, radius
    canvas.fill(oval(x, y, rx, ry), slant(lit(colour, 0.5), lit(colour, 0.15)))
    inside = oval(x, y + 2, rx - 16, ry - 9)
    canvas.fill(inside, across(dim(colour, 0.3), lit(colour, 0.2), dim(colour, 0.1)))
    tea = oval(x, y + ry * 0.34, rx - 34, ry - 24)
    canvas.fill(tea, slant(lit(TEA, 0.1), dim(TEA, 0.3)), within=inside)
    gleam(canvas, oval(x - rx * 0.4, y + ry * 0.2, rx * 0.2, 7), inside, alpha=0.5, blur=7)


def _steam(canvas: Canvas, x: float, y: float) -> None:
    for dx, tall in ((-60, 120), (10, 170), (76, 110)):
        wisp = curve(
            [
                (x + dx, y + 30),
                (x + dx + 24, y - tall * 0.3),
                (x + dx - 18, y - tall * 0.7),
                (x + dx + 14, y - tall),
            ]
        )
        canvas.glow(stroke(wisp, 20), WHITE, blur=14, alpha=0.75)


def _speckles(canvas: Canvas, body: Path, colour: Colour) -> None:
    for i in range(90):
        x, y = 200 + (i * 197) % 540, 360 + (i * 331) % 480
        canvas.fill(oval(x, y, 2 + i % 4, 2 + i % 3), colour, alpha=0.55, within=body)


def teapot(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a teapot with a cup; forms differ in the handle: wood, bow, clay."""
    standing(canvas, 470, 812, reach=300)
    grip = WOOD if form != 2 else dim(colour, 0.1)
    if form == 1:
        tube(canvas, arc(470, 470, (222, 290), start=190, end=350), WOOD, width=28)
    else:
        tube(
            canvas,
            curve(points("244,480 120,460 92,580 150,690 262,716")),
            grip,
            width=36,
        )
    spout = smooth(points("660,560 730,540 790,430 836,404 858,424 820,520 760,660 660,720"))
    canvas.fill(spout, Blend((lit(colour, 0.3), colour, dim(colour, 0.36)), 30))
    body = smooth(
        points("470,420 620,440 708,540 708,680 620,796 470,816 320,796 232,680 232,540 320,440")
    )
    round_solid(canvas, body, colour)
    shade(canvas, oval(470, 830, 240, 70), body, alpha=0.4, blur=40)
    gleam(canvas, oval(352, 540, 40, 80), body, alpha=0.6, blur=24)
    for i in range(3 if form == 2 else 1):
        ring = arc(470, 560 + i * 46, (238, 40), start=14, end=166)
        canvas.fill(stroke(ring, 6), dim(colour, 0.35), alpha=0.6, within=body)
    lid = smooth(points("320,446 360,402 470,386 580,402 620,446 470,468"))
    round_solid(canvas, lid, lit(colour, 0.06))
    canvas.fill(oval(470, 372, 34, 28), slant(lit(grip, 0.35), grip, dim(grip, 0.4)))
    if form == 1:
        for x in (262, 678):
            canvas.fill(oval(x, 470, 20), metal(BRASS, 30))
    _cup(canvas, colour)


def _cup(canvas: Canvas, colour: Colour) -> None:
    standing(canvas, 790, 846, reach=96)
    bowl = smooth(points("690,724 790,716 890,724 872,800 832,846 790,850 748,846 708,800"))
    round_solid(canvas, bowl, lit(colour, 0.1))
    _liquid(canvas, (790, 726), (100, 26), lit(colour, 0.1))


def tumbler(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a vacuum flask; forms differ in the lid: loop, cup, straw."""
    standing(canvas, 500, 882, reach=180)
    trim = (STEEL, BRASS, dim(colour, 0.5))[form]
    if form == 2:
        tube(canvas, curve(points("540,250 550,150 590,96")), lit(colour, 0.5), width=26)
    if form == 0:
        tube(canvas, arc(500, 196, (84, 88), start=180, end=360), dim(colour, 0.45), width=28)
    lid = rounded(points("392,180 608,180 626,300 374,300"), 24)
    lid_colour = dim(colour, 0.45) if form != 1 else WOOD
    round_solid(canvas, lid, lid_colour)
    for i in range(14):
        canvas.fill(box(388 + i * 17, 216, w=5, h=70, r=2), dim(lid_colour, 0.4), alpha=0.5)
    canvas.fill(box(372, 296, w=256, h=26, r=8), metal(trim, 0))
    body = rounded(points("372,318 628,318 662,400 662,886 338,886 338,400"), 56)
    round_solid(canvas, body, colour, depth=1.1)
    rim(canvas, body, dim(colour, 0.5), width=18, alpha=0.22)
    gleam(canvas, box(392, 400, w=22, h=430, r=11), body, alpha=0.6, blur=10)
    gleam(canvas, box(616, 420, w=12, h=400, r=6), body, alpha=0.22, blur=8)
    canvas.fill(box(338, 838, w=324, h=22), metal(trim, 0), within=body)
    ink = lit(colour, 0.75) if brightness(colour) < 0.6 else dim(colour, 0.5)
    edge(canvas, oval(506, 590, 46), ink, width=5, alpha=0.8)
    for i in range(2):
        canvas.fill(
            stroke(
                curve(
                    [
                        (470, 596 + i * 18),
                        (490, 584 + i * 18),
                        (510, 598 + i * 18),
                        (542, 584 + i * 18),
                    ]
                ),
                5,
            ),
            ink,
            alpha=0.8,
        )
    canvas.glow(moved(oval(500, 322, 150, 12), 0, 10), NIGHT, blur=10, alpha=0.35, within=body)


def bowl_set(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint two stacked bowls on a plate; forms differ in the lines of the glaze."""
    standing(canvas, 500, 842, reach=330)
    pale = lit(colour, 0.3)
    plate = smooth(points("124,784 500,800 876,784 690,836 500,846 310,836"))
    round_solid(canvas, plate, pale)
    canvas.fill(oval(500, 784, 376, 34), down(dim(pale, 0.12), lit(pale, 0.4)))
    canvas.glow(oval(506, 788, 200, 24), NIGHT, blur=16, alpha=0.45)
    _bowl(canvas.seen(1.08, at=(500, 600), put=(500, 600)), colour, form)
    canvas.glow(oval(504, 610, 150, 30), NIGHT, blur=14, alpha=0.5)
    _bowl(canvas.seen(1.0, at=(500, 600), put=(500, 440)), mix(colour, CLAY, 0.55), form)


def _bowl(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint one bowl with its rim at a height of 600."""
    side = points("250,600 258,664 300,740 364,788 400,796")
    body = [*curve(side), *mirrored(curve(side)[::-1])]
    round_solid(canvas, body, colour)
    rim(canvas, body, dim(colour, 0.5), width=16, alpha=0.22)
    for i in range(form + 1):
        ring = stroke(arc(500, 640 + i * 26, (250, 46), start=4, end=176), 6)
        canvas.fill(ring, lit(colour, 0.55), alpha=0.7, within=body)
    gleam(canvas, oval(330, 690, 26, 44), body, alpha=0.5, blur=16)
    canvas.fill(oval(500, 600, 250, 44), slant(lit(colour, 0.6), lit(colour, 0.2)))
    canvas.fill(oval(500, 602, 236, 36), down(dim(colour, 0.34), lit(colour, 0.1)))
