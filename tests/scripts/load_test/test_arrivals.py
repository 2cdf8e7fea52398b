"""Closed and open loops: what each of them sees of a shop that stalls, dies or is left early."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections import Counter
from itertools import islice, pairwise

import pytest

from scripts.load_test.arrivals import offsets
from scripts.load_test.tally import Latencies
from tests.scripts.load_test.conftest import loaded

STALL = 1.0


def latencies(written):
    assert all(entry.unanswered is None for entry in written)
    return Latencies.of(entry.latency_ms for entry in written)


async def stalled(stub, plan):
    stall = asyncio.create_task(stub.stall(after=0.5, seconds=STALL))
    written = await loaded(plan)
    await stall
    return latencies(written)


async def test_control_a_closed_loop_hides_a_stall(stub, plan):
    found = await stalled(stub, plan(port=stub.port, seconds=3.0))
    assert found.max > STALL * 900, "the stall was there"
    assert found.p99 < STALL * 100, "and only the one request that ran into it tells"


async def test_an_open_loop_counts_the_waiting_of_all_who_came(stub, plan):
    found = await stalled(stub, plan(port=stub.port, seconds=3.0, rate=100.0))
    assert found.p99 > STALL * 900
    assert found.p90 > STALL * 500, "a third of all came while nobody was served"
    assert found.p50 < STALL * 100


async def test_latency_begins_when_a_request_was_due_even_if_the_client_was_late(stub, plan):
    async def blocking():
        await asyncio.sleep(0.2)
        began = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - began < 0.3:
            pass

    block = asyncio.create_task(blocking())
    written = await loaded(plan(port=stub.port, rate=100.0, seconds=1.0, scenario="cart-add"))
    await block
    late = [entry for entry in written if entry.late_ms > 100]
    assert len(late) > 10
    assert all(entry.latency_ms >= entry.late_ms for entry in written)
    assert max(entry.late_ms for entry in written) > 200


@pytest.mark.parametrize("workers", [1, 3])
def test_constant_arrivals_of_all_processes_are_evenly_spread(plan, workers):
    shares = [
        offsets(plan(rate=30.0, seconds=10.0, worker=n, workers=workers), random.Random(n))
        for n in range(workers)
    ]
    moments = sorted(moment for share in shares for moment in share)
    assert len(moments) == 300
    assert all(later - sooner == pytest.approx(1 / 30) for sooner, later in pairwise(moments))


def test_poisson_arrivals_have_the_rate_and_the_spread(plan):
    given = plan(rate=100.0, seconds=100.0, arrivals="poisson")
    moments = list(offsets(given, random.Random(3)))
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    assert len(moments) == pytest.approx(10_000, rel=0.05)
    assert statistics.stdev(gaps) == pytest.approx(0.01, rel=0.05), "as long as their mean"
    assert list(islice(offsets(given, random.Random(3)), 50)) == moments[:50]


@pytest.mark.parametrize("wanted", [{"clients": 4}, {"rate": 50.0}])
async def test_a_dead_shop_is_counted_and_crashes_nothing(plan, wanted):
    written = await loaded(plan(port=1, **wanted))
    assert {entry.unanswered for entry in written} == {"ClientConnectorError"}
    assert 10 <= len(written) <= 50, "clients wait a moment before they try again"
    assert all(entry.status is None and entry.code is None for entry in written)


async def test_a_connection_that_breaks_is_an_unanswered_request(stub, plan):
    stub.hangs_up_on = lambda request: request.method == "POST"
    written = await loaded(plan(port=stub.port, scenario="order-hot", clients=2))
    assert {entry.unanswered for entry in written} == {"ServerDisconnectedError"}
    keys = [request.headers["Idempotency-Key"] for request in stub.seen]
    assert sorted(keys) == sorted(entry.idempotency_key for entry in written)


async def test_a_stop_writes_down_what_still_waits(stub, plan):
    stub.free.clear()
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, stop.set)
    written = await loaded(plan(port=stub.port, seconds=60.0, clients=3), stop)
    assert [entry.unanswered for entry in written] == ["stopped"] * 3


async def test_the_mix_is_what_it_promises(stub, plan):
    written = await loaded(plan(port=stub.port, clients=4, seconds=3.0))
    kinds = Counter(entry.kind.split(".")[0] for entry in written)
    visits = kinds["browse"] + kinds["cart"]
    assert kinds["browse"] / visits == pytest.approx(60 / 90, abs=0.08)
    assert kinds["order"] / kinds["browse"] == pytest.approx(12 / 60, abs=0.05)
    # The page of the cashier is opened, then the buyer pays.
    assert kinds["cashier"] == pytest.approx(2 * kinds["pay"], abs=8)
    paid = {entry.order_id for entry in written if entry.kind == "pay.show"}
    placed = {entry.order_id for entry in written if entry.kind == "order.place"}
    assert paid <= placed
    assert len(paid) == kinds["pay"], "no order is paid twice"
