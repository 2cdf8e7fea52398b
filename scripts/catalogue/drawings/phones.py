"""Telephones: the back and, in front of it, the screen."""

from __future__ import annotations

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, dim, lit, mix
from scripts.catalogue.drawings.light import STEEL, edge, gleam, metal, rim, standing
from scripts.catalogue.geometry import box, moved, oval, points, rounded

GLASS: Colour = (14, 16, 24)


def phone(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a telephone from both sides; forms differ in the camera: column, square, disc."""
    standing(canvas, 480, 876, reach=270)
    _back(canvas.leaned(-3, around=(400, 860)), colour, form)
    _front(canvas.leaned(2, around=(640, 880)), colour, form)


def tablet(canvas: Canvas, colour: Colour, form: int) -> None:
    """Paint a tablet with its pen; forms differ in the wallpaper."""
    standing(canvas, 490, 852, reach=350)
    frame = box(150, 250, w=680, h=600, r=44)
    canvas.fill(frame, slant(lit(colour, 0.4), colour, dim(colour, 0.35)))
    canvas.fill(box(158, 258, w=664, h=584, r=38), GLASS)
    screen = box(182, 282, w=616, h=536, r=18)
    _wallpaper(canvas, screen, colour, form)
    for i in range(5):
        x = 262 + i * 104
        canvas.fill(box(x, 730, w=60, h=60, r=16), _icon(colour, i + form), alpha=0.92)
    canvas.fill(rounded(points("182,282 470,282 300,818 182,818"), 8), WHITE, alpha=0.07)
    pen = points("868,300 892,300 892,800 880,850 868,800")
    canvas.glow(moved(pen, 10, 8), NIGHT, blur=10, alpha=0.3)
    canvas.fill(rounded(pen, 6), across(dim(WHITE, 0.12), WHITE, dim(WHITE, 0.3)))
    canvas.fill(points("872,818 888,818 880,850"), dim(STEEL, 0.4))


def _back(canvas: Canvas, colour: Colour, form: int) -> None:
    shell = box(210, 130, w=350, h=736, r=62)
    canvas.fill(shell, metal(mix(STEEL, colour, 0.55), 90))
    glass = box(216, 136, w=338, h=724, r=57)
    canvas.fill(glass, slant(lit(colour, 0.38), lit(colour, 0.08), colour, dim(colour, 0.3)))
    gleam(
        canvas,
        rounded(points("216,136 420,136 230,620 216,620"), 8),
        glass,
        alpha=0.20,
        blur=10,
    )
    rim(canvas, glass, dim(colour, 0.6), width=14, alpha=0.3)
    if form == 0:
        island, eyes = (
            box(238, 160, w=112, h=300, r=54),
            [(294, 216, 40), (294, 310, 40), (294, 404, 40)],
        )
    elif form == 1:
        island, eyes = (
            box(236, 158, w=206, h=206, r=54),
            [(290, 212, 42), (290, 310, 42), (388, 261, 42)],
        )
    else:
        island, eyes = (
            oval(386, 286, 124),
            [(342, 240, 40), (432, 240, 40), (342, 332, 40), (432, 332, 40)],
        )
    canvas.glow(moved(island, 5, 9), NIGHT, blur=10, alpha=0.4)
    canvas.fill(island, slant(lit(colour, 0.5), lit(colour, 0.1), dim(colour, 0.15)))
    edge(canvas, island, lit(colour, 0.6), width=3, alpha=0.7)
    for x, y, r in eyes:
        lens(canvas, x, y, radius=r)
    canvas.fill(oval(*((386, 216), (390, 330), (258, 424))[form], 13), (255, 246, 214))


def lens(canvas: Canvas, x: float, y: float, *, radius: float) -> None:
    """Paint the lens of a camera: rings of metal and coated glass."""
    canvas.fill(oval(x, y, radius), slant(lit(STEEL, 0.5), dim(STEEL, 0.5)))
    canvas.fill(oval(x, y, radius * 0.9), GLASS)
    canvas.fill(oval(x, y, radius * 0.66), slant((58, 66, 92), (20, 22, 34)))
    canvas.fill(oval(x, y, radius * 0.42), slant((70, 62, 120), (14, 26, 46)))
    canvas.fill(oval(x, y, radius * 0.2), (8, 9, 15))
    canvas.glow(
        oval(x - radius * 0.26, y - radius * 0.3, radius * 0.16),
        WHITE,
        blur=radius * 0.08,
        alpha=0.85,
    )
    canvas.glow(
        oval(x + radius * 0.22, y + radius * 0.28, radius * 0.12),
        (120, 190, 255),
        blur=radius * 0.1,
        alpha=0.5,
    )


def _front(canvas: Canvas, colour: Colour, form: int) -> None:
    frame = box(440, 190, w=340, h=690, r=60)
    canvas.glow(moved(frame, -18, 14), NIGHT, blur=26, alpha=0.42)
    canvas.fill(frame, metal(mix(STEEL, colour, 0.5), 90))
    canvas.fill(box(447, 197, w=326, h=676, r=54), GLASS)
    screen = box(457, 207, w=306, h=656, r=46)
    _wallpaper(canvas, screen, colour, form)
    canvas.fill(oval(610, 236, 12) if form else box(572, 224, w=76, h=24, r=12), GLASS)
    canvas.fill(box(530, 300, w=160, h=12, r=6), WHITE, alpha=0.9)
    canvas.fill(box(560, 326, w=100, h=8, r=4), WHITE, alpha=0.6)
    for i in range(4):
        canvas.fill(box(486 + i * 66, 776, w=50, h=50, r=14), _icon(colour, i + form), alpha=0.94)
    canvas.fill(box(560, 846, w=100, h=6, r=3), WHITE, alpha=0.85)
    glare = rounded(points("640,207 763,207 763,560 560,863 470,863"), 4)
    canvas.fill(glare, WHITE, alpha=0.06, within=screen)


def _icon(colour: Colour, number: int) -> Colour:
    return ((255, 255, 255), (255, 196, 92), (116, 200, 160), (240, 120, 110), lit(colour, 0.45))[
        number % 5
    ]


def _wallpaper(
    canvas: Canvas, screen: list[tuple[float, float]], colour: Colour, form: int
) -> None:
    """Hills, waves or planets, in relatives of the colour of the goods."""
    other: Colour = (colour[2], colour[0], colour[1])
    canvas.fill(
        screen,
        down(
            mix(lit(colour, 0.15), (70, 110, 200), 0.45),
            mix(lit(other, 0.35), (255, 178, 140), 0.5),
        ),
    )
    xs, ys = [p[0] for p in screen], [p[1] for p in screen]
    left, top, wide, high = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    if form != 1:
        canvas.fill(
            oval(left + wide * 0.62, top + high * 0.42, wide * 0.2),
            slant((255, 244, 214), (255, 206, 160)),
            alpha=0.9,
            within=screen,
        )
    for i in range(3):
        y = top + high * (0.56 + i * 0.13)
        hill = oval(
            left + wide * (0.15 + 0.38 * i), y + high * 0.34, wide * (0.95 - 0.1 * i), high * 0.36
        )
        canvas.fill(
            hill, dim(mix(colour, (60, 70, 150), 0.35), 0.12 + 0.2 * i), alpha=0.85, within=screen
        )
