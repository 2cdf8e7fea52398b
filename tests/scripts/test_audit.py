"""The verb ``audit``: what it prints and how it ends."""

from __future__ import annotations

import json

import pytest

from environment import Url
from models.audit import INVARIANTS, Violation
from scripts.audit import STEPS, line, main
from scripts.environment import ROOT
from tests.audited import fill, order_id
from tests.tasks.rows import tasks_database


@pytest.fixture(scope="module")
def books(stack):
    return tasks_database(Url(stack.mariadb.url), "dadashop_audit_verb")


@pytest.fixture
def own(books):
    fill(books)
    return books


def test_a_clean_shop_ends_with_0(own, ran):
    before = own.contents()
    done = ran("audit", own)
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    assert first.startswith(
        "14 orders, 42 lines, 5 SKUs, 59 ledger entries, 38 events, 14 keys, 15 attempts to pay,"
        " 4 refunds, 6 tasks in "
    )
    assert last == "All invariants hold; INV-1: 0, INV-2: 0, INV-3: 0, INV-4: 0, INV-5: 0, INV-7: 0"
    assert own.contents() == before


def test_what_is_broken_is_named_on_a_line_and_ends_with_1(own, ran):
    own.run("UPDATE goods_sku SET stock = stock + 1 WHERE id < 3")
    own.run(f"UPDATE orders_order_info SET status = 9 WHERE order_id = '{order_id(8)}'")
    done = ran("audit", own)
    assert done.returncode == 1
    *lines, _, last = done.stdout.splitlines()
    rule = "the stock is the sum of the ledger"
    assert lines[0].startswith(f"INV-1  SKU 1: {rule}: expected 9999")
    assert lines[1].startswith(f"INV-1  SKU 2: {rule}: expected 9999")
    assert lines[2] == (
        f"INV-5  order {order_id(8)}: the path ends at the status of the order:"
        " expected status 2, found status 9"
    )
    assert last == "3 violations; INV-1: 2, INV-2: 0, INV-3: 0, INV-4: 0, INV-5: 1, INV-7: 0"


def test_there_may_be_more_than_are_named(own, ran):
    own.run("UPDATE goods_sku SET stock = stock + 1")
    done = ran("audit", own, "--limit", 2)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 4
    assert done.stdout.endswith("INV-7: 0 (and more than were to be named)\n")


def test_the_patience_can_be_chosen(own, ran):
    own.run("UPDATE tasks_outbox SET due = NOW(6) - INTERVAL 120 SECOND")
    assert ran("audit", own).returncode == 0
    done = ran("audit", own, "--patience", 60)
    assert done.returncode == 1
    assert "orders.close: no task is long overdue: expected done, found waiting" in done.stdout


def test_progress_is_shown_beside_the_findings(own, ran):
    done = ran("audit", own)
    assert [f"[{n}/6]" in done.stderr for n in range(1, 7)] == [True] * 6
    assert "[" not in done.stdout
    assert [step.key for step in STEPS] == list(INVARIANTS)
    times = json.loads((ROOT / "var" / f"audit-times-{own.name}.json").read_text("utf-8"))
    assert set(times) == set(INVARIANTS)


@pytest.mark.parametrize("option", ["--patience", "--seconds", "--limit"])
@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_numbers_are_positive(option, value, capsys):
    with pytest.raises(SystemExit) as ended:
        main([option, value])
    assert ended.value.code == 2
    assert option in capsys.readouterr().err


def test_without_tables_it_says_what_to_do_and_ends_with_2(empty, ran):
    done = ran("audit", empty)
    assert (done.returncode, done.stdout) == (2, "")
    assert "./scripts/migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_server_it_says_so_and_ends_with_2(shop, ran):
    shop.url = type(shop.url)("mysql://dadashop:secret4711@127.0.0.1:9/dadashop")
    done = ran("audit", shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot reach MariaDB at 127.0.0.1:9" in done.stderr
    assert "secret4711" not in done.stderr


def test_a_violation_stays_on_its_line():
    """Whatever the rows hold: a line break would look like another violation."""
    violation = Violation("INV-7", "no task is given up", "task 1", "done", "\nINV-1\x1b[2J\u2028b")
    assert line(violation) == (
        "INV-7  task 1: no task is given up: expected done, found  INV-1 [2J b"
    )
