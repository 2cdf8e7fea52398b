"""Logos of the invented brands: a motif on a round ground, the name in Latin letters below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from scripts.catalogue.canvas import Canvas, slant
from scripts.catalogue.colours import SHADES, WHITE, Colour, brightness, dim, lit
from scripts.catalogue.geometry import Path, box, curve, oval, points, ring, smooth, stroke, turned
from scripts.catalogue.products import Brand

SIZE = 320


def logo(brand: Brand) -> Image.Image:
    """Return the logo of a brand, square; raise ``KeyError`` for an unknown shade or motif."""
    canvas = Canvas.blank(SIZE)
    colour = SHADES[brand.shade].colour
    ground = oval(500, 420, 300)
    canvas.fill(ground, slant(lit(colour, 0.16), colour, dim(colour, 0.14)))
    ink = WHITE if brightness(colour) < 0.66 else dim(colour, 0.72)
    for path in MARKS[brand.mark]():
        canvas.fill(path, ink, within=ground)
    picture = canvas.finished()
    _lettered(picture, brand.slug.upper(), dim(colour, 0.45))
    return picture


def _lettered(picture: Image.Image, text: str, colour: Colour) -> None:
    """Write a word below the motif, its letters set wide."""
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(28)
    widths = [draw.textlength(letter, font) + 5 for letter in text]
    left = (SIZE - sum(widths) + 5) / 2
    for letter, width in zip(text, widths, strict=True):
        draw.text((left, SIZE * 0.84), letter, fill=colour, font=font, anchor="lm")
        left += width


def _hills() -> Sequence[Path]:
    return [
        smooth(points("180,800 260,480 400,360 540,500 640,800")),
        stroke(curve(points("430,420 560,500 640,440 760,560 840,640")), 26),
        oval(640, 300, 46),
    ]


def _petals() -> Sequence[Path]:
    petal = smooth(points("500,410 546,330 500,236 454,330"))
    return [turned(petal, i * 60, around=(500, 420)) for i in range(6)]


def _peaks() -> Sequence[Path]:
    return [
        points("280,540 430,290 580,540"),
        points("500,540 610,370 720,540"),
        box(270, 566, w=460, h=20, r=10),
    ]


def _orbit() -> Sequence[Path]:
    path = turned(ring(oval(500, 420, 210, 84), 20), -28, around=(500, 420))
    return [path, oval(500, 420, 92), oval(676, 290, 28)]


def _star() -> Sequence[Path]:
    ray = points("500,210 530,400 500,630 470,400")
    return [turned(ray, i * 90, around=(500, 420)) for i in range(2)] + [
        turned(points("500,320 518,420 500,520 482,420"), 45 + i * 90, around=(500, 420))
        for i in range(2)
    ]


def _waves() -> Sequence[Path]:
    heights = (70, 150, 240, 130, 200, 90)
    return [box(318 + i * 64, 420 - h / 2, w=34, h=h, r=17) for i, h in enumerate(heights)]


def _rings() -> Sequence[Path]:
    return [ring(oval(500, 420, r), 20) for r in (60, 124, 188)]


def _hand() -> Sequence[Path]:
    return [
        ring(oval(500, 420, 186), 20),
        stroke([(500, 420), (500, 290)], 24),
        stroke([(500, 420), (590, 476)], 24),
    ]


def _path() -> Sequence[Path]:
    return [stroke(curve(points("380,620 560,540 430,430 590,340 500,220")), 40)]


def _thread() -> Sequence[Path]:
    return [
        stroke([(360, 580), (640, 260)], 20),
        stroke(curve(points("640,260 540,240 420,330 560,470 440,600 330,520")), 12),
    ]


def _bowl() -> Sequence[Path]:
    bowl = smooth(points("320,410 500,424 680,410 620,540 560,590 440,590 380,540"))
    return [
        bowl,
        *(
            stroke(curve([(x, 370), (x + 20, 330), (x - 16, 290), (x + 8, 250)]), 15)
            for x in (440, 500, 560)
        ),
    ]


def _leaf() -> Sequence[Path]:
    return [
        smooth(points("380,560 390,380 500,270 640,260 630,410 520,540")),
        stroke([(340, 610), (420, 520)], 20),
    ]


def _sun() -> Sequence[Path]:
    ray = box(488, 214, w=24, h=70, r=12)
    return [oval(500, 420, 96), *(turned(ray, i * 45, around=(500, 420)) for i in range(8))]


def _drop() -> Sequence[Path]:
    drop = smooth(points("500,220 590,390 610,490 500,600 390,490 410,390"))
    return [drop]


def _grid() -> Sequence[Path]:
    return [box(364 + i % 3 * 96, 290 + i // 3 * 96, w=78, h=78, r=16) for i in range(9) if i != 4]


MARKS: Mapping[str, Callable[[], Sequence[Path]]] = {
    "hills": _hills,
    "petals": _petals,
    "peaks": _peaks,
    "orbit": _orbit,
    "star": _star,
    "waves": _waves,
    "rings": _rings,
    "hand": _hand,
    "path": _path,
    "thread": _thread,
    "bowl": _bowl,
    "leaf": _leaf,
    "sun": _sun,
    "drop": _drop,
    "grid": _grid,
}
