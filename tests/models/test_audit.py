"""Books in order are clean, every invariant that is broken is named, and nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from environment import Url
from models.audit import INVARIANTS
from models.database import Database
from scripts.stack.stack import Stack
from tests.audited import FEW, PATIENCE, audited, fill, named
from tests.models.payment_poisons import (
    LOADED_PAYMENTS,
    PAYMENT_INNOCENT,
    PAYMENT_POISONS,
)
from tests.models.poisons import (
    CLOSED,
    DONE,
    ENTRY,
    EVENT,
    INNOCENT,
    LOADED,
    PAID,
    POISONS,
    SHIPPED,
    TASK,
    UNCHECKED,
    UNPAID,
)
from tests.tasks.rows import OwnDatabase, opened, tasks_database

ALL_POISONS = POISONS | PAYMENT_POISONS
ALL_INNOCENT = INNOCENT | PAYMENT_INNOCENT


@pytest.fixture(scope="module")
def books(stack: Stack) -> OwnDatabase:
    """A database in which a stock may be negative."""
    own = tasks_database(Url(stack.mariadb.url), "dadashop_audit")
    own.run("ALTER TABLE goods_sku DROP CONSTRAINT goods_sku_stock_not_negative")
    return own


@pytest.fixture
def own(books: OwnDatabase) -> OwnDatabase:
    """The same with a small shop in order."""
    fill(books)
    return books


@pytest.fixture
async def database(own: OwnDatabase) -> AsyncIterator[Database]:
    """A pool of one connection, so that whatever is left on it is met again."""
    async with opened(own.url, size=1) as database:
        yield database


async def test_books_in_order_are_clean(database):
    report = await audited(database)
    assert report.violations == []
    assert report.complete
    assert report.counts() == dict.fromkeys(INVARIANTS, 0)
    extent = report.extent
    assert (extent.skus, extent.orders, extent.lines, extent.keys) == (5, FEW, 3 * FEW, FEW)
    assert (extent.entries, extent.events) == (5 + 3 * FEW + 12, 38)
    assert (extent.attempts, extent.refunds, extent.tasks) == (FEW + 1, 4, 6)


async def test_an_empty_shop_is_clean(own, database):
    for table in ("orders_order_goods", "orders_order_info", "orders_event", "orders_idempotency"):
        own.run(f"DELETE FROM {table}")
    own.run("DELETE FROM pays_refund; DELETE FROM pays_attempt")
    own.run("DELETE FROM tasks_outbox; DELETE FROM goods_stock_ledger; DELETE FROM goods_sku")
    report = await audited(database)
    assert report.violations == []
    assert set(msgspec.structs.astuple(report.extent)) == {0}


@pytest.mark.parametrize("name", ALL_POISONS)
async def test_what_is_broken_is_named_and_nothing_else(own, database, name):
    """INV-1, INV-2, INV-3, INV-4, INV-5, INV-7."""
    script, found = ALL_POISONS[name]
    own.run(script)
    assert await named(database) == [found]


def test_every_invariant_is_poisoned():
    assert len(ALL_POISONS) == len(POISONS) + len(PAYMENT_POISONS)
    assert {found[0] for _, found in ALL_POISONS.values()} == set(INVARIANTS)


async def test_every_rule_of_payments_is_poisoned(own, database):
    """A rule that finds nothing would not be missed otherwise."""
    named_rules = set()
    for script, _ in PAYMENT_POISONS.values():
        fill(own)
        own.run(script)
        named_rules |= {each.rule for each in (await audited(database)).violations}
    assert named_rules == {rule.says for rule in INVARIANTS["INV-4"]}


@pytest.mark.parametrize("name", ALL_INNOCENT)
async def test_what_is_allowed_is_not_named(own, database, name):
    own.run(ALL_INNOCENT[name])
    assert await named(database) == []


async def test_an_order_that_was_loaded_keeps_its_amount(own, database):
    """Nor has it been sold here, nor a task; the control was placed by a customer."""
    own.run(LOADED % "user:1")
    found = [each[0] for each in await named(database)]
    assert found == ["INV-1", "INV-1", "INV-1", "INV-2", "INV-7"]
    fill(own)
    own.run(LOADED % "import")
    assert await named(database) == []


async def test_an_order_that_was_loaded_was_paid_elsewhere(own, database):
    """The control was placed by a customer."""
    own.run(LOADED_PAYMENTS % "user:1")
    found = [each[0] for each in await named(database)]
    assert found == ["INV-4", "INV-4", "INV-4"]
    fill(own)
    own.run(LOADED_PAYMENTS % "import")
    assert await named(database) == []


async def test_an_order_that_was_loaded_needs_lines_and_a_ledger(own, database):
    own.run(LOADED % "import")
    own.run(f"DELETE FROM orders_order_goods WHERE order_info_id = '{UNPAID}'")
    found = [each[:2] for each in await named(database)]
    assert found[-1] == ("INV-3", f"order {UNPAID}")
    assert {each[0] for each in found[:-1]} == {"INV-1"}


async def test_a_task_may_be_due_for_a_while(own, database):
    own.run(
        "INSERT INTO tasks_outbox (id, kind, facts, due, error) VALUES"
        f" (900, 'mail.reset', '{{}}', NOW(6) - INTERVAL {PATIENCE - 60} SECOND, NULL),"
        f" (901, 'mail.reset', '{{}}', NOW(6) - INTERVAL {PATIENCE + 60} SECOND, 'smtp: 450')"
    )
    ((invariant, subject, _, found),) = await named(database)
    assert (invariant, subject) == ("INV-7", "task 901, mail.reset")
    assert found.startswith("waiting for 36")
    assert found.endswith(" s: smtp: 450")


async def test_poison_of_every_kind_is_survived(own, database):
    """F-25: numbers of orders that are none, negative counts, gone SKUs, states of the future."""
    own.run(
        f"{UNCHECKED}; DELETE FROM goods_sku WHERE id < 3;"
        f"UPDATE orders_order_info SET order_id = '订单\n😀', status = 1 WHERE order_id = '{PAID}';"
        f"UPDATE orders_order_info SET status = -32768 WHERE order_id = '{DONE}';"
        f"UPDATE orders_order_info SET total_amount = -1, freight = -99999999.99"
        f" WHERE order_id = '{SHIPPED}';"
        "UPDATE orders_order_goods SET count = -2147483648, price = 99999999.99 WHERE sku_id = 4;"
        "UPDATE goods_sku SET stock = -2147483648, sales = -1;"
        f"{EVENT} (900, '{CLOSED}', -1, 32767, ''), (901, '', NULL, 0, '');"
        f"{TASK} (900, '', 'no JSON', '9999-12-31', '0001-01-01', 'a\nb');"
        f"{TASK} (901, '', 'no JSON', '0001-01-01', NULL, NULL);"
        f"{ENTRY} (-1, -2147483648, '', ''), (0, 2147483647, 'unknown', '订单');"
        "UPDATE pays_attempt SET amount = -99999999.99, provider = '', state = 'paid' WHERE id < 7;"
        "UPDATE pays_attempt SET order_id = '订单\n😀', expires_time = '9999-12-31' WHERE id = 9;"
        "UPDATE pays_refund SET attempt_id = -9223372036854775808, request_no = '', state = ''"
        " WHERE id = 11"
    )
    report = await audited(database)
    assert all(count > 0 for count in report.counts().values())


async def test_orders_older_than_all_payments_are_left_alone(own, database):
    """They were placed before attempts were written down, and paid somewhere else."""
    own.run(
        f"UPDATE orders_order_info SET created_time = created_time - INTERVAL 1 DAY"
        f" WHERE order_id = '{PAID}';"
        f"DELETE FROM pays_refund WHERE order_id = '{PAID}';"
        f"DELETE FROM pays_attempt WHERE order_id = '{PAID}'"
    )
    assert await named(database) == []
