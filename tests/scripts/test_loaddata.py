"""Loading fixtures: all or nothing, and everything that is wrong said by model and key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import words
from scripts import dumpdata, loaddata

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests/fixtures/shop.json"
PUBLISHED = ROOT.parent / "shared/fixtures/goods_data.json"

Objects = list[dict[str, Any]]


def the(objects: Objects, name: str) -> dict[str, Any]:
    """Return one object by model and key."""
    model, key = name.split()
    return next(each for each in objects if each["model"] == model and str(each["pk"]) == key)


@pytest.fixture
def file(tmp_path) -> Callable[[Objects], Path]:
    """Write objects into a file."""

    def write(objects: Objects) -> Path:
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(objects), "utf-8")
        return path

    return write


def all_but_news(shop):
    """Return all rows but the news for page copies, of which every load writes some."""
    return {name: rows for name, rows in shop.contents().items() if name != "goods_outdated_page"}


def dumped(shop, path: Path, *selection: str) -> str:
    """Return the text of a dump."""
    with path.open("w", encoding="ascii") as out:
        dumpdata.dump(shop.url, dumpdata.selected(selection), out)
    return path.read_text("ascii")


# What is loaded


def test_all_models_are_loaded(shop):
    counts = loaddata.load(shop.url, [OWN])
    assert counts.total() == 30
    assert counts["goods.sku"] == 3
    rows = shop.ask("SELECT id, name, caption, spu_id, price, stock, is_launched FROM goods_sku")
    assert [str(value) for value in rows[0]] == [
        *("1", "云步 X1 星空蓝 128GB", "轻薄 5G 手机 📱", "1", "1999.00", "50", "1")
    ]
    pairs = shop.ask("SELECT sku_id, saleattrvalue_id FROM goods_sku_sale_attr_value ORDER BY 1, 2")
    assert pairs == [(1, 1), (1, 3), (2, 2), (2, 4)]
    assert shop.ask("SELECT order_info_id, count FROM orders_order_goods") == [
        ("1719900000000001", 2)
    ]
    assert shop.ask("SELECT user_profile_id FROM users_weibo_profile ORDER BY id") == [
        (2,),
        (None,),
    ]


def test_loading_twice_changes_nothing(shop):
    loaddata.load(shop.url, [OWN])
    before = all_but_news(shop)
    loaddata.load(shop.url, [OWN])
    assert all_but_news(shop) == before


def test_an_object_replaces_the_row_with_its_key(shop, objects, file):
    loaddata.load(shop.url, [OWN])
    kept = shop.ask(
        "SELECT id FROM goods_sku_sale_attr_value WHERE sku_id = 1 AND saleattrvalue_id = 3"
    )
    fields = the(objects, "goods.sku 1")["fields"]
    fields |= {"name": "新名字", "price": "5.00", "sale_attr_value": [3, 2]}
    loaddata.load(shop.url, [file([the(objects, "goods.sku 1")])])
    assert shop.ask("SELECT name, price + 0 FROM goods_sku WHERE id = 1")[0][0] == "新名字"
    pairs = dict(
        shop.ask("SELECT saleattrvalue_id, id FROM goods_sku_sale_attr_value WHERE sku_id = 1")
    )
    assert sorted(pairs) == [2, 3]
    assert pairs[3] == kept[0][0]
    assert shop.ask("SELECT COUNT(*) FROM goods_sku") == [(3,)]


def test_references_may_come_later_or_stand_in_the_database(shop, objects, file):
    objects.reverse()
    loaddata.load(shop.url, [file(objects)])
    new = the(objects, "goods.skuimage 2") | {"pk": 77}
    loaddata.load(shop.url, [file([new])])
    assert shop.ask("SELECT sku_id FROM goods_sku_image WHERE id = 77") == [(1,)]


def test_several_files_are_one(shop, objects, tmp_path):
    half, rest = tmp_path / "half.json", tmp_path / "rest.json"
    half.write_text(json.dumps(objects[15:]), "utf-8")
    rest.write_text(json.dumps(objects[:15]), "utf-8")
    assert loaddata.load(shop.url, [half, rest]).total() == 30


def test_the_words_of_the_search_are_kept_in_step(shop, objects, file):
    loaddata.load(shop.url, [OWN])
    fields = the(objects, "goods.sku 2")["fields"]
    fields["caption"] = "旗舰"
    loaddata.load(shop.url, [file([the(objects, "goods.sku 2")])])
    found = dict(shop.ask("SELECT sku_id, words FROM goods_sku_search"))
    assert found[2] == words.encoded(fields["name"], "旗舰")
    assert sorted(found) == [1, 2, 3]


def test_page_copies_are_told_in_the_same_transaction(shop, objects, file):
    loaddata.load(shop.url, [OWN])
    assert shop.ask("SELECT tags FROM goods_outdated_page") == [("all",)]
    loaddata.load(shop.url, [file([the(objects, "users.userprofile 1")])])
    assert len(shop.ask("SELECT tags FROM goods_outdated_page")) == 2
    the(objects, "goods.spu 1")["fields"]["brand"] = 99
    with pytest.raises(loaddata.Refused):
        loaddata.load(shop.url, [file(objects)])
    assert len(shop.ask("SELECT tags FROM goods_outdated_page")) == 2


def test_times_with_a_zone_are_kept_as_utc(shop, objects, file):
    catalog = the(objects, "goods.catalog 1")
    catalog["fields"] |= {"created_time": "2021-05-01T08:00:00.250+08:00"}
    catalog["fields"] |= {"updated_time": "2021-05-01T08:00:00Z"}
    loaddata.load(shop.url, [file([catalog])])
    rows = shop.ask("SELECT created_time, updated_time FROM goods_catalog")
    assert [str(value) for value in rows[0]] == [
        "2021-05-01 00:00:00.250000",
        "2021-05-01 08:00:00",
    ]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published fixture is not part of the shop")
def test_the_published_fixture_comes_back_byte_for_byte(shop, tmp_path):
    assert loaddata.load(shop.url, [PUBLISHED]).total() == 20
    assert dumped(shop, tmp_path / "dump.json", "goods") == PUBLISHED.read_text("utf-8")


# The verb


def test_the_verb_says_what_it_loaded(shop, ran):
    done = ran("loaddata", shop, OWN)
    assert done.returncode == 0, done.stderr
    assert "3 goods.sku" in done.stdout
    assert "Loaded 30 objects" in done.stdout


def test_the_verb_says_what_is_wrong(shop, objects, file, ran):
    the(objects, "goods.sku 1")["fields"]["spu"] = 99
    done = ran("loaddata", shop, file(objects))
    assert done.returncode == 1
    assert "goods.sku 1: spu 99 does not exist\nNothing was loaded." in done.stderr


def test_the_verb_asks_for_the_tables(empty, ran):
    done = ran("loaddata", empty, OWN)
    assert done.returncode == 1
    assert "Bring the tables up to date with ./scripts/migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_rows_that_are_in_use_for_too_long_are_said(shop, ran):
    loaddata.load(shop.url, [OWN])
    with shop.connect() as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM goods_sku FOR UPDATE")
        done = ran("loaddata", shop, OWN)
    assert done.returncode == 1
    assert "busy with the same rows; nothing was changed, try again" in done.stderr


def test_loaded_users_own_their_contacts(shop):
    """E-mail and phone of a loaded account are taken and lead to it; loading twice is as good."""
    for _ in range(2):
        loaddata.load(shop.url, [OWN])
    users = shop.ask("SELECT id, LOWER(email), phone FROM users_user_profile ORDER BY id")
    assert users
    found = set(shop.ask("SELECT kind, value, user_profile_id FROM users_contact"))
    assert found == {
        (kind, value, key)
        for key, *values in users
        for kind, value in zip(("email", "phone"), values, strict=True)
    }
