"""Bringing databases to the newest schema, and the words of the search with them."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from pathlib import Path

import pymysql
import pytest

from environment import Url
from models import words
from models.migrations import adoption, published
from models.migrations.steps import Step, perform
from models.migrations.upgrade import opened, pending
from scripts import migrate

DJANGO = Path(__file__).parents[1].joinpath("fixtures/django_shop.sql").read_text("utf-8")
NEW = [
    "alembic_version",
    "goods_outdated_page",
    "goods_sku_search",
    "goods_stock_ledger",
    "orders_event",
    "orders_idempotency",
    "pays_alarm",
    "pays_attempt",
    "pays_refund",
    "tasks_outbox",
    "tasks_schedule",
    "users_contact",
]
COLUMNS = """\
SELECT table_name, column_name, column_type, is_nullable, collation_name
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1, 2"""


@pytest.fixture
def django(empty):
    """A database as the Django shop leaves it."""
    empty.run(DJANGO)
    return empty


# From nothing


def test_an_empty_database_gets_the_published_tables(empty):
    migrate.migrate(empty.url)
    assert empty.tables() == sorted([*(table.name for table in published.TABLES), *NEW])
    found = {(table, column): kind for table, column, kind, *_ in empty.ask(COLUMNS)}
    assert found["goods_sku_sale_attr_value", "saleattrvalue_id"] == "int(11)"
    assert found["orders_order_info", "order_id"] == "varchar(64)"
    assert found["users_user_profile", "password"] == "varchar(255)"
    assert found["users_weibo_profile", "wuid"] == "varchar(64)"
    assert found["goods_sku", "price"] == "decimal(10,2)"
    assert found["goods_sku", "created_time"] == "datetime(6)"
    assert found["goods_sku", "is_launched"] == "tinyint(1)"


def test_every_text_is_utf8mb4_though_the_database_is_not(empty):
    migrate.migrate(empty.url)
    ours = [row for row in empty.ask(COLUMNS) if row[0] != "alembic_version" and row[4]]
    assert {row[4] for row in ours} == {"utf8mb4_unicode_ci", "utf8mb4_bin", "ascii_bin"}
    empty.run("INSERT INTO goods_catalog (name) VALUES ('手机📱')")
    assert empty.ask("SELECT name FROM goods_catalog") == [("手机📱",)]


def test_stock_never_falls_below_zero(shop):
    add_sku(shop, stock=1)
    shop.run("UPDATE goods_sku SET stock = stock - 1")
    with pytest.raises(pymysql.err.OperationalError, match="stock_not_negative"):
        shop.run("UPDATE goods_sku SET stock = stock - 1")
    assert shop.ask("SELECT stock FROM goods_sku") == [(0,)]


def test_a_second_run_changes_nothing(shop):
    schema = shop.schema()
    migrate.migrate(shop.url)
    assert shop.schema() == schema


@pytest.mark.parametrize("stop_after", [1, 7, 14])
def test_an_interrupted_run_is_simply_repeated(new_database, stop_after):
    whole, interrupted = new_database(), new_database()
    whole.migrate()
    with opened(interrupted.url) as connection:
        steps = adoption.planned(connection, published.TABLES).steps
        perform(connection, steps[:stop_after])
    assert len(interrupted.tables()) == stop_after
    interrupted.migrate()
    assert interrupted.schema() == whole.schema()


# The verb


def test_the_verb_prints_steps_with_times(empty, ran):
    done = ran("migrate", empty)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ +\d+\.\d{3} s  create table goods_sku$", done.stdout, re.MULTILINE)
    assert "Words of the search: 0 written." in done.stdout


def test_a_dry_run_shows_the_statements_and_changes_nothing(django, ran):
    before, schema = django.contents(), django.schema()
    done = ran("migrate", django, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "13 tables of the Django shop" in done.stdout
    assert "ADD COLUMN IF NOT EXISTS `version`" in done.stdout
    assert (django.contents(), django.schema()) == (before, schema)


def test_failures_name_address_and_way_out_and_never_the_password(
    empty, environment, monkeypatch, capsys
):
    for url, says in [
        (re.sub(r":\d+/", ":9/", empty.url), "127.0.0.1:9"),
        (empty.url + "_missing", "CREATE DATABASE `dadashop_test_0_missing`"),
        (re.sub(r":[^:@]+@", ":wrong-password@", empty.url), "Check the user and the password"),
    ]:
        for name, text in (environment | {"DADASHOP_MYSQL_URL": url}).items():
            monkeypatch.setenv(name, text)
        assert migrate.main([]) == 1
        said = capsys.readouterr().err
        assert says in said
        assert Url(url).password not in said


def test_runs_at_once_wait_for_each_other(empty, ran):
    found: list[subprocess.CompletedProcess[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(ran("migrate", empty))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.returncode for done in found] == [0, 0, 0], [done.stderr for done in found]
    assert sum("create table goods_sku\n" in done.stdout for done in found) == 1


def test_a_run_waits_while_another_holds_the_lock(empty):
    with empty.connect() as holder, holder.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(CONCAT('migrate.', SHA1(DATABASE())), 0)")
        waiter = threading.Thread(target=migrate.migrate, args=(empty.url,))
        waiter.start()
        time.sleep(0.5)
        assert waiter.is_alive()
        assert empty.tables() == []
    waiter.join(20)
    assert "goods_sku" in empty.tables()


def test_a_database_of_a_newer_version_is_left_alone(shop, ran):
    shop.run("UPDATE alembic_version SET version_num = '9999'")
    done = ran("migrate", shop)
    assert done.returncode == 1
    assert "newer version" in done.stderr


def test_every_migration_can_be_performed_again(shop):
    schema = shop.schema()
    shop.run("DELETE FROM alembic_version")
    with opened(shop.url) as connection:
        again: list[Step] = [step for _, steps in pending(connection) for step in steps]
        perform(connection, again)
    assert len(again) >= 2
    assert shop.schema() == schema


def test_the_verb_names_contradictions_and_fails(django, ran):
    django.run("UPDATE goods_sku SET stock = -1 WHERE id = 1")
    done = ran("migrate", django)
    assert done.returncode == 1
    assert "goods_sku: rows id 1 break the rule stock >= 0" in done.stderr
    assert "nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr


# The words of the search


def add_sku(database, name="手机壳", caption="硅胶", stock=10):
    database.run(
        "INSERT IGNORE INTO goods_catalog (id, name) VALUES (1, '配件');"
        "INSERT IGNORE INTO goods_brand (id, name) VALUES (1, '云步');"
        "INSERT IGNORE INTO goods_spu (id, name, brand_id, catalog_id) VALUES (1, '壳', 1, 1);"
        "INSERT INTO goods_sku (name, caption, spu_id, price, cost_price, market_price, stock)"
        f" VALUES ('{name}', '{caption}', 1, 1, 1, 1, {stock})"
    )


def found_words(database):
    return dict(database.ask("SELECT sku_id, words FROM goods_sku_search ORDER BY sku_id"))


def test_missing_and_stale_words_are_written(shop, capsys):
    for name in ("手机壳", "耳机", "iPhone 15"):
        add_sku(shop, name)
    migrate.migrate(shop.url)
    assert found_words(shop)[1] == words.encoded("手机壳", "硅胶")
    shop.run("UPDATE goods_sku SET name = '充电器' WHERE id = 2")
    shop.run("DELETE FROM goods_sku_search WHERE sku_id = 3")
    capsys.readouterr()
    migrate.migrate(shop.url)
    assert "Words of the search: 2 written." in capsys.readouterr().out
    assert found_words(shop)[2] == words.encoded("充电器", "硅胶")
    assert sorted(found_words(shop)) == [1, 2, 3]
    migrate.migrate(shop.url)
    assert "Words of the search: 0 written." in capsys.readouterr().out


def test_all_words_are_written_when_asked(shop, capsys):
    add_sku(shop)
    migrate.migrate(shop.url)
    migrate.migrate(shop.url, rebuild_search=True)
    assert "Words of the search: 1 written." in capsys.readouterr().out


def test_words_are_found_and_go_with_their_sku(shop):
    add_sku(shop)
    add_sku(shop, "the iPhone")
    migrate.migrate(shop.url)
    search = "SELECT sku_id FROM goods_sku_search WHERE MATCH (words) AGAINST (%s IN BOOLEAN MODE)"
    for text, expected in [
        ("机壳", [1]),
        ("壳", [1]),
        ("PHONE", [2]),
        ("硅胶", [1, 2]),
        ("the", [2]),
    ]:
        assert [key for (key,) in shop.ask(search, [words.query(text)])] == expected, text
    assert shop.ask(search, [words.query("壳机")]) == []
    shop.run("DELETE FROM goods_sku WHERE id = 1")
    assert list(found_words(shop)) == [2]
