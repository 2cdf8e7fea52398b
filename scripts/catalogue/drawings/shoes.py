"""Shoes, seen from the side, toe to the right."""

from __future__ import annotations

from scripts.catalogue.canvas import Blend, Canvas, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import edge, gleam, line, rim, seam, shade, solid, standing
from scripts.catalogue.geometry import Path, Point, box, curve, moved, oval, points, smooth, stroke

GUM: Colour = (176, 124, 78)
CLOUD: Colour = (246, 245, 241)


def runner(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a running shoe; forms differ in the mark on its side and in the sole."""
    standing(canvas, 505, 800, reach=395)
    accent = ((226, 117, 91), (105, 174, 198), (220, 165, 63))[form]
    _sole(canvas, accent, form)
    tongue = smooth(points("330,480 356,388 404,356 452,372 520,500 470,560 380,530"))
    solid(canvas, tongue, dim(colour, 0.25))
    upper = smooth(
        points(
            "128,706 116,610 134,500 160,436 206,440 258,490 330,504 400,462 440,446 "
            "530,514 640,588 760,626 860,660 912,712 880,738 500,742 170,738"
        )
    )
    canvas.fill(upper, Blend((lit(colour, 0.32), lit(colour, 0.05), dim(colour, 0.2)), 70))
    rim(canvas, upper, dim(colour, 0.55), width=20, alpha=0.3)
    _mesh(canvas, upper, colour)
    toe = smooth(points("730,618 820,640 900,676 930,750 720,750 690,690"))
    canvas.fill(toe, slant(lit(colour, 0.12), dim(colour, 0.25)), within=upper)
    heel = smooth(points("100,470 180,440 236,560 270,750 90,750"))
    canvas.fill(heel, slant(dim(colour, 0.08), dim(colour, 0.38)), within=upper)
    seam(canvas, curve(points("196,470 234,570 262,730")), colour, width=3)
    _side(canvas, upper, CLOUD if brightness(colour) < 0.5 else accent, form)
    _collar(canvas, colour)
    eyelets = smooth(points("402,470 440,446 540,520 660,596 632,626 510,570 430,510"))
    canvas.fill(eyelets, slant(dim(colour, 0.16), dim(colour, 0.36)))
    laces = CLOUD if brightness(colour) < 0.75 else mix(accent, CLOUD, 0.2)
    _laces(canvas, points("446,478 496,508 546,540 596,570"), laces)
    gleam(canvas, smooth(points("650,600 760,634 840,664 700,650")), upper, alpha=0.4, blur=18)
    shade(canvas, box(120, 706, w=800, h=40), upper, alpha=0.32, blur=16)


def _sole(canvas: Canvas, accent: Colour, form: int) -> None:
    thick = smooth(
        points(
            "84,712 128,684 300,716 560,728 760,712 890,684 944,688 936,734 870,782 "
            "720,806 480,800 270,814 136,808 84,768"
        )
    )
    tread = smooth(
        points(
            "120,790 270,802 480,790 720,794 860,770 900,762 850,800 720,820 480,814 "
            "270,828 140,820"
        )
    )
    canvas.fill(tread, dim(GUM, 0.1) if form == 1 else (66, 68, 76))
    canvas.fill(thick, down(CLOUD, (234, 232, 227), (200, 198, 194)))
    rim(canvas, thick, dim(CLOUD, 0.5), width=14, alpha=0.3)
    band = curve(points("92,756 240,752 420,768 620,766 800,752 926,716"))
    line(canvas, band, accent, width=(9, 12, 16)[form], alpha=0.95)


def _mesh(canvas: Canvas, upper: Path, colour: Colour) -> None:
    for row in range(7):
        for column in range(13):
            x, y = 500 + column * 20 + (row % 2) * 10, 560 + row * 22
            canvas.fill(box(x, y, w=7, h=5, r=2), dim(colour, 0.4), alpha=0.35, within=upper)


def _side(canvas: Canvas, upper: Path, paint: Colour, form: int) -> None:
    """Mark the quarter: a leaf, a ridge of mountains, or ripples."""
    if form == 0:
        leaf = smooth(points("282,726 318,630 400,572 500,566 470,640 400,704"))
        canvas.fill(leaf, slant(lit(paint, 0.25), paint), within=upper)
        canvas.fill(
            stroke(curve(points("296,716 380,646 490,574")), 5), dim(paint, 0.35), within=upper
        )
    elif form == 1:
        ridge = points("286,706 356,610 402,664 470,580 560,706")
        canvas.fill(stroke(ridge, 15), paint, within=upper)
    else:
        for i in range(3):
            ripple = curve(
                [
                    (300 - i * 6, 750),
                    (330, 650 - i * 34),
                    (420, 606 - i * 34),
                    (510, 650 - i * 30),
                    (540 + i * 6, 750),
                ]
            )
            canvas.fill(stroke(ripple, 13), paint, alpha=0.95 - 0.27 * i, within=upper)


def _collar(canvas: Canvas, colour: Colour) -> None:
    inside = smooth(points("160,446 210,424 280,440 350,420 404,456 340,506 258,494 200,452"))
    canvas.fill(inside, down(dim(colour, 0.64), dim(colour, 0.44)))
    lip = curve(points("134,486 150,446 184,432 216,446 262,488 330,500 398,464"))
    canvas.fill(stroke(lip, 24), dim(colour, 0.14))
    canvas.glow(stroke(moved(lip, -2, -4), 8), lit(colour, 0.5), blur=4, alpha=0.7)
    pull = smooth(points("118,470 136,416 158,414 150,490 128,520"))
    solid(canvas, pull, dim(colour, 0.3))


def _laces(canvas: Canvas, at: list[Point], colour: Colour) -> None:
    for x, y in at:
        lace = stroke(curve([(x - 24, y + 34), (x + 2, y + 2), (x + 40, y - 6)]), 14)
        canvas.glow(moved(lace, 3, 6), NIGHT, blur=5, alpha=0.4)
        canvas.fill(lace, slant(colour, dim(colour, 0.22)))
        edge(canvas, lace, dim(colour, 0.4), width=2, alpha=0.35)


def high_top(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a canvas boot; forms differ in stripe, toe and sole."""
    standing(canvas, 505, 832, reach=370)
    sole_colour = (CLOUD, GUM, mix(CLOUD, colour, 0.2))[form]
    tongue = smooth(points("360,240 420,196 470,220 520,420 470,470 380,330"))
    solid(canvas, tongue, dim(colour, 0.2))
    upper = smooth(
        points(
            "160,770 166,560 176,300 206,226 300,236 392,226 440,330 500,480 600,570 "
            "720,600 840,650 872,770 500,784"
        )
    )
    canvas.fill(upper, Blend((lit(colour, 0.24), colour, dim(colour, 0.24)), 60))
    rim(canvas, upper, dim(colour, 0.55), width=22, alpha=0.32)
    toe = smooth(points("690,620 770,604 860,660 890,790 660,790 650,690"))
    canvas.fill(toe, slant(CLOUD, dim(CLOUD, 0.22)), within=upper)
    heel = box(150, 400, w=54, h=400, r=8)
    canvas.fill(heel, dim(colour, 0.35), within=upper)
    seam(canvas, curve(points("222,400 226,560 222,720")), colour)
    seam(canvas, curve(points("372,240 420,370 500,560 620,620 640,720")), colour)
    if form == 2:
        band = curve(points("160,560 300,566 470,548 540,530"))
        paint = CLOUD if brightness(colour) < 0.7 else (222, 108, 84)
        canvas.fill(stroke(band, 40), paint, alpha=0.95, within=upper)
    canvas.fill(oval(306, 380, 54), slant(CLOUD, dim(CLOUD, 0.16)))
    canvas.fill(oval(306, 380, 44), colour)
    canvas.fill(smooth(points("306,346 334,384 306,414 278,384")), CLOUD)
    _high_laces(canvas, colour)
    sole = smooth(
        points("142,742 300,760 600,760 780,752 890,734 902,790 880,836 500,842 160,838 130,800")
    )
    canvas.fill(sole, down(lit(sole_colour, 0.3), sole_colour, dim(sole_colour, 0.2)))
    rim(canvas, sole, dim(sole_colour, 0.5), width=12, alpha=0.3)
    line(canvas, curve(points("140,776 400,790 640,790 896,768")), dim(colour, 0.1), width=9)
    gleam(canvas, smooth(points("240,260 300,300 270,520 232,460")), upper, alpha=0.3, blur=26)
    lip = curve(points("196,238 300,246 396,234"))
    canvas.fill(stroke(lip, 16), dim(colour, 0.3))


def _high_laces(canvas: Canvas, colour: Colour) -> None:
    placket = smooth(points("384,236 430,262 520,450 640,566 606,612 500,560 424,400"))
    canvas.fill(placket, slant(dim(colour, 0.1), dim(colour, 0.35)))
    for i in range(6):
        x, y = 412 + i * 25 + i * i * 2.2, 286 + i * 52 - i * i * 1.2
        lace = stroke([(x - 26, y + 16), (x + 42, y - 12)], 14)
        canvas.glow(moved(lace, 3, 6), NIGHT, blur=5, alpha=0.4)
        canvas.fill(lace, slant(WHITE, dim(CLOUD, 0.2)))
