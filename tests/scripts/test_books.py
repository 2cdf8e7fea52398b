"""The books after a take-over and after a load: made, right, and made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import dumpdata, loaddata
from tests.scripts.conftest import OWN, Database

DJANGO = Path(__file__).parents[1].joinpath("fixtures/django_shop.sql").read_text("utf-8")
TAKEN_OVER, LOADED = "2020041812031201", "1719900000000001"
LEDGER = "SELECT delta, reason, order_id FROM goods_stock_ledger WHERE sku_id = 1 ORDER BY id"
STEPS = "SELECT order_id, from_status, to_status, actor FROM orders_event ORDER BY id"
WRONG_STOCKS = """SELECT s.id, s.stock, COALESCE(SUM(l.delta), 0) FROM goods_sku s
  LEFT JOIN goods_stock_ledger l ON l.sku_id = s.id GROUP BY s.id, s.stock
  HAVING s.stock <> COALESCE(SUM(l.delta), 0)"""
WRONG_ORDERS = """SELECT g.order_info_id, g.sku_id FROM orders_order_goods g
  JOIN orders_order_info o ON o.order_id = g.order_info_id
  LEFT JOIN goods_stock_ledger l ON l.order_id = o.order_id AND l.sku_id = g.sku_id
  GROUP BY g.id HAVING COALESCE(SUM(l.delta), 0) <> IF(MAX(o.status) IN (6, 8), 0, -MAX(g.count))"""
WRONG_STEPS = """SELECT o.order_id FROM orders_order_info o WHERE o.status <> COALESCE((SELECT
  e.to_status FROM orders_event e WHERE e.order_id = o.order_id ORDER BY e.id DESC LIMIT 1), 0)"""
BARE_LINES = """SELECT id FROM orders_order_goods WHERE name IS NULL OR default_image_url IS NULL
  OR NOT COALESCE(JSON_VALID(attribute_names), 0)
  OR NOT COALESCE(JSON_VALID(attribute_values), 0)"""


def faults(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows that the books do not explain, by what is wrong with them."""
    asked = {
        "stock": WRONG_STOCKS,
        "order": WRONG_ORDERS,
        "time line": WRONG_STEPS,
        "snapshot": BARE_LINES,
    }
    return {name: rows for name, sql in asked.items() if (rows := database.ask(sql))}


@pytest.fixture
def django(empty: Database) -> Database:
    """A database as the Django shop leaves it."""
    empty.run(DJANGO)
    return empty


def test_the_control_faults_are_found(shop: Database) -> None:
    loaddata.load(shop.url, [OWN])
    assert faults(shop) == {}
    shop.run(
        "UPDATE goods_sku SET stock = stock + 1 WHERE id = 1;"
        "UPDATE orders_order_info SET status = 6;"
        "UPDATE orders_order_goods SET attribute_names = NULL"
    )
    assert set(faults(shop)) == {"stock", "order", "time line", "snapshot"}


# Taken over


def test_the_books_of_a_django_shop_are_made(django: Database) -> None:
    """INV-1: what stands on the shelf, what the order took, its first step and its snapshot."""
    django.migrate()
    assert faults(django) == {}
    ((stock, *shown),) = django.ask(
        "SELECT stock, name, default_image_url FROM goods_sku WHERE id = 1"
    )
    assert django.ask(LEDGER) == [(-2, "order", TAKEN_OVER), (stock + 2, "opening", None)]
    assert django.ask(STEPS) == [(TAKEN_OVER, None, 1, "import")]
    (line,) = django.ask("SELECT name, default_image_url FROM orders_order_goods")
    assert list(line) == shown


@pytest.mark.parametrize("again", ["DO 0", "DELETE FROM alembic_version"])
def test_the_books_are_made_once(django: Database, again: str) -> None:
    """Whether the version is known or everything is performed anew."""
    django.migrate()
    before = django.contents()
    django.run(again)
    django.migrate()
    assert django.contents() == before


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, 6])
def test_an_order_in_any_state_is_explained(django: Database, status: int) -> None:
    """Also one that took more than stands on the shelf now."""
    django.run(
        f"UPDATE orders_order_info SET status = {status}; UPDATE goods_sku SET stock = 0;"
        "UPDATE orders_order_goods SET count = 500"
    )
    django.migrate()
    assert faults(django) == {}


def test_a_withdrawn_sku_and_one_without_attributes_have_snapshots(django: Database) -> None:
    django.run("UPDATE goods_sku SET is_launched = 0; DELETE FROM goods_sku_sale_attr_value")
    django.migrate()
    rows = django.ask("SELECT attribute_names, attribute_values FROM orders_order_goods")
    assert rows == [("[]", "[]")]


# Loaded


def test_the_books_of_a_load_are_made_once(shop: Database) -> None:
    loaddata.load(shop.url, [OWN])
    assert faults(shop) == {}
    assert shop.ask(STEPS) == [(LOADED, None, 2, "import")]
    assert shop.ask(LEDGER) == [(-2, "order", LOADED), (52, "opening", None)]
    before = {name: shop.contents()[name] for name in ("goods_stock_ledger", "orders_event")}
    loaddata.load(shop.url, [OWN])
    assert {name: shop.contents()[name] for name in before} == before


def test_a_load_over_a_living_shop_keeps_what_was_entered(shop: Database) -> None:
    """Stock, state and pieces are those of the file; the ledger gets the difference."""
    loaddata.load(shop.url, [OWN])
    before = shop.ask(LEDGER)
    shop.run(
        "UPDATE goods_sku SET stock = 7 WHERE id = 1;"
        "INSERT INTO goods_stock_ledger (sku_id, delta, reason) VALUES (1, -43, 'staff');"
        "UPDATE orders_order_info SET status = 3;"
        f"INSERT INTO orders_event (order_id, from_status, to_status, actor)"
        f" VALUES ('{LOADED}', 2, 3, 'staff:1')"
    )
    assert faults(shop) == {}
    loaddata.load(shop.url, [OWN])
    assert faults(shop) == {}
    assert shop.ask(LEDGER) == [*before, (-43, "staff", None), (43, "opening", None)]
    assert shop.ask(STEPS)[-1] == (LOADED, 3, 2, "import")


def test_a_snapshot_is_no_part_of_a_dump(shop: Database, tmp_path: Path) -> None:
    """The published format stays as it is; what is loaded from it has snapshots again."""
    loaddata.load(shop.url, [OWN])
    path = tmp_path / "dump.json"
    with path.open("w", encoding="ascii") as out:
        dumpdata.dump(shop.url, dumpdata.selected(()), out)
    text = path.read_text("ascii")
    assert "attribute_names" not in text
    assert "orders_event" not in text
    shop.run("DELETE FROM orders_order_goods")
    loaddata.load(shop.url, [path])
    assert faults(shop) == {}
