"""The third parties as they are put together: a cashier only where one is set up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from gateways import Gateways
from resources import open_resources
from settings import Cashier, Settings


async def test_there_is_a_cashier_where_one_is_set_up(shop_settings: Settings) -> None:
    """The demo shop has one; a shop without its address has none, and asks nobody."""
    bare = replace(shop_settings, cashier=Cashier())
    async with open_resources(bare) as resources:
        found, none = (Gateways(each, resources).cashier for each in (shop_settings, bare))
        assert found.pay_url("1", Decimal("1.00"), 1).startswith(shop_settings.cashier.pages)
        assert none.pay_url("1", Decimal("1.00"), 1) == ""
        assert not await none.is_paid("1", Decimal("1.00"), 1)


async def test_each_party_has_a_circuit_of_its_own(shop_settings: Settings) -> None:
    """One that fails does not hold the others back."""
    async with open_resources(shop_settings) as resources:
        circuits = Gateways(shop_settings, resources).circuits
    assert [each.provider for each in circuits] == ["smtp", "cloopen", "weibo", "alipay", "wechat"]
    assert len({id(each) for each in circuits}) == len(circuits)
