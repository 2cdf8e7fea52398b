"""Rows that break a rule of payments each, and rows that only look as if they did.

Like ``tests.models.poisons``. In the shop of ``tests.audited`` attempt 4 is closed, 7 is open, 8 is
the payment of its order and 22 a closed one beside it, 11 came late; refunds 11 and 12 are under
way, 6 and 13 are done, and order 5 has asked for one that nobody has granted yet.
"""

from __future__ import annotations

from tests.audited import order_id
from tests.models.poisons import Found

PAID, CLOSED, REFUNDING, REFUNDED, UNPAID = map(order_id, (8, 4, 5, 6, 7))
LATE, GRANTED = map(order_id, (11, 12))
ATTEMPT = """INSERT INTO pays_attempt
  (id, order_id, provider, out_trade_no, amount, state, trade_no, expires_time, paid_time) VALUES"""
REFUND = """INSERT INTO pays_refund
  (id, attempt_id, order_id, request_no, amount, reason, state, done_time) VALUES"""
SETTLED = "state = 'paid', trade_no = 'T900', paid_time = NOW(6)"
UNSETTLED = "state = 'closed', trade_no = NULL, paid_time = NULL"

PAYMENT_POISONS: dict[str, tuple[str, Found]] = {
    "a paid order without a payment": (
        f"UPDATE pays_attempt SET {UNSETTLED} WHERE id = 8",
        ("INV-4", f"order {PAID}", "1 payment of 78.00 yuan at alipay", "none"),
    ),
    "a paid order without any attempt": (
        f"DELETE FROM pays_attempt WHERE order_id = '{PAID}'",
        ("INV-4", f"order {PAID}", "1 payment of 78.00 yuan at alipay", "none"),
    ),
    "an order paid twice": (
        f"UPDATE pays_attempt SET {SETTLED} WHERE id = 22",
        ("INV-4", f"order {PAID}", "1 payment of 78.00 yuan at alipay", "2 payments"),
    ),
    "a payment of another amount": (
        "UPDATE pays_attempt SET amount = 78.01 WHERE id = 8",
        (
            *("INV-4", f"order {PAID}", "1 payment of 78.00 yuan at alipay"),
            "1 payment of 78.01 yuan at alipay",
        ),
    ),
    "a payment at another provider": (
        "UPDATE pays_attempt SET provider = 'wechat' WHERE id = 8",
        (
            *("INV-4", f"order {PAID}", "1 payment of 78.00 yuan at alipay"),
            "1 payment of 78.00 yuan at wechat",
        ),
    ),
    "a payment by a method nobody knows": (
        f"UPDATE orders_order_info SET pay_method = 9 WHERE order_id = '{PAID}'",
        (
            *("INV-4", f"order {PAID}", "1 payment of 78.00 yuan at nobody"),
            "1 payment of 78.00 yuan at alipay",
        ),
    ),
    "a payment of an unpaid order": (
        f"UPDATE pays_attempt SET {SETTLED} WHERE id = 7",
        ("INV-4", f"attempt 7 of order {UNPAID}", "an order that is paid", "status 1"),
    ),
    "a payment of a closed order": (
        f"UPDATE pays_attempt SET {SETTLED} WHERE id = 4",
        ("INV-4", f"attempt 4 of order {CLOSED}", "an order that is paid", "status 6"),
    ),
    "an attempt without an order": (
        f"{ATTEMPT} (900, '4711', 'alipay', 'N900', 78, 'closed', NULL, NOW(), NULL)",
        ("INV-4", "attempt 900", "order 4711", "no such order"),
    ),
    "a payment without a number": (
        "UPDATE pays_attempt SET trade_no = NULL, paid_time = '2026-11-27 12:00:00' WHERE id = 8",
        (
            *("INV-4", "attempt 8, paid", "a number of the provider and a moment"),
            "no number, 2026-11-27 12:00:00.000000",
        ),
    ),
    "a payment with an empty number": (
        "UPDATE pays_attempt SET trade_no = '', paid_time = '2026-11-27 12:00:00' WHERE id = 8",
        (
            *("INV-4", "attempt 8, paid", "a number of the provider and a moment"),
            "no number, 2026-11-27 12:00:00.000000",
        ),
    ),
    "a surplus without a moment": (
        "UPDATE pays_attempt SET paid_time = NULL WHERE id = 11",
        (
            *("INV-4", "attempt 11, surplus", "a number of the provider and a moment"),
            "T11, no moment",
        ),
    ),
    "an open attempt that has a number": (
        "UPDATE pays_attempt SET trade_no = 'T900' WHERE id = 7",
        ("INV-4", "attempt 7, open", "neither number nor moment", "T900, no moment"),
    ),
    "a closed attempt that has a moment": (
        "UPDATE pays_attempt SET paid_time = '2026-11-27 12:00:00' WHERE id = 4",
        (
            *("INV-4", "attempt 4, closed", "neither number nor moment"),
            "no number, 2026-11-27 12:00:00.000000",
        ),
    ),
    "an attempt in a state nobody knows": (
        "UPDATE pays_attempt SET state = 'lost' WHERE id = 22",
        ("INV-4", "attempt 22, lost", "a known state", "no number, no moment"),
    ),
    "a surplus that is kept": (
        "DELETE FROM pays_refund WHERE id = 11",
        ("INV-4", f"attempt 11 of order {LATE}", "a refund", "none"),
    ),
    "a refund of no attempt": (
        f"{REFUND} (900, 4711, '{PAID}', 'R900', 78, 'late', 'done', NOW(6))",
        ("INV-4", "refund 900", f"an attempt of order {PAID}", "no such attempt"),
    ),
    "a refund under the number of another order": (
        f"UPDATE pays_refund SET order_id = '{CLOSED}' WHERE id = 11",
        ("INV-4", "refund 11", f"an attempt of order {CLOSED}", f"one of order {LATE}"),
    ),
    "a payment that goes back as if it were late": (
        f"{REFUND} (900, 8, '{PAID}', 'R900', 78, 'late', 'done', NOW(6))",
        ("INV-4", "refund 900, late", "an attempt that is surplus", "one that is paid"),
    ),
    "a refund of what was never paid": (
        f"{REFUND} (900, 4, '{CLOSED}', 'R900', 78, 'double', 'done', NOW(6))",
        ("INV-4", "refund 900, double", "an attempt that is surplus", "one that is closed"),
    ),
    "a refund that was asked for of what is no payment": (
        f"{REFUND} (900, 4, '{REFUNDED}', 'R900', 78, 'asked', 'done', NOW(6));"
        f"UPDATE pays_attempt SET order_id = '{REFUNDED}' WHERE id = 4",
        ("INV-4", "refund 900, asked", "an attempt that is paid", "one that is closed"),
    ),
    "a refund for a reason nobody knows": (
        "UPDATE pays_refund SET reason = 'kind' WHERE id = 11",
        ("INV-4", "refund 11, kind", "a known reason", "one that is surplus"),
    ),
    "a part that goes back": (
        "UPDATE pays_refund SET amount = 77.99 WHERE id = 11",
        ("INV-4", "refund 11", "78.00 yuan", "77.99 yuan"),
    ),
    "more than there was goes back": (
        "UPDATE pays_refund SET amount = 78.01 WHERE id = 6",
        ("INV-4", "refund 6", "78.00 yuan", "78.01 yuan"),
    ),
    "a refund that was done at no moment": (
        "UPDATE pays_refund SET done_time = NULL WHERE id = 6",
        ("INV-4", "refund 6, done", "a moment", "none"),
    ),
    "a refund under way that was done": (
        "UPDATE pays_refund SET done_time = '2026-11-27 12:00:00' WHERE id = 11",
        ("INV-4", "refund 11, pending", "no moment", "2026-11-27 12:00:00.000000"),
    ),
    "a refund in a state nobody knows": (
        "UPDATE pays_refund SET state = 'lost' WHERE id = 11",
        ("INV-4", "refund 11, lost", "a known state", "none"),
    ),
    "a refund that was asked for and did not move its order": (
        f"{REFUND} (900, 5, '{REFUNDING}', 'R900', 78, 'asked', 'done', NOW(6))",
        ("INV-4", f"order {REFUNDING}, refund done", "status 8", "status 7"),
    ),
    "a refund that was asked for, of an order that is on its way": (
        f"{REFUND} (900, 8, '{PAID}', 'R900', 78, 'asked', 'done', NOW(6))",
        ("INV-4", f"order {PAID}, refund done", "status 8", "status 2"),
    ),
    "a refunded order whose money is still there": (
        "UPDATE pays_refund SET state = 'pending', done_time = NULL WHERE id = 6;"
        "INSERT INTO tasks_outbox (kind, facts, due, once)"
        " VALUES ('pays.repay', '{}', NOW(6), 'pays.repay:6')",
        ("INV-4", f"order {REFUNDED}, refund pending", "status 7", "status 8"),
    ),
    "a refunded order without a refund": (
        "DELETE FROM pays_refund WHERE id = 6",
        ("INV-4", f"order {REFUNDED}", "a refund that was asked for", "none"),
    ),
    "a refund nobody works on": (
        "DELETE FROM tasks_outbox WHERE once = 'pays.repay:11'",
        ("INV-4", "refund 11", "a waiting task pays.repay", "none"),
    ),
    "a refund whose task is done": (
        "UPDATE tasks_outbox SET done_time = NOW(6) WHERE once = 'pays.repay:12'",
        ("INV-4", "refund 12", "a waiting task pays.repay", "none"),
    ),
    "a refund with the task of another": (
        "UPDATE tasks_outbox SET once = 'pays.repay:1' WHERE once = 'pays.repay:11'",
        ("INV-4", "refund 11", "a waiting task pays.repay", "none"),
    ),
    "an open attempt nobody asks about": (
        f"DELETE FROM tasks_outbox WHERE once LIKE 'pays.ask:2026112700{UNPAID}:%'",
        ("INV-4", f"attempt 7 of order {UNPAID}", "a waiting task pays.ask", "none"),
    ),
    "an open attempt that was asked about for the last time": (
        "UPDATE tasks_outbox SET done_time = NOW(6)"
        f" WHERE once LIKE 'pays.ask:2026112700{UNPAID}:%'",
        ("INV-4", f"attempt 7 of order {UNPAID}", "a waiting task pays.ask", "none"),
    ),
    "an open attempt with another task": (
        "UPDATE tasks_outbox SET kind = 'mail.reset'"
        f" WHERE once LIKE 'pays.ask:2026112700{UNPAID}:%'",
        ("INV-4", f"attempt 7 of order {UNPAID}", "a waiting task pays.ask", "none"),
    ),
}
"""Each breaks one rule of INV-4."""

PAYMENT_INNOCENT = {
    "an order that staff marked as paid": "DELETE FROM pays_attempt"
    f" WHERE order_id = '{PAID}'; UPDATE orders_event SET actor = 'staff:1'"
    f" WHERE order_id = '{PAID}' AND to_status = 2",
    "a paid order that was paid twice": "UPDATE pays_attempt SET state = 'surplus',"
    " trade_no = 'T900', paid_time = NOW(6) WHERE id = 22;"
    f"{REFUND} (900, 22, '{PAID}', 'R900', 78, 'double', 'done', NOW(6))",
    "two attempts that are open": "INSERT INTO tasks_outbox (kind, facts, due, once)"
    " VALUES ('pays.ask', '{}', NOW(6), 'pays.ask:N900:17');"
    f"{ATTEMPT} (900, '{UNPAID}', 'wechat', 'N900', 78, 'open', NULL, NOW(), NULL)",
    "an attempt that is still to be withdrawn": "INSERT INTO tasks_outbox"
    " (kind, facts, due, once) VALUES ('pays.ask', '{}', NOW(6), 'pays.ask:N900:0');"
    f"{ATTEMPT} (900, '{PAID}', 'wechat', 'N900', 78, 'open', NULL, NOW(), NULL)",
    "a trade number that both providers gave": "UPDATE pays_attempt SET trade_no = 'T8'"
    " WHERE id = 11",
    "tasks of attempts and refunds that are over": "INSERT INTO tasks_outbox"
    " (kind, facts, due, once) VALUES ('pays.ask', '{}', NOW(6), 'pays.ask:N1:1'),"
    " ('pays.repay', '{}', NOW(6), 'pays.repay:6'), ('pays.ask', '{}', NOW(6), NULL),"
    " ('pays.repay', '{}', NOW(6), NULL)",
    "alarms": "INSERT INTO pays_alarm (provider, reason, day, last_time)"
    " VALUES ('alipay', 'signature', CURDATE(), NOW(6))",
}
LOADED_PAYMENTS = f"""DELETE FROM pays_refund WHERE order_id = '{REFUNDED}';
  DELETE FROM pays_attempt WHERE order_id IN ('{REFUNDED}', '{PAID}');
  UPDATE orders_event SET actor = '%s' WHERE order_id IN ('{REFUNDED}', '{PAID}')
    AND from_status IS NULL"""
"""Orders that were paid elsewhere, if somebody named ``import`` made them."""
