"""What was acknowledged, held against the database."""

from __future__ import annotations

import msgspec
import pytest

from scripts.load_test.promises import kept
from tests.scripts.load_test.test_tally import entry

PLACED = {"kind": "order.place", "user_id": 1}
PAID = {"kind": "pay.show", "user_id": 1}


@pytest.fixture
def judged(shop, tmp_path):
    """Hold a journal against a shop with two orders of user 1: 100 is unpaid, 200 is paid."""
    shop.run(
        "INSERT INTO users_user_profile (id, username, password, email, phone)"
        " VALUES (1, 'wang', '', 'w@x.cn', '13900000000'), (2, 'li', '', 'l@x.cn', '13900000001');"
        "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
        " status, receiver, address, receiver_mobile) VALUES"
        " ('100', 1, 98, 1, 1, 'w', 'b', '13900000000'),"
        " ('200', 1, 98, 1, 2, 'w', 'b', '13900000000')"
    )

    def judge(*told):
        path = tmp_path / "log"
        lines = [msgspec.json.encode(entry(**each)) for each in told]
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return kept(shop.url, path)

    return judge


def test_what_stands_is_kept(judged):
    found = judged(
        PLACED | {"order_id": "100", "idempotency_key": "a"},
        PLACED | {"order_id": "200", "idempotency_key": "b"},
        {"kind": "order.resend", "order_id": "200", "idempotency_key": "b"},
        PAID | {"order_id": "200", "order_status": 2},
        PAID | {"order_id": "100", "order_status": 1},
        PLACED | {"order_id": None, "code": 10403},
    )
    assert (found.orders, found.payments, found.broken) == (3, 1, [])


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (PLACED | {"order_id": "300"}, "order 300 of user 1 was acknowledged and is not his"),
        (PLACED | {"order_id": "100", "user_id": 2}, "100 of user 2 was acknowledged"),
        (PAID | {"order_id": "100", "order_status": 2}, "told to be paid and has status 1"),
    ],
)
def test_what_does_not_stand_is_named(judged, told, says):
    (broken,) = judged(told).broken
    assert says in broken


def test_two_orders_for_one_key_are_named(judged):
    one = PLACED | {"idempotency_key": "a"}
    (broken,) = judged(one | {"order_id": "100"}, one | {"order_id": "200"}).broken
    assert broken == "a: both 100 and 200"
