"""/v1/carts/<name> as the interface document describes it, asked over HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.cart_model import Cart
from tests.factories import Bags, Goods
from tests.handlers.carts.conftest import Ask, CartOf
from tests.handlers.users.people import Person, Town

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
GONE = 999_999
ITEM = {
    "id": int,
    "name": str,
    "count": int,
    "selected": int,
    "default_image_url": str,
    "price": str,
    "sku_sale_attr_name": list,
    "sku_sale_attr_names": list,
    "sku_sale_attr_val": list,
    "sku_sale_attr_vals": list,
    "stock": int,
    "is_launched": bool,
}


@pytest.fixture
async def filled(asked: Ask, bags: Bags) -> tuple[int, int]:
    """Two SKUs in the cart of Anna: 2 pieces, selected, and 3 of the newer one, not selected."""
    first, second = bags.skus[:2]
    for sku, count in ((first, 2), (second, 3)):
        assert (await asked("POST", {"sku_id": sku, "count": count})).code == 200
        await asyncio.sleep(0.003)
    assert (await asked("PUT", {"state": "unselect", "sku_id": second})).code == 200
    return first, second


async def test_the_replies_have_the_published_shape(
    asked: Ask, bags: Bags, filled: tuple[int, int]
) -> None:
    first, second = filled
    reply = await asked("GET")
    assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-store")
    assert reply.json.keys() == {"code", "data", "base_url"}
    assert reply.json["base_url"] == "/media/"
    for item in reply.json["data"]:
        assert {name: type(value) for name, value in item.items()} == ITEM
    assert reply.json["data"][1] == {
        "id": first,
        "name": "托特包 0",
        "count": 2,
        "selected": 1,
        "default_image_url": "sku/1.png",
        "price": "88.00",
        "sku_sale_attr_name": ["颜色", "尺寸"],
        "sku_sale_attr_names": ["颜色", "尺寸"],
        "sku_sale_attr_val": reply.json["data"][1]["sku_sale_attr_vals"],
        "sku_sale_attr_vals": reply.json["data"][1]["sku_sale_attr_val"],
        "stock": 5,
        "is_launched": True,
    }
    assert len(reply.json["data"][1]["sku_sale_attr_val"]) == 2
    assert [(item["id"], item["selected"]) for item in reply.json["data"]] == [
        (second, 0),
        (first, 1),
    ]
    counted = {"code": 200, "data": {"carts_count": 3}, "base_url": "/media/"}
    reply = await asked("POST", {"sku_id": bags.only, "count": 1})
    assert reply.json == counted
    assert (await asked("GET")).json["data"][0]["price"] == "12345678.90"
    reply = await asked("DELETE", {"sku_id": bags.only})
    assert reply.json == counted | {"data": {"carts_count": 2}}
    changed = await asked("PUT", {"state": "selectall"})
    assert changed.json == (await asked("GET")).json
    assert changed.headers["Cache-Control"] == "no-store"


async def test_an_empty_cart_is_an_empty_list(asked: Ask) -> None:
    assert (await asked("GET")).json == {"code": 200, "data": [], "base_url": "/media/"}
    assert (await asked("PUT", {"state": "selectall"})).json["data"] == []


STATES: list[tuple[str, dict[str, Any], int, Cart]] = [
    # 1 and 2 stand for the SKUs of the cart, 3 for one that is not in it; each has 5 pieces.
    ("add", {"state": "add", "sku_id": 1}, 200, {1: (3, True), 2: (3, False)}),
    ("add keeps selected", {"state": "add", "sku_id": 2}, 200, {1: (2, True), 2: (4, False)}),
    ("del", {"state": "del", "sku_id": 1}, 200, {1: (1, True), 2: (3, False)}),
    ("del with count", {"state": "del", "sku_id": 1, "count": 0}, 200,
     {1: (1, True), 2: (3, False)}),
    ("add with count", {"state": "add", "sku_id": 1, "count": "x"}, 200,
     {1: (3, True), 2: (3, False)}),
    ("select", {"state": "select", "sku_id": 2}, 200, {1: (2, True), 2: (3, True)}),
    ("select again", {"state": "select", "sku_id": 1}, 200, {1: (2, True), 2: (3, False)}),
    ("unselect", {"state": "unselect", "sku_id": 1}, 200, {1: (2, False), 2: (3, False)}),
    ("selectall", {"state": "selectall"}, 200, {1: (2, True), 2: (3, True)}),
    ("unselectall", {"state": "unselectall", "sku_id": 1}, 200, {1: (2, False), 2: (3, False)}),
    ("set", {"state": "set", "sku_id": 1, "count": 5}, 200, {1: (5, True), 2: (3, False)}),
    ("set in texts", {"state": "set", "sku_id": "1", "count": "1"}, 200,
     {1: (1, True), 2: (3, False)}),
    ("set over stock", {"state": "set", "sku_id": 1, "count": 6}, 10303, {}),
    # The words are in order, the line they mean is not there (another tab has deleted it): 10301,
    # whose text says so. 10302 would blame the request.
    *((f"{state} absent", {"state": state, "sku_id": 3, "count": 1}, 10301, {})
      for state in ("add", "del", "select", "unselect", "set")),
    ("set nothing", {"state": "set", "sku_id": 1}, 10302, {}),
    ("set zero", {"state": "set", "sku_id": 1, "count": 0}, 10302, {}),
    ("no sku", {"state": "add"}, 10302, {}),
    ("no state", {"sku_id": 1}, 10302, {}),
    ("unknown state", {"state": "double", "sku_id": 1}, 10302, {}),
    ("state of another case", {"state": "ADD", "sku_id": 1}, 10302, {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "code", "after"), STATES, ids=[s[0] for s in STATES])
async def test_every_state(
    asked: Ask, cart_of: CartOf, anna: Person, bags: Bags, filled: tuple[int, int], name: str,
    body: dict[str, Any], code: int, after: Cart,
) -> None:  # fmt: skip
    skus = {1: filled[0], 2: filled[1], 3: bags.skus[2]}
    before = await cart_of(anna)
    if "sku_id" in body:
        sku = skus[int(body["sku_id"])]
        body = body | {"sku_id": str(sku) if isinstance(body["sku_id"], str) else sku}
    reply = await asked("PUT", body)
    assert (reply.status, reply.code) == (200, code)
    wanted = {skus[n]: line for n, line in after.items()} if code == 200 else before
    assert await cart_of(anna) == wanted
    if code == 200:
        shown = {i["id"]: (i["count"], bool(i["selected"])) for i in reply.json["data"]}
        assert shown == wanted


async def test_add_stops_at_the_stock_and_del_at_one(asked: Ask, filled: tuple[int, int]) -> None:
    """Trap C 7; over stock is exactly 10303."""
    sku = filled[0]
    ups = [(await asked("PUT", {"state": "add", "sku_id": sku})).code for _ in range(5)]
    assert ups == [200, 200, 200, 10303, 10303]
    for _ in range(7):
        reply = await asked("PUT", {"state": "del", "sku_id": sku})
        assert reply.code == 200
    assert {item["id"]: item["count"] for item in reply.json["data"]}[sku] == 1


async def test_post_adds_up_to_the_stock(
    asked: Ask, cart_of: CartOf, anna: Person, bags: Bags
) -> None:
    sku = bags.plain
    for count, code, held in ((2, 200, 2), ("3", 200, 5), (1, 10303, 5), (10**6, 10303, 5)):
        reply = await asked("POST", {"sku_id": sku, "count": count})
        assert (reply.code, await cart_of(anna)) == (code, {sku: (held, True)})
    for missing in (GONE, bags.hidden, bags.gone):
        assert (await asked("POST", {"sku_id": missing, "count": 1})).code == 10301
    assert await cart_of(anna) == {sku: (5, True)}


async def test_deleting_is_done_whether_it_was_there_or_not(
    asked: Ask, cart_of: CartOf, anna: Person, filled: tuple[int, int]
) -> None:
    """The body comes with DELETE, labelled as whatever."""
    first, second = filled
    for value, size in ((str(first), 1), (first, 1), (GONE, 1), (second, 0), (second, 0)):
        reply = await asked("DELETE", {"sku_id": value}, content_type=FORM)
        assert (reply.code, reply.json["data"]) == (200, {"carts_count": size})
    assert await cart_of(anna) == {}


BAD: list[Any] = [
    "", "undefined", "null", "true", "0", "-1", "2.5", "1e3", "２", " 1", "1 ", "1_0", "+1", "0x1",
    "99999999999999999999", "x" * 1000, "1\n", "'", "1; DROP TABLE goods_sku", "\x00", "🛍",
    None, True, False, 0, -1, 2.5, 1.0, 2**31, 10**30, [], [1], {}, {"a": 1},
]  # fmt: skip


async def test_bad_values_change_nothing(
    asked: Ask, cart_of: CartOf, anna: Person, filled: tuple[int, int]
) -> None:
    sku, before = filled[0], await cart_of(anna)
    good: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("POST", {"sku_id": sku, "count": 1}, ("sku_id", "count")),
        ("PUT", {"state": "add", "sku_id": sku}, ("state", "sku_id")),
        ("PUT", {"state": "set", "sku_id": sku, "count": 1}, ("state", "sku_id", "count")),
        ("DELETE", {"sku_id": sku}, ("sku_id",)),
    ]
    answers = {
        (method, str(body), name, repr(value)): (reply.status, reply.code)
        for method, body, names in good
        for name in names
        for value in BAD
        if (reply := await asked(method, body | {name: value}))
    }
    assert set(answers.values()) == {(200, 10302)}, answers
    for method, body, names in good:
        for name in names:
            lacking = {key: value for key, value in body.items() if key != name}
            assert (await asked(method, lacking)).code == 10302
    assert await cart_of(anna) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_bodies_that_are_no_object(
    town: Town, cart_of: CartOf, anna: Person, filled: tuple[int, int], method: str
) -> None:
    before, path = await cart_of(anna), "/v1/carts/anna"
    for value in ([], [1], 1, "x", None, True):
        body = json.dumps(value).encode()
        reply = await town.client.send(method, path, body, authorization=anna.token)
        assert (reply.status, reply.code) == (200, 10302)
    for body in (b"", b"{", b"sku_id=1&count=1", b"\xff\xfe", b"[" * 20_000):
        reply = await town.client.send(method, path, body, authorization=anna.token)
        assert (reply.status, reply.code) == (400, 400)
    assert await cart_of(anna) == before


async def test_json_under_any_label_unknown_members_and_a_slash(
    town: Town, cart_of: CartOf, anna: Person, bags: Bags
) -> None:
    """What the published pages send."""
    body = json.dumps(
        {"sku_id": str(bags.plain), "count": "1", "selected": 0, "user_id": 1, "price": "0.01"}
    ).encode()
    labels = (FORM, "text/plain", "multipart/form-data", "application/json")
    for label in labels:
        reply = await town.client.send(
            "POST", "/v1/carts/ANNA/", body, authorization=anna.token, content_type=label
        )
        assert reply.code == 200
    assert await cart_of(anna) == {bags.plain: (len(labels), True)}


async def test_the_hundred_and_first_line_is_refused(
    asked: Ask, cart_of: CartOf, anna: Person, goods: Goods
) -> None:
    with goods.transaction():
        spu = goods.spu(goods.catalog(), goods.brand())
        skus = [goods.sku(spu) for _ in range(101)]
    for sku in skus[:100]:
        assert (await asked("POST", {"sku_id": sku, "count": 1})).code == 200
    reply = await asked("POST", {"sku_id": skus[100], "count": 1}, accept_language="en")
    assert (reply.code, reply.json["error"]) == (10302, "The cart is full")
    assert len(await cart_of(anna)) == 100
    assert len((await asked("GET")).json["data"]) == 100
    assert (await asked("POST", {"sku_id": skus[0], "count": 1})).code == 200


async def test_a_withdrawn_sku_is_shown_and_one_that_is_gone_is_not(
    asked: Ask, bags: Bags, goods: Goods
) -> None:
    for sku in (bags.plain, bags.only):
        assert (await asked("POST", {"sku_id": sku, "count": 1})).code == 200
    goods.run("UPDATE goods_sku SET is_launched = 0 WHERE id = %s", bags.plain)
    goods.run("DELETE FROM goods_sku_search WHERE sku_id = %s", bags.only)
    goods.run("DELETE FROM goods_sku WHERE id = %s", bags.only)
    (item,) = (await asked("GET")).json["data"]
    assert (item["id"], item["is_launched"]) == (bags.plain, False)
    assert (await asked("PUT", {"state": "add", "sku_id": bags.plain})).code == 10301
    assert (await asked("DELETE", {"sku_id": bags.plain})).json["data"] == {"carts_count": 0}


async def test_nobody_reaches_the_cart_of_another(
    town: Town, cart_of: CartOf, anna: Person, bob: Person, bags: Bags, filled: tuple[int, int]
) -> None:
    before = await cart_of(anna)
    bodies: list[tuple[str, Any]] = [
        ("GET", None),
        ("POST", {"sku_id": filled[0], "count": 1}),
        ("PUT", {"state": "selectall"}),
        ("DELETE", {"sku_id": filled[0]}),
    ]
    for head in ({}, {"authorization": "null"}, {"authorization": bob.token}):
        for method, body in bodies:
            reply = await town.ask(method, "/v1/carts/anna", body, **head)
            assert reply.json == {"code": 403, "error": "请登录", "errmsg": "请登录", "data": {}}
    assert await cart_of(anna) == before
    assert await cart_of(bob) == {}
