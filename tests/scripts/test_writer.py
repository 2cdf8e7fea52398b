"""The declaration of the models against the tables, and the fast way to write them."""

from __future__ import annotations

import time
from pathlib import Path

from scripts import loaddata
from scripts.fixtures import writer
from scripts.fixtures.shapes import MODELS, Kind, Record

OWN = Path(__file__).parents[1] / "fixtures/shop.json"


OURS = {
    "users_user_profile": {"token_version", "is_disabled"},
    "orders_order_goods": {"name", "default_image_url", "attribute_names", "attribute_values"},
}
"""Columns that the published format does not know."""


def test_the_models_agree_with_the_tables(shop):
    kinds = {
        Kind.INTEGER: "int(11)",
        Kind.SMALL: "smallint(6)",
        Kind.MONEY: "decimal(10,2)",
        Kind.TRUTH: "tinyint(1)",
        Kind.MOMENT: "datetime(6)",
    }
    for model in MODELS.values():
        found = {
            name: (kind, null == "YES", key)
            for name, kind, null, key, *_ in shop.ask(f"SHOW COLUMNS FROM `{model.table}`")
        }
        unpublished = OURS.get(model.table, set())
        assert set(found) - unpublished == set(model.columns), model.name
        assert unpublished <= set(found)
        for field in (model.key, *model.all_fields):
            kind, null, key = found[field.column]
            assert kind == kinds.get(field.kind, f"varchar({field.length})"), (model.name, field)
            assert null == field.null, (model.name, field)
            assert field.unique == (key == "UNI"), (model.name, field)


def test_a_generated_catalogue_is_written_fast(shop):
    stamps = {"created_time": "2021-05-01T08:00:00", "updated_time": "2021-05-01T08:00:00"}
    loaddata.load(shop.url, [OWN])
    sku = stamps | {
        "caption": "轻薄 5G 手机",
        "spu": 1,
        "price": "1.00",
        "cost_price": "1.00",
        "market_price": "1.00",
        "stock": 1,
        "sales": 0,
        "comments": 0,
        "is_launched": True,
        "default_image_url": "",
        "version": 0,
        "sale_attr_value": [1, 3],
    }
    told: list[int] = []
    started = time.monotonic()
    with writer.connect(shop.url) as connection:
        records = (Record("goods.sku", key, sku | {"name": f"机 {key}"}) for key in range(10, 5010))
        assert writer.write(connection, records, told.append) == 5000
        rows = ((key, *stamps.values(), 10, f"{key}.webp") for key in range(10, 5010))
        writer.insert_rows(connection, "goods.skuimage", rows)
    took = time.monotonic() - started
    assert shop.ask("SELECT COUNT(*) FROM goods_sku_search") == [(5003,)]
    assert shop.ask("SELECT COUNT(*) FROM goods_sku_image") == [(5002,)]
    assert sum(told) == 5000
    assert len(told) == 5
    assert took < 15, took
