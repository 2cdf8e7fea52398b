"""Single statements of a migration, performed one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Step:
    """One re-runnable statement, and what it does in words for people."""

    says: str
    statement: str


Watch = Callable[[Step, float], None]
"""Is told each step when it is done, and how many seconds it took."""


def ignore(_step: Step, _seconds: float) -> None:
    """Watch without looking."""


def perform(connection: Connection, steps: Iterable[Step], watch: Watch = ignore) -> None:
    """Run the steps in their order; the first that fails ends it, those before it stay done."""
    for step in steps:
        started = time.perf_counter()
        connection.exec_driver_sql(step.statement)
        watch(step, time.perf_counter() - started)


def run_in(context: Any, steps: Callable[[Connection], Iterable[Step]]) -> None:
    """Perform the steps of a migration in alembic's context, told to whoever watches."""
    connection: Connection = context.bind
    perform(connection, steps(connection), context.config.attributes.get(WATCH, ignore))
