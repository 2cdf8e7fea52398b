"""The records of the demo catalogue: their limits, what they refer to, their size and seed."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from scripts.catalogue import pictures
from scripts.catalogue.colours import SHADES
from scripts.catalogue.drawings.repertoire import PIECES
from scripts.catalogue.logos import MARKS
from scripts.catalogue.products import branding, in_turn, shelves
from scripts.catalogue.records import SEED, catalogue
from scripts.fixtures import checking
from scripts.fixtures.shapes import MODELS

FEW = 25
LARGE = 2500


@pytest.fixture(scope="module")
def records():
    return list(catalogue())


@pytest.fixture(scope="module")
def by_model(records):
    found = defaultdict(dict)
    for record in records:
        found[record.model][record.pk] = record.fields
    return found


def as_objects(records):
    return [{"model": r.model, "pk": r.pk, "fields": dict(r.fields)} for r in records]


def skus_of(by_model):
    found = defaultdict(list)
    for fields in by_model["goods.sku"].values():
        found[fields["spu"]].append(fields)
    return found


# What the catalogue holds


def test_there_is_enough_of_everything(by_model):
    assert len(by_model["goods.catalog"]) >= 8
    assert len(by_model["goods.spu"]) >= 80
    assert len(by_model["goods.sku"]) >= 400
    assert len(by_model["goods.brand"]) >= 10


@pytest.mark.parametrize("size", [None, LARGE])
def test_every_field_fits_its_column(size):
    faults = checking.Faults()
    checking.records(as_objects(catalogue(size)), faults)
    assert faults.lines() == []


@pytest.mark.parametrize("size", [None, 7, LARGE])
def test_what_is_referred_to_comes_first(size):
    seen = defaultdict(set)
    for record in catalogue(size):
        model = MODELS[record.model]
        for field in model.all_fields:
            if field.refers:
                assert record.fields[field.name] in seen[field.refers], record
        for many in model.many:
            assert set(record.fields[many.name]) <= seen[many.refers], record
        assert record.pk not in seen[record.model]
        seen[record.model].add(record.pk)


def test_every_sku_chooses_one_value_of_each_attribute(by_model):
    attributes = defaultdict(set)
    for pk, fields in by_model["goods.spusaleattr"].items():
        attributes[fields["spu"]].add(pk)
    for spu, skus in skus_of(by_model).items():
        assert 2 <= len(attributes[spu]) <= 3
        for sku in skus:
            chosen = [
                by_model["goods.saleattrvalue"][value]["spu_sale_attr"]
                for value in sku["sale_attr_value"]
            ]
            assert sorted(chosen) == sorted(attributes[spu])


def test_no_combination_is_sold_twice(by_model):
    for skus in skus_of(by_model).values():
        combinations = [frozenset(sku["sale_attr_value"]) for sku in skus]
        assert len(set(combinations)) == len(combinations)


def test_some_combinations_are_missing_but_no_value_is(by_model):
    values = defaultdict(lambda: defaultdict(set))
    for pk, fields in by_model["goods.saleattrvalue"].items():
        spu = by_model["goods.spusaleattr"][fields["spu_sale_attr"]]["spu"]
        values[spu][fields["spu_sale_attr"]].add(pk)
    gaps = 0
    for spu, skus in skus_of(by_model).items():
        possible = 1
        for each in values[spu].values():
            possible *= len(each)
        gaps += len(skus) < possible
        used = set(itertools.chain.from_iterable(sku["sale_attr_value"] for sku in skus))
        assert used == set().union(*values[spu].values())
    assert len(by_model["goods.spu"]) / 4 < gaps < len(by_model["goods.spu"])


def test_shelves_show_every_state_a_page_must_bear(by_model):
    skus = by_model["goods.sku"].values()
    assert 5 < sum(not sku["is_launched"] for sku in skus) < len(skus) / 10
    assert 5 < sum(sku["stock"] == 0 for sku in skus) < len(skus) / 10
    assert 5 < sum(1 <= sku["stock"] <= 5 for sku in skus) < len(skus) / 5


def test_every_catalogue_has_three_skus_to_show(by_model):
    shown = Counter(
        by_model["goods.spu"][sku["spu"]]["catalog"]
        for sku in by_model["goods.sku"].values()
        if sku["is_launched"] and sku["stock"]
    )
    assert all(shown[catalog] >= 3 for catalog in by_model["goods.catalog"])


@pytest.mark.parametrize("size", [None, LARGE])
def test_prices_make_sense(size):
    for record in catalogue(size):
        if record.model == "goods.sku":
            cost, price, market = (
                Decimal(record.fields[name]) for name in ("cost_price", "price", "market_price")
            )
            assert 0 < cost < price < market < 2 * price, record


def test_sales_of_a_product_are_those_of_its_skus(by_model):
    for spu, skus in skus_of(by_model).items():
        assert by_model["goods.spu"][spu]["sales"] == sum(sku["sales"] for sku in skus)
        assert by_model["goods.spu"][spu]["comments"] == sum(sku["comments"] for sku in skus)


@pytest.mark.parametrize("size", [None, LARGE])
def test_names_tell_skus_apart(size):
    names = [r.fields["name"] for r in catalogue(size) if r.model == "goods.sku"]
    assert len(set(names)) == len(names)


def test_captions_are_worth_reading(by_model):
    captions = [sku["caption"] for sku in by_model["goods.sku"].values()]
    assert min(map(len, captions)) >= 15
    assert len(set(captions)) >= 200


def test_every_sku_has_a_value_for_every_spec_of_its_product(by_model):
    specs, values = defaultdict(set), defaultdict(set)
    for pk, fields in by_model["goods.spuspec"].items():
        specs[fields["spu"]].add(pk)
    for fields in by_model["goods.skuspecvalue"].values():
        values[fields["sku"]].add(fields["spu_spec"])
    assert min(map(len, specs.values())) >= 3
    for pk, sku in by_model["goods.sku"].items():
        assert values[pk] == specs[sku["spu"]]


def test_every_sku_has_three_pictures_and_shows_the_first(by_model):
    shown = defaultdict(list)
    for fields in by_model["goods.skuimage"].values():
        shown[fields["sku"]].append(fields["image"])
    for pk, sku in by_model["goods.sku"].items():
        assert len(set(shown[pk])) == len(shown[pk]) >= 3
        assert shown[pk][0] == sku["default_image_url"]


def test_every_named_picture_can_be_painted(by_model):
    named = {fields["image"] for fields in by_model["goods.skuimage"].values()}
    named |= {fields["logo"] for fields in by_model["goods.brand"].values()}
    assert named == set(pictures.commissions())


def test_words_name_only_what_there_is():
    slugs = {brand.slug for brand in branding().brands}
    assert {brand.shade for brand in branding().brands} <= set(SHADES)
    assert {brand.mark for brand in branding().brands} <= set(MARKS)
    for index, product in in_turn():
        shelf = shelves()[index]
        assert product.brand in slugs
        assert product.drawing in PIECES
        assert product.form in range(3)
        assert set(product.colours) <= set(SHADES)
        assert set(product.axes) <= set(shelf.axes)
        assert not shelf.notes or set(product.colours) <= set(shelf.notes)


# Size and seed


def test_the_same_seed_gives_the_same_catalogue(records):
    assert records == list(catalogue(seed=SEED))


def test_another_seed_changes_numbers_but_no_pictures(by_model):
    other = [r.fields for r in catalogue(seed=SEED + 1) if r.model == "goods.sku"]
    mine = list(by_model["goods.sku"].values())
    assert [sku["stock"] for sku in other] != [sku["stock"] for sku in mine]
    assert {s["default_image_url"] for s in other} == {s["default_image_url"] for s in mine}


@pytest.mark.parametrize("size", [1, 17, 986, 987, LARGE])
def test_a_catalogue_has_exactly_as_many_skus_as_asked_for(size):
    counts = Counter(record.model for record in catalogue(size))
    assert counts["goods.sku"] == size
    assert counts["goods.catalog"] == len(shelves())
    sold = {r.fields["spu"] for r in catalogue(size) if r.model == "goods.sku"}
    assert counts["goods.spu"] == len(sold)


def test_a_small_catalogue_is_the_beginning_of_a_large_one(by_model):
    small = {r.pk: r.fields for r in catalogue(FEW) if r.model == "goods.sku"}
    names = {pk: by_model["goods.sku"][pk]["name"] for pk in small}
    assert {pk: fields["name"] for pk, fields in small.items()} == names


def test_a_large_catalogue_shares_the_pictures_of_the_small_one(by_model):
    named = {r.fields["image"] for r in catalogue(LARGE) if r.model == "goods.skuimage"}
    assert named == {fields["image"] for fields in by_model["goods.skuimage"].values()}
