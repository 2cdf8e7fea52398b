"""Placing an order: what is written, what is answered, what is refused and leaves no trace."""

from __future__ import annotations

from decimal import Decimal

from tests.factories import Bags
from tests.handlers.orders.market import FREIGHT, Buyer, Market


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
    for sku in (red, blue):
        market.in_books(sku)
