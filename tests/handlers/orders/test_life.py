"""The life of an order: every step at its time, once, by whom it belongs to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.errors import WrongState
from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply
from tests.payer import Payer
from tests.sandbox import SandboxClient

ALL = (1, 2, 3, 4, 6, 7, 8)
STAFF = "staff:1"


async def cancel(market: Market, who: Buyer, number: str) -> Reply:
    return await market.ask("DELETE", f"{who.orders}/{number}", who=who)


async def confirm(market: Market, who: Buyer, number: str | int) -> Reply:
    return await market.ask("PUT", who.orders, {"order_id": number}, who=who)


async def refund(market: Market, who: Buyer, number: str, reason: Any = "不想要了") -> Reply:
    return await market.ask("POST", f"{who.orders}/{number}/refund", {"reason": reason}, who=who)


async def test_from_the_order_to_the_receipt(
    market: Market, services: Services, anna: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """1→2→3→4, each a row of the time line with its actor; the number may come as a number."""
    number = await market.bought(anna, bags.plain, 2)
    await Payer(sandbox).pay(market, anna, number)
    paid = await market.ask("GET", f"/v1/pays/{number}", who=anna)
    assert paid.json["status"] == 2
    await services.orders.ship(number, actor=STAFF)
    assert (await confirm(market, anna, int(number))).json == {"code": 200, "data": "确认收货成功"}
    user = f"user:{anna.id}"
    assert market.steps(number) == [
        (None, 1, user), (1, 2, "provider"), (2, 3, STAFF), (3, 4, user)
    ]  # fmt: skip
    # Again is as good, and is no second step.
    before = await market.snapshot()
    assert (await confirm(market, anna, number)).code == 200
    assert await market.snapshot() == before
    market.in_books(bags.plain)


async def test_cancelling_gives_the_goods_back_once(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """1→6 by the customer; stock and sales are what they were, a second time is 200."""
    sold = "SELECT stock, sales FROM goods_sku ORDER BY id"
    before = market.goods.ask(sold)
    await market.put_in(anna, bags.skus[0], 2)
    await market.put_in(anna, bags.plain, 3)
    number = (await market.place(anna, key="k")).json["data"]["order_id"]
    assert market.goods.ask(sold) != before
    for _ in range(2):
        assert (await cancel(market, anna, number)).code == 200
        assert market.goods.ask(sold) == before
    user = f"user:{anna.id}"
    assert market.steps(number) == [(None, 1, user), (1, 6, user)]
    for sku in (bags.skus[0], bags.plain):
        market.in_books(sku)


STEPS = {"cancel": (cancel, 1, 6), "confirm": (confirm, 3, 4), "refund": (refund, 2, 7)}


@pytest.mark.parametrize("step", list(STEPS))
async def test_a_step_begins_where_it_begins(
    market: Market, anna: Buyer, bags: Bags, step: str
) -> None:
    """Trap 2: from any other state it is 10406 and changes nothing; at its end it is 200."""
    take, begin, end = STEPS[step]
    market.goods.run("UPDATE goods_sku SET stock = 50 WHERE id = %s", bags.plain)
    for status in ALL:
        number = market.stand(await market.bought(anna, bags.plain), status)
        before = await market.snapshot()
        reply = await take(market, anna, number)
        assert (status, reply.code) == (status, 200 if status in {begin, end} else 10406)
        if status == begin:
            assert market.status(number) == end
            assert market.steps(number)[-1] == (begin, end, f"user:{anna.id}")
        else:
            assert await market.snapshot() == before


async def test_nobody_touches_the_orders_of_another(
    market: Market, anna: Buyer, bob: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """SEC-1, trap 2: 10405 in every state and by every way, and nothing is told or changed."""
    market.goods.run("UPDATE goods_sku SET stock = 50 WHERE id = %s", bags.plain)
    for status in ALL:
        number = await market.bought(anna, bags.plain)
        await Payer(sandbox).pay(market, anna, number)
        market.stand(number, status)
        before = await market.snapshot()
        replies = [
            await cancel(market, bob, number),
            await confirm(market, bob, number),
            await refund(market, bob, number),
            await market.ask("GET", f"{bob.orders}/{number}", who=bob),
            await market.ask("GET", f"{bob.orders}?type=5&order_id={number}", who=bob),
            await market.ask("GET", f"/v1/pays/{number}", who=bob),
        ]
        assert [reply.code for reply in replies] == [10405] * 6
        assert all(number.encode() not in reply.body for reply in replies)
        assert (await market.ask("GET", f"{anna.orders}/{number}", who=bob)).code == 403
        listed = await market.ask("GET", f"{bob.orders}?type=0", who=bob)
        assert listed.json["data"]["orders_list"] == []
        assert await market.snapshot() == before


@pytest.mark.parametrize("number", [
    "1", "0", "-1", "x", "1e15", "undefined", "9" * 16, "9" * 65, "%00", "%E4%BD", "%27%20OR%201",
])  # fmt: skip
async def test_numbers_in_the_path(market: Market, anna: Buyer, number: str) -> None:
    """What is no number of an order of hers is 10405."""
    path = f"{anna.orders}/{number}"
    asked = [
        ("GET", path, None),
        ("DELETE", path, None),
        ("POST", f"{path}/refund", {"reason": "x"}),
        ("GET", f"/v1/pays/{number}", None),
    ]
    for method, where, body in asked:
        reply = await market.ask(method, where, body, who=anna)
        assert (reply.status, reply.code) == (200, 10405), (method, where)


async def test_numbers_in_the_body(market: Market, anna: Buyer, bags: Bags) -> None:
    """No number is 10400, one that is nobody's 10405; never a 5xx."""
    await market.bought(anna, bags.plain)
    before = await market.snapshot()
    bad: list[Any] = [
        None, True, -1, 0, 2.5, "", "x", "-1", "2.5", "1e3", "undefined", "０", [], {}, "9" * 65
    ]  # fmt: skip
    for value in bad:
        reply = await confirm(market, anna, value)
        assert (reply.status, reply.code) == (200, 10400), value
    for number in (1, "1", 2**53, 10**16):
        assert (await confirm(market, anna, number)).code == 10405
    for text, code in ((b'{"order_id": 1' + b"0" * 5000 + b"}", 400), (b"{}", 10400)):
        reply = await market.client.send("PUT", anna.orders, text, authorization=anna.token)
        assert reply.code == code
    again = f"{anna.orders}?type=5"
    for query, code in (("", 10400), ("&order_id=", 10400), ("&order_id=x", 10400),
                        ("&order_id=1", 10405)):  # fmt: skip
        assert (await market.ask("GET", again + query, who=anna)).code == code
    assert await market.snapshot() == before


async def test_reasons(market: Market, anna: Buyer, bags: Bags) -> None:
    """1 to 100 characters on one line; it stands in the time line."""
    number = market.stand(await market.bought(anna, bags.plain), 2)
    before = await market.snapshot()
    for reason in (None, "", "x" * 101, 5, [], "a\nb", "a\x00", True):
        assert (await refund(market, anna, number, reason)).code == 10400
    assert await market.snapshot() == before
    assert (await refund(market, anna, number, "颜色不对 🎒" + "x" * 90)).code == 200
    story = (await market.ask("GET", f"{anna.orders}/{number}", who=anna)).json["data"]
    assert story["events"][-1]["note"].startswith("颜色不对 🎒")
    market.in_books(bags.plain)


async def test_paying_again(market: Market, anna: Buyer, bags: Bags) -> None:
    """Trap 2: only own unpaid orders; the reply is that of the order, and nothing changes."""
    placed = await market.buy(anna, bags.plain, 2, key="k", pay_method=2)
    number = placed.json["data"]["order_id"]
    before = await market.snapshot()
    again = await market.ask("GET", f"{anna.orders}?type=5&order_id={number}", who=anna)
    assert again.json == placed.json
    assert await market.snapshot() == before
    for status in ALL[1:]:
        market.stand(number, status)
        again = await market.ask("GET", f"{anna.orders}?type=5&order_id={number}", who=anna)
        assert again.code == 10406


async def test_paid_just_before_it_is_cancelled(
    market: Market, services: Services, anna: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """Who has paid at the cashier has a paid order, however it was to be closed."""
    for close in ("customer", "time"):
        number = await market.bought(anna, bags.plain)
        stock = market.stock(bags.plain)
        await Payer(sandbox).pay(market, anna, number)
        if close == "customer":
            assert (await cancel(market, anna, number)).code == 10406
        else:
            await services.orders.close_unpaid(number)
        assert market.status(number) == 2
        assert market.steps(number)[1:] == [(1, 2, "provider")]
        assert market.stock(bags.plain) == stock
    market.in_books(bags.plain)


async def test_shipping(market: Market, services: Services, anna: Buyer, bags: Bags) -> None:
    """2→3 by staff, once, and the task that takes it as received is due in ten days."""
    for status in (1, 4, 6, 7, 8):
        number = market.stand(await market.bought(anna, bags.skus[0]), status)
        before = await market.snapshot()
        with pytest.raises(WrongState):
            await services.orders.ship(number, actor=STAFF)
        assert await market.snapshot() == before
    with pytest.raises(WrongState):
        await services.orders.ship("1", actor=STAFF)
    number = market.stand(await market.bought(anna, bags.plain), 2)
    await asyncio.gather(*(services.orders.ship(number, actor=STAFF) for _ in range(5)))
    assert market.steps(number)[1:] == [(2, 3, STAFF)]
    task = market.goods.ask(
        "SELECT facts, TIMESTAMPDIFF(SECOND, NOW(6), due) FROM tasks_outbox WHERE kind = %s",
        "orders.confirm",
    )
    assert len(task) == 1
    assert number in task[0][0]
    assert 10 * 86400 - 60 < task[0][1] <= 10 * 86400
    await services.orders.confirm_received(number)
    await services.orders.confirm_received(number)
    assert market.steps(number)[2:] == [(3, 4, "timeout")]


async def test_looking_changes_nothing(
    market: Market, anna: Buyer, bags: Bags, sandbox: SandboxClient
) -> None:
    """SEC-12: no GET of this module takes a step, though the order is due or paid."""
    number = await market.bought(anna, bags.plain)
    await market.put_in(anna, bags.skus[0])
    market.goods.run("UPDATE orders_order_info SET created_time = created_time - INTERVAL 1 DAY")
    await Payer(sandbox).pay(market, anna, number)
    before = await market.snapshot()
    now = f"settlement_type=1&sku_id={bags.plain}&buy_num=1"
    paths = ("", "?type=0", "?type=1&page=1&pagesize=5", f"/{number}", "/advance",
             f"?type=5&order_id={number}", f"/advance?{now}")  # fmt: skip
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            reply = await market.ask(method, anna.orders + path, who=anna)
            assert reply.status in {200, 204}
    assert await market.snapshot() == before
