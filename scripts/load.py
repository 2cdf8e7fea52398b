"""Put load on a shop of this machine: ``./scripts/load``, see ``scripts/load_test/options.py``."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Sequence

import msgspec
import pymysql

from scripts.environment import ROOT
from scripts.fixtures.failures import explained
from scripts.load_test import customers, resend
from scripts.load_test.journal import NAME as JOURNAL
from scripts.load_test.journal import open_creates
from scripts.load_test.options import MOST_CUSTOMERS, Options, read_options
from scripts.load_test.plot import draw
from scripts.load_test.promises import kept
from scripts.load_test.report import Results, lines, results
from scripts.load_test.stage import Refused, Stage, opened
from scripts.load_test.trial import Measured, measured, plans
from scripts.progress import Progress, Step
from scripts.run import allow_many_connections
from scripts.stack.job import run_command
from scripts.stack.process import StartFailed, tail
from scripts.stack.programs import Missing

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
AUDITOR = ROOT / "scripts" / "audit.py"
VERDICTS = {0: "clean", 1: "NOT clean"}
UNFINISHED = "could not be made"
BAD_AUDITS = (VERDICTS[1], UNFINISHED)


def steps(asked: Options) -> list[Step]:
    """Return the steps of a run and the seconds each is expected to take."""
    ours = [] if asked.external else [Step("goods", f"{asked.skus:,} SKUs", 8)]
    started = [] if asked.external else [Step("shop", f"{asked.processes} processes", 4)]
    load = f"{asked.scenario}, {asked.loop}, {asked.seconds:g} s"
    return [
        Step("servers", "Where the shop is" if asked.external else "Databases", 5),
        *ours,
        *started,
        Step("users", f"{asked.users:,} customers", 4),
        Step(f"load {asked.seconds:g}", load, asked.seconds + 3),
        Step("audit", "The books", 3),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run, write and print the results; see ``--help`` for the exit codes."""
    asked = read_options(arguments)
    allow_many_connections()
    progress = Progress(steps(asked), ROOT / "var" / "load-times.json")
    try:
        with opened(asked, progress) as stage:
            try:
                return _sent_again(asked, stage) if asked.resend else _run(asked, stage, progress)
            except pymysql.err.Error as fault:
                return _say(explained(fault, stage.settings.mysql.url), REFUSED)
    except (Refused, Missing) as fault:
        return _say(str(fault), REFUSED)
    except StartFailed as fault:
        return _say(str(fault), FAILED)
    except KeyboardInterrupt:
        return _say("Interrupted.", INTERRUPTED)


def _run(asked: Options, stage: Stage, progress: Progress) -> int:
    """Load the shop, have its books looked at, and tell."""
    asked.out.mkdir(parents=True, exist_ok=True, mode=0o700)
    with progress.step("users"):
        told = plans(asked, stage)
    with progress.step(f"load {asked.seconds:g}"):
        run = measured(stage, told, asked.out)
    audit = "none: interrupted" if run.interrupted else _audited(asked, stage, progress)
    promises = kept(stage.settings.mysql.url, asked.out / JOURNAL)
    found = results(
        asked,
        run,
        judge=stage.judge(),
        audit=audit,
        promises=promises,
    )
    _written(asked, found, run)
    if run.interrupted:
        return INTERRUPTED
    unclean = run.failed_workers or promises.broken or audit.startswith(BAD_AUDITS)
    return FAILED if unclean or not run.tally.good else DONE


def _audited(asked: Options, stage: Stage, progress: Progress) -> str:
    """Let the processes of the shop end, then have the auditor look at its books."""
    if not AUDITOR.is_file():
        return "none: there is no scripts/audit"
    with progress.step("audit"):
        stage.close_shop()
        log = asked.out / "audit.log"
        command = [sys.executable, "-P", "-m", "scripts.audit"]
        code = run_command(command, stage.child_environment(), log=log)
    verdict = VERDICTS.get(code, UNFINISHED)
    return verdict if code == 0 else f"{verdict}, see {log}:\n{tail(log)}"


def _written(asked: Options, found: Results, run: Measured) -> None:
    """Write the files and print the report."""
    encoded = msgspec.json.format(msgspec.json.encode(found), indent=2)
    (asked.out / "results.json").write_bytes(encoded + b"\n")
    title = f"{found.scenario}, {found.loop}, {found.goodput_per_second:,.0f} ok/s"
    draw(run.tally, title, asked.out / "timeline.png")
    print()
    for line in lines(found):
        print(line)
    if run.failed_workers:
        print(f"BROKEN   {run.failed_workers} processes of the clients failed: see above")
    print(f"files    {asked.out}")


def _sent_again(asked: Options, stage: Stage) -> int:
    """Ask for every order again that got no answer; 1 when the fate of one is still not known."""
    if asked.resend is None:
        return DONE
    everybody = customers.known(stage.settings, MOST_CUSTOMERS)
    unanswered = open_creates(asked.resend)
    creates = resend.without_strangers(unanswered, everybody)
    stood = resend.standing(stage.settings.mysql.url, creates)
    answers = asyncio.run(
        resend.resent(
            creates,
            customers=everybody,
            place=stage.place,
            log=asked.resend,
            patience=asked.timeout,
        )
    )
    found = [resend.Found(*each) for each in zip(creates, stood, answers, strict=True)]
    return _settled(found, len(unanswered) - len(creates))


def _settled(found: Sequence[resend.Found], strangers: int) -> int:
    for each in found:
        print(each.says)
    counts = Counter(each.is_settled for each in found)
    print(f"{len(found)} orders without an answer asked for again, {counts[False]} still open.")
    if strangers:
        print(f"{strangers} are of accounts this shop does not have.")
    return FAILED if counts[False] or strangers else DONE


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
