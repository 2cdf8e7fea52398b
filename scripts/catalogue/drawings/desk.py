"""Keyboards and mice, seen from above at a slight angle."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import STEEL, gleam, lying, metal, rim, shade, solid
from scripts.catalogue.geometry import box, curve, moved, oval, points, smooth, stroke

ACCENTS: tuple[Colour, ...] = ((226, 117, 91), (220, 165, 63), (105, 174, 198))
ROWS = (
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2),
    (1.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.5),
    (1.75, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.25),
    (2.25, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.75),
    (1.25, 1.25, 1.25, 6.25, 1.25, 1.25, 2.5),
)


def keyboard(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a mechanical keyboard; forms differ in accent keys and in the knob."""
    flat = canvas.leaned(-9, around=(500, 540))
    case = box(92, 362, w=816, h=352, r=34)
    lying(flat, case, height=30)
    flat.fill(moved(case, 0, 16), dim(colour, 0.45))
    solid(flat, case, colour, depth=0.8)
    well = box(116, 386, w=768, h=304, r=16)
    flat.fill(well, down(dim(colour, 0.66), dim(colour, 0.5)))
    caps = lit(colour, 0.55) if brightness(colour) > 0.45 else lit(colour, 0.12)
    unit = (768 - 24) / 15
    for r, row in enumerate(ROWS):
        x = 128.0
        for k, span in enumerate(row):
            key = (x, 398 + r * 57.2)
            _key(
                flat, key, span * unit, _cap_colour(caps, colour, form=form, place=(r, k, len(row)))
            )
            x += span * unit
    if form == 2:
        flat.glow(oval(866, 416, 30), NIGHT, blur=10, alpha=0.5)
        flat.fill(oval(860, 410, 30), metal(STEEL, 45))
        flat.fill(oval(860, 410, 22), slant(lit(colour, 0.4), dim(colour, 0.2)))
    _cable(canvas, colour)


def _cap_colour(caps: Colour, colour: Colour, *, form: int, place: tuple[int, int, int]) -> Colour:
    row, key, count = place
    accent = ACCENTS[form % 3]
    if (row, key) == (0, 0) or (row == 2 and key == count - 1):
        return accent
    if key in {0, count - 1} or (row == 4 and key != 3):
        return mix(caps, dim(colour, 0.2), 0.6)
    if row == 4 and form == 1:
        return lit(accent, 0.3)
    return caps


def _key(canvas: Canvas, at: tuple[float, float], wide: float, colour: Colour) -> None:
    x, y = at
    canvas.fill(box(x + 1.5, y + 2, w=wide - 3, h=54, r=9), dim(colour, 0.36))
    canvas.fill(
        box(x + 5.5, y + 2, w=wide - 11, h=43, r=8), down(dim(colour, 0.08), lit(colour, 0.2))
    )
    ink = dim(colour, 0.5) if brightness(colour) > 0.5 else lit(colour, 0.6)
    if wide < 60:
        canvas.fill(box(x + 12, y + 11, w=10, h=4, r=2), ink, alpha=0.75)


def _cable(canvas: Canvas, colour: Colour) -> None:
    line = curve(points("560,352 575,290 660,262 760,282 850,240 930,150 1020,110 1400,-60"))
    canvas.glow(moved(stroke(line, 12), 8, 14), NIGHT, blur=12, alpha=0.3)
    canvas.fill(stroke(line, 12), dim(colour, 0.4))
    canvas.fill(stroke(moved(line, -1.5, -2), 5), lit(colour, 0.1))


def mouse(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a mouse from above; forms differ in the trim and the light."""
    flat = canvas.leaned(14, around=(500, 520))
    body = smooth(
        points(
            "500,196 612,220 672,330 668,480 690,640 652,790 500,852 348,790 310,640 "
            "332,480 328,330 388,220"
        )
    )
    lying(flat, body, height=40)
    accent = ACCENTS[form % 3]
    flat.fill(moved(body, 4, 9), dim(colour, 0.6))
    solid(flat, body, colour)
    shade(flat, oval(706, 640, 70, 200), body, alpha=0.35, blur=40)
    gleam(flat, oval(412, 620, 60, 130), body, alpha=0.42, blur=44)
    split = curve(points("334,492 420,520 500,526 580,520 666,492"))
    flat.fill(stroke(split, 6), dim(colour, 0.55), within=body)
    flat.fill(box(497, 200, w=6, h=322), dim(colour, 0.55), within=body)
    flat.fill(box(466, 288, w=68, h=156, r=34), down(dim(colour, 0.75), dim(colour, 0.55)))
    wheel = box(480, 300, w=40, h=132, r=20)
    flat.fill(wheel, across(dim(STEEL, 0.6), STEEL, dim(STEEL, 0.6)))
    for i in range(9):
        flat.fill(box(480, 308 + i * 14, w=40, h=5), NIGHT, alpha=0.5, within=wheel)
    flat.fill(box(482, 462, w=36, h=22, r=11), accent)
    for y in (540, 604):
        side = smooth([(318, y), (338, y - 8), (346, y + 24), (336, y + 50), (316, y + 46)])
        flat.fill(side, slant(dim(colour, 0.3), dim(colour, 0.6)), within=body)
    mark = oval(500, 716, 34)
    if form:
        flat.glow(mark, accent, blur=20, alpha=0.55)
    flat.fill(mark, lit(accent, 0.35) if form else dim(colour, 0.2), alpha=0.9)
    flat.fill(oval(500, 716, 22), colour)
    rim(flat, body, WHITE, width=7, alpha=0.25)
