"""Perfume, candles and reed diffusers."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import WHITE, Colour, brightness, dim, lit
from scripts.catalogue.drawings.light import (
    BRASS,
    PAPER,
    STEEL,
    edge,
    gleam,
    metal,
    rim,
    round_solid,
    shade,
    standing,
)
from scripts.catalogue.geometry import (
    Path,
    box,
    curve,
    moved,
    oval,
    points,
    rounded,
    smooth,
    stroke,
)

FLAME: Colour = (255, 190, 92)
REED: Colour = (170, 128, 88)


def perfume(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a bottle of perfume; forms: square, round, tall."""
    standing(canvas, 500, 852, reach=(250, 250, 170)[form])
    cap_colour = (BRASS, STEEL, (70, 60, 56))[form]
    _cap(canvas, cap_colour, form)
    glass = (
        box(262, 376, w=476, h=476, r=54),
        oval(500, 614, 246, 240),
        box(342, 340, w=316, h=512, r=60),
    )[form]
    canvas.fill(glass, slant(lit(colour, 0.8), lit(colour, 0.5), lit(colour, 0.62)))
    rim(canvas, glass, dim(colour, 0.2), width=40, alpha=0.4)
    juice = (
        box(290, 440, w=420, h=384, r=36),
        oval(500, 622, 216, 206),
        box(368, 420, w=264, h=406, r=44),
    )[form]
    level = (456, 500, 450)[form]
    liquid = box(200, level, w=600, h=440)
    canvas.fill(
        juice,
        across(dim(colour, 0.22), lit(colour, 0.18), colour, lit(colour, 0.3), dim(colour, 0.16)),
        within=liquid,
    )
    canvas.glow(oval(500, 800, 170, 40), lit(colour, 0.6), blur=30, alpha=0.7, within=juice)
    surface = oval(500, level, (208, 186, 130)[form], 9)
    canvas.fill(surface, lit(colour, 0.55), alpha=0.8, within=juice)
    canvas.fill(box(496, 380, w=7, h=420), lit(colour, 0.45), alpha=0.5, within=glass)
    _label(canvas, colour, wide=(220, 190, 170)[form])
    inner = (
        box(292, 410, w=30, h=400, r=14),
        smooth(points("300,560 340,470 400,424 352,500 322,620")),
        box(370, 380, w=24, h=430, r=12),
    )[form]
    gleam(canvas, inner, glass, alpha=0.8, blur=8)
    edge(canvas, glass, WHITE, width=5, alpha=0.5)


def _cap(canvas: Canvas, colour: Colour, form: int) -> None:
    canvas.fill(box(452, 306, w=96, h=80), metal(BRASS if form != 1 else STEEL, 0))
    canvas.fill(box(440, 330, w=120, h=20, r=8), metal(BRASS if form != 1 else STEEL, 0))
    if form == 1:
        ball = oval(500, 232, 84)
        canvas.fill(ball, slant(lit(colour, 0.8), colour, dim(colour, 0.45)))
        gleam(canvas, oval(468, 196, 24, 20), ball, alpha=0.9, blur=10)
        return
    wide, high = (168, 168) if form == 0 else (132, 196)
    cap = box(500 - wide / 2, 312 - high, w=wide, h=high, r=14)
    canvas.fill(cap, metal(colour, 0))
    canvas.fill(box(500 - wide / 2, 312 - high, w=wide, h=14, r=7), lit(colour, 0.5), alpha=0.7)


def _label(canvas: Canvas, colour: Colour, *, wide: float) -> None:
    label = box(500 - wide / 2, 574, w=wide, h=136, r=6)
    shade(canvas, moved(label, 3, 5), box(100, 300, w=800, h=600), alpha=0.22, blur=6)
    canvas.fill(label, slant(PAPER, dim(PAPER, 0.06)))
    ink = dim(colour, 0.55)
    leaf = smooth(points("500,594 520,616 500,644 480,616"))
    canvas.fill(leaf, colour if brightness(colour) < 0.8 else dim(colour, 0.3))
    canvas.fill(box(500 - wide * 0.3, 660, w=wide * 0.6, h=7, r=3), ink)
    canvas.fill(box(500 - wide * 0.18, 680, w=wide * 0.36, h=5, r=2), ink, alpha=0.6)


def candle(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a burning candle in a vessel; forms: glass, stone, tin."""
    canvas.glow(oval(500, 300, 220, 220), (255, 222, 160), blur=100, alpha=0.7)
    standing(canvas, 500, 848, reach=230)
    body = rounded(points("276,392 724,392 704,852 296,852"), (44, 90, 24)[form])
    if form == 0:
        canvas.fill(
            body, across(lit(colour, 0.3), lit(colour, 0.7), lit(colour, 0.5), lit(colour, 0.3))
        )
        wax = rounded(points("290,480 710,480 690,826 310,826"), 36)
        canvas.fill(wax, across(dim(colour, 0.14), lit(colour, 0.34), colour, dim(colour, 0.2)))
    else:
        round_solid(canvas, body, colour)
    rim(canvas, body, dim(colour, 0.4), width=22, alpha=0.25)
    canvas.fill(oval(500, 396, 224, 44), slant(lit(colour, 0.6), lit(colour, 0.15)))
    pool = oval(500, 400, 206, 34)
    canvas.fill(pool, down(dim(colour, 0.2), lit(colour, 0.4)))
    canvas.glow(oval(500, 404, 110, 24), (255, 236, 180), blur=24, alpha=0.9, within=pool)
    canvas.fill(stroke(curve(points("500,400 498,372 504,350")), 7), (60, 48, 44))
    flame = smooth(points("500,226 526,290 532,334 502,362 472,334 476,290"))
    canvas.glow(flame, FLAME, blur=26, alpha=0.8)
    canvas.fill(flame, down((255, 240, 190), (255, 206, 110), (250, 150, 60)))
    canvas.glow(smooth(points("501,276 516,316 502,348 488,316")), WHITE, blur=8, alpha=0.9)
    _label(canvas, colour, wide=210)
    gleam(
        canvas,
        rounded(points("316,460 342,460 350,800 326,800"), 12),
        body,
        alpha=0.65,
        blur=9,
    )
    if form == 2:
        canvas.fill(rounded(points("278,430 722,430 721,452 279,452"), 4), metal(BRASS, 0))


def diffuser(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a diffuser with reeds; forms differ in the shape of the bottle."""
    standing(canvas, 500, 852, reach=220)
    for x, y in ((330, 170), (410, 120), (486, 96), (566, 112), (664, 168)):
        canvas.fill(
            stroke([(500 + (x - 500) * 0.12, 520), (x, y)], 11),
            across(lit(REED, 0.3), dim(REED, 0.2)),
        )
    body: Path = (
        smooth(
            points(
                "440,470 560,470 600,560 728,680 716,810 620,856 380,856 284,810 272,680 400,560"
            )
        ),
        box(300, 500, w=400, h=352, r=60),
        rounded(points("430,480 570,480 716,852 284,852"), 50),
    )[form]
    canvas.fill(
        body,
        across(dim(colour, 0.2), lit(colour, 0.5), lit(colour, 0.1), colour, dim(colour, 0.32)),
    )
    rim(canvas, body, dim(colour, 0.5), width=22, alpha=0.26)
    canvas.fill(box(432, 430, w=136, h=64, r=10), metal(BRASS if form != 1 else STEEL, 0))
    canvas.fill(oval(500, 432, 66, 12), dim(BRASS, 0.4))
    _label(canvas, colour, wide=180)
    gleam(canvas, smooth(points("340,700 372,640 380,780 350,800")), body, alpha=0.6, blur=14)
