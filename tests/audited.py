"""A shop of any size whose books are in order, written straight into the tables.

Order ``n`` (from 1) has three lines and the state ``STATES[n % 7]``; its number is
``order_id(n)``, scattered as those of the shop are. All of them were placed here, paid, shipped and
so on in their time. Attempt ``n`` is the first one of order ``n``; of every other seven orders a
paid one has another attempt that is closed, a closed one was paid late, a refund is under way.
"""

from __future__ import annotations

from models.database import Database as Pool
from services.audit import AuditService, Report
from tests.scripts.conftest import Database

STATES = (1, 2, 3, 4, 6, 7, 8)
FEW = 14
PATIENCE, LIMIT, SECONDS = 300, 100, 60
TABLES = (
    "tasks_outbox",
    "pays_alarm",
    "pays_refund",
    "pays_attempt",
    "orders_idempotency",
    "orders_event",
    "goods_stock_ledger",
    "orders_order_goods",
    "orders_order_info",
    "users_user_profile",
    "goods_sku",
    "goods_spu",
    "goods_brand",
    "goods_catalog",
)
_ORDER = "CAST(1000000000000000 + seq * 387420489 % 999999937 AS CHAR)"
_ODD = "seq DIV 7 % 2 = 1"
_STATE = f"ELT(1 + seq % 7, {', '.join(map(str, STATES))})"

_GOODS = """
INSERT INTO users_user_profile (id, username, password, email, phone)
  VALUES (1, 'wang', 'x', 'w@x.cn', '13800000000'), (2, 'li', 'x', 'l@x.cn', '13800000001');
INSERT INTO goods_catalog (id, name) VALUES (1, '手提包');
INSERT INTO goods_brand (id, name) VALUES (1, '青禾');
INSERT INTO goods_spu (id, name, catalog_id, brand_id) VALUES (1, '托特包', 1, 1);
INSERT INTO goods_sku (id, name, spu_id, price, cost_price, market_price)
  SELECT seq, '托特包', 1, 10, 5, 20 FROM seq_1_to_{skus};
INSERT INTO goods_stock_ledger (sku_id, delta, reason)
  SELECT seq, 1000000, 'opening' FROM seq_1_to_{skus};
"""
_ORDERS = f"""
INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count, freight,
    pay_method, status, receiver, address, receiver_mobile)
  SELECT {_ORDER}, 1 + seq % 2, 78, 6, 10, 1 + seq % 2, {_STATE}, '王', '北京', '13800000000'
  FROM seq_1_to_{{orders}};
INSERT INTO orders_order_goods (order_info_id, sku_id, count, price)
  SELECT {_ORDER}, 1 + (seq + l.n) % {{skus}}, 1 + l.n, 10 + l.n
  FROM seq_1_to_{{orders}}, (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2) l;
INSERT INTO orders_idempotency (user_profile_id, `key`, fingerprint, reply, order_id)
  SELECT 1 + seq % 2, CONCAT('key:', seq), REPEAT('x', 32), '', {_ORDER}
  FROM seq_1_to_{{orders}};
INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id)
  SELECT sku_id, -`count`, 'order', order_info_id FROM orders_order_goods;
INSERT INTO goods_stock_ledger (sku_id, delta, reason, order_id)
  SELECT sku_id, `count`, IF(status = 6, 'closed', 'refund'), order_id FROM orders_order_goods
  JOIN orders_order_info ON order_id = order_info_id WHERE status IN (6, 8);
INSERT INTO tasks_outbox (kind, facts, due, once)
  SELECT 'orders.close', '{{{{}}}}', NOW(6) + INTERVAL 1800 SECOND,
    CONCAT('orders.close:', order_id) FROM orders_order_info WHERE status = 1;
UPDATE goods_sku s JOIN
    (SELECT sku_id, SUM(delta) AS total FROM goods_stock_ledger GROUP BY sku_id) l
    ON l.sku_id = s.id SET s.stock = l.total, s.sales = 1000000 - l.total;
"""
_PAYMENTS = f"""
INSERT INTO pays_attempt (id, order_id, provider, out_trade_no, amount, state, trade_no,
    expires_time, paid_time)
  SELECT seq, {_ORDER}, ELT(1 + seq % 2, 'alipay', 'wechat'), CONCAT('2026112700', {_ORDER}), 78,
    CASE {_STATE} WHEN 1 THEN 'open' WHEN 6 THEN IF({_ODD}, 'surplus', 'closed') ELSE 'paid' END,
    IF({_STATE} = 1 OR ({_STATE} = 6 AND NOT ({_ODD})), NULL, CONCAT('T', seq)),
    NOW() + INTERVAL 1800 SECOND,
    IF({_STATE} = 1 OR ({_STATE} = 6 AND NOT ({_ODD})), NULL, NOW(6))
  FROM seq_1_to_{{orders}};
INSERT INTO pays_attempt (id, order_id, provider, out_trade_no, amount, state, expires_time)
  SELECT seq + {{orders}}, {_ORDER}, ELT(2 - seq % 2, 'alipay', 'wechat'),
    CONCAT('2026112701', {_ORDER}), 78, 'closed', NOW() + INTERVAL 1800 SECOND
  FROM seq_1_to_{{orders}} WHERE {_STATE} = 2 AND {_ODD};
INSERT INTO pays_refund (id, attempt_id, order_id, request_no, amount, reason, state, done_time)
  SELECT seq, seq, {_ORDER}, CONCAT('R2026112700', {_ORDER}), 78, IF({_STATE} = 6, 'late', 'asked'),
    IF({_STATE} = 8, 'done', 'pending'), IF({_STATE} = 8, NOW(6), NULL)
  FROM seq_1_to_{{orders}} WHERE {_STATE} = 8 OR ({_STATE} IN (6, 7) AND {_ODD});
INSERT INTO tasks_outbox (kind, facts, due, once)
  SELECT 'pays.ask', '{{{{}}}}', NOW(6) + INTERVAL 30 SECOND,
    CONCAT('pays.ask:', out_trade_no, ':1')
  FROM pays_attempt WHERE state = 'open';
INSERT INTO tasks_outbox (kind, facts, due, once)
  SELECT 'pays.repay', '{{{{}}}}', NOW(6) + INTERVAL 60 SECOND, CONCAT('pays.repay:', id)
  FROM pays_refund WHERE state = 'pending';
"""
_STEP = """
INSERT INTO orders_event (order_id, from_status, to_status, actor)
  SELECT order_id, {before}, {after}, '{actor}' FROM orders_order_info WHERE status IN ({states});
"""
_PATHS = (
    ("NULL", 1, "1, 2, 3, 4, 6, 7, 8", "user:1"),
    (1, 2, "2, 3, 4, 7, 8", "provider"),
    (1, 6, "6", "timeout"),
    (2, 3, "3, 4", "staff:1"),
    (3, 4, "4", "user:1"),
    (2, 7, "7, 8", "user:1"),
    (7, 8, "8", "provider"),
)


def order_id(number: int) -> str:
    """Return the number of the order ``number``, counted from 1."""
    return str(10**15 + number * 387420489 % 999999937)


def fill(database: Database, *, orders: int = FEW, skus: int = 5) -> None:
    """Empty a migrated database and write a shop in order into it; at least three SKUs."""
    names = ("before", "after", "states", "actor")
    steps = (_STEP.format(**dict(zip(names, path, strict=True))) for path in _PATHS)
    empty = "".join(f"TRUNCATE {table};" for table in TABLES)
    shop = (_GOODS + _ORDERS + _PAYMENTS).format(orders=orders, skus=skus)
    database.run(
        f"SET time_zone = '+08:00'; SET FOREIGN_KEY_CHECKS = 0; {empty} SET FOREIGN_KEY_CHECKS = 1;"
        f"{shop}{''.join(steps)}"
    )


async def audited(database: Pool, *, limit: int = LIMIT) -> Report:
    """Audit with some patience."""
    service = AuditService(database, seconds=SECONDS)
    return await service.run(patience=PATIENCE, limit=limit)


async def named(database: Pool) -> list[tuple[str, str, str, str]]:
    """Return invariant, subject, expected and found of each violation."""
    report = await audited(database)
    return [(each.invariant, each.subject, each.expected, each.found) for each in report.violations]
