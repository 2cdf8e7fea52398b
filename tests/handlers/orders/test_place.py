"""Placing an order: what is written, what is answered, what is bought and what is not."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from models.bookkeeping import ENTRIES_OF_GOODS
from services import Services
from services.staff_skus import StaffSkuService
from tests.factories import Bags
from tests.handlers.orders.market import FREIGHT, Buyer, Market

PLACED = {"saller", "order_id", "total_amount", "order_freight", "pay_url", "carts_count"}
MOST_STATEMENTS = 15


async def test_an_order_out_of_the_cart(market: Market, anna: Buyer, bags: Bags) -> None:
    """It takes the selected lines off the shelf and out of the cart, and keeps the day."""
    red, blue = bags.skus[0], bags.skus[2]
    await market.put_in(anna, red, 2)
    await market.put_in(anna, blue, 1)
    await market.put_in(anna, bags.plain, 1)
    body = {"state": "unselect", "sku_id": bags.plain}
    assert (await market.ask("PUT", anna.cart, body, who=anna)).code == 200
    reply = await market.place(anna)
    assert reply.code == 200, reply.body
    data = reply.json["data"]
    total = 2 * Decimal("88.00") + Decimal("90.00") + FREIGHT
    assert data["total_amount"] == f"{total:.2f}"
    assert data["carts_count"] == 1
    assert (market.stock(red), market.stock(blue)) == (3, 4)
    cart = (await market.ask("GET", anna.cart, who=anna)).json["data"]
    assert [line["id"] for line in cart] == [bags.plain]
    assert market.status(data["order_id"]) == 1
    assert market.steps(data["order_id"]) == [(None, 1, f"user:{anna.id}")]
    assert market.row(data["order_id"]) == {
        "user_profile_id": anna.id,
        "total_amount": total,
        "total_count": 3,
        "freight": FREIGHT,
        "pay_method": 1,
        "status": 1,
    }
    for sku in (red, blue):
        market.in_books(sku)


async def test_buying_at_once_leaves_the_cart_alone(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """Trap 4: it buys what is named, not what is in the cart, and the cart stays as it is."""
    await market.put_in(anna, bags.skus[0], 2)
    await market.put_in(anna, bags.plain, 1)
    reply = await market.buy(anna, bags.plain, 3)
    assert reply.code == 200, reply.body
    data = reply.json["data"]
    assert data["carts_count"] == 2
    assert data["total_amount"] == f"{3 * Decimal('9.90') + FREIGHT:.2f}"
    assert await market.cart(anna) == {bags.skus[0]: 2, bags.plain: 1}
    assert market.goods.ask("SELECT sku_id, `count` FROM orders_order_goods") == [(bags.plain, 3)]
    assert (market.stock(bags.plain), market.stock(bags.skus[0])) == (2, 5)
    kinds = market.goods.ask("SELECT kind FROM tasks_outbox")
    assert kinds == [("orders.close",), ("pays.ask",)]


async def test_the_reply_is_that_of_the_interface(market: Market, anna: Buyer, bags: Bags) -> None:
    """Its members, the number of 16 digits, amounts as text, and nobody may store it."""
    reply = await market.buy(anna, bags.plain)
    data = reply.json["data"]
    assert set(reply.json) == {"code", "data"}
    assert set(data) == PLACED
    assert data["saller"] == "达达商城"
    assert re.fullmatch(r"[1-9][0-9]{15}", data["order_id"])
    assert int(data["order_id"]) <= 2**53 - 1
    assert (data["total_amount"], data["order_freight"]) == ("19.90", "10.00")
    query = parse_qs(urlsplit(data["pay_url"]).query)
    asked = json.loads(query["biz_content"][0])
    assert (query["method"], asked["total_amount"]) == (["alipay.trade.page.pay"], "19.90")
    due = market.goods.one("SELECT due FROM tasks_outbox WHERE kind = 'orders.close'")
    assert datetime.fromisoformat(asked["time_expire"]) <= due, "ALI-7: not after our own closing"
    assert reply.headers["Cache-Control"] == "no-store"
    wechat = (await market.buy(anna, bags.skus[0], pay_method=2)).json["data"]
    assert set(wechat) == PLACED | {"code_url"}
    assert wechat["pay_url"].endswith(f"/gopay.html?order_id={wechat['order_id']}")
    assert wechat["code_url"].startswith("weixin://wxpay/bizpayurl?")


@pytest.mark.parametrize("given", [1, "1"])
async def test_numbers_may_come_as_text(
    market: Market, anna: Buyer, bags: Bags, given: int | str
) -> None:
    """Published pages send ids and counts as text; unknown members are ignored (API3)."""
    kind: type[int] | type[str] = type(given)
    body = {
        "address_id": kind(anna.address),
        "settlement_type": given,
        "sku_id": kind(bags.plain),
        "buy_count": kind(2),
        "pay_method": kind(2),
        "status": 2,
        "price": "0.01",
        "user_id": 1,
    }
    reply = await market.ask("POST", anna.orders, body, who=anna)
    assert reply.code == 200, reply.body
    row = market.row(reply.json["data"]["order_id"])
    assert (row["total_count"], row["pay_method"], row["status"]) == (2, 2, 1)
    assert (row["total_amount"], row["user_profile_id"]) == (Decimal("29.80"), anna.id)


async def test_numbers_cannot_be_guessed(market: Market, anna: Buyer, bob: Buyer) -> None:
    """SEC-2, trap 1: two orders of one second have numbers that have nothing in common."""
    sku = market.goods.ask("SELECT MIN(id) FROM goods_sku WHERE is_launched = 1")[0][0]
    market.goods.run("UPDATE goods_sku SET stock = 100 WHERE id = %s", sku)
    replies = await asyncio.gather(
        *(market.buy(who, sku, key=f"k{n}") for who in (anna, bob) for n in range(10))
    )
    numbers = [reply.json["data"]["order_id"] for reply in replies]
    assert len(set(numbers)) == 20
    assert len({number[:6] for number in numbers}) > 15


async def test_the_expected_total_is_honoured(market: Market, anna: Buyer, bags: Bags) -> None:
    """SEC-11: the price of the row counts; a page that showed another total gets no order."""
    assert (await market.buy(anna, bags.plain, expected_total="19.90")).code == 200
    market.goods.run("UPDATE goods_sku SET price = '9.91' WHERE id = %s", bags.plain)
    before = await market.snapshot()
    assert (await market.buy(anna, bags.plain, 2, expected_total="29.80")).code == 10409
    assert await market.snapshot() == before
    assert (await market.buy(anna, bags.plain, 2, expected_total="29.82")).code == 200


async def test_what_comes_into_the_cart_meanwhile_stays(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """CRT-8: exactly the bought pieces leave; the task that does it again takes nothing more."""
    red = bags.skus[0]
    await market.put_in(anna, red, 2)
    placed = (await market.place(anna)).json["data"]
    assert placed["carts_count"] == 0
    await market.put_in(anna, red, 1)
    lines = [(red, 2)]
    await market.services.carts.forget_bought(anna.id, placed["order_id"], lines)
    assert await market.cart(anna) == {red: 1}


async def test_an_unactivated_account_may_not_order(market: Market, bags: Bags) -> None:
    """Code 10118, and nothing happens; after the activation it may."""
    carl = market.buyer(active=False)
    await market.put_in(carl, bags.plain)
    before = await market.snapshot()
    for reply in (await market.place(carl, key="k"), await market.buy(carl, bags.plain)):
        assert reply.code == 10118
    assert await market.snapshot() == before
    assert (await market.ask("GET", f"{carl.orders}/advance", who=carl)).code == 200
    await market.services.users.activate(market.services.tokens.activation_code(carl.id))
    assert (await market.place(carl, key="k")).code == 200


async def test_how_many_statements_an_order_takes(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """PERF-1: the same few for one line or three, with a key or without."""
    spent = []
    for lines, key in ((1, "a"), (3, "b"), (3, None)):
        for sku in bags.skus[:lines]:
            await market.put_in(anna, sku)
        before = services.database.statements
        assert (await market.place(anna, key=key)).code == 200
        spent.append(services.database.statements - before)
    print("statements of an order:", spent)
    assert spent[0] == spent[1]
    assert max(spent) <= MOST_STATEMENTS


async def test_staff_who_change_prices_do_not_touch_the_stock(
    market: Market, services: Services, anna: Buyer, bob: Buyer, bags: Bags
) -> None:
    """STK-4, trap 5: edits and orders of one SKU at once; nobody is refused, the books hold."""
    sku, staff = bags.plain, services.staff_skus
    assert isinstance(staff, StaffSkuService)
    market.goods.run("UPDATE goods_sku SET stock = 40 WHERE id = %s", sku)
    market.goods.run("UPDATE goods_stock_ledger SET delta = 40 WHERE sku_id = %s", sku)
    edits = (staff.change_sku(sku, {"price": f"{n}.50", "caption": f"n{n}"}) for n in range(10))
    orders = (market.buy(who, sku, key=f"s{n}") for n in range(10) for who in (anna, bob))
    done = await asyncio.gather(*orders, *edits)
    assert {reply.code for reply in done if reply is not None} == {200}
    assert market.stock(sku) == 20
    market.in_books(sku)


async def test_a_full_cart_is_one_order(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """A hundred lines, the most a cart holds, in as many statements as one."""
    with market.goods.transaction():
        skus = [market.goods.sku(bags.clutch, f"袋 {n}", price="0.01") for n in range(100)]
    for statement in ENTRIES_OF_GOODS.values():
        market.goods.run(statement)
    for sku in skus:
        await services.carts.add(anna.id, sku, count=5, key=None)
    before = services.database.statements
    reply = await market.place(anna, key="k")
    assert reply.code == 200, reply.body
    assert services.database.statements - before <= MOST_STATEMENTS
    assert reply.json["data"]["total_amount"] == "15.00"
    assert market.goods.one("SELECT SUM(stock) FROM goods_sku WHERE name LIKE '袋 %%'") == 0
    assert await market.cart(anna) == {}
    for sku in (skus[0], skus[99]):
        market.in_books(sku)
    number = reply.json["data"]["order_id"]
    assert (await market.ask("DELETE", f"{anna.orders}/{number}", who=anna)).code == 200
    assert market.goods.one("SELECT SUM(stock) FROM goods_sku WHERE name LIKE '袋 %%'") == 500
