"""The catalogue as records of a fixture: a pure function of its size and its seed.

The hand-written products come first; a larger catalogue adds editions of them, which share their
pictures. Keys are fixed: catalogues and SKUs count from 1, brands and products from 101, what hangs
on them from 1001, so that a small fixture can be loaded beside the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from scripts.catalogue.offers import Attribute, Choice, Numbers, Offer, offered
from scripts.catalogue.products import Product, branding, in_turn, shelves
from scripts.catalogue.studio import VIEWS
from scripts.fixtures.shapes import GOODS, Record

SEED = 20200220
OPENING = datetime.fromisoformat("2026-01-05T09:30:00")
SEASON_DAYS = 270
FIRST_KEYS = {"goods.catalog": 1, "goods.brand": 101, "goods.spu": 101, "goods.sku": 1}
FIRST_PART = 1001
FIRST_VIEW = next(iter(VIEWS))
EVERYTHING = 1 << 40


@dataclass(frozen=True, slots=True)
class Edition:
    """A product in one edition: the indices of its shelf and brand, its key and name.

    ``pictured`` is the key of the first edition, which the pictures are named after.
    """

    shelf: int
    product: Product
    brand: int
    pk: int
    pictured: int
    name: str


class Pile:
    """Records put down in any order and taken up in the order of writing; counts their keys."""

    def __init__(self) -> None:
        self._models: dict[str, list[Record]] = {model.name: [] for model in GOODS}
        self._keys = {model.name: count(FIRST_KEYS.get(model.name, FIRST_PART)) for model in GOODS}

    def put(self, model: str, moment: datetime, **fields: Any) -> int:
        """Put down one record and return its key."""
        time = moment.isoformat(timespec="milliseconds")
        pk = next(self._keys[model])
        stamped = {"created_time": time, "updated_time": time} | fields
        self._models[model].append(Record(model, pk, stamped))
        return pk

    def take(self) -> Iterator[Record]:
        """Yield the records, what is referred to first, and forget them."""
        for records in self._models.values():
            yield from records
            records.clear()


def catalogue(skus: int | None = None, seed: int = SEED) -> Iterator[Record]:
    """Yield the records of a catalogue of exactly so many SKUs, or of the hand-written one.

    They come in blocks, one per edition; within a block what is referred to comes first.
    """
    pile = Pile()
    _frame(pile)
    left = EVERYTHING if skus is None else skus
    for number in count():
        for edition in _editions(number):
            if left:
                left -= _put_down(pile, edition, seed=seed, most=left)
        yield from pile.take()
        if skus is None or not left:
            return


def picture_stem(pictured: int, colour: str) -> str:
    """Return the common start of the paths of all views of a product in a colour."""
    return f"demo/sku/{pictured}-{colour}-"


def logo_path(brand: int) -> str:
    """Return the path of a brand's logo."""
    return f"demo/brand/{brand}.png"


def _frame(pile: Pile) -> None:
    """Put down the catalogues and the brands."""
    for shelf in shelves():
        pile.put("goods.catalog", OPENING, name=shelf.name)
    for pk, brand in enumerate(branding().brands, FIRST_KEYS["goods.brand"]):
        fields = {"logo": logo_path(pk), "first_letter": brand.letter}
        pile.put("goods.brand", OPENING, name=brand.name, **fields)


def _editions(number: int) -> Iterator[Edition]:
    """Yield every product in its edition of that number; number 0 is the hand-written one."""
    for position, (shelf, product) in enumerate(in_turn()):
        pictured = FIRST_KEYS["goods.spu"] + position
        brands = branding().brands
        brand = next(i for i, each in enumerate(brands) if each.slug == product.brand)
        name = f"{brands[brand].name} {_edition_word(number)}{product.name}"
        yield Edition(shelf, product, brand, pictured + number * len(in_turn()), pictured, name)


def _edition_word(number: int) -> str:
    if number == 0:
        return ""
    generation, word = divmod(number - 1, len(branding().editions))
    return branding().editions[word] + (f"{generation + 1}代" if generation else "")


def _put_down(pile: Pile, edition: Edition, *, seed: int, most: int) -> int:
    """Put down one product with everything that hangs on it; return how many SKUs it has."""
    dice = Random(f"{seed}:{edition.pk}")
    shelf = shelves()[edition.shelf]
    offer = offered(shelf, edition.product, dice, most=most)
    moment = OPENING + timedelta(days=dice.randrange(SEASON_DAYS), minutes=dice.randrange(600))
    numbers = [each for _, each in offer.skus]
    spu = pile.put(
        "goods.spu",
        moment,
        name=edition.name,
        sales=sum(each.sales for each in numbers),
        comments=sum(each.comments for each in numbers),
        brand=FIRST_KEYS["goods.brand"] + edition.brand,
        catalog=edition.shelf + 1,
    )
    values = [_attribute(pile, moment, spu, each) for each in offer.attributes]
    specs = dict(edition.product.specs) | dict(shelf.specs)
    named = {pile.put("goods.spuspec", moment, spu=spu, name=k): v for k, v in specs.items()}
    for choice, each in offer.skus:
        fields = _sku(edition, offer, choice, each)
        keys = [values[i][value] for i, value in enumerate(choice)]
        sku = pile.put("goods.sku", moment, spu=spu, **fields, sale_attr_value=keys)
        stem = picture_stem(edition.pictured, edition.product.colours[choice[0]])
        for view in VIEWS:
            pile.put("goods.skuimage", moment, sku=sku, image=f"{stem}{view}.jpg")
        for spec, value in named.items():
            pile.put("goods.skuspecvalue", moment, sku=sku, spu_spec=spec, name=value)
    return len(offer.skus)


def _attribute(pile: Pile, moment: datetime, spu: int, attribute: Attribute) -> list[int]:
    """Put down one sale attribute and return the keys of its values."""
    owner = pile.put("goods.spusaleattr", moment, spu=spu, name=attribute.name)
    return [
        pile.put("goods.saleattrvalue", moment, spu_sale_attr=owner, name=value)
        for value in attribute.values
    ]


def _sku(edition: Edition, offer: Offer, choice: Choice, numbers: Numbers) -> dict[str, Any]:
    """Return the fields of a SKU but its keys."""
    shelf, colour = shelves()[edition.shelf], edition.product.colours[choice[0]]
    chosen = [offer.attributes[i].values[value] for i, value in enumerate(choice)]
    return {
        "name": " ".join([edition.name, *chosen]),
        "caption": f"{edition.product.caption}。{shelf.mood(colour)}",
        "price": _money(numbers.price),
        "cost_price": _money(numbers.cost_price),
        "market_price": _money(numbers.market_price),
        "stock": numbers.stock,
        "sales": numbers.sales,
        "comments": numbers.comments,
        "is_launched": numbers.is_launched,
        "default_image_url": f"{picture_stem(edition.pictured, colour)}{FIRST_VIEW}.jpg",
        "version": 0,
    }


def _money(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
