"""A change that bears an Idempotency-Key counts once (CRT-5)."""

from __future__ import annotations

from tests.factories import Bags, Goods
from tests.handlers.carts.conftest import Ask, CartOf
from tests.handlers.users.people import Person


async def test_a_key_makes_a_change_count_once(
    asked: Ask, cart_of: CartOf, anna: Person, bob: Person, bags: Bags
) -> None:
    """CRT-5: a repeat is answered with the cart of now; a refusal leaves the key unused."""
    sku, body = bags.plain, {"sku_id": bags.plain, "count": 2}
    first = await asked("POST", body, idempotency_key="k-1")
    assert (await asked("POST", body, idempotency_key="k-1")).json == first.json
    texts = {"sku_id": str(sku), "count": "2"}
    assert (await asked("POST", texts, idempotency_key="k-1")).code == 200
    assert await cart_of(anna) == {sku: (2, True)}
    assert (await asked("POST", body | {"count": 1}, idempotency_key="k-1")).code == 10302
    add = {"state": "add", "sku_id": sku}
    assert (await asked("PUT", add, idempotency_key="k-1")).code == 10302
    for _ in range(3):
        assert (await asked("PUT", add, idempotency_key="k-2")).code == 200
    assert await cart_of(anna) == {sku: (3, True)}
    over = {"sku_id": sku, "count": 3}
    for _ in range(2):
        assert (await asked("POST", over, idempotency_key="k-3")).code == 10303
    await asked("PUT", {"state": "set", "sku_id": sku, "count": 1})
    assert (await asked("POST", over, idempotency_key="k-3")).code == 200
    assert await cart_of(anna) == {sku: (4, True)}
    assert (await asked("POST", body, who=bob, idempotency_key="k-1")).code == 200
    assert await cart_of(bob) == {sku: (2, True)}


async def test_a_repeat_of_what_was_done_is_answered_though_it_could_not_be_done_now(
    asked: Ask, cart_of: CartOf, anna: Person, bags: Bags, goods: Goods
) -> None:
    body = {"sku_id": bags.plain, "count": 5}
    for _ in range(2):
        assert (await asked("POST", body, idempotency_key="k")).code == 200
    goods.run("UPDATE goods_sku SET is_launched = 0 WHERE id = %s", bags.plain)
    assert (await asked("POST", body, idempotency_key="k")).code == 200
    assert (await asked("POST", body)).code == 10301
    assert await cart_of(anna) == {bags.plain: (5, True)}


async def test_a_bad_key_is_refused(asked: Ask, cart_of: CartOf, anna: Person, bags: Bags) -> None:
    body = {"sku_id": bags.plain, "count": 1}
    for key in ("", "a b", "é", "x" * 201):
        assert (await asked("POST", body, idempotency_key=key)).code == 10302
        assert (await asked("PUT", {"state": "selectall"}, idempotency_key=key)).code == 10302
    assert await cart_of(anna) == {}
    for key in ("!", "~" * 200, '"quoted"', "k:1:*"):
        assert (await asked("POST", body, idempotency_key=key)).code == 200
    assert await cart_of(anna) == {bags.plain: (4, True)}
