"""Filling a shop with the demo catalogue: what is loaded, what is refused, what is left alone."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from models import words
from scripts.catalogue import pictures, tables
from scripts.catalogue.records import catalogue
from scripts.catalogue.studio import VIEWS
from scripts.fixtures.shapes import MODELS

ROOT = Path(__file__).parents[2]
FEW = 25


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
    done = demo("--skus", FEW, "--without-pictures")
    assert done.returncode == 0, done.stderr
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
