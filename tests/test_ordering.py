"""The orders module as it is put together: its terms come from the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from models.errors import ProviderAway
from ordering import QUEUE_PER_PLACE
from scripts.stack.api import Api
from server import open_services
from services import Services
from services.ports import Way
from settings import Alipay, Settings, Wechatpay
from tests.factories import Bags
from tests.handlers.orders.fixtures import anna, market
from tests.handlers.orders.market import Buyer, Market
from tests.http import customer

__all__ = ["anna", "market"]


@pytest.fixture
def shop_settings(shop_settings: Settings) -> Settings:
    """A shop with terms of its own."""
    order = replace(
        shop_settings.order, freight=Decimal("0.50"), patience=77, requires_activation=False
    )
    return replace(shop_settings, order=order)


async def test_the_terms_are_those_of_the_settings(market: Market, bags: Bags) -> None:
    """Freight, patience, and whether an account must be activated."""
    carl = market.buyer(active=False)
    reply = await market.buy(carl, bags.plain)
    assert reply.json["data"]["order_freight"] == "0.50"
    assert reply.json["data"]["total_amount"] == "10.40"
    due = "SELECT TIMESTAMPDIFF(SECOND, NOW(6), due) FROM tasks_outbox WHERE kind = 'orders.close'"
    assert 70 <= market.goods.one(due) <= 77


@pytest.mark.parametrize(("pool", "places"), [(1, 1), (2, 1), (8, 6), (20, 15)])
async def test_a_quarter_of_the_pool_is_left_to_those_who_look(
    shop_settings: Settings, pool: int, places: int
) -> None:
    """RSV-5: however small the pool, somebody can buy."""
    mysql = replace(shop_settings.mysql, pool_size=pool)
    async with open_services(replace(shop_settings, mysql=mysql)) as services:
        admission = services.checkout._admission
        assert admission._free._value == places
        assert admission._queue == places * QUEUE_PER_PLACE


async def test_a_crowd_at_the_shelf_is_told_to_come_back(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """10408 with ``Retry-After``, and nothing happened; who only looks is served."""
    admission = services.checkout._admission
    admission._queue = 0
    before = await market.snapshot()
    for _ in range(admission._free._value):
        await admission._free.acquire()
    reply = await market.buy(anna, bags.plain, key="k")
    assert (reply.code, reply.headers["Retry-After"]) == (10408, "1")
    assert services.checkout.refused == 1
    assert (await market.ask("GET", anna.orders, who=anna)).code == 200
    assert await market.snapshot() == before
    admission._free.release()
    assert (await market.buy(anna, bags.plain, key="k")).code == 200


async def test_a_shop_without_providers_takes_orders(
    market: Market, shop_settings: Settings, anna: Buyer, bags: Bags
) -> None:
    """Where there is no account there is nowhere to pay: no address, and nothing is ever paid."""
    bare = replace(shop_settings, alipay=Alipay(), wechatpay=Wechatpay())
    async with open_services(bare) as services:
        number = await market.bought(anna, bags.plain)
        assert await services.cashier.way(number, 1) == Way()
        with pytest.raises(ProviderAway):
            await services.cashier.open(anna.id, number, 2)
        assert (await services.pays.payment(anna.id, number)).status == 1
        await services.orders.cancel(anna.id, number)
        assert (await services.pays.payment(anna.id, number)).status == 6


async def test_a_process_serves_the_module(api: Callable[..., Api]) -> None:
    """The routes are there, for whoever is signed in."""
    async with customer(api().port) as client:
        reply = await client.get("/v1/orders/nobody?type=0")
    assert reply.json["code"] == 403
