"""Lamps, switched on."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, dim, lit
from scripts.catalogue.drawings.light import (
    BRASS,
    STEEL,
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
    arc,
    box,
    curve,
    moved,
    oval,
    points,
    rounded,
    smooth,
    stroke,
    turned,
)

GLOW: Colour = (255, 226, 160)
BULB: Colour = (255, 246, 220)
WOOD: Colour = (182, 134, 90)


def desk_lamp(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a reading lamp with a jointed arm; forms differ in joints and foot."""
    joint = (BRASS, STEEL, WOOD)[form]
    canvas.glow(rounded(points("560,420 760,380 900,840 430,840"), 30), GLOW, blur=70, alpha=0.55)
    standing(canvas, 400, 846, reach=210)
    base = box(206, 800, w=388, h=46, r=23)
    round_solid(canvas, base, colour if form != 2 else WOOD)
    canvas.fill(oval(400, 802, 186, 26), slant(lit(colour, 0.3), colour, dim(colour, 0.25)))
    tube(canvas, [(400, 790), (280, 510)], dim(colour, 0.06), width=28)
    tube(canvas, [(280, 510), (560, 300)], colour, width=28)
    tube(canvas, curve(points("300,520 420,470 540,330")), dim(colour, 0.6), width=7)
    for x, y, r in ((400, 786, 30), (280, 510, 34), (560, 300, 30)):
        canvas.fill(oval(x, y, r), metal(joint, 40))
        canvas.fill(oval(x, y, r * 0.45), dim(joint, 0.4))
    shade_outline = points("556,232 604,222 640,250 764,402 520,480 536,290")
    head = rounded(shade_outline, 26)
    mouth = turned(oval(643, 440, 132, 34), -18, around=(643, 440))
    canvas.fill(head, across(dim(colour, 0.15), lit(colour, 0.36), colour, dim(colour, 0.3)))
    rim(canvas, head, dim(colour, 0.5), width=14, alpha=0.25)
    canvas.fill(mouth, slant(BULB, GLOW))
    canvas.glow(oval(650, 446, 66, 24), WHITE, blur=16, alpha=0.95)
    canvas.glow(turned(oval(650, 452, 150, 44), -18, around=(650, 452)), GLOW, blur=34, alpha=0.55)
    canvas.fill(oval(400, 804, 14, 5), GLOW)


def mushroom(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a mushroom lamp; forms differ in the curve of hat and stem."""
    canvas.glow(oval(500, 600, 380, 300), GLOW, blur=110, alpha=0.5)
    standing(canvas, 500, 852, reach=180)
    foot = smooth(points("350,838 400,800 440,640 446,480 554,480 560,640 600,800 650,838 500,860"))
    if form == 1:
        foot = rounded(points("430,470 570,470 640,852 360,852"), 30)
    round_solid(canvas, foot, lit(colour, 0.1))
    canvas.glow(oval(500, 500, 140, 90), GLOW, blur=40, alpha=0.85, within=foot)
    high = (190, 236, 150)[form]
    hat = smooth(
        [
            (170, 506),
            (220, high + 130),
            (340, high + 24),
            (500, high),
            (660, high + 24),
            (780, high + 130),
            (830, 506),
            (680, 540),
            (500, 550),
            (320, 540),
        ]
    )
    canvas.fill(
        hat,
        across(dim(colour, 0.18), lit(colour, 0.4), lit(colour, 0.12), colour, dim(colour, 0.32)),
    )
    canvas.glow(oval(500, 560, 300, 90), GLOW, blur=60, alpha=0.75, within=hat)
    gleam(canvas, oval(360, high + 130, 70, 60), hat, alpha=0.55, blur=40)
    canvas.fill(oval(500, 514, 322, 34), down(GLOW, BULB))
    canvas.fill(oval(500, 518, 280, 22), BULB)
    shade(canvas, oval(500, 552, 62, 20), foot, alpha=0.1, blur=12)
    if form != 1:
        canvas.fill(box(444, 560, w=112, h=14, r=7), metal(BRASS, 0))
    tube(canvas, curve(points("536,546 542,620 540,680")), BRASS, width=5)
    canvas.fill(oval(540, 690, 12), metal(BRASS, 30))


def pendant(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a hanging lamp; forms differ in the shade: dome, cone, globe."""
    canvas.glow(rounded(points("330,560 670,560 880,1000 120,1000"), 40), GLOW, blur=80, alpha=0.55)
    tube(canvas, [(500, -400), (500, 240)], dim(colour, 0.5), width=11)
    canvas.fill(box(462, 206, w=76, h=86, r=18), metal(BRASS, 0))
    if form == 2:
        ball = oval(500, 500, 232)
        canvas.glow(ball, GLOW, blur=90, alpha=0.6)
        canvas.fill(ball, slant(lit(colour, 0.7), lit(colour, 0.3), dim(colour, 0.1)))
        canvas.glow(oval(500, 520, 120), WHITE, blur=70, alpha=0.95, within=ball)
        for i in range(5):
            canvas.fill(
                stroke(arc(500, 500, (232 - i * 58, 232), start=-90, end=90), 4),
                dim(colour, 0.3),
                alpha=0.35,
            )
            canvas.fill(
                stroke(arc(500, 500, (232 - i * 58, 232), start=90, end=270), 4),
                dim(colour, 0.3),
                alpha=0.35,
            )
        gleam(canvas, oval(410, 390, 44, 36), ball, alpha=0.8, blur=22)
        return
    dome = smooth(points("190,600 214,440 330,312 500,276 670,312 786,440 810,600 500,616"))
    if form == 1:
        dome = rounded(points("430,280 570,280 800,600 200,600"), 34)
    canvas.glow(moved(dome, 0, 40), GLOW, blur=60, alpha=0.4)
    canvas.fill(
        dome,
        across(dim(colour, 0.26), lit(colour, 0.42), lit(colour, 0.05), colour, dim(colour, 0.36)),
    )
    rim(canvas, dome, dim(colour, 0.5), width=20, alpha=0.25)
    gleam(canvas, oval(380, 420, 34, 80), dome, alpha=0.5, blur=24)
    canvas.fill(oval(500, 598, 306, 40), slant(lit(BRASS, 0.3), BRASS, dim(BRASS, 0.3)))
    canvas.fill(oval(500, 602, 288, 31), down(GLOW, BULB))
    canvas.glow(oval(500, 626, 84, 52), WHITE, blur=22, alpha=0.95)
    canvas.fill(oval(500, 622, 58, 40), BULB)


def lantern(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a camping lantern with a handle; forms differ in the number of bars."""
    canvas.glow(oval(500, 560, 360, 330), GLOW, blur=110, alpha=0.5)
    standing(canvas, 500, 856, reach=220)
    tube(canvas, arc(500, 330, (190, 220), start=180, end=360), STEEL, width=16)
    glass = box(336, 380, w=328, h=330, r=60)
    canvas.fill(glass, across((236, 200, 130), BULB, (255, 236, 190), (230, 190, 120)))
    canvas.glow(oval(500, 560, 70, 110), WHITE, blur=44, alpha=1)
    solid(
        canvas,
        smooth(points("478,700 482,560 500,500 518,560 522,700")),
        GLOW,
        depth=0.4,
    )
    for i in range(2 + form):
        x = 352 + i * (284 / (1 + form))
        canvas.fill(box(x, 380, w=12, h=330), metal(dim(colour, 0.2), 0))
    for y, wide, high in ((330, 300, 70), (290, 190, 56), (690, 380, 60), (736, 430, 118)):
        round_solid(
            canvas,
            rounded(
                [
                    (500 - wide / 2 + 10, y),
                    (500 + wide / 2 - 10, y),
                    (500 + wide / 2, y + high),
                    (500 - wide / 2, y + high),
                ],
                20,
            ),
            colour,
        )
    canvas.fill(oval(500, 796, 34), metal(BRASS, 40))
    canvas.fill(oval(500, 796, 20), dim(colour, 0.3))
    gleam(canvas, box(366, 410, w=16, h=250, r=8), glass, alpha=0.7, blur=8)
    canvas.glow(oval(500, 742, 190, 8), NIGHT, blur=8, alpha=0.3)
