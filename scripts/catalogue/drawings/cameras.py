"""Cameras, in the manner of the film days."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, dim, lit
from scripts.catalogue.drawings.light import (
    BRASS,
    PAPER,
    STEEL,
    edge,
    gleam,
    metal,
    rim,
    shade,
    solid,
    standing,
)
from scripts.catalogue.geometry import box, moved, oval, points, rounded

BLACK: Colour = (34, 35, 40)


def camera(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a mirrorless camera; forms differ in its prism and in the metal."""
    top = (STEEL, BLACK, BRASS)[form]
    standing(canvas, 500, 792, reach=370)
    for x, wide in ((232, 112), (700, 84)):
        canvas.fill(box(x, 306, w=wide, h=60, r=10), metal(top, 0))
        canvas.fill(box(x, 306, w=wide, h=18, r=8), lit(top, 0.4), alpha=0.5)
    canvas.fill(oval(742, 305, 24, 8), slant((240, 110, 90), (190, 60, 52)))
    if form != 1:
        hump = rounded(points("400,262 600,262 650,370 350,370"), 24)
        canvas.fill(hump, down(lit(top, 0.5), top, dim(top, 0.25)))
        canvas.fill(box(440, 252, w=120, h=16, r=5), dim(STEEL, 0.4))
    canvas.fill(
        box(140, 348, w=720, h=130, r=46), down(lit(top, 0.6), lit(top, 0.15), dim(top, 0.2))
    )
    body = rounded(points("140,430 860,430 860,796 140,796"), 50)
    canvas.fill(box(140, 400, w=720, h=396, r=50), dim(top, 0.3))
    leather = rounded(points("140,440 860,440 860,744 140,744"), 10)
    solid(canvas, leather, colour)
    _grain(canvas, colour)
    canvas.fill(box(140, 740, w=720, h=56, r=26), down(top, lit(top, 0.3), dim(top, 0.35)))
    shade(canvas, oval(540, 640, 250, 200), body, alpha=0.4, blur=40)
    grip = rounded(points("158,452 236,452 246,736 158,736"), 30)
    solid(canvas, grip, dim(colour, 0.1), depth=0.9)
    canvas.fill(box(760, 380, w=64, h=44, r=10), slant((70, 84, 110), (24, 28, 40)))
    canvas.fill(oval(196, 398, 12), (232, 96, 76))
    _barrel(canvas, 500, 600)


def _barrel(canvas: Canvas, x: float, y: float) -> None:
    canvas.fill(oval(x, y, 206), slant(lit(STEEL, 0.6), STEEL, dim(STEEL, 0.5)))
    canvas.fill(oval(x, y, 192), slant((62, 64, 72), (20, 21, 26)))
    canvas.fill(oval(x, y, 170), slant((30, 31, 37), (58, 60, 68)))
    canvas.fill(oval(x, y, 150), slant((70, 72, 80), (22, 23, 28)))
    edge(canvas, oval(x, y, 160), (180, 184, 190), width=2.5, alpha=0.5)
    canvas.fill(oval(x, y, 124), (12, 13, 19))
    canvas.fill(oval(x, y, 112), slant((84, 72, 150), (30, 44, 96), (16, 22, 42)))
    canvas.fill(oval(x, y, 84), slant((34, 40, 82), (18, 70, 96)))
    canvas.fill(oval(x, y, 52), slant((20, 24, 44), (66, 48, 110)))
    canvas.fill(oval(x, y, 28), (7, 8, 14))
    glass = oval(x, y, 112)
    gleam(canvas, oval(x - 44, y - 48, 30, 20), glass, alpha=0.9, blur=9)
    canvas.glow(oval(x + 46, y + 44, 22, 14), (150, 220, 255), blur=12, alpha=0.6, within=glass)
    canvas.glow(oval(x + 10, y + 70, 40, 10), (255, 170, 210), blur=12, alpha=0.4, within=glass)
    canvas.fill(oval(x + 178 * 0.7, y - 178 * 0.7, 9), (232, 96, 76))


def _grain(canvas: Canvas, colour: Colour) -> None:
    for row in range(20):
        for column in range(44):
            x, y = 152 + column * 16 + (row % 2) * 8, 448 + row * 15
            canvas.fill(
                [(x - 3, y), (x, y - 2), (x + 3, y), (x, y + 2)], dim(colour, 0.5), alpha=0.35
            )


def instant(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint an instant camera that hands out its picture; forms differ in the stripe."""
    standing(canvas, 500, 850, reach=330)
    photo = rounded(points("318,150 682,150 682,420 318,420"), 8)
    canvas.glow(moved(photo, 8, 4), NIGHT, blur=14, alpha=0.3)
    canvas.fill(photo, PAPER)
    canvas.fill(box(344, 176, w=312, h=240), down((126, 178, 214), (250, 214, 176)))
    canvas.fill(oval(560, 280, 44), (255, 240, 205))
    canvas.fill(oval(420, 440, 150, 120), (92, 136, 120), within=box(344, 176, w=312, h=240))
    top = rounded(points("250,372 750,372 800,520 200,520"), 40)
    solid(canvas, top, lit(colour, 0.12))
    canvas.fill(box(296, 380, w=408, h=22, r=11), NIGHT, alpha=0.75)
    body = box(176, 450, w=648, h=404, r=78)
    solid(canvas, body, colour)
    gleam(canvas, oval(300, 520, 100, 50), body, alpha=0.4, blur=36)
    for i, paint in enumerate(
        ((226, 117, 91), (220, 165, 63), (105, 174, 198), (141, 171, 138))[: 3 + (form > 0)]
    ):
        canvas.fill(
            box(486 + i * 12, 790, w=12, h=80)
            if form != 1
            else box(176, 770 + i * 10, w=648, h=10),
            paint,
            within=body,
        )
    canvas.fill(oval(500, 640, 152), slant(PAPER, (214, 208, 198)))
    canvas.fill(oval(500, 640, 128), slant((40, 42, 50), (18, 19, 24)))
    canvas.fill(oval(500, 640, 96), (10, 11, 16))
    glass = oval(500, 640, 84)
    canvas.fill(glass, slant((90, 80, 160), (26, 60, 100), (14, 20, 38)))
    canvas.fill(oval(500, 640, 34), (7, 8, 14))
    gleam(canvas, oval(468, 604, 22, 15), glass, alpha=0.9, blur=8)
    canvas.fill(box(216, 498, w=104, h=84, r=22), across((236, 240, 244), WHITE, (206, 212, 220)))
    for i in range(4):
        canvas.fill(box(226, 512 + i * 16, w=84, h=5), STEEL, alpha=0.6)
    canvas.fill(box(690, 504, w=86, h=66, r=18), slant((58, 70, 96), (18, 20, 28)))
    canvas.fill(oval(738, 716, 30), slant((250, 130, 100), (200, 66, 56)))
    rim(canvas, body, WHITE, width=6, alpha=0.2)


def objective(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint an exchangeable lens that stands on its mount; forms differ in the ring."""
    ring = ((226, 117, 91), BRASS, STEEL)[form]
    standing(canvas, 500, 850, reach=215)
    for top, high, wide, paint in (
        (800, 50, 352, STEEL),
        (640, 172, 392, colour),
        (600, 46, 404, ring),
        (404, 204, 416, colour),
        (372, 34, 424, STEEL),
        (286, 92, 408, colour),
    ):
        part = box(500 - wide / 2, top, w=wide, h=high, r=16)
        canvas.fill(
            part,
            across(
                dim(paint, 0.5),
                lit(paint, 0.45),
                paint,
                dim(paint, 0.2),
                dim(paint, 0.55),
                dim(paint, 0.35),
            ),
        )
    for i in range(34):
        x = 300 + i * 12
        canvas.fill(box(x, 430, w=6, h=150, r=3), dim(colour, 0.6), alpha=0.55)
    canvas.fill(oval(500, 290, 204, 62), slant(lit(STEEL, 0.3), dim(STEEL, 0.6)))
    canvas.fill(oval(500, 290, 184, 54), (12, 13, 19))
    glass = oval(500, 292, 166, 46)
    canvas.fill(glass, slant((110, 96, 190), (30, 66, 116), (12, 18, 34)))
    gleam(canvas, oval(430, 276, 44, 10), glass, alpha=0.8, blur=8)
    for i in range(5):
        canvas.fill(box(380 + i * 54, 700, w=26, h=6, r=3), WHITE if i != 2 else ring, alpha=0.8)
