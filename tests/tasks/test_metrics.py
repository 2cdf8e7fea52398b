"""The numbers of the tasks as Prometheus reads them from a process."""

from __future__ import annotations

import re
import urllib.request

from environment import Url
from tests.tasks.rows import OwnDatabase, eventually

NUMBER = r"^{} ([0-9.e+]+)$"


def number(url: str, name: str) -> float:
    """Return a number of ``/metrics``."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as reply:  # noqa: S310 - our own
        text = reply.read().decode()
    found = re.search(NUMBER.format(re.escape(name)), text, re.MULTILINE)
    assert found is not None, name
    return float(found[1])


async def test_the_dead_and_the_waiting_are_counted(api, environment):
    shared = OwnDatabase(Url(environment["DADASHOP_MYSQL_URL"]), "dadashop")
    process = api()
    before = number(process.url, 'dadashop_tasks{state="dead"}')
    shared.run(
        "INSERT INTO tasks_outbox (kind, facts, due) VALUES"
        " ('test.unknown', '{}', NOW(6) - INTERVAL 1 DAY),"
        " ('mail.welcome', '{}', NOW(6) + INTERVAL 1 HOUR)"
    )
    try:
        await eventually(
            lambda: number(process.url, 'dadashop_tasks{state="dead"}') == before + 1, 15
        )
        assert number(process.url, 'dadashop_tasks{state="queued"}') >= 1
        assert number(process.url, 'dadashop_tasks_tries_total{outcome="buried"}') == 1
        assert number(process.url, 'dadashop_tasks_tries_total{outcome="delivered"}') == 0
        assert number(process.url, "dadashop_tasks_oldest_due_seconds") >= 0
    finally:
        shared.run("DELETE FROM tasks_outbox WHERE kind IN ('test.unknown', 'mail.welcome')")
