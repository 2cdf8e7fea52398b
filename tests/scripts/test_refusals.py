"""Fixtures that are wrong: everything that is, said by model and key, and nothing loaded."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import loaddata
from scripts.fixtures import writer
from scripts.fixtures.reading import Unreadable

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


def refused(shop, path: Path) -> list[str]:
    """Return what is said against a file, of which nothing was loaded."""
    before = shop.contents()
    with pytest.raises(loaddata.Refused) as refusal:
        loaddata.load(shop.url, [path])
    assert shop.contents() == before
    return refusal.value.lines


SKU = "goods.sku 1"


@pytest.mark.parametrize(
    ("name", "fields", "says"),
    [
        (SKU, {"spu": 99}, "goods.sku 1: spu 99 does not exist"),
        (SKU, {"spu": "1"}, "goods.sku 1: spu must be a whole number of at most 32 bits"),
        (SKU, {"spu": None}, "goods.sku 1: spu must not be null"),
        (SKU, {"sale_attr_value": [1, 98]}, "goods.sku 1: sale_attr_value 98 does not exist"),
        (SKU, {"sale_attr_value": 1}, "goods.sku 1: sale_attr_value must be a list of keys"),
        (SKU, {"sale_attr_value": ["x"]}, "goods.sku 1: sale_attr_value must be a list of keys"),
        (SKU, {"name": 5}, "goods.sku 1: name must be a text"),
        (SKU, {"name": "长" * 51}, "goods.sku 1: name is 51 characters long, at most 50 fit"),
        (SKU, {"name": "\ud83d"}, "goods.sku 1: name holds half a character"),
        (SKU, {"price": 88.0}, "goods.sku 1: price must be a decimal as text"),
        (SKU, {"price": "1.005"}, "goods.sku 1: price must be a decimal as text"),
        (SKU, {"price": "123456789.00"}, "goods.sku 1: price must be a decimal as text"),
        (SKU, {"price": "NaN"}, "goods.sku 1: price must be a decimal as text"),
        (SKU, {"stock": -1}, "goods.sku 1: stock must be at least 0"),
        (SKU, {"stock": 2**31}, "goods.sku 1: stock must be a whole number"),
        (SKU, {"stock": True}, "goods.sku 1: stock must be a whole number"),
        (SKU, {"stock": 1.5}, "goods.sku 1: stock must be a whole number"),
        (SKU, {"is_launched": 1}, "goods.sku 1: is_launched must be true or false"),
        (SKU, {"created_time": "yesterday"}, "goods.sku 1: created_time must be a time"),
        (SKU, {"created_time": "0000-00-00"}, "goods.sku 1: created_time must be a time"),
        (SKU, {"created_time": 5}, "goods.sku 1: created_time must be a time"),
        (SKU, {"colour": "red"}, "goods.sku 1: no such field: colour"),
        ("orders.orderinfo 1719900000000001", {"status": 40000}, "status must be a whole number"),
        ("orders.ordergoods 1", {"order_info": "5"}, "orders.ordergoods 1: order_info 5 does not"),
        ("users.userprofile 2", {"username": "小明"}, "username 小明 belongs to 1 already"),
        ("users.weiboprofile 1", {"wuid": "5500123457"}, "wuid 5500123457 belongs to 1 already"),
        ("users.weiboprofile 2", {"user_profile": 2}, "user_profile 2 belongs to 1 already"),
    ],
)
def test_wrong_values_are_named_by_model_and_key(bare_shop, objects, file, name, fields, says):
    the(objects, name)["fields"].update(fields)
    lines = refused(bare_shop, file(objects))
    assert len(lines) == 1, lines
    assert says in lines[0]


@pytest.mark.parametrize("name", ["price", "created_time", "sale_attr_value", "spu"])
def test_missing_fields_are_named(bare_shop, objects, file, name):
    del the(objects, SKU)["fields"][name]
    assert refused(bare_shop, file(objects)) == [f"goods.sku 1: {name} is missing"]


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ({"model": "goods.coupon", "pk": 4, "fields": {}}, "goods.coupon 4: no such model"),
        ({"model": ["goods.sku"], "pk": 4, "fields": {}}, "no such model"),
        ({"model": "goods.sku", "pk": 4}, "object 31: needs model, pk and fields"),
        ("goods.sku", "object 31: needs model, pk and fields"),
        (
            {"model": "goods.brand", "pk": None, "fields": {}},
            "goods.brand None: as pk, id must not",
        ),
        ({"model": "goods.brand", "pk": "1", "fields": {}}, "goods.brand 1: as pk, id must be a"),
        ({"model": "goods.brand", "pk": -1, "fields": {}}, "goods.brand -1: as pk, id must be at"),
    ],
)
def test_objects_that_are_none_are_named(bare_shop, objects, file, odd, says):
    lines = refused(bare_shop, file([*objects, odd]))
    assert len(lines) == 1, lines
    assert says in lines[0]


def test_the_same_key_twice_is_refused(bare_shop, objects, file):
    twin = copy.deepcopy(the(objects, SKU))
    assert refused(bare_shop, file([*objects, twin])) == ["goods.sku 1: stands twice"]


def test_a_name_that_another_row_has_is_refused(shop, objects, file):
    loaddata.load(shop.url, [OWN])
    stranger = the(objects, "users.userprofile 2")
    stranger["pk"] = 9
    stranger["fields"]["username"] = "LI_HUA"
    lines = refused(shop, file([stranger]))
    assert lines == ["users.userprofile 9: username li_hua belongs to 2 already"]


def test_twenty_faults_are_shown_and_the_rest_counted(bare_shop, objects, file):
    brand = the(objects, "goods.brand 1")
    many = [{**brand, "pk": key, "fields": {}} for key in range(10)]
    lines = refused(bare_shop, file(many))
    assert len(lines) == 21
    assert lines[-1] == "and 30 more"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[{]", "not JSON in UTF-8: Expecting property name"),
        ("{}", "not a list of objects"),
        ("[NaN]", "NaN is not a value"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "not JSON in UTF-8"),
        ("[" + "9" * 5000 + "]", "not JSON in UTF-8"),
    ],
)
def test_what_is_no_fixture_is_refused_by_file(bare_shop, tmp_path, text, says):
    path = tmp_path / "odd.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Unreadable, match=r"odd\.json") as fault:
        loaddata.load(bare_shop.url, [path])
    assert says in str(fault.value)


def test_a_missing_file_is_refused(bare_shop, tmp_path):
    with pytest.raises(Unreadable, match=r"nowhere\.json: No such file"):
        loaddata.load(bare_shop.url, [OWN, tmp_path / "nowhere.json"])
    assert bare_shop.ask("SELECT COUNT(*) FROM goods_sku") == [(0,)]


def test_a_failure_half_way_leaves_nothing(shop, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError

    before = shop.contents()
    monkeypatch.setattr(writer, "outdate", broken)  # the last statement of a load
    with pytest.raises(RuntimeError):
        loaddata.load(shop.url, [OWN])
    assert shop.contents() == before
