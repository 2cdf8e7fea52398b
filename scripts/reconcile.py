"""Compare our books with the bills of the payment providers: ``./scripts/reconcile [DATE]``

Asks each provider for its bill of a day (Beijing time, without a date that of yesterday), or reads
a bill that was downloaded, and compares every payment and every refund with our own books. What
differs is named on a line of its own; refunds have negative amounts. A movement that the two sides
have on both sides of a midnight, five minutes from it at most, is a note and no difference. Nothing
is changed. Exit codes: 0 both sides agree, 1 they differ, 2 they could not be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import aiohttp
import pymysql
import structlog

from environment import Url
from models.database import open_database
from models.errors import RemoteFailed, Unavailable
from models.payments import METHODS
from resources import address_of
from scripts.environment import ROOT, local_settings
from scripts.fixtures.failures import explained
from scripts.progress import Progress, Step
from services.gateways import alipay_statement, wechatpay_statement
from services.gateways.alipay import AlipayGateway
from services.gateways.beijing import BEIJING
from services.gateways.remote import Patience, Remote, open_session
from services.gateways.wechatpay import WechatpayGateway
from services.ports import StatementLine
from services.reconciliation import (
    BillSource,
    Comparison,
    Difference,
    Note,
    ReconciliationService,
)
from settings import Settings

EQUAL, DIFFERENT, IMPOSSIBLE, INTERRUPTED = 0, 1, 2, 130
READERS: Mapping[str, Callable[[bytes], Sequence[StatementLine]]] = {
    "alipay": alipay_statement.read_file,
    "wechat": wechatpay_statement.read_table,
}
NAMES = {"alipay": "Alipay", "wechat": "WeChat Pay"}
PATIENCE = Patience(total=120.0, connect=5.0, read=30.0, tries=2)
"""A bill is a large file, and nobody waits for a page."""
STATEMENT_SECONDS = 60.0
USUAL_SECONDS = 3.0
HEADINGS = ("differs", "attempt", "refund", "here", "there", "here at")
WIDTHS = (18, 32, 33, 32, 32, 19)


class Impossible(Exception):
    """There is nothing to compare with."""


class Downloaded:
    """A bill in a file, which is that of the one day it is said to be of."""

    def __init__(self, provider: str, path: Path, day: date) -> None:
        try:
            self._lines = READERS[provider](path.read_bytes())
        except OSError as fault:
            raise Impossible(f"cannot read {path}: {fault.strerror}") from fault
        except ValueError as fault:
            raise Impossible(f"{path} is no bill of {NAMES[provider]}") from fault
        self._day = day

    async def statement(self, day: date) -> Sequence[StatementLine]:
        """Return what is in it; of other days there is nothing."""
        return self._lines if day == self._day else ()


def accounts(settings: Settings, http: aiohttp.ClientSession) -> dict[str, BillSource]:
    """Return the providers we have an account at."""
    found: dict[str, BillSource] = {}
    site = settings.pays.site
    if settings.alipay.app:
        remote = Remote("alipay", http, patience=PATIENCE)
        found["alipay"] = AlipayGateway(settings.alipay, remote, site=site, clock=now)
    if settings.wechatpay.merchant:
        remote = Remote("wechat", http, patience=PATIENCE)
        found["wechat"] = WechatpayGateway(settings.wechatpay, remote, site=site, clock=now)
    return found


def now() -> datetime:
    """Return the present moment with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Beijing."""
    return now().astimezone(BEIJING).date()


@asynccontextmanager
async def sources(
    settings: Settings, given: argparse.Namespace
) -> AsyncIterator[dict[str, BillSource]]:
    """Open where the bills come from, by provider; raises ``Impossible`` when there is nowhere."""
    if given.file:
        yield {given.provider: Downloaded(given.provider, given.file, given.day)}
        return
    async with open_session() as http:
        found = accounts(settings, http)
        wanted = [given.provider] if given.provider else [*METHODS]
        missing = [name for name in wanted if name not in found]
        if len(missing) == len(wanted):
            raise Impossible(f"no account is set at {' or '.join(NAMES[each] for each in missing)}")
        for name in missing:
            print(f"{NAMES[name]} is left out: no account is set there", file=sys.stderr)
        yield {name: found[name] for name in wanted if name in found}


async def run(settings: Settings, given: argparse.Namespace) -> list[Comparison]:
    """Compare, with progress on standard error.

    Raises ``Impossible``, ``RemoteFailed`` or ``Unavailable``.
    """
    mysql = settings.mysql
    async with (
        sources(settings, given) as found,
        open_database(
            address=address_of(mysql.url),
            size=1,
            acquire_seconds=mysql.acquire_ms / 1000,
            statement_seconds=STATEMENT_SECONDS,
        ) as database,
    ):
        steps = [Step(name, f"{NAMES[name]}, {given.day}", USUAL_SECONDS) for name in found]
        progress = Progress(steps, ROOT / "var" / "reconcile-times.json", sys.stderr)
        service = ReconciliationService(database, today=today())
        done = []
        for name, source in found.items():
            with progress.step(name):
                done.append(await service.run(name, source, given.day))
        return done


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; see the exit codes above."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    given = read_arguments(arguments)
    settings = local_settings()
    # Standard output is for the table; the gateways say on the other one when they try again.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        compared = asyncio.run(run(settings, given))
    except KeyboardInterrupt:
        return INTERRUPTED
    except (Impossible, RemoteFailed) as fault:
        print(fault, file=sys.stderr)
        return IMPOSSIBLE
    except (Unavailable, pymysql.err.Error) as fault:
        print(_explained(fault, settings.mysql.url), file=sys.stderr)
        return IMPOSSIBLE
    for comparison in compared:
        print("\n".join(report(comparison)))
    return DIFFERENT if any(each.differences for each in compared) else EQUAL


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the program with code 2 when it makes no sense."""
    understood = argparse.ArgumentParser(
        prog="./scripts/reconcile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    understood.add_argument(
        "day",
        nargs="?",
        type=_day,
        default=today() - timedelta(days=1),
        metavar="DATE",
        help="YYYY-MM-DD (yesterday)",
    )
    understood.add_argument("--provider", choices=[*METHODS], help="only this one")
    understood.add_argument(
        "--file", type=Path, metavar="BILL", help="a bill of that provider and day, ZIP or CSV"
    )
    given = understood.parse_args(arguments)
    if given.file and not given.provider:
        understood.error("--file needs --provider: a bill does not say whose it is")
    if given.day > today():
        understood.error(f"{given.day} is still to come")
    if given.day == today():
        print(f"{given.day} is not over: its bill may be missing or grow", file=sys.stderr)
    return given


def report(comparison: Comparison) -> Iterator[str]:
    """Say how much moved at both sides, what differs, and what stands across a midnight."""
    sides = " - ".join(
        f"{side}: {_summed(amounts)}"
        for side, amounts in (("here", comparison.here), ("there", comparison.there))
    )
    yield f"{NAMES[comparison.provider]} {comparison.day}  {sides}"
    if comparison.differences:
        yield _row(HEADINGS)
        yield from map(difference_line, comparison.differences)
    yield from map(note_line, comparison.notes)
    yield _counted(comparison.differences, "difference")


def difference_line(each: Difference) -> str:
    """Return a difference on one line of the table."""
    kind = f"{'refund' if each.request_no else 'payment'} {each.kind}"
    at = f"{each.at:%Y-%m-%d %H:%M:%S}" if each.at else "-"
    return _row((kind, each.out_trade_no, each.request_no, each.here, each.there, at))


def note_line(each: Note) -> str:
    """Return a note on one line."""
    what = f"refund {each.request_no}" if each.request_no else f"payment {each.out_trade_no}"
    at = f"{each.at:%Y-%m-%d %H:%M:%S}"
    return _plain(f"note: {what} of {each.amount} yuan, here at {at}, there on {each.day}")


def _summed(amounts: Sequence[Decimal]) -> str:
    came = [each for each in amounts if each >= 0]
    went = [-each for each in amounts if each < 0]
    return (
        f"{_counted(came, 'payment')} of {sum(came, Decimal(0)):,.2f} yuan,"
        f" {_counted(went, 'refund')} of {sum(went, Decimal(0)):,.2f} yuan"
    )


def _counted(things: Sequence[object], name: str) -> str:
    return f"{len(things):,} {name}" if len(things) == 1 else f"{len(things):,} {name}s"


def _row(cells: Sequence[object]) -> str:
    shown = ("-" if cell in {None, ""} else str(cell) for cell in cells)
    widths = zip(shown, WIDTHS, strict=True)
    return _plain("  ".join(cell.ljust(width) for cell, width in widths)).rstrip()


def _plain(text: str) -> str:
    """Keep a line one line: what a file says may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _day(text: str) -> date:
    """Read a day."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BEIJING).date()
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, YYYY-MM-DD") from fault


def _explained(fault: Exception, url: Url) -> str:
    """Say why our own books could not be read."""
    cause = fault.__cause__ if isinstance(fault, Unavailable) else fault
    return explained(cause, url) if isinstance(cause, pymysql.err.Error) else str(fault)


if __name__ == "__main__":
    sys.exit(main())
