"""The same wish twice is one order: under a key for a day, without one for a double click."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.errors import OrderBusy
from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply

MANY = 50


def one(replies: list[Reply]) -> str:
    """Assert that all replies are one and the same; return the number of the order."""
    assert {reply.body for reply in replies} == {replies[0].body}
    assert (replies[0].status, replies[0].code) == (200, 200), replies[0].body
    return str(replies[0].json["data"]["order_id"])


def lonely(market: Market, sku: int, *, taken: int) -> None:
    """Assert that there is one order, of so many pieces, and its books are right."""
    assert market.count("orders_order_info") == market.count("orders_order_goods") == 1
    assert market.count("orders_event") == market.count("orders_idempotency") == 1
    assert market.stock(sku) == 5 - taken
    market.in_books(sku)


async def test_the_control_wishes_under_different_keys_are_different_orders(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """Without the same key the crowd of these tests would buy as often as it asks."""
    replies = await asyncio.gather(*(market.buy(anna, bags.plain, key=f"k{n}") for n in range(5)))
    assert len({reply.json["data"]["order_id"] for reply in replies}) == 5
    assert market.stock(bags.plain) == 0


@pytest.mark.parametrize("key", ["one key", None], ids=["key", "no key"])
async def test_fifty_at_once_out_of_the_cart(
    market: Market, anna: Buyer, bags: Bags, key: str | None
) -> None:
    """IDEM-1, IDEM-6: one order, equal replies; the cart lost exactly what was bought."""
    key = key and "k" * 200
    await market.put_in(anna, bags.skus[0], 2)
    await market.put_in(anna, bags.plain, 1)
    await market.ask("PUT", anna.cart, {"state": "unselect", "sku_id": bags.plain}, who=anna)
    replies = await asyncio.gather(*(market.place(anna, key=key) for _ in range(MANY)))
    one(replies)
    assert replies[0].json["data"]["carts_count"] == 1
    lonely(market, bags.skus[0], taken=2)
    assert await market.cart(anna) == {bags.plain: 1}
    # A reload some seconds later is no other wish either.
    market.pass_by(50)
    again = await market.place(anna, key=key)
    assert again.body == replies[0].body


@pytest.mark.parametrize("key", ["k", None], ids=["key", "no key"])
async def test_fifty_at_once_of_the_last_piece(
    market: Market, anna: Buyer, bags: Bags, key: str | None
) -> None:
    """STK-7: who bought the last piece is not told that it is out of stock."""
    replies = await asyncio.gather(*(market.buy(anna, bags.plain, 5, key=key) for _ in range(MANY)))
    one(replies)
    lonely(market, bags.plain, taken=5)


async def test_the_same_key_for_another_wish(market: Market, anna: Buyer, bags: Bags) -> None:
    """IDEM-2: 10407 whatever differs, and nothing happens."""
    await market.put_in(anna, bags.skus[0])
    assert (await market.buy(anna, bags.plain, key="k")).code == 200
    other = market.address(anna.id)
    before = await market.snapshot()
    wishes: list[dict[str, Any]] = [
        {"buy_count": 2},
        {"sku_id": bags.skus[1]},
        {"settlement_type": 0},
        {"address_id": other},
        {"pay_method": 2},
        {"expected_total": "19.90"},
    ]
    good = {"settlement_type": 1, "sku_id": bags.plain, "buy_count": 1}
    for wish in wishes:
        assert (await market.place(anna, key="k", **(good | wish))).code == 10407
    assert await market.snapshot() == before


async def test_a_key_belongs_to_its_user(
    market: Market, anna: Buyer, bob: Buyer, bags: Bags
) -> None:
    """IDEM-5: the same key of another user is another one; so is one in other letters."""
    replies = [
        await market.buy(anna, bags.plain, key="Key"),
        await market.buy(bob, bags.plain, key="Key"),
        await market.buy(anna, bags.plain, key="key"),
    ]
    assert [reply.code for reply in replies] == [200] * 3
    assert len({reply.json["data"]["order_id"] for reply in replies}) == 3


async def test_out_of_stock_is_final_for_a_key(market: Market, anna: Buyer, bags: Bags) -> None:
    """IDEM-4: it stays the answer when there is stock again; a new key may buy."""
    first = await market.buy(anna, bags.plain, 6, key="k")
    assert first.code == 10403
    assert first.json["data"]["lines"][0]["left"] == 5
    before = await market.snapshot()
    assert [row[1] for row in before["orders_idempotency"]] == ["key:k"]
    await market.services.staff_skus.move_stock(bags.plain, 10)
    replies = await asyncio.gather(*(market.buy(anna, bags.plain, 6, key="k") for _ in range(5)))
    assert {reply.body for reply in replies} == {first.body}
    assert market.count("orders_order_info") == 0
    assert (await market.buy(anna, bags.plain, 7, key="k")).code == 10407
    assert (await market.buy(anna, bags.plain, 6, key="l")).code == 200


async def test_other_refusals_are_final_too(market: Market, anna: Buyer, bags: Bags) -> None:
    """IDEM-4: each is repeated as it was uttered, though its reason is gone."""
    asked: list[tuple[int, dict[str, Any]]] = [
        (10402, {}),
        (10404, {"settlement_type": 1, "sku_id": bags.hidden, "buy_count": 1}),
        (10409, {"settlement_type": 1, "sku_id": bags.plain, "buy_count": 1, "expected_total": 1}),
    ]
    first = [await market.place(anna, key=f"k{code}", **wish) for code, wish in asked]
    assert [reply.code for reply in first] == [code for code, _ in asked]
    await market.put_in(anna, bags.skus[0])
    market.goods.run("UPDATE goods_sku SET is_launched = 1 WHERE id = %s", bags.hidden)
    again = [await market.place(anna, key=f"k{code}", **wish) for code, wish in asked]
    assert [reply.body for reply in again] == [reply.body for reply in first]
    assert market.count("orders_order_info") == 0


async def test_busy_is_final_for_nobody(
    market: Market,
    services: Services,
    anna: Buyer,
    bags: Bags,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """IDEM-3: who is told to come back may, with the same key; nothing is kept."""

    async def full(*_: object, **__: object) -> bool:
        raise OrderBusy

    before = await market.snapshot()
    with monkeypatch.context() as crowd:
        crowd.setattr(services.checkout, "_committed", full)
        reply = await market.buy(anna, bags.plain, key="k")
    assert (reply.code, reply.headers["Retry-After"]) == (10408, "1")
    assert await market.snapshot() == before
    assert (await market.buy(anna, bags.plain, key="k")).code == 200


async def test_an_answer_is_kept_for_a_day(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """IDEM-5: repeated for 24 hours, whatever became of the order; then it is pruned."""
    first = await market.buy(anna, bags.plain, key="k")
    number = first.json["data"]["order_id"]
    for status in (2, 3, 4, 6):
        market.stand(number, status)
        assert (await market.buy(anna, bags.plain, key="k")).body == first.body
    market.pass_by(24 * 3600)
    assert await services.checkout.prune() == 0
    assert (await market.buy(anna, bags.plain, key="k")).body == first.body
    market.pass_by(2 * 3600)
    assert await services.checkout.prune() == 1
    assert (await market.buy(anna, bags.plain, key="k")).json["data"]["order_id"] != number


async def test_bought_again_on_purpose(market: Market, anna: Buyer, bags: Bags) -> None:
    """IDEM-6: a minute later, or once the first is paid or closed, the same is a new order."""
    numbers = [(await market.buy(anna, bags.plain)).json["data"]["order_id"]]
    assert (await market.buy(anna, bags.plain)).json["data"]["order_id"] == numbers[0]
    market.pass_by(61)
    numbers.append((await market.buy(anna, bags.plain)).json["data"]["order_id"])
    market.stand(numbers[1], 2)
    numbers.append((await market.buy(anna, bags.plain)).json["data"]["order_id"])
    assert (await market.ask("DELETE", f"{anna.orders}/{numbers[2]}", who=anna)).code == 200
    replies = await asyncio.gather(*(market.buy(anna, bags.plain) for _ in range(10)))
    numbers.append(one(replies))
    assert len(set(numbers)) == 4
    assert market.stock(bags.plain) == 2
    market.in_books(bags.plain)


async def test_another_wish_without_a_key_is_another_order(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """IDEM-6: other pieces, another SKU, another address or the cart are no double click."""
    other = market.address(anna.id)
    await market.put_in(anna, bags.plain, 1)
    replies = [
        await market.buy(anna, bags.plain, 1),
        await market.buy(anna, bags.plain, 2),
        await market.buy(anna, bags.skus[0], 1),
        await market.buy(anna, bags.skus[0], 1, address_id=other),
        await market.place(anna),
    ]
    assert [reply.code for reply in replies] == [200] * 5
    assert len({reply.json["data"]["order_id"] for reply in replies}) == 5
    await market.put_in(anna, bags.skus[1], 1)
    sixth = await market.place(anna)
    assert sixth.json["data"]["total_amount"] == "99.00"


async def test_a_refusal_is_no_double_click_of_something_else(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """IDEM-6: who asks for more than there is is told so, not shown what was bought before."""
    assert (await market.buy(anna, bags.plain, 4)).code == 200
    before = await market.snapshot()
    assert (await market.buy(anna, bags.plain, 2)).code == 10403
    assert await market.snapshot() == before
    await market.put_in(anna, bags.skus[0], 5)
    assert (await market.place(anna)).code == 200
    await market.put_in(anna, bags.skus[1], 1)
    market.goods.run("UPDATE goods_sku SET is_launched = 0 WHERE id = %s", bags.skus[1])
    before = await market.snapshot()
    assert (await market.place(anna)).code == 10404
    assert await market.snapshot() == before
