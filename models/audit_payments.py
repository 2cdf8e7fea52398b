"""INV-4 in our own books: every payment is that of one order, or it has gone back or is going.

What a provider believes is not known here: ``scripts/reconcile`` compares with that. Statements
answer as those of ``models.audit`` do. Providers, states and reasons stand here once more.
"""

from __future__ import annotations

from collections.abc import Mapping

IMPORTED = "SELECT order_id FROM orders_event WHERE actor = 'import'"
"""The orders that were loaded or taken over."""

_WAITING = "done_time IS NULL AND dead_time IS NULL"

# Orders, events and payments side by side and sorted: with a small buffer pool it takes far longer
# to look up the rows of each order. An order without an event of payment drops out at the end, and
# so does one that is older than all attempts: it was placed before there were any.
_PAID = """SELECT SQL_BIG_RESULT CONCAT('order ', order_id),
    CONCAT('1 payment of ', MAX(total), ' yuan at ', COALESCE(MAX(wanted), 'nobody')),
    CASE COUNT(paid) WHEN 0 THEN 'none'
      WHEN 1 THEN CONCAT('1 payment of ', MAX(paid), ' yuan at ', MAX(provider))
      ELSE CONCAT(COUNT(paid), ' payments') END
  FROM (
    SELECT order_id, 0 AS moved, 0 AS imported, total_amount AS total,
      ELT(pay_method, 'alipay', 'wechat') AS wanted, NULL AS paid, NULL AS provider,
      created_time
    FROM orders_order_info
    UNION ALL
    SELECT order_id, actor = 'provider' AND from_status = 1 AND to_status = 2, actor = 'import',
      NULL, NULL, NULL, NULL, NULL
    FROM orders_event WHERE actor IN ('provider', 'import')
    UNION ALL
    SELECT order_id, 0, 0, NULL, NULL, amount, provider, NULL
    FROM pays_attempt WHERE state = 'paid'
  ) books GROUP BY order_id
  HAVING MAX(moved) = 1 AND MAX(imported) = 0 AND MAX(total) IS NOT NULL
    AND MAX(created_time) >= (SELECT MIN(created_time) FROM pays_attempt) - INTERVAL 1 MINUTE
    AND (COUNT(paid) <> 1 OR MAX(paid) <> MAX(total) OR NOT (MAX(provider) <=> MAX(wanted)))"""
_UNPAID = """SELECT CONCAT('attempt ', a.id, ' of order ', a.order_id), 'an order that is paid',
    CONCAT('status ', i.status)
  FROM pays_attempt a JOIN orders_order_info i ON i.order_id = a.order_id
  WHERE a.state = 'paid' AND i.status IN (1, 6)"""
_ORDERLESS = """SELECT CONCAT('attempt ', a.id), CONCAT('order ', a.order_id), 'no such order'
  FROM pays_attempt a LEFT JOIN orders_order_info i ON i.order_id = a.order_id
  WHERE i.order_id IS NULL"""
_PROVED = """SELECT CONCAT('attempt ', id, ', ', state),
    CASE WHEN state IN ('paid', 'surplus') THEN 'a number of the provider and a moment'
      WHEN state IN ('open', 'closed') THEN 'neither number nor moment'
      ELSE 'a known state' END,
    CONCAT(COALESCE(NULLIF(trade_no, ''), 'no number'), ', ', COALESCE(paid_time, 'no moment'))
  FROM pays_attempt
  WHERE state NOT IN ('paid', 'surplus', 'open', 'closed')
    OR (state IN ('paid', 'surplus') AND (COALESCE(trade_no, '') = '' OR paid_time IS NULL))
    OR (state IN ('open', 'closed') AND (trade_no IS NOT NULL OR paid_time IS NOT NULL))"""
_KEPT = """SELECT CONCAT('attempt ', a.id, ' of order ', a.order_id), 'a refund', 'none'
  FROM pays_attempt a LEFT JOIN pays_refund r ON r.attempt_id = a.id
  WHERE a.state = 'surplus' AND r.id IS NULL"""
_ASTRAY = """SELECT CONCAT('refund ', r.id), CONCAT('an attempt of order ', r.order_id),
    COALESCE(CONCAT('one of order ', a.order_id), 'no such attempt')
  FROM pays_refund r LEFT JOIN pays_attempt a ON a.id = r.attempt_id
  WHERE NOT (a.order_id <=> r.order_id)"""
_REASONS = """SELECT CONCAT('refund ', r.id, ', ', r.reason),
    CASE r.reason WHEN 'asked' THEN 'an attempt that is paid'
      WHEN 'late' THEN 'an attempt that is surplus' WHEN 'double' THEN 'an attempt that is surplus'
      ELSE 'a known reason' END,
    CONCAT('one that is ', a.state)
  FROM pays_refund r JOIN pays_attempt a ON a.id = r.attempt_id
  WHERE NOT (a.state <=> CASE r.reason WHEN 'asked' THEN 'paid' WHEN 'late' THEN 'surplus'
    WHEN 'double' THEN 'surplus' END)"""
_AMOUNTS = """SELECT CONCAT('refund ', r.id), CONCAT(a.amount, ' yuan'), CONCAT(r.amount, ' yuan')
  FROM pays_refund r JOIN pays_attempt a ON a.id = r.attempt_id WHERE r.amount <> a.amount"""
_MOMENTS = """SELECT CONCAT('refund ', id, ', ', state),
    CASE state WHEN 'done' THEN 'a moment' WHEN 'pending' THEN 'no moment'
      ELSE 'a known state' END,
    COALESCE(done_time, 'none')
  FROM pays_refund
  WHERE state NOT IN ('pending', 'done') OR (state = 'done') <> (done_time IS NOT NULL)"""
_ASKED = """SELECT CONCAT('order ', i.order_id, ', refund ', r.state),
    IF(r.state = 'done', 'status 8', 'status 7'), CONCAT('status ', i.status)
  FROM pays_refund r JOIN orders_order_info i ON i.order_id = r.order_id
  WHERE r.reason = 'asked' AND i.status <> IF(r.state = 'done', 8, 7)"""
_REFUNDED = f"""SELECT CONCAT('order ', i.order_id), 'a refund that was asked for', 'none'
  FROM orders_order_info i
  WHERE i.status = 8 AND i.order_id NOT IN ({IMPORTED}) AND NOT EXISTS (
    SELECT 1 FROM pays_refund r WHERE r.order_id = i.order_id AND r.reason = 'asked')"""
_UNSENT = f"""SELECT CONCAT('refund ', r.id), 'a waiting task pays.repay', 'none'
  FROM pays_refund r
  WHERE r.state = 'pending' AND CONCAT('pays.repay:', r.id) NOT IN (
    SELECT once FROM tasks_outbox
    WHERE {_WAITING} AND kind = 'pays.repay' AND once IS NOT NULL)"""
_UNASKED = f"""SELECT CONCAT('attempt ', a.id, ' of order ', a.order_id),
    'a waiting task pays.ask', 'none'
  FROM pays_attempt a
  WHERE a.state = 'open' AND a.out_trade_no NOT IN (
    SELECT SUBSTRING_INDEX(SUBSTR(once, 10), ':', 1) FROM tasks_outbox
    WHERE {_WAITING} AND kind = 'pays.ask' AND LEFT(once, 9) = 'pays.ask:')"""

PAYMENTS: Mapping[str, str] = {
    "an order paid at a provider has one payment of its total": _PAID,
    "a payment is that of a paid order": _UNPAID,
    "an attempt has an order": _ORDERLESS,
    "what was paid is proved by a number and a moment": _PROVED,
    "what an order did not need goes back": _KEPT,
    "a refund is one of an attempt of its order": _ASTRAY,
    "a refund has its reason in its attempt": _REASONS,
    "a refund is the whole amount": _AMOUNTS,
    "a refund that is done has its moment": _MOMENTS,
    "a refund that was asked for moves its order": _ASKED,
    "a refunded order has its refund": _REFUNDED,
    "a refund is under way until it is done": _UNSENT,
    "an open attempt will be asked about": _UNASKED,
}
"""What must hold, and what finds what breaks it."""
