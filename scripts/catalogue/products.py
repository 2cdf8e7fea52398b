"""The words of the catalogue: brands, shelves and products, read from the files in ``words``.

A shelf is a catalogue with its products. A product comes in some colours (on the shelf of scents:
in some notes) and along one or two more axes, such as size; every value of an axis carries its
factor on the price. Prices are whole yuan.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path

import msgspec

from scripts.catalogue.colours import SHADES

WORDS = Path(__file__).parent / "words"


class Brand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invented brand: its name, the letter it stands under, and colour and motif of its logo."""

    slug: str
    name: str
    letter: str
    shade: str
    mark: str


class Branding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The brands in the order of their keys, and the words that set editions apart."""

    brands: tuple[Brand, ...]
    editions: tuple[str, ...]


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something else to choose: its name and its values with their factors on the price."""

    name: str
    values: tuple[tuple[str, float], ...]


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a colour is called on a shelf where it stands for something else."""

    name: str
    mood: str


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One product of a shelf; ``form`` is the variant of its drawing, ``colours`` are slugs."""

    name: str
    brand: str
    drawing: str
    form: int
    price: int
    colours: tuple[str, ...]
    axes: tuple[str, ...]
    caption: str
    specs: Mapping[str, str]


class Shelf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A catalogue: its products, their axes, the specs they share, and how it calls colours."""

    name: str
    products: tuple[Product, ...]
    axes: Mapping[str, Axis]
    specs: Mapping[str, str]
    shade: str = "颜色"
    notes: Mapping[str, Note] = msgspec.field(default_factory=dict)

    def called(self, slug: str) -> str:
        """Return the name of a colour on this shelf."""
        return self.notes[slug].name if slug in self.notes else SHADES[slug].name

    def mood(self, slug: str) -> str:
        """Return what a colour of this shelf feels like."""
        return self.notes[slug].mood if slug in self.notes else SHADES[slug].mood


@cache
def branding() -> Branding:
    """Return the brands and the words of editions."""
    return msgspec.toml.decode((WORDS / "brands.toml").read_bytes(), type=Branding)


@cache
def shelves() -> tuple[Shelf, ...]:
    """Return the shelves in the order of their keys."""
    files = sorted(WORDS.glob("[0-9]*.toml"))
    return tuple(msgspec.toml.decode(file.read_bytes(), type=Shelf) for file in files)


@cache
def in_turn() -> tuple[tuple[int, Product], ...]:
    """Return every product with the index of its shelf, one of each shelf in turn.

    A part of the catalogue, from the front, is then a small shop with all its shelves.
    """
    rounds = zip_longest(*(shelf.products for shelf in shelves()))
    return tuple(
        (index, product)
        for each in rounds
        for index, product in enumerate(each)
        if product is not None
    )
