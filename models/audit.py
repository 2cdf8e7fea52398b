"""The invariants of the whole shop, as statements that find whatever breaks one.

Every statement answers three columns: what it is about, what was expected there, what was found.
An order is ``living`` unless it is closed (6) or refunded (8). Orders with an event of the actor
``import`` were loaded or taken over: their amounts, and what was sold with them, are what they
were. The state table stands here once more, so that the shop is not measured by its own rule; the
rules of payments stand in ``models.audit_payments``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from models.audit_payments import IMPORTED, PAYMENTS
from models.connection import Connection


class Violation(msgspec.Struct, frozen=True):
    """Something that must not be: ``rule`` is what should hold of ``subject``, such as an order."""

    invariant: str
    rule: str
    subject: str
    expected: str
    found: str


class Extent(msgspec.Struct, frozen=True):
    """How many rows of each kind there are to look at."""

    skus: int
    orders: int
    lines: int
    entries: int
    events: int
    keys: int
    attempts: int
    refunds: int
    tasks: int


class Rule(msgspec.Struct, frozen=True):
    """One statement about the database; ``takes`` names the values it is given, in their order."""

    says: str
    sql: str
    takes: tuple[str, ...] = ()


class _Row(msgspec.Struct, frozen=True):
    subject: str
    expected: object
    found: object


class _Moment(msgspec.Struct, frozen=True):
    value: datetime


_STOCK = """SELECT CONCAT('SKU ', s.id), COALESCE(l.total, 0), s.stock FROM goods_sku s
  LEFT JOIN (SELECT sku_id, SUM(delta) AS total FROM goods_stock_ledger GROUP BY sku_id) l
    ON l.sku_id = s.id
  WHERE s.stock <> COALESCE(l.total, 0)"""
_NEGATIVE = "SELECT CONCAT('SKU ', id), 'at least 0', stock FROM goods_sku WHERE stock < 0"
# Living lines and entries side by side, so that either may lack what the other has. Sorted, which
# is three times as fast as to look up a million long keys in a temporary table.
_TAKEN = """SELECT SQL_BIG_RESULT CONCAT('order ', order_id, ', SKU ', sku_id),
    SUM(wanted), SUM(moved) FROM (
    SELECT g.order_info_id AS order_id, g.sku_id,
      IF(i.status IN (6, 8), 0, -CAST(g.`count` AS SIGNED)) AS wanted, 0 AS moved
    FROM orders_order_goods g JOIN orders_order_info i ON i.order_id = g.order_info_id
    UNION ALL
    SELECT order_id, sku_id, 0, delta FROM goods_stock_ledger WHERE order_id IS NOT NULL
  ) books GROUP BY order_id, sku_id HAVING SUM(wanted) <> SUM(moved)"""
_SALES = f"""SELECT CONCAT('SKU ', c.sku_id), CONCAT('at least ', c.total),
    COALESCE(s.sales, 'no such SKU')
  FROM (
    SELECT g.sku_id, SUM(g.`count`) AS total
    FROM orders_order_goods g JOIN orders_order_info i ON i.order_id = g.order_info_id
    WHERE i.status NOT IN (6, 8) AND i.order_id NOT IN ({IMPORTED}) GROUP BY g.sku_id
  ) c LEFT JOIN goods_sku s ON s.id = c.sku_id
  WHERE s.sales IS NULL OR s.sales < c.total"""

_TOTALS = f"""SELECT CONCAT('order ', i.order_id),
    CONCAT(l.amount + i.freight, ' yuan for ', l.pieces),
    CONCAT(i.total_amount, ' yuan for ', i.total_count)
  FROM orders_order_info i JOIN (
    SELECT order_info_id, SUM(price * `count`) AS amount, SUM(`count`) AS pieces
    FROM orders_order_goods GROUP BY order_info_id
  ) l ON l.order_info_id = i.order_id
  WHERE (i.total_amount <> l.amount + i.freight OR i.total_count <> l.pieces)
    AND i.order_id NOT IN ({IMPORTED})"""

_BARE = """SELECT CONCAT('order ', i.order_id), 'lines', 'none' FROM orders_order_info i
  WHERE NOT EXISTS (SELECT 1 FROM orders_order_goods g WHERE g.order_info_id = i.order_id)"""
_ORPHANS = """SELECT CONCAT('line ', g.id), CONCAT('order ', g.order_info_id), 'no such order'
  FROM orders_order_goods g LEFT JOIN orders_order_info i ON i.order_id = g.order_info_id
  WHERE i.order_id IS NULL"""
_KEYS = """SELECT CONCAT('key of user ', k.user_profile_id, ' for order ', k.order_id),
    CONCAT('an order of user ', k.user_profile_id),
    COALESCE(CONCAT('an order of user ', i.user_profile_id), 'no such order')
  FROM orders_idempotency k LEFT JOIN orders_order_info i ON i.order_id = k.order_id
  WHERE k.order_id IS NOT NULL AND NOT (i.user_profile_id <=> k.user_profile_id)"""
_SHARED = """SELECT CONCAT('order ', order_id), '1 key', CONCAT(COUNT(*), ' keys')
  FROM orders_idempotency WHERE order_id IS NOT NULL AND LEFT(`key`, 4) = 'key:'
  GROUP BY order_id HAVING COUNT(*) > 1"""

# A doubled step begins where the one before it did not end. An import may lead anywhere.
_STEPS = """SELECT CONCAT('event ', id, ' of order ', order_id),
    CASE WHEN NOT (from_status <=> last_status)
        THEN CONCAT('from ', COALESCE(last_status, 'nothing'))
      WHEN created_time < last_time THEN CONCAT('not before ', last_time)
      ELSE 'a step of the state table' END,
    CASE WHEN NOT (from_status <=> last_status)
        THEN CONCAT('from ', COALESCE(from_status, 'nothing'))
      WHEN created_time < last_time THEN created_time
      ELSE CONCAT('from ', COALESCE(from_status, 'nothing'), ' to ', to_status) END
  FROM (
    SELECT id, order_id, from_status, to_status, actor, created_time,
      LAG(to_status) OVER line AS last_status, LAG(created_time) OVER line AS last_time
    FROM orders_event WINDOW line AS (PARTITION BY order_id ORDER BY id)
  ) path
  WHERE NOT (from_status <=> last_status) OR created_time < last_time
    OR (actor <> 'import' AND (COALESCE(from_status, 0), to_status) NOT IN
      ((0, 1), (1, 2), (1, 6), (2, 3), (2, 7), (3, 4), (7, 2), (7, 8)))"""
_ENDS = """SELECT CONCAT('order ', i.order_id),
    COALESCE(CONCAT('status ', e.to_status), 'an event'),
    IF(e.id IS NULL, 'none', CONCAT('status ', i.status))
  FROM orders_order_info i
  LEFT JOIN (SELECT order_id, MAX(id) AS id FROM orders_event GROUP BY order_id) l
    ON l.order_id = i.order_id
  LEFT JOIN orders_event e ON e.id = l.id
  WHERE NOT (e.to_status <=> i.status)"""
_STRAYS = """SELECT CONCAT('events of order ', e.order_id), 'such an order', 'none'
  FROM (SELECT DISTINCT order_id FROM orders_event) e
  LEFT JOIN orders_order_info i ON i.order_id = e.order_id WHERE i.order_id IS NULL"""

_DEAD = """SELECT CONCAT('task ', id, ', ', kind), 'done',
    CONCAT('dead: ', COALESCE(error, 'no reason'))
  FROM tasks_outbox WHERE done_time IS NULL AND dead_time IS NOT NULL"""
_OVERDUE = """SELECT CONCAT('task ', id, ', ', kind), 'done',
    CONCAT('waiting for ', TIMESTAMPDIFF(SECOND, due, %s), ' s: ', COALESCE(error, 'no error'))
  FROM tasks_outbox
  WHERE done_time IS NULL AND dead_time IS NULL AND due < %s - INTERVAL %s SECOND"""
# Converted, as only texts of one kind are looked up; numbers of orders may be no ASCII.
_UNCLOSED = f"""SELECT CONCAT('order ', i.order_id), 'a waiting task orders.close', 'none'
  FROM orders_order_info i
  WHERE i.status = 1 AND i.order_id NOT IN ({IMPORTED}) AND i.order_id NOT IN (
    SELECT CONVERT(SUBSTR(once, 14) USING utf8mb4) COLLATE utf8mb4_unicode_ci FROM tasks_outbox
    WHERE done_time IS NULL AND dead_time IS NULL AND kind = 'orders.close'
      AND LEFT(once, 13) = 'orders.close:')"""

INVARIANTS: Mapping[str, tuple[Rule, ...]] = {
    "INV-1": (
        Rule("the stock is the sum of the ledger", _STOCK),
        Rule("there is no negative stock", _NEGATIVE),
        Rule("the ledger holds what a living order took, and nothing of another", _TAKEN),
        Rule("what living orders hold counts as sold", _SALES),
    ),
    "INV-2": (Rule("the total is that of the lines and the freight", _TOTALS),),
    "INV-3": (
        Rule("an order has lines", _BARE),
        Rule("a line has an order", _ORPHANS),
        Rule("a key leads to an order of its user", _KEYS),
        Rule("an order has one key", _SHARED),
    ),
    "INV-4": tuple(Rule(says, sql) for says, sql in PAYMENTS.items()),
    "INV-5": (
        Rule("the events are a path of the state table", _STEPS),
        Rule("the path ends at the status of the order", _ENDS),
        Rule("events belong to an order", _STRAYS),
    ),
    "INV-7": (
        Rule("no task is given up", _DEAD),
        Rule("no task is long overdue", _OVERDUE, ("now", "now", "patience")),
        Rule("an unpaid order will be closed", _UNCLOSED),
    ),
}

_NOW = "SELECT NOW(6)"
_EXTENT = """SELECT (SELECT COUNT(*) FROM goods_sku), (SELECT COUNT(*) FROM orders_order_info),
  (SELECT COUNT(*) FROM orders_order_goods), (SELECT COUNT(*) FROM goods_stock_ledger),
  (SELECT COUNT(*) FROM orders_event), (SELECT COUNT(*) FROM orders_idempotency),
  (SELECT COUNT(*) FROM pays_attempt), (SELECT COUNT(*) FROM pays_refund),
  (SELECT COUNT(*) FROM tasks_outbox)"""


class Audit:
    """The invariants, seen through one connection, which should look at a snapshot.

    The server gives a statement up after ``seconds``: it would not notice that nobody waits.
    """

    def __init__(self, connection: Connection, *, seconds: float) -> None:
        self._connection = connection
        self._bounded = f"SET STATEMENT max_statement_time = {float(seconds)} FOR "

    async def now(self) -> datetime:
        """Return the time of the database, by which the tasks of a snapshot are judged."""
        moment = await self._connection.row(_Moment, _NOW)
        assert moment is not None  # noqa: S101 - a SELECT without a table is always one row
        return moment.value

    async def extent(self) -> Extent:
        """Count the rows."""
        extent = await self._connection.row(Extent, self._bounded + _EXTENT)
        assert extent is not None  # noqa: S101 - a count is always one row
        return extent

    async def violations(
        self, invariant: str, *, now: datetime, patience: float, limit: int
    ) -> list[Violation]:
        """Return what breaks an invariant, of each of its rules at most ``limit`` cases.

        A task may be due for ``patience`` seconds at the time ``now``.
        """
        given = {"now": now, "patience": patience}
        found: list[Violation] = []
        for rule in INVARIANTS[invariant]:
            sql = f"{self._bounded}{rule.sql} LIMIT %s"
            values = (*(given[name] for name in rule.takes), limit)
            rows = await self._connection.rows(_Row, sql, *values)
            found += [
                Violation(invariant, rule.says, row.subject, str(row.expected), str(row.found))
                for row in rows
            ]
        return found
