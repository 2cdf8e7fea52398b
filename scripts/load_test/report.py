"""The results of a run: for people and, as JSON, for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from typing import Any

import msgspec

from scripts.load_test import counters
from scripts.load_test.counters import Counts
from scripts.load_test.journal import PLACE
from scripts.load_test.options import Options
from scripts.load_test.promises import Promises
from scripts.load_test.scenarios import SCENARIOS, Outcome
from scripts.load_test.stage import Judge
from scripts.load_test.tally import Kind, Latencies, Tally, percentile
from scripts.load_test.trial import Measured

CLIENTS = "clients"
NOT_TOLD = "not told"
BUSY_CLIENTS = 0.85
"""Share of a core from which on a process of the clients is what was measured."""


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What orders cost; None is what the shop does not tell. Held connections in milliseconds."""

    per_second: float
    placed: int
    statements_per_order: float | None
    statements_per_request: float | None
    held_ms: dict[str, dict[str, float | None]]


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is told of a run; ``requests`` by kind, ``all`` among them.

    ``cpu_seconds`` by part, None when not told; ``audit`` is ``clean``, or what is wrong, or why
    there was none. A load average above 0 before the run means that others took part of the CPU.
    """

    scenario: str
    loop: str
    seconds: float
    interrupted: bool
    options: dict[str, Any]
    machine: str
    load_average_before: float
    mariadb: str
    innodb_flush_log_at_trx_commit: int
    goodput_per_second: float
    answered_per_second: float
    requests: dict[str, dict[str, Any]]
    cpu_seconds: dict[str, float] | None
    clients_busy: float
    clients_late_ms_p99: float
    orders: Orders
    audit: str
    promises: Promises


def machine() -> str:
    """Name the machine and the Python of a measurement."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def results(
    asked: Options, run: Measured, *, judge: Judge, audit: str, promises: Promises
) -> Results:
    """Put the figures of a run together."""
    tally, span = run.tally, run.tally.span
    kinds = {"all": tally.everything} | dict(sorted(tally.kinds.items()))
    named = {name: str(value) for name in asked.__slots__ if (value := getattr(asked, name))}
    return Results(
        scenario=asked.scenario,
        loop=asked.loop,
        seconds=round(span, 2),
        interrupted=run.interrupted,
        options=named,
        machine=machine(),
        load_average_before=round(run.load_average, 1),
        mariadb=judge.version,
        innodb_flush_log_at_trx_commit=judge.flush_log_at_commit,
        goodput_per_second=round(tally.good / span, 1),
        answered_per_second=round(tally.answered / span, 1),
        requests={name: _figures(kind, span) for name, kind in kinds.items()},
        cpu_seconds=None if run.cpu is None else {**run.cpu, CLIENTS: run.clients_cpu},
        clients_busy=round(run.clients_cpu / span / asked.workers, 2),
        clients_late_ms_p99=percentile(sorted(tally.late), 0.99),
        orders=_orders(tally, run.added),
        audit=audit,
        promises=promises,
    )


def _figures(kind: Kind, span: float) -> dict[str, Any]:
    return {
        "count": kind.count,
        **{each.value: kind.outcomes[each] for each in Outcome},
        "per_second": round(kind.count / span, 1),
        "latency_ms": msgspec.to_builtins(Latencies.of(kind.latencies)),
        "replies": dict(kind.replies.most_common()),
    }


def _orders(tally: Tally, added: Counts | None) -> Orders:
    placed = tally.good_of(PLACE)
    statements = (added or {}).get(counters.STATEMENTS)
    return Orders(
        per_second=round(placed / tally.span, 1),
        placed=placed,
        statements_per_order=_ratio(statements, placed),
        statements_per_request=_ratio(statements, tally.answered),
        held_ms={
            use: {name: _held(added, use, part) for name, part in (("p50", 0.5), ("p99", 0.99))}
            for use in ("read", "begin")
        },
    )


def _held(added: Counts | None, use: str, part: float) -> float | None:
    seconds = counters.held(added or {}, use, part)
    return None if seconds is None else round(seconds * 1000, 2)


def _ratio(total: float | None, count: int) -> float | None:
    return None if total is None or not count else round(total / count, 2)


def lines(found: Results) -> Iterator[str]:
    """Yield the report."""
    options = found.options
    yield f"{found.scenario}, {found.loop}, {found.seconds:g} s" + (
        " (interrupted)" if found.interrupted else ""
    )
    where = options.get("target") or f"{options['processes']} processes of the shop"
    flush = f"innodb_flush_log_at_trx_commit={found.innodb_flush_log_at_trx_commit}"
    yield f"{where}, {options['workers']} of the clients; {found.machine}"
    yield f"MariaDB {found.mariadb}, {flush}; load average before {found.load_average_before:g}"
    yield ""
    yield from _table(found)
    yield ""
    yield (
        f"goodput  {found.goodput_per_second:,.1f} ok/s of {found.answered_per_second:,.1f}"
        " answered/s; latencies in ms from when a request was due, answered requests only"
    )
    yield from _replies(found)
    yield from _cost(found)
    yield from _order_lines(found)
    yield from _promise_lines(found.promises)
    yield f"audit    {found.audit}"


def _table(found: Results) -> Iterator[str]:
    counts = ["count", *(each.value for each in Outcome), "per_second"]
    parts = list(msgspec.to_builtins(Latencies.of([])))
    names = [name.replace("per_second", "per s") for name in counts]
    yield f"{'request':<15}" + "".join(f"{name:>9}" for name in names + parts)
    for name, kind in found.requests.items():
        cells = [f"{kind[each]:>9,}" for each in counts]
        cells += [f"{kind['latency_ms'][part]:>9,.1f}" for part in parts]
        yield f"{name:<15}" + "".join(cells)


def _replies(found: Results) -> Iterator[str]:
    """Yield what was answered by status and code, and what was not by why."""
    for name, kind in found.requests.items():
        if name != "all":
            told = "  ".join(f"{reply} × {count:,}" for reply, count in kind["replies"].items())
            yield f"answers  {name:<15}{told}"


def _cost(found: Results) -> Iterator[str]:
    answered = found.requests["all"]["count"] - found.requests["all"][Outcome.UNANSWERED.value]
    if found.cpu_seconds is None:
        yield f"CPU      {NOT_TOLD}"
    elif answered:
        parts = (
            f"{name} {seconds / answered * 1000:.2f} ms ({seconds:.1f} s)"
            for name, seconds in found.cpu_seconds.items()
        )
        yield f"CPU      a request: {', '.join(parts)}"
    yield (
        f"clients  {found.clients_busy:.0%} of a core each, p99 {found.clients_late_ms_p99:.1f} ms"
        " later than due by themselves"
    )
    if found.clients_busy > BUSY_CLIENTS:
        yield "         they were the bottleneck: these are their figures; try more --workers"


def _order_lines(found: Results) -> Iterator[str]:
    orders = found.orders
    if not orders.placed and PLACE not in found.requests:
        return
    per_order = "buy" in SCENARIOS[found.scenario]
    count = orders.statements_per_order if per_order else orders.statements_per_request
    told = NOT_TOLD if count is None else f"{count:g}"
    yield (
        f"orders   {orders.per_second:,.1f}/s, {orders.placed:,} placed;"
        f" statements {'an order' if per_order else 'a request'}: {told}"
    )
    for use, times in orders.held_ms.items():
        shown = (f"{name} {NOT_TOLD if ms is None else f'{ms:g} ms'}" for name, ms in times.items())
        yield f"         connection held to {use}: {', '.join(shown)}"


def _promise_lines(promises: Promises) -> Iterator[str]:
    if not promises.orders and not promises.payments:
        return
    verdict = f"{len(promises.broken)} BROKEN" if promises.broken else "all stand"
    yield (
        f"promises {promises.orders:,} orders and {promises.payments:,} payments acknowledged:"
        f" {verdict}"
    )
    yield from (f"         {each}" for each in promises.broken)
