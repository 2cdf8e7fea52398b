"""Every drawing by its name, and how a photographer would take the piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.catalogue.canvas import Canvas
from scripts.catalogue.colours import Colour
from scripts.catalogue.drawings import (
    bags,
    cameras,
    clothes,
    desk,
    lamps,
    papers,
    phones,
    scents,
    shoes,
    sound,
    tableware,
    watches,
)
from scripts.catalogue.geometry import Point

Paint = Callable[[Canvas, Colour, int], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """A drawing that fills the picture around ``centre``; ``focus`` is worth a close-up.

    ``pose`` is how it is shown: standing on the floor (at the height ``floor``), lying on a table,
    or hanging from above.
    """

    paint: Paint
    focus: Point
    centre: Point = (500, 510)
    pose: str = "stands"
    floor: float = 850


PIECES: Mapping[str, Piece] = {
    "tote": Piece(bags.tote, (600, 520), (500, 520)),
    "satchel": Piece(bags.satchel, (500, 600), (500, 545), floor=838),
    "bucket": Piece(bags.bucket, (520, 560), (500, 500), floor=858),
    "backpack": Piece(bags.backpack, (600, 560), (500, 495), floor=872),
    "phone": Piece(phones.phone, (420, 330), (495, 510), floor=878),
    "tablet": Piece(phones.tablet, (690, 480), (510, 545), floor=852),
    "headphones": Piece(sound.headphones, (290, 620), (500, 500), floor=856),
    "earbuds": Piece(sound.earbuds, (430, 380), (500, 525), floor=854),
    "speaker": Piece(sound.speaker, (360, 520), (520, 595), floor=850),
    "watch": Piece(watches.watch, (560, 450), (500, 500), pose="lies"),
    "smartwatch": Piece(watches.smartwatch, (520, 460), (500, 500), pose="lies"),
    "runner": Piece(shoes.runner, (560, 600), (510, 595), floor=806),
    "high_top": Piece(shoes.high_top, (460, 430), (510, 525), floor=838),
    "tee": Piece(clothes.tee, (500, 330), (500, 510), pose="lies"),
    "hoodie": Piece(clothes.hoodie, (500, 330), (500, 495), pose="lies"),
    "cap": Piece(clothes.cap, (500, 500), (530, 500), pose="lies"),
    "mug": Piece(tableware.mug, (470, 400), (520, 500), floor=846),
    "teapot": Piece(tableware.teapot, (620, 520), (490, 530), floor=820),
    "tumbler": Piece(tableware.tumbler, (500, 400), (500, 490), floor=884),
    "bowl_set": Piece(tableware.bowl_set, (380, 560), (500, 620), floor=842),
    "desk_lamp": Piece(lamps.desk_lamp, (620, 380), (500, 545), floor=848),
    "mushroom": Piece(lamps.mushroom, (520, 520), (500, 530), floor=854),
    "pendant": Piece(lamps.pendant, (520, 520), (500, 470), pose="hangs"),
    "lantern": Piece(lamps.lantern, (500, 560), (500, 490), floor=856),
    "perfume": Piece(scents.perfume, (480, 520), (500, 490), floor=854),
    "candle": Piece(scents.candle, (500, 420), (500, 520), floor=852),
    "diffuser": Piece(scents.diffuser, (500, 560), (500, 480), floor=856),
    "keyboard": Piece(desk.keyboard, (300, 520), (500, 500), pose="lies"),
    "mouse": Piece(desk.mouse, (520, 400), (500, 525), pose="lies"),
    "notebook": Piece(papers.notebook, (470, 420), (500, 520), pose="lies"),
    "pens": Piece(papers.pens, (480, 560), (500, 500), pose="lies"),
    "camera": Piece(cameras.camera, (520, 560), (500, 535), floor=794),
    "instant": Piece(cameras.instant, (520, 600), (500, 505), floor=852),
    "objective": Piece(cameras.objective, (500, 400), (500, 550), floor=850),
}
