"""What the processes of the shop count."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from scripts.load_test.counters import STATEMENTS, between, counted, held
from scripts.stack.ports import Ports

HOLD = "dadashop_mysql_hold_seconds"


def told(reads: list[float], statements: int = 0) -> dict[str, float]:
    registry = CollectorRegistry()
    hold = Histogram(HOLD, "-", ["use"], buckets=(0.001, 0.01, 0.1), registry=registry)
    for seconds in reads:
        hold.labels("read").observe(seconds)
    Counter(STATEMENTS, "-", registry=registry).inc(statements)
    lines = generate_latest(registry).decode().splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def test_what_was_added():
    added = between(told([0.005], 10), told([0.005, 0.005], 25))
    assert added is not None
    assert added[STATEMENTS] == 15
    assert added[HOLD + '_bucket{le="0.01",use="read"}'] == 1


@pytest.mark.parametrize(("before", "after"), [(None, {}), ({}, None)])
def test_what_is_not_told_is_not_invented(before, after):
    assert between(before, after) is None


def test_a_process_that_began_anew_spoils_the_count():
    assert between(told([], 100), told([], 5)) is None


def test_percentiles_out_of_a_histogram():
    added = told([0.0005] * 50 + [0.005] * 40 + [0.05] * 10)
    assert held(added, "read", 0.5) == pytest.approx(0.001)
    assert held(added, "read", 0.7) == pytest.approx(0.001 + 0.009 / 2)
    assert held(added, "read", 0.99) == pytest.approx(0.01 + 0.09 * 0.9)
    assert held(told([5.0]), "read", 0.99) == pytest.approx(0.1), "above the last bound"
    assert held(added, "begin", 0.5) is None
    assert held({}, "read", 0.5) is None


def test_a_process_that_does_not_answer_tells_nothing():
    assert counted([f"http://127.0.0.1:{Ports().of('nobody')}"]) is None


def test_the_samples_of_all_processes_are_added_up(api):
    shop = api()
    once, twice = counted([shop.url]), counted([shop.url, shop.url])
    assert once is not None
    assert twice is not None
    assert twice[STATEMENTS] >= 2 * once[STATEMENTS] > 0


async def test_a_page_that_holds_no_counts_tells_nothing(stub):
    assert await asyncio.to_thread(counted, [stub.url]) is None
