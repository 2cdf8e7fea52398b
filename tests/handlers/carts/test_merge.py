"""The cart a browser kept is merged at a sign-in, and never in its way (CRT-1, CRT-2)."""

from __future__ import annotations

import json
from typing import Any

from tests.factories import Bags
from tests.handlers.carts.conftest import Ask, CartOf
from tests.handlers.users.people import PASSWORD, Person, Town
from tests.http import Reply


async def login(town: Town, carts: Any, password: str = PASSWORD) -> Reply:
    body = {"username": "anna", "password": password, "carts": carts}
    return await town.ask("POST", "/v1/users/login", body)


async def test_a_sign_in_merges_the_larger_side_and_again_changes_nothing(
    town: Town, asked: Ask, cart_of: CartOf, anna: Person, bags: Bags
) -> None:
    """Trap C 6: the rule holds although no SKU is new."""
    here, both, there = bags.skus[:3]
    for sku, count in ((here, 1), (both, 2)):
        await asked("POST", {"sku_id": sku, "count": count})
    await asked("PUT", {"state": "unselect", "sku_id": both})
    carts = [{"id": both, "count": 4, "selected": 1}]
    assert (await login(town, carts)).json["carts_count"] == 2
    assert await cart_of(anna) == {here: (1, True), both: (4, False)}
    carts += [{"id": str(there), "count": "99"}, {"id": both, "count": "1"}]
    wanted = {here: (1, True), both: (4, False), there: (5, True)}
    for value in (carts, json.dumps(carts), carts):
        reply = await login(town, value)
        assert (reply.code, reply.json["carts_count"]) == (200, 3)
        assert await cart_of(anna) == wanted
    assert (await login(town, None)).json["carts_count"] == 3


async def test_a_failed_sign_in_changes_no_cart(
    town: Town, asked: Ask, cart_of: CartOf, anna: Person, bags: Bags
) -> None:
    await asked("POST", {"sku_id": bags.plain, "count": 1})
    carts = [{"id": bags.plain, "count": 4}, {"id": bags.only, "count": 1}]
    assert (await login(town, carts, "wrong-secret")).code == 10102
    assert await cart_of(anna) == {bags.plain: (1, True)}


async def test_garbage_never_blocks_a_sign_in(
    town: Town, asked: Ask, cart_of: CartOf, anna: Person, bags: Bags
) -> None:
    await asked("POST", {"sku_id": bags.plain, "count": 1})
    garbage: list[Any] = [
        "[", "null", 5, {}, True, [[]], "x" * 50_000,
        [{"id": 999_999, "count": 1}],
        [{"id": bags.hidden, "count": 1}],
        [{"id": 2**31, "count": 1}, {"id": bags.plain, "count": -3}, {"id": bags.plain}],
        [{"id": bags.plain, "count": 10**9}],
        [{"id": n, "count": 1} for n in range(900_000, 900_300)],
    ]  # fmt: skip
    for carts in garbage:
        reply = await login(town, carts)
        assert (reply.code, reply.json["carts_count"]) == (200, 1)
    assert await cart_of(anna) == {bags.plain: (1, True)}


async def test_a_new_account_takes_its_cart_along(town: Town, bags: Bags) -> None:
    body = await town.application(carts=[{"id": bags.plain, "count": 2}])
    reply = await town.ask("POST", "/v1/users/register", body)
    assert (reply.code, reply.json["carts_count"]) == (200, 1)
    path = f"/v1/carts/{body['uname']}"
    shown = await town.client.get(path, authorization=reply.json["token"])
    assert [(item["id"], item["count"]) for item in shown.json["data"]] == [(bags.plain, 2)]


async def test_lines_of_the_browser_keep_their_order(
    town: Town, asked: Ask, anna: Person, bags: Bags
) -> None:
    wanted = [bags.skus[2], bags.skus[0], bags.skus[1]]
    await login(town, [{"id": sku, "count": 1} for sku in wanted])
    assert [item["id"] for item in (await asked("GET")).json["data"]] == wanted
