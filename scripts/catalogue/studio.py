"""The studio: one piece, four photographs.

``front``   on a light ground, for grids        ``scene``   at home, on colours that suit it
``close``   its best detail                     ``family``  among its other colours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from scripts.catalogue.canvas import Canvas, across, down, slant
from scripts.catalogue.colours import NIGHT, WHITE, Colour, brightness, dim, lit, mix
from scripts.catalogue.drawings.light import edge, gleam
from scripts.catalogue.drawings.repertoire import PIECES, Piece
from scripts.catalogue.geometry import Point, box, moved, oval, points, rounded, smooth

WARM: Colour = (244, 236, 224)
ZOOM = 2.0


@dataclass(frozen=True, slots=True)
class Shot:
    """What to photograph: a drawing, its form, its colour, and the other colours it comes in."""

    drawing: str
    form: int
    colour: Colour
    others: tuple[Colour, ...] = ()


def photograph(shot: Shot, view: str) -> Image.Image:
    """Return one view as a finished picture; raise ``KeyError`` for an unknown view or drawing."""
    canvas = Canvas.blank()
    VIEWS[view](canvas, shot, PIECES[shot.drawing])
    return canvas.finished()


def _front(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    _paper(canvas, shot.colour)
    where = (500, 0) if piece.pose == "hangs" else piece.centre
    put = (500.0, 0.0) if piece.pose == "hangs" else (500.0, 500.0)
    piece.paint(canvas.seen(0.96, at=where, put=put), shot.colour, shot.form)


def _scene(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    {"stands": _podium, "lies": _table, "hangs": _room}[piece.pose](canvas, shot, piece)


def _close(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    tone = _tone(shot.colour)
    canvas.flood(slant(lit(tone, 0.55), lit(tone, 0.3), tone))
    x, y = piece.focus
    piece.paint(canvas.seen(ZOOM, at=(x, y), put=(500, 500)), shot.colour, shot.form)


def _family(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    _paper(canvas, shot.colour)
    beside = shot.others[:2]
    if piece.pose == "stands":
        spots: Sequence[Point] = ((300, 610), (700, 610))
        for spot, colour in zip(spots, beside, strict=False):
            piece.paint(canvas.seen(0.46, at=(500, piece.floor), put=spot), colour, shot.form)
        front = canvas.seen(0.62, at=(500, piece.floor), put=(500, 730))
    else:
        for x, colour in zip((285, 715), beside, strict=False):
            piece.paint(canvas.seen(0.44, at=piece.centre, put=(x, 330)), colour, shot.form)
        front = canvas.seen(0.58, at=piece.centre, put=(500, 470))
    piece.paint(front, shot.colour, shot.form)
    _swatches(canvas, shot)


VIEWS: Mapping[str, Callable[[Canvas, Shot, Piece], None]] = {
    "front": _front,
    "scene": _scene,
    "close": _close,
    "family": _family,
}


def _paper(canvas: Canvas, colour: Colour) -> None:
    """Roll out the light paper that all goods of the shop are shown on."""
    tint = mix(colour, WHITE, 0.93)
    canvas.flood(
        down(
            mix(tint, (251, 251, 250), 0.6),
            mix(tint, (243, 242, 240), 0.6),
            mix(tint, (228, 227, 225), 0.6),
        )
    )
    canvas.glow(oval(440, 380, 330, 300), WHITE, blur=150, alpha=0.8)


def _tone(colour: Colour) -> Colour:
    """Return a calm ground on which the colour stands out."""
    if brightness(colour) > 0.72:
        return mix(dim(colour, 0.25), (176, 160, 144), 0.5)
    return mix(lit(colour, 0.42), WARM, 0.42)


def _podium(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    tone = _tone(shot.colour)
    canvas.flood(down(lit(tone, 0.18), tone, dim(tone, 0.06)))
    arch = rounded(points("230,60 770,60 770,900 230,900"), 270)
    canvas.glow(moved(arch, 10, 12), NIGHT, blur=26, alpha=0.18)
    canvas.fill(arch, down(lit(tone, 0.42), lit(tone, 0.2)))
    canvas.fill(box(0, 760, w=1000, h=240), down(lit(tone, 0.10), dim(tone, 0.16)))
    canvas.glow(box(0, 752, w=1000, h=14), NIGHT, blur=10, alpha=0.16)
    _leaves(canvas, tone)
    canvas.glow(oval(530, 900, 400, 60), NIGHT, blur=36, alpha=0.34)
    side = [*oval(500, 880, 360, 62)[:37], *oval(500, 800, 360, 62)[36:], (860, 800)]
    canvas.fill(side, across(dim(tone, 0.1), lit(tone, 0.5), lit(tone, 0.2), dim(tone, 0.26)))
    canvas.fill(oval(500, 800, 360, 62), slant(lit(tone, 0.72), lit(tone, 0.42)))
    piece.paint(canvas.seen(0.7, at=(500, piece.floor), put=(500, 812)), shot.colour, shot.form)
    _sunlight(canvas)


def _table(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    tone = _tone(shot.colour)
    canvas.flood(slant(lit(tone, 0.3), tone, dim(tone, 0.12)))
    mat = rounded(points("120,190 800,90 900,820 220,920"), 40)
    canvas.glow(moved(mat, 14, 20), NIGHT, blur=24, alpha=0.22)
    canvas.fill(mat, slant(lit(tone, 0.66), lit(tone, 0.44)))
    _leaves(canvas, tone)
    piece.paint(
        canvas.seen(0.76, at=piece.centre, put=(500, 505)).leaned(4), shot.colour, shot.form
    )
    _sunlight(canvas)


def _room(canvas: Canvas, shot: Shot, piece: Piece) -> None:
    tone = dim(_tone(shot.colour), 0.42)
    canvas.flood(down(dim(tone, 0.18), tone))
    canvas.glow(oval(500, 760, 460, 300), (255, 226, 160), blur=140, alpha=0.6)
    canvas.fill(oval(500, 1010, 520, 190), slant(lit(tone, 0.5), lit(tone, 0.2)))
    for x, wide in ((390, 90), (600, 70)):
        canvas.glow(oval(x + 14, 900, wide, 16), NIGHT, blur=12, alpha=0.5)
        bowl = smooth(
            [
                (x - wide, 850),
                (x, 862),
                (x + wide, 850),
                (x + wide * 0.5, 904),
                (x - wide * 0.5, 904),
            ]
        )
        canvas.fill(bowl, across(lit(tone, 0.4), lit(tone, 0.75), lit(tone, 0.3)))
        canvas.fill(oval(x, 850, wide, 16), slant(WHITE, lit(tone, 0.5)))
    piece.paint(canvas.seen(0.82, at=(500, 0), put=(500, 40)), shot.colour, shot.form)


def _leaves(canvas: Canvas, tone: Colour) -> None:
    """Let a plant reach into the picture from the right."""
    green = mix((104, 138, 112), tone, 0.35)
    for i, (angle, long) in enumerate(((-66, 330), (-40, 400), (-16, 360), (12, 280))):
        sprig = canvas.leaned(angle, around=(1010, 1000))
        leaf = smooth(
            [(1010, 1000), (956, 1000 - long * 0.5), (1010, 1000 - long), (1062, 1000 - long * 0.5)]
        )
        sprig.glow(moved(leaf, 10, 14), NIGHT, blur=14, alpha=0.2)
        sprig.fill(leaf, across(lit(green, 0.22 - 0.08 * i), dim(green, 0.12 + 0.05 * i)))
        sprig.fill(box(1008, 1000 - long * 0.92, w=4, h=long * 0.9), lit(green, 0.4), alpha=0.6)


def _sunlight(canvas: Canvas) -> None:
    """Let the sun fall in through a window on the left."""
    for shift in (0, 190):
        beam = [(-60 + shift, -20), (90 + shift, -20), (430 + shift, 1020), (230 + shift, 1020)]
        canvas.glow(beam, (255, 248, 230), blur=30, alpha=0.11)


def _swatches(canvas: Canvas, shot: Shot) -> None:
    colours = (shot.colour, *shot.others)
    left = 500 - (len(colours) - 1) * 52
    card = box(left - 74, 846, w=148 + (len(colours) - 1) * 104, h=112, r=56)
    canvas.glow(moved(card, 0, 8), NIGHT, blur=18, alpha=0.16)
    canvas.fill(card, WHITE)
    for i, colour in enumerate(colours):
        dot = oval(left + i * 104, 902, 34)
        canvas.fill(dot, slant(lit(colour, 0.22), colour, dim(colour, 0.15)))
        gleam(canvas, oval(left + i * 104 - 10, 890, 12, 9), dot, alpha=0.5, blur=6)
        edge(canvas, dot, dim(colour, 0.2), width=2, alpha=0.5)
        if i == 0:
            edge(canvas, oval(left, 902, 45), dim(mix(colour, NIGHT, 0.3), 0.2), width=5)
