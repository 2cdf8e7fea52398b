"""Notices that come fifty times, in the wrong order, forged, late, or never (F-15).

The books of the provider and ours agree afterwards, every forgery is an alarm, and no order moves
because of one.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.faults.orders import Mall, eventually, sized
from tests.handlers.orders.market import Market
from tests.payer import Payer
from tests.referee import assert_books_agree
from tests.sandbox import SandboxClient

COPIES = 50
ORDERS = sized(60, 2_000)
PIECES = 3_000
PROVIDERS = ("alipay", "wechat")
GOOD = {"alipay": "200", "wechat": "204"}
PATHS = {"alipay": "/v1/pays/notify_url", "wechat": "/v1/pays/wechat/notify"}
FORGED = ("forge_key", "forge_amount", "forge_app", "forge_seller", "unknown_order", "forge_body",
          "unsigned")  # fmt: skip
FORGERIES = {
    "alipay": (*FORGED, "forge_key"),
    "wechat": (*FORGED, "old", "wrong_serial", "wrong_secret"),
}
ALARMS = "SELECT COALESCE(SUM(times), 0) FROM pays_alarm WHERE provider = %s"
ROWS = (
    *("orders_order_info", "orders_event", "pays_attempt", "pays_refund"),
    *("goods_sku", "goods_stock_ledger"),
)


class Post:
    """What the providers send on demand, to all processes in turn."""

    def __init__(self, mall: Mall, sandbox: SandboxClient) -> None:
        self._mall = mall
        self._sandbox = sandbox

    async def send(
        self, provider: str, number: str, how: str, *, times: int = 1, abreast: int = 1
    ) -> dict[str, int]:
        """Send notices; return how often each status came back."""
        body = {
            "provider": provider,
            "out_trade_no": number,
            "how": how,
            "times": times,
            "abreast": abreast,
            "to": [process.url + PATHS[provider] for process in self._mall.processes],
        }
        answer = await asyncio.to_thread(self._sandbox.ask, "/api/notices", "POST", body=body)
        assert answer.status == 200, answer.text
        statuses: dict[str, int] = answer.json["statuses"]
        return statuses

    def rows(self) -> list[Any]:
        """Return every row that a notice might touch."""
        tasks = self._mall.goods.ask("SELECT id, kind, once FROM tasks_outbox ORDER BY id")
        tables = [self._mall.goods.ask(f"SELECT * FROM {table} ORDER BY 1") for table in ROWS]
        return [*tables, tasks]


def status(mall: Mall, order: str) -> int:
    """Return the state of an order."""
    sql = "SELECT status FROM orders_order_info WHERE order_id = %s"
    return int(mall.goods.one(sql, order))


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_fifty_copies_over_four_processes_are_one_payment(
    mall: Mall, sandbox: SandboxClient, provider: str
) -> None:
    """PAY-1, PAY-6, PAY-10: all are acknowledged, one pays; later ones change no byte of a row."""
    mall.open()
    sku, (who,) = mall.shelf(5), mall.buyers(1)
    post, payer = Post(mall, sandbox), Payer(sandbox)
    sandbox.fault(provider, drop_notices=True, until_reset=True)
    async with mall.doors() as doors:
        order = await doors[0].bought(who, sku)
        number = await payer.pay(doors[0], who, order, provider=provider)
    assert status(mall, order) == 1
    sandbox.mend()
    statuses = await post.send(provider, number, "repeat", times=COPIES, abreast=COPIES)
    assert statuses == {GOOD[provider]: COPIES}
    assert status(mall, order) == 2
    mails = "SELECT COUNT(*) FROM tasks_outbox WHERE kind = 'mail.paid'"
    assert mall.goods.one(mails) == 1
    await mall.tasks_are_done("mail.paid", 10)
    before = post.rows()
    for how, times in (("repeat", COPIES), ("reorder", 20), ("replay", 20)):
        statuses = await post.send(provider, number, how, times=times, abreast=10)
        assert set(statuses) == {GOOD[provider]}, how
    assert post.rows() == before
    for later in (3, 4):
        mall.goods.run("UPDATE orders_order_info SET status = %s WHERE order_id = %s", later, order)
        assert set(await post.send(provider, number, "repeat", times=8)) == {GOOD[provider]}
        assert status(mall, order) == later
    mall.goods.run("UPDATE orders_order_info SET status = 2 WHERE order_id = %s", order)
    assert mall.goods.one(ALARMS, provider) == 0
    assert_books_agree(sandbox, mall.goods)
    await mall.assert_in_order()


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_forgery_is_an_alarm_and_moves_nothing(
    mall: Mall, sandbox: SandboxClient, provider: str
) -> None:
    """PAY-3, ALI-2, WX-1, WX-2: refused, counted one by one, before and after the real payment."""
    mall.open(2)
    sku, (who,) = mall.shelf(5), mall.buyers(1)
    post, payer = Post(mall, sandbox), Payer(sandbox)
    sandbox.fault(provider, drop_notices=True, until_reset=True)
    async with mall.doors() as doors:
        order = await doors[0].bought(who, sku)
        number = await payer.visit(doors[0], who, order, provider=provider)
        hows = [how for how in FORGERIES[provider] if how not in {"old", "replay"}]
        before, sent = post.rows(), 0
        for how in hows:
            assert await post.send(provider, number, how, times=3) == {"400": 3}, how
            sent += 3
        assert post.rows() == before
        assert status(mall, order) == 1
        assert mall.goods.one(ALARMS, provider) == sent
        assert await payer.decide(provider, number) == 200
        for how in FORGERIES[provider]:
            assert await post.send(provider, number, how, times=2) == {"400": 2}, how
            sent += 2
        assert post.rows() == before
        assert mall.goods.one(ALARMS, provider) == sent
        sandbox.mend()
        assert await post.send(provider, number, "repeat") == {GOOD[provider]: 1}
        assert status(mall, order) == 2
    reasons = {str(row[0]) for row in mall.goods.ask("SELECT DISTINCT reason FROM pays_alarm")}
    assert {"signature", "amount", "app", "seller", "unknown"} <= reasons
    assert_books_agree(sandbox, mall.goods)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_when_no_notice_comes_the_sweep_finds_every_payment(
    mall: Mall, sandbox: SandboxClient, provider: str
) -> None:
    """PAY-7, WX-4: all notices are lost; the provider is asked in time, and none is missing."""
    mall.open(DADASHOP_PAYS_ASKS_PER_SECOND="200")
    count = ORDERS // 2
    sku, crowd = mall.shelf(PIECES), mall.buyers(count)
    sandbox.fault(provider, drop_notices=True, until_reset=True)
    payer, room = Payer(sandbox), asyncio.Semaphore(12)
    async with mall.doors(seconds=60) as doors:

        async def pay(nth: int) -> str:
            door: Market = doors[nth % len(doors)]
            async with room:
                order = await door.bought(crowd[nth], sku)
                await payer.pay(door, crowd[nth], order, provider=provider)
            return order

        orders = await asyncio.gather(*(pay(nth) for nth in range(count)))
    assert {status(mall, order) for order in orders} == {1}
    mall.goods.run("UPDATE tasks_outbox SET due = NOW(6) WHERE kind = 'pays.ask'")

    async def all_paid() -> bool:
        sql = "SELECT COUNT(*) FROM orders_order_info WHERE status = 2"
        return bool(mall.goods.one(sql) == count)

    await eventually(all_paid, 60)
    counted = assert_books_agree(sandbox, mall.goods)
    print(f"{provider}: {count} paid without a notice; books {counted}")
    await mall.assert_in_order()


async def test_a_fifth_of_the_notices_is_lost(mall: Mall, sandbox: SandboxClient) -> None:
    """PAY-7: who gets through is paid at once, the others by the schedule or the sweep."""
    mall.open()
    sku, crowd = mall.shelf(PIECES), mall.buyers(ORDERS)
    sandbox.fault("alipay", drop_notices=20, until_reset=True)
    payer, room = Payer(sandbox), asyncio.Semaphore(12)
    async with mall.doors(seconds=60) as doors:

        async def pay(nth: int) -> None:
            door = doors[nth % len(doors)]
            async with room:
                order = await door.bought(crowd[nth], sku)
                await payer.pay(door, crowd[nth], order)

        await asyncio.gather(*(pay(nth) for nth in range(ORDERS)))
    mall.goods.run("UPDATE tasks_outbox SET due = NOW(6) WHERE kind = 'pays.ask'")

    async def all_paid() -> bool:
        sql = "SELECT COUNT(*) FROM orders_order_info WHERE status = 2"
        return bool(mall.goods.one(sql) == ORDERS)

    await eventually(all_paid, 60)
    assert_books_agree(sandbox, mall.goods)
    await mall.assert_in_order()
