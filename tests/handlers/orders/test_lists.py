"""Lists of orders: whose, which, in which order, and as they were on their day."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market

MOST_STATEMENTS = 3
ITEM = {
    "order_id",
    "order_total_count",
    "order_total_amount",
    "order_freight",
    "address",
    "status",
    "order_sku",
    "order_time",
}


EXPECTED = {
    "order_total_count": 3,
    "order_total_amount": "195.90",
    "order_freight": "10.00",
    "address": {
        "title": "家",
        "address": "北京市海淀区中关村大街 1 号",
        "mobile": "13800138000",
        "receiver": "王小明",
    },
    "status": 1,
}
RED = {
    "default_image_url": "sku/1.png",
    "name": "托特包 0",
    "price": "88.00",
    "count": 2,
    "total_amount": "176.00",
    "sku_sale_attr_names": ["颜色", "尺寸"],
    "sku_sale_attr_vals": ["绯红", "小号"],
}


async def listed(market: Market, who: Buyer, query: str = "") -> list[dict[str, Any]]:
    """Return the orders of a list."""
    reply = await market.ask("GET", f"{who.orders}{query}", who=who)
    assert reply.code == 200, reply.body
    assert reply.headers["Cache-Control"] == "no-store"
    found: list[dict[str, Any]] = reply.json["data"]["orders_list"]
    return found


async def test_an_order_is_shown_as_on_its_day(market: Market, anna: Buyer, bags: Bags) -> None:
    """Trap 8: name, price, picture and attributes stay, whatever becomes of the SKU."""
    red = bags.skus[0]
    await market.put_in(anna, red, 2)
    await market.put_in(anna, bags.plain, 1)
    placed = (await market.place(anna)).json["data"]
    (order,) = await listed(market, anna, "?type=0")
    assert set(order) == ITEM
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", order["order_time"])
    beside = {name: order[name] for name in ("order_id", "order_sku", "order_time")}
    assert order == EXPECTED | beside
    assert order["order_id"] == placed["order_id"]
    assert order["order_sku"][0] == RED | {"id": red}
    assert order["order_sku"][1]["sku_sale_attr_names"] == []
    for change in (
        "UPDATE goods_sku SET name = '新', price = 1, default_image_url = 'x', is_launched = 0",
        "UPDATE goods_sale_attr_value SET name = '黑'",
        "UPDATE goods_spu_sale_attr SET name = '色'",
        "DELETE FROM goods_sku_sale_attr_value",
        "UPDATE users_address SET receiver = '李雷', is_active = 0",
    ):
        market.goods.run(change)
    assert await listed(market, anna, "?type=0") == [order]
    story = await market.ask("GET", f"{anna.orders}/{placed['order_id']}", who=anna)
    data = story.json["data"]
    assert {name: data[name] for name in ITEM} == order
    assert set(data) - ITEM == {"events", "close_at", "pay_method", "refunds"}


async def test_the_time_line_is_told(market: Market, anna: Buyer, bags: Bags) -> None:
    """Who did what when; until when an unpaid order can be paid, and no numbers of users."""
    number = await market.bought(anna, bags.plain)
    path = f"{anna.orders}/{number}"
    data = (await market.ask("GET", path, who=anna)).json["data"]
    (first,) = data["events"]
    assert set(first) == {"status", "from_status", "actor", "note", "time"}
    assert (first["from_status"], first["status"], first["actor"]) == (None, 1, "customer")
    until = "SELECT DATE_FORMAT(created_time + INTERVAL 1800 SECOND, '%%Y-%%m-%%d %%H:%%i:%%s')"
    sql = f"{until} FROM orders_order_info WHERE order_id = %s"
    assert data["close_at"] == market.goods.one(sql, number)
    for actor in ("provider", "staff:7", "timeout", "import"):
        market.goods.run(
            "INSERT INTO orders_event (order_id, from_status, to_status, actor)"
            " VALUES (%s, 1, 2, %s)",
            *(number, actor),
        )
    market.stand(number, 2)
    data = (await market.ask("GET", path, who=anna)).json["data"]
    actors = [event["actor"] for event in data["events"]]
    assert actors == ["customer", "provider", "shop", "system", "system"]
    assert data["close_at"] is None


async def test_all_types_and_the_newest_first(
    market: Market, anna: Buyer, bob: Buyer, bags: Bags
) -> None:
    """0 is all, 1 to 4 and 6 one state each; other users' orders are nowhere among them."""
    market.goods.run("UPDATE goods_sku SET stock = 50 WHERE id = %s", bags.plain)
    await market.bought(bob, bags.plain)
    numbers = {}
    for age, status in enumerate((1, 2, 3, 4, 6, 7, 8)):
        number = market.stand(await market.bought(anna, bags.plain), status)
        market.goods.run(
            "UPDATE orders_order_info SET created_time = NOW(6) - INTERVAL %s HOUR"
            " WHERE order_id = %s",
            *(age, number),
        )
        numbers[status] = number
    for query in ("", "?type=0", "?type=0&page=&pagesize="):
        assert [each["order_id"] for each in await listed(market, anna, query)] == [
            *numbers.values()
        ]
    for status in (1, 2, 3, 4, 6):
        found = await listed(market, anna, f"?type={status}")
        assert [(each["order_id"], each["status"]) for each in found] == [(numbers[status], status)]
    assert len(await listed(market, bob)) == 1


async def test_pages(market: Market, anna: Buyer, bags: Bags) -> None:
    """Every order stands on exactly one page, though all are of the same moment."""
    market.goods.run("UPDATE goods_sku SET stock = 50 WHERE id = %s", bags.plain)
    numbers = {await market.bought(anna, bags.plain) for _ in range(7)}
    market.goods.run("UPDATE orders_order_info SET created_time = '2026-01-01'")
    found = []
    for page, size in ((1, 3), (2, 3), (3, 1), (4, 0)):
        path = f"{anna.orders}?type=1&page={page}&pagesize=3"
        reply = await market.ask("GET", path, who=anna)
        assert reply.json["paginator"] == {"page": page, "pagesize": 3, "total": 7}
        on_page = [each["order_id"] for each in reply.json["data"]["orders_list"]]
        assert len(on_page) == size
        found += on_page
    assert len(found) == 7
    assert set(found) == numbers


@pytest.mark.parametrize("query", [
    "type=", "type=7", "type=-1", "type=all", "type=undefined", "type=1.0", "type=0&page=0",
    "type=0&page=-1", "type=0&page=x", "type=0&page=1e3", "type=0&page=9999999999",
    "type=0&pagesize=0", "type=0&pagesize=51", "type=0&pagesize=x", "type=%00", "type='",
])  # fmt: skip
async def test_bad_questions(market: Market, anna: Buyer, query: str) -> None:
    """A type, page or size that is none is 10400; the furthest page is just empty."""
    reply = await market.ask("GET", f"{anna.orders}?{query}", who=anna)
    assert (reply.status, reply.code) == (200, 10400)
    assert await listed(market, anna, "?type=0&page=1000000&pagesize=50") == []


async def test_a_list_takes_three_statements(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """PERF-1: for one order as for forty of several lines."""
    market.goods.run("UPDATE goods_sku SET stock = 500")
    spent = []
    for orders in (1, 40):
        for _ in range(orders):
            for sku in bags.skus:
                await market.put_in(anna, sku)
            assert (await market.place(anna, key=f"k{len(spent)}-{_}")).code == 200
        before = services.database.statements
        found = await listed(market, anna, "?type=0")
        spent.append(services.database.statements - before)
        assert [len(each["order_sku"]) for each in found] == [3] * len(found)
    print("statements of a list:", spent)
    assert spent[0] == spent[1] <= MOST_STATEMENTS
