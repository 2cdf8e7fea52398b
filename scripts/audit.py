"""Prove that nothing is lost: ``./scripts/audit``

Looks at the whole database as it is at one moment, while the shop is open or not, and changes
nothing. What breaks an invariant is named on a line of its own. Exit codes: 0 all invariants hold,
1 some are broken, 2 the audit could not be made.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from urllib.parse import quote

import pymysql

from environment import Url
from models.audit import Violation
from models.database import open_database
from models.errors import Unavailable
from resources import address_of
from scripts.environment import ROOT, local_settings
from scripts.fixtures.failures import explained
from scripts.progress import Progress, Step
from services.audit import AuditService, Report
from settings import Mysql

CLEAN, BROKEN, IMPOSSIBLE, INTERRUPTED = 0, 1, 2, 130
PATIENCE, SECONDS, NAMED = 300, 300, 1000
SPARE_SECONDS = 5
"""What a statement is given beyond the deadline of the audit, which is to be the first to pass."""

STEPS = (
    Step("INV-1", "INV-1: stock, ledger and sales", 15),
    Step("INV-2", "INV-2: totals of the orders", 5),
    Step("INV-3", "INV-3: orders, lines and keys", 5),
    Step("INV-4", "INV-4: payments and refunds", 10),
    Step("INV-5", "INV-5: time lines of the orders", 10),
    Step("INV-7", "INV-7: tasks", 2),
)


async def run(mysql: Mysql, given: argparse.Namespace) -> Report:
    """Make the audit, with progress on standard error; raises ``Unavailable``."""
    # Each database has a size of its own, and therefore times of its own.
    memory = ROOT / "var" / f"audit-times-{quote(mysql.url.name, safe='')}.json"
    progress = Progress(STEPS, memory, sys.stderr)
    async with open_database(
        address=address_of(mysql.url),
        size=1,
        acquire_seconds=mysql.acquire_ms / 1000,
        statement_seconds=given.seconds + SPARE_SECONDS,
    ) as database:
        service = AuditService(database, seconds=given.seconds)
        return await service.run(patience=given.patience, limit=given.limit, watch=progress.step)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; see the exit codes above."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    given = parser().parse_args(arguments)
    mysql = local_settings().mysql
    try:
        report = asyncio.run(run(mysql, given))
    except KeyboardInterrupt:
        return INTERRUPTED
    except (Unavailable, pymysql.err.Error) as fault:
        return _failed(fault, mysql.url)
    for violation in report.violations:
        print(line(violation))
    print("\n".join(summary(report)))
    return BROKEN if report.violations else CLEAN


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    understood = argparse.ArgumentParser(
        prog="./scripts/audit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, default, says in (
        ("patience", PATIENCE, "a task may be due for N seconds"),
        ("seconds", SECONDS, "the audit may take N seconds"),
        ("limit", NAMED, "name N violations of each rule at most"),
    ):
        understood.add_argument(
            f"--{name}", type=_positive, default=default, metavar="N", help=f"{says} ({default})"
        )
    return understood


def line(violation: Violation) -> str:
    """Return a violation on one line, whatever the rows hold."""
    text = (
        f"{violation.invariant}  {violation.subject}: {violation.rule}:"
        f" expected {violation.expected}, found {violation.found}"
    )
    return "".join(letter if letter.isprintable() else " " for letter in text)


def summary(report: Report) -> Iterator[str]:
    """Say what was looked at, how long it took, and how much is broken."""
    extent = report.extent
    yield (
        f"{extent.orders:,} orders, {extent.lines:,} lines, {extent.skus:,} SKUs,"
        f" {extent.entries:,} ledger entries, {extent.events:,} events, {extent.keys:,} keys,"
        f" {extent.attempts:,} attempts to pay, {extent.refunds:,} refunds,"
        f" {extent.tasks:,} tasks in {report.seconds:.1f} s"
    )
    counts = ", ".join(f"{invariant}: {count:,}" for invariant, count in report.counts().items())
    if not report.complete:
        counts += " (and more than were to be named)"
    total = len(report.violations)
    yield f"{total:,} violations; {counts}" if total else f"All invariants hold; {counts}"


def _positive(text: str) -> int:
    """Read a number above zero; ``ValueError`` makes argparse explain."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _failed(fault: Exception, url: Url) -> int:
    """Say why there was no audit."""
    cause = fault.__cause__ if isinstance(fault, Unavailable) else fault
    said = explained(cause, url) if isinstance(cause, pymysql.err.Error) else str(fault)
    print(said, file=sys.stderr)
    return IMPOSSIBLE


if __name__ == "__main__":
    sys.exit(main())
