"""What is refused when ordering: the code, what it names, and that nothing happened."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market

BAD_NUMBERS: list[Any] = [
    None, True, False, 0, -1, 2.5, 10**30, "", "-1", "2.5", "1e3", "２", "undefined", "null",
    "' OR 1=1", "9" * 5000, [], [1], {}, "\x00",
]  # fmt: skip
BAD_CHOICES: list[Any] = [None, True, 2, -1, 0.0, 1.0, "", "2", "01", "cart", [], [1], {}, 10**40]
BAD_AMOUNTS: list[Any] = [True, "", "1.999", "-1", "1e3", 98.5, "x", [], {}, "123456789.00"]
FIELDS = [
    ("address_id", BAD_NUMBERS),
    ("settlement_type", BAD_CHOICES),
    ("sku_id", BAD_NUMBERS),
    ("buy_count", [*BAD_NUMBERS, 100_001]),
    ("pay_method", [0, "0", 3, "3", *(each for each in BAD_CHOICES if each not in (2, "2"))]),
    ("expected_total", BAD_AMOUNTS),
]
BAD_KEYS = ["", "x" * 201, "a b", "caf\xe9"]


def wish(anna: Buyer, bags: Bags, **changes: Any) -> dict[str, Any]:
    """Return a good body, changed."""
    good = {
        "address_id": anna.address,
        "settlement_type": 1,
        "sku_id": bags.plain,
        "buy_count": 1,
        "pay_method": 1,
    }
    return good | changes


@pytest.mark.parametrize(("field", "values"), FIELDS, ids=[name for name, _ in FIELDS])
async def test_bad_values(
    market: Market, anna: Buyer, bags: Bags, field: str, values: list[Any]
) -> None:
    """Whatever a field holds, it is 10400 and never a 5xx, and nothing is kept for the key."""
    before = await market.snapshot()
    for value in values:
        body = wish(anna, bags, **{field: value})
        if field == "expected_total" and value is None:
            continue
        reply = await market.ask("POST", anna.orders, body, who=anna, idempotency_key="k")
        assert (reply.status, reply.code) == (200, 10400), (value, reply.body[:200])
        assert reply.json["error"] == reply.json["errmsg"]
    for missing in ("address_id", "sku_id", "buy_count"):
        body = wish(anna, bags)
        del body[missing]
        assert (await market.ask("POST", anna.orders, body, who=anna)).code == 10400
    assert await market.snapshot() == before
    # IDEM-4: what was malformed is not final; the same key may be used for a good wish.
    good = await market.ask("POST", anna.orders, wish(anna, bags), who=anna, idempotency_key="k")
    assert good.code == 200


@pytest.mark.parametrize("key", BAD_KEYS)
async def test_bad_keys(market: Market, anna: Buyer, bags: Bags, key: str) -> None:
    """A key is 1 to 200 visible ASCII characters."""
    before = await market.snapshot()
    reply = await market.ask("POST", anna.orders, wish(anna, bags), who=anna, idempotency_key=key)
    assert (reply.status, reply.code) == (200, 10400)
    assert await market.snapshot() == before


async def test_bodies_that_are_no_object(market: Market, anna: Buyer) -> None:
    """JSON of another shape is a bad parameter; no JSON at all is a fault of the protocol."""
    before = await market.snapshot()
    head = {"authorization": anna.token}
    for value in (None, 1, "x", [], [[]], True):
        body = json.dumps(value).encode()
        assert (await market.client.send("POST", anna.orders, body, **head)).code == 10400
    for body in (b"", b"{", b"\xff", b"[" * 5000):
        assert (await market.client.send("POST", anna.orders, body, **head)).status == 400
    assert await market.snapshot() == before


async def test_addresses_of_nobody_and_of_others(
    market: Market, anna: Buyer, bob: Buyer, bags: Bags
) -> None:
    """10401 for an unknown one, one of another user, and one that was deleted."""
    deleted = market.address(anna.id)
    market.goods.run("UPDATE users_address SET is_active = 0 WHERE id = %s", deleted)
    await market.put_in(anna, bags.plain)
    before = await market.snapshot()
    for address in (2_000_000_000, bob.address, deleted):
        assert (await market.buy(anna, bags.plain, address_id=address)).code == 10401
        assert (await market.place(anna, address_id=address)).code == 10401
    assert await market.snapshot() == before


async def test_nothing_selected(market: Market, anna: Buyer, bags: Bags) -> None:
    """10402 for an empty cart and for one of which nothing is selected."""
    before = await market.snapshot()
    assert (await market.place(anna)).code == 10402
    assert await market.snapshot() == before
    await market.put_in(anna, bags.plain)
    await market.ask("PUT", anna.cart, {"state": "unselectall"}, who=anna)
    before = await market.snapshot()
    assert (await market.place(anna)).code == 10402
    assert await market.snapshot() == before


async def test_all_lines_that_fail_are_named_at_once(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """10403 tells each SKU and what is left; no line is taken off the shelf (STK-1)."""
    for sku in bags.skus:
        await market.put_in(anna, sku, 4)
    market.goods.run("UPDATE goods_sku SET stock = 3 WHERE id = %s", bags.skus[0])
    market.goods.run("UPDATE goods_sku SET stock = 0 WHERE id = %s", bags.skus[2])
    before = await market.snapshot()
    reply = await market.place(anna)
    assert reply.code == 10403
    lines = [
        {"sku_id": bags.skus[0], "name": "托特包 0", "left": 3},
        {"sku_id": bags.skus[2], "name": "托特包 2", "left": 0},
    ]
    assert reply.json["data"] == {"lines": lines}
    assert reply.json["error"] == "库存不足：托特包 0 (3), 托特包 2 (0)"
    assert await market.snapshot() == before
    told = await market.place(anna, accept_language="en")
    assert told.code == 10403


async def test_a_sku_withdrawn_between_confirm_and_create(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """Trap 12: nothing is skipped in silence; the withdrawn and the missing are named, 10404."""
    for sku in (*bags.skus[:2], bags.plain):
        await market.put_in(anna, sku)
    shown = await market.ask("GET", f"{anna.orders}/advance", who=anna)
    assert len(shown.json["data"]["sku_list"]) == 3
    market.goods.run("UPDATE goods_sku SET is_launched = 0 WHERE id = %s", bags.skus[0])
    market.goods.run("UPDATE goods_sku SET stock = 0 WHERE id = %s", bags.skus[1])
    before = await market.snapshot()
    reply = await market.place(anna)
    assert reply.code == 10404
    named = {line["sku_id"]: line["left"] for line in reply.json["data"]["lines"]}
    assert named == {bags.skus[0]: 0, bags.skus[1]: 0}
    assert await market.snapshot() == before
    for sku in (bags.hidden, 2_000_000_000):
        assert (await market.buy(anna, sku)).code == 10404
    assert await market.snapshot() == before


async def test_lines_are_merged_before_the_check(market: Market, anna: Buyer, bags: Bags) -> None:
    """STK-2: a SKU put in as text and as a number is one line, and cannot outdo the stock."""
    for sku in (bags.plain, str(bags.plain)):
        body = {"sku_id": sku, "count": 2}
        assert (await market.ask("POST", anna.cart, body, who=anna)).code == 200
    more = await market.ask("POST", anna.cart, {"sku_id": str(bags.plain), "count": 2}, who=anna)
    assert more.code == 10303
    market.goods.run("UPDATE goods_sku SET stock = 3 WHERE id = %s", bags.plain)
    before = await market.snapshot()
    reply = await market.place(anna)
    assert reply.json["data"] == {
        "lines": [{"sku_id": bags.plain, "name": "Evening Clutch 手拿包", "left": 3}]
    }
    assert await market.snapshot() == before


async def test_a_total_that_no_order_can_have(market: Market, anna: Buyer, bags: Bags) -> None:
    """It is refused before it reaches the column; the largest that fits is not."""
    market.goods.run("UPDATE goods_sku SET stock = 100000 WHERE id = %s", bags.only)
    before = await market.snapshot()
    reply = await market.buy(anna, bags.only, 9, key="k")
    assert (reply.status, reply.code) == (200, 10400)
    assert (await market.buy(anna, bags.only, 100_000)).code == 10400
    assert await market.snapshot() == before
    assert (await market.buy(anna, bags.only, 8, key="k")).code == 200
    market.goods.run("UPDATE goods_sku SET price = '99999989.99' WHERE id = %s", bags.plain)
    assert (await market.buy(anna, bags.plain)).json["data"]["total_amount"] == "99999999.99"


async def test_more_pieces_than_an_order_can_have(market: Market, anna: Buyer, bags: Bags) -> None:
    """Two lines that fit by themselves, but not together, are refused and no 500."""
    most = 2**31 - 1
    pair = (bags.plain, bags.skus[0])
    market.goods.run("UPDATE goods_sku SET stock = %s, sales = 0, price = '0.01'", most)
    for sku in pair:
        await market.services.carts.add(anna.id, sku, count=most, key=None)
    before = await market.snapshot()
    reply = await market.place(anna)
    assert (reply.status, reply.code) == (200, 10400)
    assert await market.snapshot() == before


async def test_the_page_before_the_order(market: Market, anna: Buyer, bags: Bags) -> None:
    """It shows addresses, the default first, and what would be ordered; it creates nothing."""
    await market.put_in(anna, bags.skus[0], 2)
    await market.put_in(anna, bags.plain)
    await market.ask("PUT", anna.cart, {"state": "unselect", "sku_id": bags.plain}, who=anna)
    before = await market.snapshot()
    path = f"{anna.orders}/advance"
    reply = await market.ask("GET", f"{path}?settlement_type=0", who=anna)
    address = {"id": anna.address, "name": "王小明", "mobile": "13800138000", "title": "家",
               "address": "北京市海淀区中关村大街 1 号"}  # fmt: skip
    data = reply.json["data"]
    assert set(data) == {"addresses", "sku_list", "order_freight"}
    assert (data["addresses"], data["order_freight"]) == ([address], "10.00")
    (line,) = reply.json["data"]["sku_list"]
    assert (line["id"], line["count"], line["selected"]) == (bags.skus[0], 2, 1)
    assert reply.json["base_url"].endswith("/")
    query = f"settlement_type=1&sku_id={bags.plain}&buy_num=3"
    now = (await market.ask("GET", f"{path}?{query}", who=anna)).json["data"]
    assert (now["sku_id"], now["buy_count"]) == (bags.plain, 3)
    assert [(each["id"], each["count"]) for each in now["sku_list"]] == [(bags.plain, 3)]
    refused = {f"settlement_type=1&sku_id={bags.plain}&buy_num=9": 10403,
               f"settlement_type=1&sku_id={bags.hidden}&buy_num=1": 10404}  # fmt: skip
    for query, code in refused.items():
        reply = await market.ask("GET", f"{path}?{query}", who=anna)
        assert reply.code == code
        nothing = {"addresses": [address], "sku_list": [], "order_freight": "10.00"}
        assert reply.json["data"] == nothing
    assert await market.snapshot() == before
    await market.ask("PUT", anna.cart, {"state": "unselectall"}, who=anna)
    reply = await market.ask("GET", path, who=anna)
    assert (reply.code, reply.json["data"]["sku_list"]) == (10402, [])


@pytest.mark.parametrize("query", [
    "settlement_type=1", "settlement_type=2", "settlement_type=1&sku_id=x&buy_num=1",
    "settlement_type=1&sku_id=1&buy_num=0", "settlement_type=1&sku_id=1&buy_num=1e3",
    "settlement_type=undefined",
])  # fmt: skip
async def test_a_bad_question_before_the_order(market: Market, anna: Buyer, query: str) -> None:
    """An error still carries both lists: published pages look into them."""
    reply = await market.ask("GET", f"{anna.orders}/advance?{query}", who=anna)
    assert (reply.status, reply.code) == (200, 10400)
    assert set(reply.json["data"]) == {"addresses", "sku_list"}


async def test_refusals_in_english(market: Market, anna: Buyer, bags: Bags) -> None:
    """The text changes with the language, the code does not."""
    english = {"accept_language": "en"}
    asked = [
        ("POST", anna.orders, wish(anna, bags, buy_count=6), 10403, "Out of stock"),
        ("POST", anna.orders, wish(anna, bags, buy_count=0), 10400, "A parameter"),
        ("POST", anna.orders, wish(anna, bags, expected_total="1.00"), 10409, "The price"),
        ("GET", f"{anna.orders}/1234567890123456", None, 10405, "There is no such order"),
    ]
    for method, path, body, code, text in asked:
        told = await market.ask(method, path, body, who=anna, **english)
        assert (told.code, told.json["error"].startswith(text)) == (code, True)
        assert (await market.ask(method, path, body, who=anna)).code == code
