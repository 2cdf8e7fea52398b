"""Taking over the Django shop: nothing is lost, what is missing is added, faults are named."""

from __future__ import annotations

import re
from pathlib import Path

import pymysql
import pytest

from models.migrations import adoption, published
from models.migrations.objections import Contradiction
from models.migrations.steps import perform
from models.migrations.upgrade import opened
from scripts import migrate

DJANGO = Path(__file__).parents[1].joinpath("fixtures/django_shop.sql").read_text("utf-8")
COLUMNS = """\
SELECT table_name, column_name, column_type, is_nullable, collation_name
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1, 2"""


@pytest.fixture
def django(empty):
    """A database as the Django shop leaves it."""
    empty.run(DJANGO)
    return empty


def objections(database):
    """Return what a migration says against the rows, having changed nothing."""
    before, schema = database.contents(), database.schema()
    with pytest.raises(Contradiction) as refused:
        migrate.migrate(database.url)
    assert database.contents() == before
    assert database.schema() == schema
    return refused.value.wrong


# What is kept and what is added


def test_a_django_shop_keeps_every_row(django):
    before = django.contents()
    columns = {
        name: [column for (column, *_) in django.ask(f"SHOW COLUMNS FROM `{name}`")]
        for name in before
    }
    migrate.migrate(django.url)
    for name, rows in before.items():
        listed = ", ".join(f"`{column}`" for column in columns[name])
        assert django.ask(f"SELECT {listed} FROM `{name}` ORDER BY 1") == rows, name
    assert len(before["goods_sku"]) == 2
    assert django.ask("SELECT name FROM goods_catalog WHERE id = 0") == [("零号",)]


def test_a_django_shop_gets_what_is_missing(django):
    migrate.migrate(django.url)
    found = {(row[0], row[1]): row[2:] for row in django.ask(COLUMNS)}
    assert found["users_user_profile", "password"] == ("varchar(255)", "NO", "utf8mb4_unicode_ci")
    assert found["users_address", "postcode"][0] == "varchar(7)"
    assert found["goods_sku", "price"][0] == "decimal(10,2)"
    assert found["goods_sku", "version"][0] == "int(11)"
    assert "goods_spu_spec_value" in django.tables()
    django.run("UPDATE users_user_profile SET username = '📱手机' WHERE id = 2")
    with pytest.raises(pymysql.err.OperationalError, match="stock_not_negative"):
        django.run("UPDATE goods_sku SET stock = -1")


def test_a_django_shop_has_the_indexes_of_a_new_one(django, new_database):
    new = new_database()
    new.migrate()
    django.migrate()
    for table in published.TABLES:
        taken, made = indexes(django, table.name), indexes(new, table.name)
        for columns in made:
            assert any(found[: len(columns)] == columns for found in taken), (table.name, columns)
        assert references(django, table.name) == references(new, table.name)


def indexes(database, table):
    found: dict[str, list[str]] = {}
    for row in database.ask(f"SHOW INDEX FROM `{table}`"):
        found.setdefault(row[2], []).append(row[4])
    return list(found.values())


def references(database, table):
    return set(
        database.ask(
            "SELECT column_name, referenced_table_name, referenced_column_name"
            " FROM information_schema.key_column_usage WHERE table_schema = DATABASE()"
            " AND table_name = %s AND referenced_table_name IS NOT NULL",
            [table],
        )
    )


def test_a_taken_over_shop_takes_the_short_inserts_of_a_new_one(django):
    django.migrate()
    django.run(
        "INSERT INTO goods_sku (name, spu_id, price, cost_price, market_price)"
        " VALUES ('新', 1, 1, 1, 1)"
    )
    rows = django.ask("SELECT stock, sales, is_launched, caption FROM goods_sku WHERE name = '新'")
    assert rows == [(0, 0, 1, "")]


def test_what_is_wider_or_unknown_is_left_alone(django):
    strange = django.schema()["coupons"]
    django.migrate()
    assert "`name` varchar(60)" in django.schema()["goods_spu"]
    assert "`tag` varchar(11)" in django.schema()["orders_order_info"]
    assert "COMMENT 'added by hand: it''s ours'" in django.schema()["users_user_profile"]
    assert django.schema()["coupons"] == strange
    assert "AUTO_INCREMENT=101" in django.schema()["goods_catalog"]


def test_a_comment_and_a_default_of_their_own_survive_a_change(django):
    django.run(
        "ALTER TABLE goods_brand MODIFY name varchar(10) CHARACTER SET utf8mb3 NOT NULL"
        " DEFAULT '无' COMMENT 'it''s a \\\\ brand'"
    )
    django.migrate()
    assert (
        "`name` varchar(20) NOT NULL DEFAULT '无' COMMENT 'it''s a \\\\ brand'"
        in django.schema()["goods_brand"]
    )


def test_the_key_zero_stays_zero(django):
    django.run("ALTER TABLE goods_catalog MODIFY id int(11) NOT NULL")
    django.migrate()
    assert django.ask("SELECT id FROM goods_catalog ORDER BY id") == [(0,), (1,)]
    assert "`id` int(11) NOT NULL AUTO_INCREMENT" in django.schema()["goods_catalog"]


def test_keys_of_newer_django_versions_are_taken_over(empty):
    empty.run(re.sub(r"\bint\(11\)", "bigint(20)", DJANGO))
    empty.migrate()
    found = {(row[0], row[1]): row[2] for row in empty.ask(COLUMNS)}
    assert found["goods_sku", "id"] == found["goods_sku_search", "sku_id"] == "bigint(20)"
    assert found["goods_spu_spec_value", "sku_id"] == "bigint(20)"
    assert len(references(empty, "goods_spu_spec_value")) == 2


def test_tables_without_transactions_are_taken_over(empty):
    lines = [line for line in DJANGO.splitlines() if not line.startswith("  CONSTRAINT")]
    bare = re.sub(r",\n\)", "\n)", "\n".join(lines)).replace("ENGINE=InnoDB", "ENGINE=MyISAM")
    assert "REFERENCES" not in bare
    empty.run(bare)
    before = empty.contents()
    empty.migrate()
    assert "ENGINE=InnoDB" in empty.schema()["goods_sku"]
    assert references(empty, "goods_sku") == {("spu_id", "goods_spu", "id")}
    rows = empty.ask("SELECT id, name FROM goods_sku ORDER BY id")
    assert rows == [(row[0], row[3]) for row in before["goods_sku"]]


def test_texts_of_an_old_character_set_are_converted(django):
    django.run(
        "UPDATE goods_brand SET name = 'Yunbu' WHERE id = 1;"
        "ALTER TABLE goods_brand CONVERT TO CHARACTER SET latin1"
    )
    before = django.ask("SELECT id, name FROM goods_brand")
    django.migrate()
    assert django.ask("SELECT id, name FROM goods_brand") == before == [(1, "Yunbu"), (2, "Café")]
    django.run("UPDATE goods_brand SET name = '云步' WHERE id = 1")


def test_utf8_in_disguise_is_left_alone_and_said(django, capsys):
    django.run(
        "UPDATE goods_brand SET name = 'Yunbu' WHERE id = 1;"
        "ALTER TABLE goods_brand MODIFY name varchar(20) CHARACTER SET latin1 NOT NULL;"
        "UPDATE goods_brand SET name = CONVERT(X'E4BA91E6ADA5' USING latin1) WHERE id = 1"
    )
    before = django.ask("SELECT id, HEX(name) FROM goods_brand")
    migrate.migrate(django.url)
    assert django.ask("SELECT id, HEX(name) FROM goods_brand") == before
    assert "goods_brand: name is latin1, but its text looks like UTF-8" in capsys.readouterr().out


# Rows that contradict


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE goods_sku SET stock = -3 WHERE id = 2", "goods_sku: rows id 2 break the rule"),
        (
            "ALTER TABLE goods_sku MODIFY price decimal(10,2) NULL;"
            "UPDATE goods_sku SET price = NULL WHERE id = 1",
            "goods_sku: rows id 1 have no price",
        ),
        (
            "ALTER TABLE users_address DROP FOREIGN KEY users_address_user_profile_id_1b2c_fk;"
            "UPDATE users_address SET user_profile_id = 99 WHERE id = 2",
            "users_address: rows id 2 have a user_profile_id that is not in users_user_profile",
        ),
        (
            "ALTER TABLE users_user_profile DROP INDEX username;"
            "UPDATE users_user_profile SET username = 'TEDU_1' WHERE id = 3",
            "users_user_profile: rows id 1,3 have the same username",
        ),
        (
            "INSERT INTO users_user_profile SELECT 9, created_time, updated_time, 'strasse',"
            " password, email, phone, 0, NULL FROM users_user_profile WHERE id = 1",
            "users_user_profile: rows id 3,9 have the same username",
        ),
        (
            "ALTER TABLE goods_sku DROP COLUMN market_price",
            "goods_sku: the column market_price is missing",
        ),
        (
            "ALTER TABLE goods_sku MODIFY price double NOT NULL",
            "goods_sku: price is double, not decimal(10,2)",
        ),
        (
            "SET foreign_key_checks = 0; DROP TABLE goods_brand",
            "goods_spu: rows id 1, 2 have a brand_id that is not in goods_brand",
        ),
        (
            "ALTER TABLE coupons ADD order_id varchar(32) CHARACTER SET utf8mb3, ADD CONSTRAINT odd"
            " FOREIGN KEY (order_id) REFERENCES orders_order_info (order_id)",
            "which the foreign key odd of coupons forbids",
        ),
    ],
)
def test_contradictions_are_named_and_nothing_is_changed(django, change, says):
    django.run(change)
    wrong = objections(django)
    assert len(wrong) == 1, wrong
    assert says in wrong[0]


def test_all_contradictions_are_named_at_once(django):
    django.run("UPDATE goods_sku SET stock = -1; ALTER TABLE goods_spu DROP COLUMN name")
    assert len(objections(django)) == 2


# Interrupted


def test_a_take_over_that_was_interrupted_anywhere_ends_the_same(new_database):
    whole = new_database()
    whole.run(DJANGO)
    with opened(whole.url) as connection:
        count = len(adoption.planned(connection, published.TABLES).steps)
    whole.migrate()
    for stop_after in range(1, count, 4):
        interrupted = new_database()
        interrupted.run(DJANGO)
        with opened(interrupted.url) as connection:
            perform(connection, adoption.planned(connection, published.TABLES).steps[:stop_after])
        interrupted.migrate()
        assert without_order(interrupted) == without_order(whole), stop_after


def without_order(database):
    """Return the schema with the lines of each table sorted: keys may come in another order."""
    return {
        name: sorted(line.rstrip(",") for line in text.splitlines())
        for name, text in database.schema().items()
    }
