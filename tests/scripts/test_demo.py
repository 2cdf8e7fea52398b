"""The demo catalogue: its records, its pictures, and what the verb does to a shop."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from models import words
from scripts.catalogue import pictures, tables
from scripts.catalogue.canvas import Canvas
from scripts.catalogue.colours import SHADES
from scripts.catalogue.drawings.repertoire import PIECES
from scripts.catalogue.logos import MARKS
from scripts.catalogue.products import branding, in_turn, shelves
from scripts.catalogue.records import SEED, catalogue
from scripts.catalogue.studio import VIEWS, Shot, photograph
from scripts.fixtures import checking
from scripts.fixtures.shapes import MODELS

ROOT = Path(__file__).parents[2]
FEW = 25
LONGEST_EDITION = 2500


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


@pytest.mark.parametrize("size", [None, LONGEST_EDITION])
def test_every_field_fits_its_column(size):
    faults = checking.Faults()
    checking.records(as_objects(catalogue(size)), faults)
    assert faults.lines() == []


@pytest.mark.parametrize("size", [None, 7, LONGEST_EDITION])
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


@pytest.mark.parametrize("size", [None, LONGEST_EDITION])
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


@pytest.mark.parametrize("size", [None, LONGEST_EDITION])
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


@pytest.mark.parametrize("size", [1, 17, 986, 987, LONGEST_EDITION])
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
    named = {r.fields["image"] for r in catalogue(LONGEST_EDITION) if r.model == "goods.skuimage"}
    assert named == {fields["image"] for fields in by_model["goods.skuimage"].values()}


# Pictures


@pytest.mark.parametrize("form", range(3))
@pytest.mark.parametrize("drawing", PIECES)
def test_a_piece_fills_the_middle_and_leaves_a_margin(drawing, form):
    colour = SHADES["coral"].colour
    piece = PIECES[drawing]
    canvas = Canvas.blank(200)
    canvas.flood((255, 255, 255))
    piece.paint(canvas, colour, form)
    painted = ImageChops.invert(canvas.finished()).convert("L").point(lambda v: 255 * (v > 90))
    left, top, right, bottom = painted.getbbox()
    assert bottom - top > 80
    assert right - left > 40
    corners = [painted.getpixel(at) for at in ((4, 4), (4, 195), (195, 195))]
    assert corners == [0, 0, 0]
    reds = [abs(p[0] - colour[0]) + abs(p[1] - colour[1]) < 90 for p in pixels(canvas.finished())]
    assert sum(reds) > 300, "the piece does not show the colour of its SKU"


def pixels(picture):
    red, green, blue = (band.tobytes() for band in picture.split())
    return zip(red, green, blue, strict=True)


def test_the_views_of_a_shot_differ():
    shot = Shot("mug", 0, SHADES["sage"].colour, (SHADES["coral"].colour,))
    painted = [photograph(shot, view).resize((40, 40)) for view in VIEWS]
    assert {each.size for each in painted} == {(40, 40)}
    for one, other in itertools.combinations(painted, 2):
        assert max(high for _, high in ImageChops.difference(one, other).getextrema()) > 40


def test_painting_is_repeatable(tmp_path):
    wanted = [pictures.commissions()["demo/sku/101-ink-front.jpg"]]
    pictures.paint(tmp_path / "a", wanted, lambda _: None)
    pictures.paint(tmp_path / "b", wanted, lambda _: None)
    for path in ("demo/sku/101-ink-front.jpg", "demo/sku/101-ink-front.thumb.webp"):
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def test_a_picture_that_cannot_be_saved_leaves_the_old_one(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"the old one")
    with pytest.raises(OSError, match="cannot write mode F"):
        pictures._save(Image.new("F", (8, 8)), path, {})
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_without_its_thumbnail_is_missing(tmp_path):
    path = "demo/sku/101-ink-front.jpg"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    assert [each.path for each in pictures.missing(tmp_path, [path])] == [path]
    (tmp_path / pictures.thumbnail_path(path)).touch()
    assert pictures.missing(tmp_path, [path]) == []


def test_pictures_of_others_are_not_ours_to_paint(tmp_path):
    assert pictures.missing(tmp_path, ["sku/1_CWVre0U.png", "demo/sku/7-none-front.jpg"]) == []


# The verb


@pytest.fixture
def demo(shop, environment, tmp_path):
    """Run the verb on an own shop whose pictures lie below ``tmp_path``."""

    def run(*arguments, url=shop.url):
        names = {"DADASHOP_MYSQL_URL": url, "DADASHOP_MEDIA_ROOT": str(tmp_path / "media")}
        return subprocess.run(
            [sys.executable, "-P", "-m", "scripts.demo", *map(str, arguments)],
            env={**os.environ, **environment, **names, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def filled(shop, demo):
    """A shop that the verb has filled, without pictures."""
    assert demo("--skus", FEW, "--without-pictures").returncode == 0
    return shop


def test_the_rows_are_the_records(filled):
    stored = filled.ask("SELECT id, name, CAST(price AS CHAR), stock, is_launched FROM goods_sku")
    wanted = [
        (r.pk, r.fields["name"], r.fields["price"], r.fields["stock"], r.fields["is_launched"])
        for r in catalogue(FEW)
        if r.model == "goods.sku"
    ]
    assert sorted(stored) == wanted
    counts = Counter(record.model for record in catalogue(FEW))
    for name, count in counts.items():
        assert filled.ask(f"SELECT COUNT(*) FROM `{MODELS[name].table}`") == [(count,)], name


def test_the_goods_can_be_found_and_copies_of_pages_are_outdated(filled):
    stored = filled.ask(
        "SELECT name, caption, words FROM goods_sku JOIN goods_sku_search ON sku_id = id"
    )
    assert len(stored) == FEW
    assert all(found == words.encoded(name, caption) for name, caption, found in stored)
    assert filled.ask("SELECT DISTINCT tags FROM goods_outdated_page") == [("all",)]


def test_every_stored_path_is_a_picture_of_the_promised_size(shop, demo, tmp_path):
    done = demo("--skus", FEW)
    assert done.returncode == 0, done.stderr
    media = tmp_path / "media"
    stored = [path for (path,) in shop.ask("SELECT DISTINCT image FROM goods_sku_image")]
    assert len(stored) >= 3 * len(VIEWS)
    for path in stored:
        with Image.open(media / path) as picture:
            picture.load()
            assert (picture.format, picture.size) == ("JPEG", (800, 800))
        with Image.open(media / pictures.thumbnail_path(path)) as thumb:
            thumb.load()
            assert (thumb.format, thumb.size) == ("WEBP", (400, 400))
    for (path,) in shop.ask("SELECT logo FROM goods_brand"):
        with Image.open(media / path) as logo:
            logo.load()
            assert (logo.format, logo.size) == ("PNG", (320, 320))
    assert [each for each in media.rglob(".*") if each.is_file()] == []


def test_a_second_run_changes_nothing_but_paints_what_is_missing(shop, demo, tmp_path):
    demo("--skus", 1)
    before, files = shop.contents(), sorted((tmp_path / "media").rglob("*.*"))
    lost = files[0]
    lost.unlink()
    again = demo()
    assert again.returncode == 0
    assert "goods already (1 SKUs): nothing to load" in again.stdout
    assert shop.contents() == before
    assert lost.stat().st_size > 1000
    assert sorted((tmp_path / "media").rglob("*.*")) == files


def test_a_shop_with_a_catalogue_but_no_goods_is_left_alone(shop, demo):
    shop.run("INSERT INTO goods_catalog (id, name) VALUES (1, '自己的')")
    assert "nothing to load" in demo("--without-pictures").stdout
    assert shop.ask("SELECT name FROM goods_catalog") == [("自己的",)]


def test_an_interrupted_load_leaves_nothing(shop):
    def broken():
        yield from itertools.islice(catalogue(FEW), 200)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), tables.opened(shop.url) as connection:
        tables.load(connection, broken(), lambda _: None)
    assert all(rows == [] for name, rows in shop.contents().items() if name.startswith("goods_"))


def test_two_at_once_do_not_mix(shop, demo):
    with tables.opened(shop.url):
        second = demo("--skus", FEW, "--without-pictures")
    assert second.returncode == 1
    assert "another scripts/demo is at work" in second.stderr
    assert shop.ask("SELECT COUNT(*) FROM goods_sku") == [(0,)]


def test_fresh_replaces_an_earlier_demo(filled, demo):
    assert demo("--fresh", "--skus", 40, "--seed", 7, "--without-pictures").returncode == 0
    assert filled.ask("SELECT COUNT(*), MAX(id) FROM goods_sku") == [(40, 40)]
    stocks = [r.fields["stock"] for r in catalogue(40, 7) if r.model == "goods.sku"]
    assert [stock for (stock,) in filled.ask("SELECT stock FROM goods_sku ORDER BY id")] == stocks
    assert filled.ask("SELECT COUNT(*) FROM goods_sku_search") == [(40,)]


def test_fresh_is_refused_when_orders_refer_to_goods(filled, demo):
    filled.run(
        "SET SESSION foreign_key_checks = 0;"
        "INSERT INTO orders_order_goods (order_info_id, sku_id, count, price)"
        " VALUES ('1', 3, 1, 88)"
    )
    before = filled.contents()
    done = demo("--fresh", "--without-pictures")
    assert done.returncode == 1
    assert "orders refer to goods" in done.stderr
    assert filled.contents() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE goods_sku SET default_image_url = 'sku/own.png' WHERE id = 4",
        "INSERT INTO goods_catalog (name) VALUES ('自己的')",
        "INSERT INTO goods_brand (name, logo) VALUES ('自己的', 'brand/own.png')",
        "INSERT INTO goods_spu (name, brand_id, catalog_id) VALUES ('自己的', 101, 1)",
    ],
)
def test_fresh_is_refused_when_others_made_goods(filled, demo, statement):
    filled.run(statement)
    before = filled.contents()
    done = demo("--fresh", "--without-pictures")
    assert done.returncode == 1
    assert "1 " in done.stderr
    assert "were not made by scripts/demo" in done.stderr
    assert filled.contents() == before


def test_output_is_what_a_dump_of_the_loaded_shop_is(filled, demo, ran, tmp_path):
    file = tmp_path / "demo.json"
    assert demo("--skus", FEW, "--output", file).returncode == 0
    assert file.read_text("ascii") == ran("dumpdata", filled, "goods").stdout
    assert len(json.loads(file.read_text("ascii"))) > FEW


def test_without_a_database_it_says_what_to_do(demo):
    done = demo(url="mysql://nobody:secret@127.0.0.1:1/shop")
    assert done.returncode == 2
    assert "./scripts/run" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_without_tables_it_names_the_verb_that_makes_them(new_database, demo):
    done = demo(url=new_database().url)
    assert done.returncode == 2
    assert "./scripts/migrate" in done.stderr


def test_pictures_that_cannot_be_written_are_said(shop, demo, tmp_path):
    (tmp_path / "media").touch()
    done = demo("--skus", 1)
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert shop.ask("SELECT COUNT(*) FROM goods_sku") == [(0,)]


@pytest.mark.parametrize("wrong", ["0", "-3", "many", "5000001"])
def test_a_senseless_size_is_refused(demo, wrong):
    done = demo("--skus", wrong, "--without-pictures")
    assert done.returncode == 2
    assert "--skus" in done.stderr


def test_loading_keeps_the_pace_of_100_000_skus_in_three_minutes(shop):
    size = 4000
    began = time.monotonic()
    with tables.opened(shop.url) as connection:
        tables.load(connection, catalogue(size), lambda _: None)
    assert time.monotonic() - began < size * 180 / 100_000
    assert shop.ask("SELECT COUNT(*) FROM goods_sku_search") == [(size,)]
