"""Rows that break one invariant each, and rows that only look as if they did.

They go into the shop of ``tests.audited``. A poison comes with what the auditor has to say to it:
invariant, subject, expected, found. Those of payments stand in ``payment_poisons``.
"""

from __future__ import annotations

from tests.audited import order_id

Found = tuple[str, str, str, str]

DONE, CLOSED, REFUNDING, REFUNDED, UNPAID, PAID, SHIPPED = map(order_id, range(3, 10))
KEY = "INSERT INTO orders_idempotency (user_profile_id, `key`, fingerprint, reply, order_id) VALUES"
ENTRY = "INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id) VALUES"
EVENT = "INSERT INTO orders_event (id, order_id, from_status, to_status, actor) VALUES"
TASK = "INSERT INTO tasks_outbox (id, kind, facts, due, dead_time, error) VALUES"
UNCHECKED = "SET FOREIGN_KEY_CHECKS = 0"

POISONS: dict[str, tuple[str, Found]] = {
    "a stock set by hand": (
        "UPDATE goods_sku SET stock = stock + 1 WHERE id = 1",
        ("INV-1", "SKU 1", "999988", "999989"),
    ),
    "a negative stock": (
        "UPDATE goods_sku SET stock = -3 WHERE id = 1; "
        "INSERT INTO goods_stock_ledger (sku_id, delta, reason) VALUES (1, -999991, 'staff')",
        ("INV-1", "SKU 1", "at least 0", "-3"),
    ),
    "an order that took nothing": (
        f"DELETE FROM goods_stock_ledger WHERE order_id = '{PAID}' AND sku_id = 4;"
        "UPDATE goods_sku SET stock = stock + 1 WHERE id = 4",
        ("INV-1", f"order {PAID}, SKU 4", "-1", "0"),
    ),
    "an order that took twice": (
        f"{ENTRY} (4, -1, 'order', '{PAID}'); UPDATE goods_sku SET stock = stock - 1 WHERE id = 4",
        ("INV-1", f"order {PAID}, SKU 4", "-1", "-2"),
    ),
    "a closed order that gave nothing back": (
        f"DELETE FROM goods_stock_ledger WHERE order_id = '{CLOSED}' AND sku_id = 5 AND delta > 0;"
        "UPDATE goods_sku SET stock = stock - 1 WHERE id = 5",
        ("INV-1", f"order {CLOSED}, SKU 5", "0", "-1"),
    ),
    "a refund given back twice": (
        f"{ENTRY} (2, 1, 'refund', '{REFUNDED}');"
        "UPDATE goods_sku SET stock = stock + 1 WHERE id = 2",
        ("INV-1", f"order {REFUNDED}, SKU 2", "0", "1"),
    ),
    "a piece taken for no order": (
        f"{ENTRY} (1, -1, 'order', '4711'); UPDATE goods_sku SET stock = stock - 1 WHERE id = 1",
        ("INV-1", "order 4711, SKU 1", "0", "-1"),
    ),
    "a sale that was forgotten": (
        "UPDATE goods_sku SET sales = sales - 1 WHERE id = 1",
        ("INV-1", "SKU 1", "at least 12", "11"),
    ),
    "an ordered SKU that is gone": (
        f"{UNCHECKED}; DELETE FROM goods_sku WHERE id = 1",
        ("INV-1", "SKU 1", "at least 12", "no such SKU"),
    ),
    "a wrong amount": (
        f"UPDATE orders_order_info SET total_amount = 77.99 WHERE order_id = '{UNPAID}'",
        ("INV-2", f"order {UNPAID}", "78.00 yuan for 6", "77.99 yuan for 6"),
    ),
    "a wrong count": (
        f"UPDATE orders_order_info SET total_count = 7 WHERE order_id = '{CLOSED}'",
        ("INV-2", f"order {CLOSED}", "78.00 yuan for 6", "78.00 yuan for 7"),
    ),
    "a wrong freight": (
        f"UPDATE orders_order_info SET freight = 0 WHERE order_id = '{DONE}'",
        ("INV-2", f"order {DONE}", "68.00 yuan for 6", "78.00 yuan for 6"),
    ),
    "an order without lines": (
        f"DELETE FROM orders_order_goods WHERE order_info_id = '{CLOSED}'",
        ("INV-3", f"order {CLOSED}", "lines", "none"),
    ),
    "a line without an order": (
        f"{UNCHECKED}; INSERT INTO orders_order_goods (id, order_info_id, sku_id, price)"
        " VALUES (900, '4711', 1, 10)",
        ("INV-3", "line 900", "order 4711", "no such order"),
    ),
    "a key to no order": (
        f"{KEY} (1, 'key:x', REPEAT('x', 32), '', '4711')",
        ("INV-3", "key of user 1 for order 4711", "an order of user 1", "no such order"),
    ),
    "a key to the order of another": (
        f"UPDATE orders_idempotency SET user_profile_id = 2 WHERE order_id = '{PAID}'",
        ("INV-3", f"key of user 2 for order {PAID}", "an order of user 2", "an order of user 1"),
    ),
    "two keys to one order": (
        f"{KEY} (1, 'key:x', REPEAT('x', 32), '', '{PAID}')",
        ("INV-3", f"order {PAID}", "1 key", "2 keys"),
    ),
    "a status set by hand": (
        f"UPDATE orders_order_info SET status = 3 WHERE order_id = '{PAID}'",
        ("INV-5", f"order {PAID}", "status 2", "status 3"),
    ),
    "a status nobody knows": (
        f"UPDATE orders_order_info SET status = 9 WHERE order_id = '{PAID}'",
        ("INV-5", f"order {PAID}", "status 2", "status 9"),
    ),
    "an order without events": (
        f"DELETE FROM orders_event WHERE order_id = '{PAID}'",
        ("INV-5", f"order {PAID}", "an event", "none"),
    ),
    "a step made twice": (
        f"{EVENT} (900, '{PAID}', 1, 2, 'provider')",
        ("INV-5", f"event 900 of order {PAID}", "from 2", "from 1"),
    ),
    "a step over a state": (
        f"{EVENT} (900, '{PAID}', 2, 4, 'user:1');"
        f"UPDATE orders_order_info SET status = 4 WHERE order_id = '{PAID}'",
        ("INV-5", f"event 900 of order {PAID}", "a step of the state table", "from 2 to 4"),
    ),
    "a step back": (
        f"{EVENT} (900, '{SHIPPED}', 3, 2, 'staff:1');"
        f"UPDATE orders_order_info SET status = 2 WHERE order_id = '{SHIPPED}'",
        ("INV-5", f"event 900 of order {SHIPPED}", "a step of the state table", "from 3 to 2"),
    ),
    "a late beginning": (
        f"DELETE FROM orders_event WHERE order_id = '{PAID}';"
        f"{EVENT} (900, '{PAID}', NULL, 2, 'user:1')",
        ("INV-5", f"event 900 of order {PAID}", "a step of the state table", "from nothing to 2"),
    ),
    "a lost beginning": (
        f"DELETE FROM orders_event WHERE order_id = '{PAID}';"
        f"{EVENT} (900, '{PAID}', 1, 2, 'provider')",
        ("INV-5", f"event 900 of order {PAID}", "from nothing", "from 1"),
    ),
    "a step before the one before": (
        f"DELETE FROM orders_event WHERE order_id = '{PAID}';"
        f"{EVENT} (900, '{PAID}', NULL, 1, 'user:1'), (901, '{PAID}', 1, 2, 'provider');"
        "UPDATE orders_event SET created_time = '2026-01-02' WHERE id = 900;"
        "UPDATE orders_event SET created_time = '2026-01-01' WHERE id = 901",
        (
            "INV-5",
            f"event 901 of order {PAID}",
            "not before 2026-01-02 00:00:00.000000",
            "2026-01-01 00:00:00.000000",
        ),
    ),
    "an event of no order": (
        f"{EVENT} (900, '4711', NULL, 1, 'user:1')",
        ("INV-5", "events of order 4711", "such an order", "none"),
    ),
    "a dead task": (
        f"{TASK} (900, 'mail.reset', '', NOW(6), NOW(6), 'smtp: 550')",
        ("INV-7", "task 900, mail.reset", "done", "dead: smtp: 550"),
    ),
    "a dead task that does not say why": (
        f"{TASK} (900, 'mail.reset', '', NOW(6), NOW(6), NULL)",
        ("INV-7", "task 900, mail.reset", "done", "dead: no reason"),
    ),
    "an unpaid order without its task": (
        f"DELETE FROM tasks_outbox WHERE once = 'orders.close:{UNPAID}'",
        ("INV-7", f"order {UNPAID}", "a waiting task orders.close", "none"),
    ),
    "an unpaid order whose task is done": (
        f"UPDATE tasks_outbox SET done_time = NOW(6) WHERE once = 'orders.close:{UNPAID}'",
        ("INV-7", f"order {UNPAID}", "a waiting task orders.close", "none"),
    ),
    "an unpaid order with another task": (
        f"UPDATE tasks_outbox SET kind = 'mail.reset' WHERE once = 'orders.close:{UNPAID}'",
        ("INV-7", f"order {UNPAID}", "a waiting task orders.close", "none"),
    ),
}

INNOCENT = {
    "keys of double clicks": f"{KEY} (1, 'cart:5', REPEAT('x', 32), '', '{PAID}'),"
    f"(1, 'sku:5:1', REPEAT('x', 32), '', '{PAID}'), (1, 'key:y', REPEAT('x', 32), '', NULL)",
    "a refund that was refused and asked for again": f"{EVENT}"
    f" (900, '{REFUNDING}', 7, 2, 'staff:1'), (901, '{REFUNDING}', 2, 7, 'user:2')",
    "stock moved by staff": "UPDATE goods_sku SET stock = stock + 9 WHERE id = 1;"
    " INSERT INTO goods_stock_ledger (sku_id, delta, reason) VALUES (1, 9, 'staff')",
    "sales of an earlier shop": "UPDATE goods_sku SET sales = sales + 1000",
    "a SKU that was never ordered and is gone": "INSERT INTO goods_stock_ledger"
    " (sku_id, delta, reason) VALUES (77, 5, 'opening')",
    "a state that was loaded": f"{EVENT} (900, '{PAID}', 2, 5, 'import');"
    f"UPDATE orders_order_info SET status = 5 WHERE order_id = '{PAID}'",
    "a task that is done": "INSERT INTO tasks_outbox (kind, facts, due, done_time)"
    " VALUES ('mail.reset', '{}', NOW(6) - INTERVAL 1 DAY, NOW(6))",
}
LOADED = f"""UPDATE orders_order_info SET total_amount = 1 WHERE order_id = '{UNPAID}';
  UPDATE orders_event SET actor = '%s' WHERE order_id = '{UNPAID}';
  DELETE FROM tasks_outbox WHERE once = 'orders.close:{UNPAID}';
  UPDATE goods_sku s JOIN orders_order_goods g ON g.sku_id = s.id SET s.sales = s.sales - g.count
  WHERE g.order_info_id = '{UNPAID}'"""
