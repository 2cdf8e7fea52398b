"""Handbags and backpacks."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, Colour, dim, lit
from scripts.catalogue.drawings.light import (
    BRASS,
    STEEL,
    edge,
    gleam,
    metal,
    plate,
    rim,
    seam,
    shade,
    solid,
    standing,
    tube,
)
from scripts.catalogue.geometry import (
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


def tote(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint an open shopper with two handles; forms differ in pocket and trim."""
    trim = dim(colour, 0.45) if form != 1 else (122, 78, 48)
    standing(canvas, 500, 846, reach=320)
    tube(canvas, arc(500, 415, (138, 235), start=180, end=360), dim(trim, 0.3), width=24)
    solid(canvas, rounded(points("228,388 772,388 758,430 242,430"), 14), dim(colour, 0.5))
    body = rounded(points("212,402 788,402 838,850 162,850"), 46)
    solid(canvas, body, colour)
    gleam(canvas, oval(330, 520, 80, 150), body, alpha=0.28, blur=50)
    foot = rounded(points("180,690 820,690 838,850 162,850"), 44)
    if form != 2:
        solid(canvas, foot, trim, depth=0.8)
        seam(canvas, [(190, 704), (810, 704)], trim)
    seam(canvas, [(222, 424), (778, 424)], colour)
    if form == 2:
        pocket = rounded(points("322,560 678,560 694,800 306,800"), 34)
        canvas.glow(moved(pocket, 4, 10), NIGHT, blur=12, alpha=0.35, within=body)
        solid(canvas, pocket, lit(colour, 0.05), depth=0.7)
        seam(canvas, rounded(points("336,576 664,576 678,786 322,786"), 26), colour)
    front = arc(500, 430, (142, 250), start=180, end=360)
    canvas.glow(moved(stroke(front, 26), 8, 16), NIGHT, blur=12, alpha=0.35, within=body)
    tube(canvas, front, trim, width=30)
    for x in (358, 642):
        tab = rounded([(x - 22, 412), (x + 22, 412), (x + 18, 530), (x, 548), (x - 18, 530)], 8)
        canvas.glow(moved(tab, 4, 8), NIGHT, blur=7, alpha=0.4)
        solid(canvas, tab, trim, depth=0.8)
        canvas.fill(oval(x, 506, 9), metal(BRASS, 40))
    plate(canvas, 500, 500 if form == 2 else 610)


def satchel(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a structured bag with a flap and a turn lock; forms differ in the cut of the flap."""
    gold = BRASS if form != 1 else STEEL
    standing(canvas, 500, 836, reach=345)
    tube(
        canvas,
        curve(points("352,420 372,290 500,240 628,290 648,420")),
        colour,
        width=34,
    )
    for x in (352, 648):
        canvas.fill(oval(x, 404, 24), metal(gold, 30))
        canvas.fill(oval(x, 404, 12), dim(colour, 0.5))
    body = rounded(points("186,400 814,400 846,840 154,840"), 58)
    solid(canvas, body, colour)
    gusset = rounded(points("154,470 206,470 206,838 150,838"), 26)
    canvas.fill(gusset, dim(colour, 0.3), alpha=0.55, within=body)
    canvas.fill(mirrored(gusset), dim(colour, 0.5), alpha=0.6, within=body)
    seam(canvas, [(212, 800), (788, 800)], colour)
    flap = _flap(form)
    canvas.glow(moved(flap, 4, 20), NIGHT, blur=20, alpha=0.5, within=body)
    solid(canvas, flap, lit(colour, 0.06))
    gleam(canvas, oval(340, 450, 130, 50), flap, alpha=0.35, blur=34)
    inner = [((x - 500) * 0.95 + 500, (y - 520) * 0.92 + 516) for x, y in flap]
    seam(canvas, inner, colour)
    low = max(y for _, y in flap)
    canvas.glow(box(452, low - 46, w=96, h=74, r=16), NIGHT, blur=12, alpha=0.5)
    canvas.fill(box(450, low - 52, w=100, h=74, r=16), metal(gold, 35))
    canvas.fill(box(462, low - 40, w=76, h=50, r=10), dim(gold, 0.25), alpha=0.55)
    canvas.fill(box(489, low - 44, w=22, h=58, r=11), metal(lit(gold, 0.2), 0))


def _flap(form: int) -> list[tuple[float, float]]:
    if form == 0:
        return smooth(points("190,412 500,398 810,412 800,540 640,640 500,660 360,640 200,540"))
    if form == 1:
        return rounded(points("184,396 816,396 832,640 168,640"), 60)
    return rounded(points("184,396 816,396 826,520 500,690 174,520"), 50)


def bucket(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a drawstring bucket bag with a long strap."""
    standing(canvas, 500, 850, reach=255)
    strap = curve(points("312,430 330,210 500,128 670,210 688,430"))
    tube(canvas, strap, dim(colour, 0.25), width=26)
    mouth = oval(500, 402, 222, 50)
    canvas.fill(mouth, down(dim(colour, 0.75), dim(colour, 0.5)))
    body = smooth(
        points(
            "282,402 380,442 500,452 620,442 718,402 752,620 748,800 690,856 500,868 "
            "310,856 252,800 248,620"
        )
    )
    canvas.fill(
        body,
        across(dim(colour, 0.22), lit(colour, 0.25), colour, dim(colour, 0.1), dim(colour, 0.42)),
    )
    rim(canvas, body, dim(colour, 0.5), width=26, alpha=0.3)
    for i, x in enumerate((336, 398, 460, 524, 588, 648)):
        fold = smooth([(x, 440), (x + 12, 520), (x + 4 + i, 640), (x - 6, 520)])
        shade(canvas, fold, body, alpha=0.30, blur=12)
        gleam(canvas, moved(fold, 20, 10), body, alpha=0.22, blur=12)
    if form != 0:
        base = smooth(points("246,716 500,752 754,716 750,800 690,857 500,869 310,857 250,800"))
        canvas.fill(
            base,
            across(dim(colour, 0.6), dim(colour, 0.25), dim(colour, 0.45), dim(colour, 0.7)),
            within=body,
        )
        seam(canvas, curve(points("252,712 500,748 748,712")), colour)
    cord = (120, 84, 56) if form == 0 else dim(colour, 0.55)
    tube(canvas, curve(points("272,486 380,520 500,530 620,520 728,486")), cord, width=14)
    for dx, low in ((-14, 650), (18, 676)):
        tube(canvas, curve([(500, 530), (500 + dx, 590), (500 + dx * 1.8, low)]), cord, width=12)
        solid(canvas, oval(500 + dx * 1.8, low + 12, 14, 24), cord)
    canvas.fill(oval(500, 530, 20), metal(BRASS, 40))
    edge(canvas, mouth, lit(colour, 0.2), width=5, alpha=0.5)


def backpack(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a backpack from the front; forms: city roll, school, trekking."""
    trim = dim(colour, 0.42)
    standing(canvas, 500, 872, reach=290)
    tube(canvas, arc(500, 172, (74, 62), start=180, end=360), trim, width=26)
    for side in (1, -1):
        strap = curve([(500 - side * 236, 330), (500 - side * 300, 520), (500 - side * 262, 760)])
        tube(canvas, strap, trim, width=38)
    body = rounded(points("292,158 708,158 772,420 778,872 222,872 228,420"), 110)
    solid(canvas, body, colour)
    gleam(canvas, oval(350, 330, 60, 130), body, alpha=0.35, blur=44)
    lid = curve(points("262,372 300,250 380,200 500,190 620,200 700,250 738,372"))
    canvas.fill(stroke(lid, 12), dim(colour, 0.55), alpha=0.8)
    canvas.fill(stroke(moved(lid, 0, -3), 3), metal(STEEL))
    pocket = rounded(points("292,520 708,520 724,838 276,838"), 66)
    canvas.glow(moved(pocket, 3, 12), NIGHT, blur=18, alpha=0.42, within=body)
    solid(canvas, pocket, lit(colour, 0.07) if form != 1 else trim, depth=0.8)
    zip_line = curve(points("312,590 400,556 500,550 600,556 688,590"))
    canvas.fill(stroke(zip_line, 11), dim(colour, 0.6))
    canvas.fill(stroke(moved(zip_line, 0, -2), 3), metal(STEEL))
    tube(canvas, [(676, 588), (690, 650)], trim if form != 1 else colour, width=14)
    if form == 2:
        _straps_in_front(canvas, trim)
    seam(canvas, curve(points("300,816 500,822 700,816")), colour)
    plate(canvas, 500, 440, w=104, colour=STEEL if form else BRASS)


def _straps_in_front(canvas: Canvas, trim: Colour) -> None:
    for x in (366, 634):
        belt = box(x - 19, 226, w=38, h=330, r=6)
        canvas.glow(moved(belt, 6, 8), NIGHT, blur=8, alpha=0.4)
        solid(canvas, belt, trim, depth=0.7)
        canvas.fill(box(x - 30, 506, w=60, h=46, r=9), slant(STEEL, dim(STEEL, 0.5)))
        canvas.fill(box(x - 17, 518, w=34, h=20, r=5), dim(trim, 0.5))
