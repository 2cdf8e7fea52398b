"""The numbers of one process in the form Prometheus reads; collected only when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from handlers.traffic import BUCKETS, Traffic
from models import hold_times
from services import Services


class ShopCollector(Collector):
    """Reads the counters of traffic, pages, the database, payments and the tasks."""

    def __init__(self, services: Services, traffic: Traffic) -> None:
        self._services = services
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        yield self._requests()
        running = GaugeMetricFamily("dadashop_requests_running", "Requests being answered")
        running.add_metric([], self._traffic.running)
        yield running
        yield from self._pages()
        yield from self._database()
        yield from self._gateways()
        yield from self._door()
        yield from self._checkout()
        yield from self._pays()
        yield from self._tasks()

    def _requests(self) -> Metric:
        family = HistogramMetricFamily(
            "dadashop_request_seconds",
            "Latency by route, method and code of the envelope",
            labels=["route", "method", "code"],
        )
        for (route, method, code), timing in self._traffic.timings.items():
            family.add_metric(
                [route, method, str(code)], _cumulated(BUCKETS, timing.buckets), timing.seconds
            )
        return family

    def _pages(self) -> Iterator[Metric]:
        pages = self._services.pages
        reads = CounterMetricFamily("dadashop_pages", "Page copies by outcome", labels=["outcome"])
        for outcome, count in pages.counted().items():
            reads.add_metric([outcome], count)
        yield reads
        size = GaugeMetricFamily("dadashop_pages_memory_bytes", "Memory taken by page copies")
        size.add_metric([], pages.memory.bytes)
        yield size
        linked = GaugeMetricFamily("dadashop_pages_linked", "Whether memory may be trusted")
        linked.add_metric([], int(pages.linked))
        yield linked

    def _door(self) -> Iterator[Metric]:
        door = self._services.door
        inside = GaugeMetricFamily("dadashop_door_inside", "Blocking work that runs or waits")
        inside.add_metric([], door.inside)
        yield inside
        passed = CounterMetricFamily("dadashop_door", "Blocking work", labels=["outcome"])
        passed.add_metric(["done"], door.done)
        passed.add_metric(["refused"], door.refused)
        yield passed
        seconds = CounterMetricFamily("dadashop_door_seconds", "Time of blocking work and its wait")
        seconds.add_metric([], door.seconds)
        yield seconds

    def _gateways(self) -> Iterator[Metric]:
        calls = CounterMetricFamily(
            "dadashop_gateway_calls", "Calls of third parties", labels=["provider", "outcome"]
        )
        held = GaugeMetricFamily(
            "dadashop_gateway_held_back", "Whether it is left alone", labels=["provider"]
        )
        for circuit in self._services.circuits:
            for outcome, count in circuit.outcomes.items():
                calls.add_metric([circuit.provider, outcome], count)
            held.add_metric([circuit.provider], int(circuit.is_open))
        yield calls
        yield held

    def _database(self) -> Iterator[Metric]:
        database = self._services.database
        statements = CounterMetricFamily("dadashop_mysql_statements", "Statements run")
        statements.add_metric([], database.statements)
        yield statements
        refused = CounterMetricFamily("dadashop_mysql_refusals", "Waits for a connection in vain")
        refused.add_metric([], database.waits)
        yield refused
        yield self._holds()
        pool = GaugeMetricFamily("dadashop_mysql_connections", "Connections", labels=["state"])
        pool.add_metric(["used"], database.in_use)
        pool.add_metric(["allowed"], database.size)
        yield pool

    def _holds(self) -> Metric:
        family = HistogramMetricFamily(
            "dadashop_mysql_hold_seconds", "How long connections were lent", labels=["use"]
        )
        for use, holds in self._services.database.holds.items():
            buckets = _cumulated(hold_times.BOUNDS, holds.buckets)
            family.add_metric([use], buckets, holds.seconds)
        return family

    def _checkout(self) -> Iterator[Metric]:
        refused = CounterMetricFamily("dadashop_checkout_refusals", "Buyers who came too late")
        refused.add_metric([], self._services.checkout.refused)
        yield refused

    def _pays(self) -> Iterator[Metric]:
        alarms = CounterMetricFamily(
            "dadashop_pay_alarms",
            "Words of payment providers that were not genuine, or cannot be true",
            labels=["provider", "reason"],
        )
        for (provider, reason), count in self._services.settlement.alarms.items():
            alarms.add_metric([provider, reason], count)
        yield alarms
        watchers = GaugeMetricFamily("dadashop_pay_watchers", "Viewers who wait for a payment")
        watchers.add_metric([], self._services.watch.count)
        yield watchers

    def _tasks(self) -> Iterator[Metric]:
        relay = self._services.relay
        tasks = GaugeMetricFamily("dadashop_tasks", "Tasks in the table", labels=["state"])
        tasks.add_metric(["queued"], relay.depth.queued)
        tasks.add_metric(["dead"], relay.depth.dead)
        yield tasks
        oldest = GaugeMetricFamily("dadashop_tasks_oldest_due_seconds", "Age of the oldest due")
        oldest.add_metric([], relay.depth.oldest)
        yield oldest
        tried = CounterMetricFamily("dadashop_tasks_tries", "Tries here", labels=["outcome"])
        for outcome, count in msgspec.structs.asdict(relay.counts).items():
            tried.add_metric([outcome], count)
        yield tried


def open_registry(services: Services, traffic: Traffic) -> CollectorRegistry:
    """Return a registry of this process alone."""
    registry = CollectorRegistry()
    registry.register(ShopCollector(services, traffic))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def exposition(registry: CollectorRegistry) -> bytes:
    """Return all numbers as text."""
    return generate_latest(registry)


def _cumulated(bounds: Sequence[float], buckets: Sequence[int]) -> list[tuple[str, float]]:
    total = 0
    rows: list[tuple[str, float]] = []
    for bound, count in zip((*map(str, bounds), "+Inf"), buckets, strict=True):
        total += count
        rows.append((bound, total))
    return rows
