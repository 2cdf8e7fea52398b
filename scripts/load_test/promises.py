"""What the shop has told its customers, held against its database: nothing told may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from environment import Url
from scripts.fixtures.writer import connect
from scripts.load_test.journal import PAID, PLACE, PLACE_AGAIN, Entry, entries
from scripts.load_test.scenarios import UNPAID

BATCH = 1000
CLOSED = 6
NAMED = 100
"""Most broken promises that are told one by one."""
_STATES = "SELECT order_id, user_profile_id, status FROM orders_order_info WHERE order_id IN %s"


class Promises(msgspec.Struct, frozen=True):
    """How many orders and payments were acknowledged, and which of them do not stand."""

    orders: int
    payments: int
    broken: list[str]


def kept(url: Url, log: Path) -> Promises:
    """Look for everything that a journal says was acknowledged; raises ``pymysql.err.Error``."""
    told = (entry for entry in entries(log) if entry.code == 200 and entry.order_id)
    orders = payments = 0
    broken: list[str] = []
    keys: dict[tuple[int, str | None], str | None] = {}
    with connect(url) as connection:
        while batch := list(islice((each for each in told if _promises(each)), BATCH)):
            created = [each for each in batch if each.kind != PAID]
            orders, payments = orders + len(created), payments + len(batch) - len(created)
            broken += _broken(connection, batch)
            for each in created:
                order_id = keys.setdefault((each.user_id, each.idempotency_key), each.order_id)
                if order_id != each.order_id:
                    broken.append(f"{each.idempotency_key}: both {order_id} and {each.order_id}")
    return Promises(orders, payments, broken[:NAMED])


def _promises(entry: Entry) -> bool:
    """Tell whether an answer promises an order, or that one is paid."""
    if entry.kind == PAID:
        return entry.order_status not in {None, UNPAID, CLOSED}
    return entry.kind in {PLACE, PLACE_AGAIN}


def _broken(connection: Connection[Cursor], told: list[Entry]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_STATES, ([each.order_id for each in told],))
        states = {str(order_id): (user_id, status) for order_id, user_id, status in cursor}
    for each in told:
        user_id, status = states.get(str(each.order_id), (None, None))
        if user_id != each.user_id:
            yield f"order {each.order_id} of user {each.user_id} was acknowledged and is not his"
        elif each.kind == PAID and status in {UNPAID, CLOSED}:
            yield f"order {each.order_id} was told to be paid and has status {status}"
