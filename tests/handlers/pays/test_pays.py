"""GET /v1/pays/<order_id>: what the cashier says becomes the state of the order, once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from urllib.parse import urlsplit

import pytest

from scripts.stack.stack import Stack
from tests.handlers.users.people import REFUSED, Person, Town
from tests.http import Reply
from tests.sandbox import SandboxClient

NUMBERS = count(8_000_000_000_000_000)
ADD = """INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,
    pay_method, freight, status, receiver, address, receiver_mobile, tag, created_time,
    updated_time)
  VALUES (%s, %s, '98.00', 1, %s, '10.00', 1, '王小明', '北京市海淀区', '13800138000', '家',
    NOW(6), NOW(6))"""
STEPS = "SELECT from_status, to_status, actor FROM orders_event WHERE order_id = %s"
STATUS = "SELECT status FROM orders_order_info WHERE order_id = %s"


@pytest.fixture
def sandbox(stack: Stack) -> Iterator[SandboxClient]:
    """The cashier of the shared stack; others use its books too."""
    client = SandboxClient(stack.sandbox.url)
    yield client
    client.mend()


def placed(town: Town, person: Person, *, pay_method: int = 1) -> str:
    """Put an unpaid order into the tables; return its number."""
    order = str(next(NUMBERS))
    town.goods.run(ADD, order, person.id, pay_method)
    return order


def act(sandbox: SandboxClient, order: str, outcome: str, provider: str = "alipay") -> None:
    """Be the buyer."""
    body = {"provider": provider, "out_trade_no": order, "outcome": outcome}
    assert sandbox.ask("/api/pay", "POST", body=body).status == 200


async def asked(town: Town, order: str, who: Person | None) -> Reply:
    return await town.ask("GET", f"/v1/pays/{order}", who=who)


@pytest.mark.parametrize(("pay_method", "provider"), [(1, "alipay"), (2, "wechat")])
async def test_a_payment_is_seen_once(
    town: Town, anna: Person, sandbox: SandboxClient, pay_method: int, provider: str
) -> None:
    order = placed(town, anna, pay_method=pay_method)
    unpaid = {"code": 200, "status": 1, "paid_at": None, "pay_method": pay_method}
    assert (await asked(town, order, anna)).json == unpaid
    act(sandbox, order, "declined", provider)
    assert (await asked(town, order, anna)).json == unpaid
    act(sandbox, order, "paid", provider)
    replies = await asyncio.gather(*(asked(town, order, anna) for _ in range(8)))
    assert {reply.json["status"] for reply in replies} == {2}
    assert len(replies[0].json["paid_at"]) == len("2026-01-01 00:00:00")
    assert town.goods.ask(STEPS, order) == [(1, 2, "provider")]
    assert town.goods.one(STATUS, order) == 2


async def test_another_amount_pays_nothing(
    town: Town, anna: Person, sandbox: SandboxClient
) -> None:
    order = placed(town, anna)
    url = town.services.orders.pay_url(order, Decimal("0.01"), 1)
    assert sandbox.ask(f"/cashier?{urlsplit(url).query}").status == 200
    act(sandbox, order, "paid")
    assert (await asked(town, order, anna)).json["status"] == 1
    assert town.goods.ask(STEPS, order) == []


async def test_a_cashier_that_is_away_leaves_the_order_unpaid(
    town: Town, anna: Person, sandbox: SandboxClient
) -> None:
    order = placed(town, anna)
    act(sandbox, order, "paid")
    sandbox.fault("alipay", status=503, until_reset=True)
    assert (await asked(town, order, anna)).json["status"] == 1
    sandbox.mend()
    assert (await asked(town, order, anna)).json["status"] == 2


async def test_nobody_learns_about_the_order_of_another(
    town: Town, anna: Person, bob: Person, sandbox: SandboxClient
) -> None:
    order = placed(town, anna)
    act(sandbox, order, "paid")
    assert (await asked(town, order, None)).json == REFUSED
    for number in (order, "1", "0" * 65, "abc", "%C3%A9"):
        assert (await asked(town, number, bob)).code == 10405, number
    assert town.goods.one(STATUS, order) == 1
    assert [each["times"] for each in sandbox.books("alipay") if each["out_trade_no"] == order] == [
        0
    ]
