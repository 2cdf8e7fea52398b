"""The entries that rows written behind the services lack: made once, changed by nothing again."""

from __future__ import annotations

import json

import pytest

from models.bookkeeping import ENTRIES, ENTRIES_OF_GOODS
from tests.factories import Bags, Goods

BOOKS = ("goods_stock_ledger", "orders_event", "orders_order_goods")
LEDGER = "SELECT delta, reason, order_id FROM goods_stock_ledger WHERE sku_id = %s ORDER BY id"
STEPS = "SELECT order_id, from_status, to_status, actor FROM orders_event ORDER BY id"


def keep_books(goods: Goods, entries: dict[str, str] = ENTRIES) -> int:
    """Run the statements as a script does; return how many rows they wrote."""
    return sum(goods.run(statement) for statement in entries.values())


def order(goods: Goods, number: str, status: int, lines: dict[int, int]) -> None:
    """Put an order into the tables as an older shop leaves it."""
    goods.run(
        "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
        " status, receiver, address, receiver_mobile) VALUES (%s, %s, 1, 1, %s, 'a', 'b', 'c')",
        *(number, goods.one("SELECT id FROM users_user_profile"), status),
    )
    for sku, count in lines.items():
        goods.add("orders_order_goods", order_info_id=number, sku_id=sku, count=count, price="1")


@pytest.fixture
def older(goods: Goods, bags: Bags) -> Goods:
    """A shop with orders in every kind of state, before there were books."""
    goods.add("users_user_profile", username="w", password="x", email="w@x", phone="13800000000")
    for number, status in enumerate((1, 2, 3, 4, 7, 6, 8), start=1):
        order(goods, f"{number}", status, {bags.plain: number, bags.skus[0]: 1})
    return goods


def sums(goods: Goods, sku: int) -> tuple[int, int]:
    """Return the stock and the sum of its ledger."""
    stock = goods.one("SELECT stock FROM goods_sku WHERE id = %s", sku)
    ledger = goods.one("SELECT SUM(delta) FROM goods_stock_ledger WHERE sku_id = %s", sku)
    return int(stock), int(ledger)


def test_the_books_of_an_older_shop(older: Goods, bags: Bags) -> None:
    """INV-1, INV-5: living orders took their goods, the others did not; each has a first step."""
    assert keep_books(older) > 0
    assert sums(older, bags.plain) == (5, 5)
    assert older.ask(LEDGER, bags.plain) == [
        *((-n, "order", str(n)) for n in range(1, 6)),
        (5 + 15, "opening", None),
    ]
    assert sorted(older.ask(STEPS)) == [
        (str(number), None, status, "import")
        for number, status in enumerate((1, 2, 3, 4, 7, 6, 8), start=1)
    ]
    snapshots = older.ask(
        "SELECT DISTINCT sku_id, name, default_image_url, attribute_names, attribute_values"
        " FROM orders_order_goods ORDER BY sku_id"
    )
    shown = [(*row[:3], json.loads(row[3]), json.loads(row[4])) for row in snapshots]
    assert shown == [
        (bags.skus[0], "托特包 0", "sku/1.png", ["颜色", "尺寸"], ["绯红", "小号"]),
        (bags.plain, "Evening Clutch 手拿包", "sku/1.png", [], []),
    ]


def test_a_second_run_writes_nothing(older: Goods) -> None:
    keep_books(older)
    before = older.contents()
    assert keep_books(older) == 0
    assert older.contents() == before


def test_only_what_has_changed_is_entered(older: Goods, bags: Bags) -> None:
    """A row that was loaded anew: its stock, its state; the snapshot stays that of the day."""
    keep_books(older)
    entered = {table: older.ask(f"SELECT COUNT(*) FROM {table}")[0][0] for table in BOOKS}
    older.run("UPDATE goods_sku SET stock = 9 WHERE id = %s", bags.plain)
    older.run("UPDATE orders_order_info SET status = 6 WHERE order_id = '1'")
    older.run("UPDATE goods_sku SET name = '新' WHERE id = %s", bags.plain)
    keep_books(older)
    assert older.ask(STEPS)[-1] == ("1", 1, 6, "import")
    assert older.ask(LEDGER, bags.plain)[-2:] == [(1, "closed", "1"), (3, "opening", None)]
    assert sums(older, bags.plain) == (9, 9)
    found = {table: older.ask(f"SELECT COUNT(*) FROM {table}")[0][0] for table in BOOKS}
    assert [found[table] - entered[table] for table in BOOKS] == [4, 1, 0]
    assert older.ask("SELECT * FROM orders_order_goods WHERE name = '新'") == []


def test_an_order_that_is_gone_has_taken_nothing(older: Goods, bags: Bags) -> None:
    keep_books(older)
    older.run("DELETE FROM orders_order_goods WHERE order_info_id = '3'")
    older.run("DELETE FROM orders_order_info WHERE order_id = '3'")
    keep_books(older)
    sql = "SELECT SUM(delta) FROM goods_stock_ledger WHERE order_id = '3' AND sku_id = %s"
    assert older.one(sql, bags.plain) == 0
    assert sums(older, bags.plain) == (5, 5)


def test_goods_alone_need_no_orders(goods: Goods, bags: Bags) -> None:
    """A catalogue that is loaded enters what stands on its shelves."""
    assert keep_books(goods, ENTRIES_OF_GOODS) == 7
    assert goods.ask(LEDGER, bags.plain) == [(5, "opening", None)]
    goods.run("UPDATE goods_sku SET stock = 0 WHERE id = %s", bags.plain)
    assert keep_books(goods, ENTRIES_OF_GOODS) == 1
    assert keep_books(goods, ENTRIES_OF_GOODS) == 0
    assert sums(goods, bags.plain) == (0, 0)


def test_two_lines_of_one_sku_are_one_entry(goods: Goods, bags: Bags) -> None:
    """STK-2: an older shop may have written a SKU twice into one order."""
    goods.add("users_user_profile", username="w", password="x", email="w@x", phone="13800000000")
    order(goods, "1", 1, {bags.plain: 2})
    goods.add("orders_order_goods", order_info_id="1", sku_id=bags.plain, count=3, price="1")
    keep_books(goods)
    assert goods.ask(LEDGER, bags.plain)[0] == (-5, "order", "1")
    assert sums(goods, bags.plain) == (5, 5)
