"""The verb ``reconcile``: against the bills of the simulators, and against files of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from scripts.reconcile import HEADINGS, accounts, difference_line, main
from services.gateways.beijing import BEIJING
from services.gateways.remote import open_session
from services.ports import Bill, Repayment
from services.reconciliation import Difference, Kind
from settings import Settings
from tests.audited import order_id
from tests.sandbox import SandboxClient
from tests.scripts.conftest import Database
from tests.services.gateways.test_alipay_statement import row as alipay_row
from tests.services.gateways.test_alipay_statement import table as alipay_table
from tests.services.gateways.test_wechatpay_statement import TRADE as WECHAT_TRADE
from tests.services.gateways.test_wechatpay_statement import WHOLE as WECHAT_WHOLE

AMOUNT = Decimal("98.00")
Ran = Callable[..., CompletedProcess[str]]


def now() -> datetime:
    """Return the present moment as the tables have it."""
    return datetime.now(UTC).astimezone(BEIJING).replace(tzinfo=None)


class Till:
    """Takes money at the simulators, and writes down in our books what it was."""

    def __init__(self, settings: Settings, sandbox: SandboxClient, shop: Database) -> None:
        self._settings = settings
        self._sandbox = sandbox
        self._shop = shop

    def takes(self, provider: str, number: int, *, back: bool = False, written: bool = True) -> str:
        """Let a buyer pay, and pay it back; return the number of the trade."""
        out_trade_no = asyncio.run(self._take(provider, f"{now():%Y%m%d}till{number}", back))
        if written:
            trade = self._sandbox.trade(provider, out_trade_no)
            self.writes(provider, number, out_trade_no, trade["trade_no"], back=back)
        return out_trade_no

    def writes(
        self, provider: str, number: int, out_trade_no: str, trade_no: str, *, back: bool = False
    ) -> None:
        """Write a payment down, and its refund."""
        at = f"{now():%Y-%m-%d %H:%M:%S}"
        self._shop.run(
            "INSERT INTO pays_attempt (id, order_id, provider, out_trade_no, amount, state,"
            f" trade_no, expires_time, paid_time) VALUES ({number}, '{order_id(number)}',"
            f" '{provider}', '{out_trade_no}', {AMOUNT}, 'paid', '{trade_no}', '{at}', '{at}')"
        )
        if back:
            self._shop.run(
                "INSERT INTO pays_refund (attempt_id, order_id, request_no, amount, reason, state,"
                f" done_time) VALUES ({number}, '{order_id(number)}', 'R{out_trade_no}',"
                f" {AMOUNT}, 'late', 'done', '{at}')"
            )

    async def _take(self, provider: str, number: str, back: bool) -> str:
        async with open_session() as http:
            gateway = accounts(self._settings, http)[provider]
            moment = now()
            bill = Bill(number, AMOUNT, "达达商城订单 1", moment, moment + timedelta(minutes=30))
            way = await gateway.way(bill)  # type: ignore[attr-defined] # a provider is more than its bills
            if way.pay_url:
                assert (await asyncio.to_thread(self._sandbox.visit, way.pay_url)).status == 200
            await asyncio.to_thread(self._sandbox.pay, provider, number)
            if back:
                wanted = Repayment(number, f"R{number}", AMOUNT, AMOUNT, "重复付款")
                assert (await gateway.repay(wanted)).done  # type: ignore[attr-defined] # likewise
        return number


@pytest.fixture
def till(settings: Settings, sandbox: SandboxClient, shop: Database) -> Till:
    """A till of a shop that has sold nothing yet."""
    return Till(settings, sandbox, shop)


@pytest.fixture
def day() -> date:
    """The day on which everything happens, unless midnight is too near."""
    moment = now()
    if (moment + timedelta(minutes=2)).date() != moment.date():
        pytest.skip("it is about to be midnight")
    return moment.date()


def test_equal_books_end_with_0(till: Till, shop: Database, ran: Ran, day: date) -> None:
    """Both providers, payments and refunds, by the bills they hand out."""
    for number, provider in enumerate(("alipay", "alipay", "wechat", "wechat"), 1):
        till.takes(provider, number, back=number % 2 == 0)
    before = shop.contents()
    done = ran("reconcile", shop, day)
    assert done.returncode == 0, done.stdout + done.stderr
    moved = "2 payments of 196.00 yuan, 1 refund of 98.00 yuan"
    assert done.stdout.splitlines() == [
        f"Alipay {day}  here: {moved} - there: {moved}",
        "0 differences",
        f"WeChat Pay {day}  here: {moved} - there: {moved}",
        "0 differences",
    ]
    assert f"{day} is not over" in done.stderr
    assert "[2/2] WeChat Pay" in done.stderr
    assert shop.contents() == before


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
def test_what_differs_is_a_table_and_ends_with_1(
    till: Till, shop: Database, ran: Ran, day: date, provider: str
) -> None:
    """Unknown here, unknown there, another amount; the other provider is left alone."""
    unknown = till.takes(provider, 1, written=False)
    wrong = till.takes(provider, 2, back=True)
    till.writes(provider, 3, "2026invented", "T3")
    shop.run("UPDATE pays_attempt SET amount = 97.99 WHERE id = 2")
    shop.run("UPDATE pays_refund SET request_no = 'R9'")
    done = ran("reconcile", shop, day, "--provider", provider)
    assert done.returncode == 1
    first, heading, *lines, last = done.stdout.splitlines()
    assert first.startswith(f"{'Alipay' if provider == 'alipay' else 'WeChat Pay'} {day}  here: 2")
    assert re.split(r" {2,}", heading) == [*HEADINGS]
    cells = [re.split(r" {2,}", each)[:5] for each in lines]
    assert sorted(cells) == sorted(
        [
            ["payment not here", unknown, "-", "-", "98.00"],
            ["payment amount", wrong, "-", "97.99", "98.00"],
            ["refund not here", wrong, f"R{wrong}", "-", "-98.00"],
            ["refund not there", wrong, "R9", "-98.00", "-"],
            ["payment not there", "2026invented", "-", "98.00", "-"],
        ]
    )
    assert last == "5 differences"


def test_yesterday_is_the_day_that_is_meant(
    till: Till, shop: Database, ran: Ran, day: date
) -> None:
    """Nothing moved then; today's payment is no part of it."""
    till.takes("alipay", 1)
    done = ran("reconcile", shop)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Alipay {day - timedelta(days=1)}  here: 0 payments")
    assert "is not over" not in done.stderr


# Files


def test_a_downloaded_bill_is_read_with_the_same_reader(
    shop: Database, ran: Ran, tmp_path: Path, till: Till
) -> None:
    """As the archive is handed out, or the table out of it; the names of columns decide."""
    bill = tmp_path / "bill.csv"
    bill.write_bytes(alipay_table(alipay_row("交易", "98.00")))
    trade = ran("reconcile", shop, "2026-11-26", "--provider", "alipay", "--file", bill)
    assert trade.returncode == 1
    assert "payment not here" in trade.stdout
    bill.write_bytes(WECHAT_WHOLE)
    found = ran("reconcile", shop, "2026-11-26", "--provider", "wechat", "--file", bill)
    assert found.returncode == 1
    assert [line.split("  ")[0] for line in found.stdout.splitlines()[2:4]] == [
        "payment not here",
        "refund not here",
    ]
    till.writes("wechat", 1, "W2026112700000001", WECHAT_TRADE)
    shop.run("UPDATE pays_attempt SET paid_time = '2026-11-26 12:00:00'")
    found = ran("reconcile", shop, "2026-11-26", "--provider", "wechat", "--file", bill)
    assert found.stdout.splitlines()[-1] == "1 difference"


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
@pytest.mark.parametrize("contents", [b"", b"a,b\n1,2\n", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_a_file_that_is_no_bill_ends_with_2(
    shop: Database, ran: Ran, tmp_path: Path, provider: str, contents: bytes
) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_bytes(contents)
    done = ran("reconcile", shop, "2026-11-26", "--provider", provider, "--file", bill)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no bill of" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_ends_with_2(shop: Database, ran: Ran, tmp_path: Path) -> None:
    bill = tmp_path / "none.csv"
    done = ran("reconcile", shop, "2026-11-26", "--provider", "alipay", "--file", bill)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot read {bill}: No such file" in done.stderr


# What cannot be compared


def test_a_provider_that_is_away_ends_with_2(
    till: Till, sandbox: SandboxClient, shop: Database, ran: Ran, day: date
) -> None:
    """And says which; nothing is called different that could not be asked about."""
    till.takes("alipay", 1)
    sandbox.fault("alipay", status=503, until_reset=True)
    done = ran("reconcile", shop, day, "--provider", "alipay")
    assert (done.returncode, done.stdout) == (2, "")
    assert "alipay: status 503" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_tables_or_a_server_it_says_so_and_ends_with_2(
    sandbox: SandboxClient, empty: Database, ran: Ran
) -> None:
    done = ran("reconcile", empty, "2026-11-26")
    assert (done.returncode, done.stdout) == (2, "")
    assert "./scripts/migrate" in done.stderr
    empty.url = type(empty.url)("mysql://dadashop:secret4711@127.0.0.1:9/dadashop")
    done = ran("reconcile", empty, "2026-11-26")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot reach MariaDB at 127.0.0.1:9" in done.stderr
    assert "secret4711" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["yesterday"], "is no day"),
        (["2026-02-30"], "is no day"),
        (["2999-01-01"], "still to come"),
        (["--provider", "paypal"], "invalid choice"),
        (["2026-11-26", "--file", "x"], "--file needs --provider"),
        (["2026-11-26", "2026-11-27"], "unrecognized arguments"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_help_says_what_the_exit_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "Exit codes: 0 both sides agree" in capsys.readouterr().out


def test_who_has_no_account_is_left_out(
    shop: Database, ran: Ran, environment: dict[str, str], sandbox: SandboxClient
) -> None:
    """And without any there is nothing to compare with."""
    wechat = {n: t for n, t in environment.items() if n.startswith("DADASHOP_WECHATPAY_")}
    alipay = {n: t for n, t in environment.items() if n.startswith("DADASHOP_ALIPAY_")}
    assert wechat
    assert alipay
    try:
        for name in wechat:
            del environment[name]
        done = ran("reconcile", shop, "2026-11-26")
        assert done.returncode == 0, done.stderr
        assert "WeChat Pay is left out: no account is set there" in done.stderr
        assert "WeChat" not in done.stdout
        done = ran("reconcile", shop, "2026-11-26", "--provider", "wechat")
        assert (done.returncode, done.stdout) == (2, "")
        for name in alipay:
            del environment[name]
        done = ran("reconcile", shop, "2026-11-26")
        assert (done.returncode, done.stdout) == (2, "")
        assert "no account is set at Alipay or WeChat Pay" in done.stderr
    finally:
        environment |= alipay | wechat


def test_a_difference_stays_on_its_line() -> None:
    """Whatever a file holds."""
    text = difference_line(Difference(Kind.NUMBER, "N\n1", "R\x1b[2J", "T", "\u2028X"))
    assert text.isprintable()
    assert text.startswith("refund number       N 1 ")
