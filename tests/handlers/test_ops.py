"""/healthz, /readyz, /metrics, and the line each request leaves in the log."""

from __future__ import annotations

import asyncio
import io
import json
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from handlers.base import ApiHandler
from handlers.goods import DetailHandler
from handlers.traffic import BUCKETS, AccessLog, Finished, Traffic
from services import Services
from tests.factories import Bags, Goods
from tests.http import Client

FAMILIES = {
    "dadashop_request_seconds",
    "dadashop_requests_running",
    "dadashop_pages",
    "dadashop_pages_memory_bytes",
    "dadashop_pages_linked",
    "dadashop_mysql_statements",
    "dadashop_mysql_refusals",
    "dadashop_mysql_connections",
    "dadashop_pay_watchers",
    "process_resident_memory_bytes",
    "process_open_fds",
}

LABELS = ("route", "method", "code", "le", "outcome", "state", "provider", "reason")


async def samples(client: Client) -> dict[tuple[str, ...], float]:
    """Return every number by its name and the values of its labels, in the order of ``LABELS``."""
    text = (await client.get("/metrics")).body.decode()
    return {
        (sample.name, *(sample.labels[n] for n in LABELS if n in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_process_lives(client: Client) -> None:
    """Says so without asking any database."""
    reply = await client.get("/healthz")
    assert (reply.status, reply.json) == (200, {"code": 200, "data": "OK"})


async def test_the_process_is_ready(client: Client) -> None:
    """All four databases answer; their names are told, their addresses not."""
    reply = await client.get("/readyz")
    assert reply.json == {
        "code": 200,
        "ready": True,
        "draining": False,
        "databases": {"mysql": True, "redis_data": True, "redis_pages": True, "mongo": True},
    }


@pytest.mark.parametrize(
    ("absent", "ready"),
    [("mysql", False), ("redis_data", False), ("redis_pages", True), ("mongo", True)],
)
async def test_only_some_databases_are_needed(
    client: Client, services: Services, absent: str, ready: bool
) -> None:
    """Pages and histories may be lost: a process without them still serves."""

    class Away:
        """A database that does not answer."""

        async def ping(self) -> None:
            raise ConnectionError

    health = services.health
    for each in (health._required, health._spare):
        if absent in each:
            each[absent] = Away()  # type: ignore[index]
    reply = await client.get("/readyz")
    assert reply.status == reply.code == (200 if ready else 503)
    assert reply.json["ready"] is ready
    assert [name for name, answers in reply.json["databases"].items() if not answers] == [absent]


async def test_a_database_that_never_answers_is_not_waited_for(
    client: Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen: the answer comes all the same, and says so."""

    class Frozen:
        """A database that does not even refuse."""

        async def ping(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr("services.health.PATIENCE", 0.05)
    services.health._required["mysql"] = Frozen()  # type: ignore[index]
    async with asyncio.timeout(2):
        assert (await client.get("/readyz")).status == 503


async def test_numbers_are_there_and_count(client: Client, bags: Bags) -> None:
    """Every promised family; requests by route, method and code, never by address."""
    for _ in range(3):
        await client.get(f"/v1/goods/detail/{bags.only}")
    await client.get("/v1/goods/detail/987654")
    await client.get("/v1/goods/detail/x")
    await client.get("/nothing")
    await client.send("BREW", "/v1/goods/index")
    await client.send("COFFEE", "/nothing")
    found = await samples(client)
    names = {name.removesuffix("_total").removesuffix("_count") for name, *_ in found}
    assert names >= FAMILIES
    count, detail = "dadashop_request_seconds_count", "/v1/goods/detail/{sku_id}"
    assert found[count, detail, "GET", "200"] == 3
    assert found[count, detail, "GET", "10201"] == 1
    assert found[count, detail, "GET", "10200"] == 1
    assert found[count, "unknown", "GET", "404"] == 1
    assert found[count, "/v1/goods/index", "OTHER", "405"] == 1
    assert found["dadashop_requests_running",] == 1, "this one"
    assert found["dadashop_pages_total", "rebuilt"] == 2
    assert found["dadashop_pages_total", "memory"] == 2
    assert found["dadashop_pages_total", "refused"] == 1
    assert found["dadashop_pages_linked",] == 1
    assert found["dadashop_pages_memory_bytes",] > 0
    assert found["dadashop_mysql_statements_total",] > 0
    assert found["dadashop_mysql_connections", "allowed"] == 8
    assert not [key for key in found if "BREW" in key or "COFFEE" in key]


async def test_forgeries_are_counted_by_provider_and_reason(
    client: Client, services: Services, goods: Goods
) -> None:
    """F-15: each one, as in the table; before the first there is nothing to see."""
    name = "dadashop_pay_alarms_total"
    assert not [key for key in await samples(client) if key[0] == name]
    for provider, reason in (("alipay", "signature"), ("alipay", "amount"), ("wechat", "amount")):
        await services.settlement.alarm(provider, reason)
    await services.settlement.alarm("alipay", "signature", "20261127")
    found = {key[1:]: n for key, n in (await samples(client)).items() if key[0] == name}
    assert found == {
        ("alipay", "signature"): 2,
        ("alipay", "amount"): 1,
        ("wechat", "amount"): 1,
    }
    assert goods.one("SELECT SUM(times) FROM pays_alarm") == 4


async def test_who_waits_for_a_payment_is_counted(client: Client, services: Services) -> None:
    """Viewers, not orders; whoever has gone does not count."""
    waiting = ("dadashop_pay_watchers",)
    with services.watch.of("1"), services.watch.of("1"), services.watch.of("2"):
        assert (await samples(client))[waiting] == 3
    assert (await samples(client))[waiting] == 0


async def test_latencies_fall_into_buckets(client: Client) -> None:
    """Cumulative, the last one holds all."""
    for _ in range(5):
        await client.get("/healthz")
    found = await samples(client)
    bucket = ("dadashop_request_seconds_bucket", "/healthz", "GET", "200")
    counts = [found[*bucket, bound] for bound in (*map(str, BUCKETS), "+Inf")]
    assert counts == sorted(counts)
    assert counts[-1] == found["dadashop_request_seconds_count", "/healthz", "GET", "200"] == 5
    assert 0 < found["dadashop_request_seconds_sum", "/healthz", "GET", "200"] < 5


def finished(**changes: object) -> Finished:
    """Describe a request that has been answered."""
    values = {
        "handler": DetailHandler,
        "method": "GET",
        "status": 200,
        "code": 10201,
        "seconds": 0.0123,
        "request_id": "abc",
    } | changes
    return Finished(**values)  # type: ignore[arg-type]


async def test_a_request_leaves_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON for machines, text for people: route, status, code, time, id; not the address."""
    stream, console = io.StringIO(), io.StringIO()
    AccessLog(console=False, stream=stream).add("/v1/x", finished())
    AccessLog(console=True, stream=console).add("/v1/x", finished())
    async with asyncio.timeout(5):
        while not (stream.getvalue() and console.getvalue()):
            await asyncio.sleep(0.01)
    line = json.loads(stream.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line.pop("time"))
    assert line == {
        "event": "request",
        "method": "GET",
        "route": "/v1/x",
        "status": 200,
        "code": 10201,
        "ms": 12.3,
        "request_id": "abc",
    }
    assert console.getvalue().endswith(" GET /v1/x 200 10201 12.3 ms abc\n")


async def test_the_last_lines_are_written_at_the_end() -> None:
    """Closing writes at once what would have been written a moment later, and only once."""
    stream = io.StringIO()
    traffic = Traffic({DetailHandler: "/d"}, AccessLog(console=False, stream=stream))
    traffic.begin()
    traffic.end(finished())
    traffic.begin()
    traffic.end(finished(handler=ApiHandler))
    assert stream.getvalue() == ""
    traffic.close()
    traffic.close()
    routes = [json.loads(line)["route"] for line in stream.getvalue().splitlines()]
    assert routes == ["/d", "unknown"]


async def test_draining_waits_for_the_last_request() -> None:
    """Until it is answered or the patience ends; then the truth is told."""
    traffic = Traffic({}, AccessLog(console=False, stream=io.StringIO()))
    assert await traffic.drained(0)
    traffic.begin()
    traffic.begin()
    assert not await traffic.drained(0.01)
    draining = asyncio.create_task(traffic.drained(5))
    traffic.end(finished())
    await asyncio.sleep(0)
    assert not draining.done()
    traffic.end(finished())
    assert await draining
    assert traffic.draining
    assert traffic.running == 0


def test_ids_are_never_repeated() -> None:
    """Neither within a process nor between two."""
    one, other = (Traffic({}, AccessLog(console=False)) for _ in range(2))
    made = {traffic.next_id() for traffic in (one, other) for _ in range(1000)}
    assert len(made) == 2000
