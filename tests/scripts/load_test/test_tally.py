"""Percentiles and counts."""

from __future__ import annotations

import random

import pytest

from scripts.load_test.journal import Entry
from scripts.load_test.scenarios import Outcome, outcome
from scripts.load_test.tally import Latencies, Tally, percentile

HUNDRED = [float(number) for number in range(1, 101)]


def entry(**wanted) -> Entry:
    given = {
        "time": 1000.0,
        "client": "c0",
        "user_id": 1,
        "kind": "cart.show",
        "method": "GET",
        "route": "/v1/carts/{username}",
        "idempotency_key": None,
        "body": None,
        "status": 200,
        "code": 200,
        "order_id": None,
        "order_status": None,
        "latency_ms": 5.0,
        "late_ms": 0.0,
        "unanswered": None,
    }
    return Entry(**(given | wanted))


@pytest.mark.parametrize(
    ("values", "part", "found"),
    [
        (HUNDRED, 0.5, 50),
        (HUNDRED, 0.9, 90),
        (HUNDRED, 0.99, 99),
        (HUNDRED, 0.999, 100),
        (HUNDRED, 1.0, 100),
        (HUNDRED[:10], 0.29, 3),
        ([7.0], 0.5, 7),
        ([7.0], 1.0, 7),
        ([1.0, 1.0, 1.0, 9.0], 0.75, 1),
        ([], 0.99, 0),
    ],
)
def test_a_percentile_is_a_value_that_occurred(values, part, found):
    assert percentile(values, part) == found


def test_percentiles_of_a_known_set():
    thousand = [float(number) for number in range(1, 1001)]
    random.Random(7).shuffle(thousand)
    found = Latencies.of(thousand)
    assert (found.p50, found.p90, found.p99, found.p99_9, found.max) == (500, 900, 990, 999, 1000)


@pytest.mark.parametrize(
    ("wanted", "ended"),
    [
        ({}, Outcome.OK),
        ({"code": 403}, Outcome.FAILED),
        ({"status": 500, "code": 500}, Outcome.FAILED),
        ({"status": 404, "code": None}, Outcome.FAILED),
        ({"status": 503, "code": 503}, Outcome.BUSY),
        ({"status": 429, "code": 429}, Outcome.BUSY),
        ({"code": 10408, "kind": "order.place"}, Outcome.BUSY),
        ({"code": 10403, "kind": "order.place"}, Outcome.REFUSED),
        ({"code": 10403}, Outcome.FAILED),
        ({"code": 10406, "kind": "order.confirm"}, Outcome.REFUSED),
        ({"kind": "pay.show", "order_status": 2}, Outcome.OK),
        ({"kind": "pay.show", "order_status": 1}, Outcome.FAILED),
        ({"code": None, "kind": "cashier"}, Outcome.OK),
        ({"status": 404, "code": None, "kind": "cashier"}, Outcome.FAILED),
        ({"status": None, "code": None, "unanswered": "TimeoutError"}, Outcome.UNANSWERED),
    ],
)
def test_how_a_request_ended(wanted, ended):
    assert outcome(entry(**wanted)) is ended


def test_what_has_no_answer_is_counted_and_is_no_latency():
    tally = Tally(1000.0, 10.0)
    for latency in (1.0, 2.0, 3.0):
        tally.add(entry(latency_ms=latency))
    tally.add(entry(status=None, code=None, latency_ms=9000.0, unanswered="TimeoutError"))
    assert (tally.everything.count, tally.answered, tally.good) == (4, 3, 3)
    assert Latencies.of(tally.everything.latencies).max == 3
    assert tally.everything.replies == {"200/200": 3, "TimeoutError": 1}


def test_the_simulators_are_no_part_of_the_shop():
    tally = Tally(1000.0, 10.0)
    tally.add(entry(kind="cashier", code=None))
    assert (tally.everything.count, tally.kinds["cashier"].count) == (0, 1)


def test_an_answer_counts_when_it_came_and_its_latency_when_it_was_due():
    tally = Tally(1000.0, 10.0)
    tally.add(entry(time=1001.1, latency_ms=5000.0))
    good = [n * tally.width for n, each in enumerate(tally.intervals) if each.good]
    slow = [n * tally.width for n, each in enumerate(tally.intervals) if each.latencies]
    assert (slow, good) == ([1.0], [6.0])
