"""Writing rows as a fixture: the published layout, byte for byte the same after every turn."""

from __future__ import annotations

import io
import json
import stat
import threading
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import dumpdata, loaddata
from scripts.fixtures import dumping
from scripts.fixtures.dumping import NoSuchModel, selected

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests/fixtures/shop.json"
FIRST = datetime(1000, 1, 1)  # noqa: DTZ001 - fixtures hold times without a zone


def dumped(shop, *selection: str) -> str:
    out = io.StringIO()
    dumpdata.dump(shop.url, selected(selection), out)
    return out.getvalue()


def test_a_fixture_comes_back_byte_for_byte(shop):
    loaddata.load(shop.url, [OWN])
    assert dumped(shop) == OWN.read_text("ascii")


def test_a_dump_of_a_dump_is_the_same(shop, new_database, tmp_path):
    loaddata.load(shop.url, [OWN])
    shop.run(
        "UPDATE goods_sku SET updated_time = '2026-11-22 15:00:00.000007', sales = 5 WHERE id = 1;"
        "INSERT INTO goods_sku_sale_attr_value (sku_id, saleattrvalue_id) VALUES (3, 5), (3, 1)"
    )
    path = tmp_path / "dump.json"
    path.write_text(dumped(shop), "ascii")
    assert "2026-11-22T15:00:00.000007" in path.read_text("ascii")
    other = new_database()
    other.migrate()
    loaddata.load(other.url, [path])
    assert dumped(other) == path.read_text("ascii")
    assert other.ask("SELECT * FROM goods_sku") == shop.ask("SELECT * FROM goods_sku")


def test_a_fixture_is_json_and_keys_of_lists_ascend(shop):
    loaddata.load(shop.url, [OWN])
    shop.run("DELETE FROM goods_sku_sale_attr_value")
    shop.run("INSERT INTO goods_sku_sale_attr_value (sku_id, saleattrvalue_id) VALUES (1,4), (1,2)")
    sku = next(each for each in json.loads(dumped(shop)) if each["model"] == "goods.sku")
    assert sku["fields"]["sale_attr_value"] == [2, 4]


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    price=st.decimals(min_value=0, max_value=99999999, places=2),
    moment=st.datetimes(min_value=FIRST),
)
def test_any_value_survives_the_turn(shop, tmp_path, name, price, moment):
    objects = json.loads(OWN.read_text("utf-8"))
    sku = next(each for each in objects if each["model"] == "goods.sku")
    sku["fields"] |= {"name": name, "price": f"{price:f}", "created_time": moment.isoformat()}
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(objects), "utf-8")
    loaddata.load(shop.url, [path])
    first = dumped(shop)
    found = next(each for each in json.loads(first) if each["model"] == "goods.sku")["fields"]
    assert (found["name"], found["price"]) == (name, f"{price:.2f}")
    path.write_text(first, "ascii")
    loaddata.load(shop.url, [path])
    assert dumped(shop) == first
    assert str(shop.ask("SELECT created_time FROM goods_sku WHERE id = 1")[0][0]) == str(moment)


@pytest.mark.parametrize(
    ("selection", "models"),
    [
        (["goods.sku"], {"goods.sku"}),
        (["orders"], {"orders.orderinfo", "orders.ordergoods"}),
        (["goods.brand", "users.address"], {"goods.brand", "users.address"}),
    ],
)
def test_a_selection_is_written_alone(shop, selection, models):
    loaddata.load(shop.url, [OWN])
    assert {each["model"] for each in json.loads(dumped(shop, *selection))} == models


@pytest.mark.parametrize("name", ["good", "goods.coupon", "goods.", ""])
def test_an_unknown_selection_is_refused(name):
    with pytest.raises(NoSuchModel, match=r"goods\.sku"):
        selected([name])


def test_nothing_is_an_empty_list(shop):
    assert json.loads(dumped(shop)) == []


def test_many_rows_come_in_batches_and_in_order(shop, monkeypatch):
    monkeypatch.setattr(dumping, "BATCH", 7)
    values = ", ".join(f"({key}, '类{key}')" for key in range(50, 0, -1))
    shop.run(f"INSERT INTO goods_catalog (id, name) VALUES {values}")
    assert [each["pk"] for each in json.loads(dumped(shop))] == list(range(1, 51))


def test_a_dump_is_one_state_while_others_write(shop, monkeypatch):
    loaddata.load(shop.url, [OWN])
    before = dumped(shop)
    original = dumping._batches

    def disturbed(connection, model):
        if model.name == "goods.sku":  # after the tables before it have been read
            writer = threading.Thread(
                target=shop.run,
                args=("UPDATE goods_sku SET name = 'changed'; DELETE FROM orders_order_goods",),
            )
            writer.start()
            writer.join()
        return original(connection, model)

    monkeypatch.setattr(dumping, "_batches", disturbed)
    assert dumped(shop) == before
    monkeypatch.undo()
    assert dumped(shop) != before


# The verb


def test_the_verb_writes_to_standard_output(shop, ran):
    loaddata.load(shop.url, [OWN])
    done = ran("dumpdata", shop)
    assert done.returncode == 0, done.stderr
    assert done.stdout == OWN.read_text("ascii")


def test_the_verb_replaces_a_file_that_only_its_owner_reads(shop, ran, tmp_path):
    loaddata.load(shop.url, [OWN])
    path = tmp_path / "dump.json"
    path.write_text("old", "ascii")
    done = ran("dumpdata", shop, "users", "--output", path)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(path.read_text("ascii"))) == 6
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_dump_that_fails_leaves_the_old_file(empty, ran, tmp_path):
    path = tmp_path / "dump.json"
    path.write_text("old", "ascii")
    done = ran("dumpdata", empty, "--output", path)
    assert done.returncode == 1
    assert "./scripts/migrate" in done.stderr
    assert path.read_text("ascii") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_verb_names_what_there_is(shop, ran):
    done = ran("dumpdata", shop, "goods.coupon")
    assert done.returncode == 1
    assert "no such app or model: goods.coupon; there are goods" in done.stderr
