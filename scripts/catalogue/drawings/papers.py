"""Notebooks and pens, seen from above or standing."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import BRASS, PAPER, STEEL, gleam, lying, metal, rim, solid
from scripts.catalogue.geometry import box, moved, oval, points, rounded, smooth

BAND: Colour = (226, 117, 91)


def notebook(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a notebook with its pen; forms differ in the picture on the cover."""
    flat = canvas.leaned(-7, around=(480, 520))
    pages = box(236, 176, w=520, h=700, r=20)
    lying(flat, pages, height=34)
    for i in range(4):
        flat.fill(moved(pages, 15 - i * 4, 15 - i * 4), dim(PAPER, 0.18 if i % 2 else 0.04))
    cover = box(226, 166, w=516, h=696, r=22)
    solid(flat, cover, colour, depth=0.7)
    flat.fill(box(226, 166, w=58, h=696, r=20), dim(colour, 0.28), alpha=0.7, within=cover)
    flat.fill(box(284, 166, w=4, h=696), lit(colour, 0.4), alpha=0.5)
    _cover(flat, colour, form)
    strap = box(676, 160, w=22, h=710, r=3)
    flat.glow(moved(strap, 4, 3), NIGHT, blur=5, alpha=0.4)
    flat.fill(strap, across(lit(BAND, 0.1), BAND, dim(BAND, 0.3)))
    flat.fill(rounded(points("420,858 446,858 446,930 433,914 420,930"), 3), BAND)
    gleam(
        flat,
        rounded(points("300,170 470,170 330,600 290,600"), 20),
        cover,
        alpha=0.16,
        blur=30,
    )
    pen(canvas.seen(0.8, at=(500, 500), put=(800, 540)).leaned(8), dim(colour, 0.3), 0)


def _cover(canvas: Canvas, colour: Colour, form: int) -> None:
    ink = lit(colour, 0.75) if brightness(colour) < 0.62 else dim(colour, 0.5)
    if form == 0:
        card = box(366, 300, w=230, h=150, r=8)
        canvas.fill(card, PAPER)
        for i in range(3):
            canvas.fill(
                box(396, 336 + i * 30, w=170 - i * 34, h=8, r=4), dim(PAPER, 0.6), alpha=0.7
            )
    elif form == 1:
        frame = oval(482, 460, 136)
        canvas.fill(frame, ink, alpha=0.9)
        canvas.fill(oval(520, 424, 42), BAND)
        for i in range(3):
            hill = oval(400 + i * 90, 610 + i * 10, 130, 96)
            canvas.fill(hill, mix(colour, NIGHT, 0.15 + i * 0.2), within=frame)
    else:
        for i in range(7):
            stem = (372 + i * 38, 420 + (i * 53) % 120)
            canvas.fill(box(stem[0] - 2, stem[1], w=4, h=700 - stem[1]), ink, alpha=0.8)
            leaf = smooth(
                [
                    stem,
                    (stem[0] + 22, stem[1] + 40),
                    (stem[0], stem[1] + 84),
                    (stem[0] - 22, stem[1] + 40),
                ]
            )
            canvas.fill(leaf, BAND if i == 3 else ink, alpha=0.9)


def pen(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a fountain pen, point down; forms differ in metal and length."""
    trim = (BRASS, STEEL, BRASS)[form]
    outline = rounded(points("468,110 532,110 540,690 516,880 484,880 460,690"), 14)
    lying(canvas, outline, height=22)
    body = across(dim(colour, 0.4), lit(colour, 0.5), colour, dim(colour, 0.15), dim(colour, 0.5))
    canvas.fill(rounded(points("462,110 538,110 544,470 456,470"), 24), body)
    canvas.fill(rounded(points("460,470 540,470 530,720 470,720"), 6), body)
    for y, wide, high in ((110, 74, 14), (452, 90, 22), (712, 66, 14)):
        canvas.fill(box(500 - wide / 2, y, w=wide, h=high, r=4), metal(trim, 0))
    canvas.fill(
        rounded(points("472,724 528,724 520,790 480,790"), 6),
        across(dim(NIGHT, 0.1), (84, 86, 96), NIGHT),
    )
    nib = rounded(points("480,788 520,788 526,826 500,900 474,826"), 5)
    canvas.fill(nib, slant(lit(trim, 0.6), trim, dim(trim, 0.4)))
    canvas.fill(box(498.5, 826, w=3, h=66), dim(trim, 0.6))
    canvas.fill(oval(500, 824, 6), dim(trim, 0.6))
    canvas.fill(box(532, 130, w=16, h=250, r=8), metal(trim, 0))


def pens(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a pen in front of its open gift box."""
    flat = canvas.leaned(-12, around=(500, 500))
    tray = box(250, 120, w=500, h=760, r=28)
    lying(flat, tray, height=34)
    solid(flat, tray, dim(colour, 0.3), depth=0.6)
    inside = box(284, 154, w=432, h=692, r=16)
    flat.fill(inside, down(dim(PAPER, 0.14), PAPER))
    rim(flat, inside, NIGHT, width=26, alpha=0.4)
    pen(flat.seen(0.76, put=(430, 500)), colour, form)
    for i in range(3):
        bottle = box(548, 236 + i * 190, w=120, h=140, r=22)
        flat.glow(moved(bottle, 6, 9), NIGHT, blur=10, alpha=0.35)
        ink = (colour, mix(colour, (60, 80, 170), 0.5), mix(colour, (190, 60, 70), 0.5))[i]
        flat.fill(bottle, slant(lit(ink, 0.5), ink, dim(ink, 0.35)))
        flat.fill(box(572, 236 + i * 190, w=72, h=36, r=8), metal(STEEL, 0))
        gleam(flat, box(560, 290 + i * 190, w=12, h=70, r=6), bottle, alpha=0.7, blur=5)
