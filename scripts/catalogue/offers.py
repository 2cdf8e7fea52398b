"""One product as it is offered: which combinations exist, at what price, how many there are.

Everything is drawn from a random source of its own, so an offer is the same in every catalogue of
the same seed, whatever stands before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as combined
from random import Random

from scripts.catalogue.products import Product, Shelf

GAPS = 0.14
WITHDRAWN, SOLD_OUT, SCARCE = 0.03, 0.04, 0.08

Choice = tuple[int, ...]
"""For every attribute of a product the index of one of its values."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something to choose: its name, the names of its values and their factors on the price."""

    name: str
    values: tuple[str, ...]
    factors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a SKU; money is in fen."""

    price: int
    cost_price: int
    market_price: int
    stock: int
    sales: int
    comments: int
    is_launched: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What is sold of a product: its attributes, the colour first, and its SKUs."""

    attributes: tuple[Attribute, ...]
    skus: tuple[tuple[Choice, Numbers], ...]


def offered(shelf: Shelf, product: Product, dice: Random, *, most: int) -> Offer:
    """Return at most ``most`` SKUs of a product. Some combinations are missing, some withdrawn."""
    attributes = _attributes(shelf, product)
    everything = list(combined(*(range(len(each.values)) for each in attributes)))
    trend = dice.uniform(0.6, 1.4)
    kept = _with_gaps(everything, dice)[:most]
    skus = [
        (
            choice,
            _numbers(_price(product, attributes, choice), dice, trend=trend, first=not position),
        )
        for position, choice in enumerate(kept)
    ]
    return Offer(attributes, tuple(skus))


def _attributes(shelf: Shelf, product: Product) -> tuple[Attribute, ...]:
    colours = tuple(shelf.called(slug) for slug in product.colours)
    axes = [shelf.axes[key] for key in product.axes]
    return (
        Attribute(shelf.shade, colours, tuple(1.0 for _ in colours)),
        *(
            Attribute(a.name, tuple(v for v, _ in a.values), tuple(f for _, f in a.values))
            for a in axes
        ),
    )


def _with_gaps(everything: Sequence[Choice], dice: Random) -> list[Choice]:
    """Leave out some combinations, but no value altogether; the first one always exists."""
    kept = list(everything)
    for choice in everything[1:]:
        rest = [each for each in kept if each != choice]
        spare = all(any(each[i] == value for each in rest) for i, value in enumerate(choice))
        if spare and dice.random() < GAPS:
            kept = rest
    return kept


def _price(product: Product, attributes: Sequence[Attribute], choice: Choice) -> float:
    price = float(product.price)
    for attribute, index in zip(attributes, choice, strict=True):
        price *= attribute.factors[index]
    return price


def _numbers(yuan: float, dice: Random, *, trend: float, first: bool) -> Numbers:
    """Roll the numbers of a SKU; the first of a product is always for sale and in stock."""
    price = _ending_in_nine(yuan)
    market = max(price + 10, _ending_in_nine(price * dice.uniform(1.12, 1.35)))
    sales = min(int(dice.paretovariate(1.15) * 24 * trend), 20_000)
    luck = dice.random()
    return Numbers(
        price=price * 100,
        cost_price=int(price * 100 * dice.uniform(0.42, 0.62)),
        market_price=market * 100,
        stock=dice.randint(20, 800) if first else _stock(luck, dice),
        sales=sales,
        comments=int(sales * dice.uniform(0.04, 0.22)),
        is_launched=first or dice.random() >= WITHDRAWN,
    )


def _stock(luck: float, dice: Random) -> int:
    if luck < SOLD_OUT:
        return 0
    return dice.randint(1, 5) if luck < SOLD_OUT + SCARCE else dice.randint(20, 800)


def _ending_in_nine(yuan: float) -> int:
    return max(9, round((yuan + 1) / 10) * 10 - 1)
