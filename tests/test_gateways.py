"""The third parties as they are put together: payment providers only where there is an account."""

from __future__ import annotations

from dataclasses import replace

from gateways import Gateways
from resources import open_resources
from services.gateways.alipay import AlipayGateway
from services.gateways.no_provider import NoProvider
from services.gateways.wechatpay import WechatpayGateway
from settings import Alipay, Settings, Wechatpay


async def test_providers_stand_where_there_is_an_account(shop_settings: Settings) -> None:
    """The demo shop has both; a shop without accounts has null objects of the same names."""
    bare = replace(shop_settings, alipay=Alipay(), wechatpay=Wechatpay())
    async with open_resources(bare) as resources:
        found, none = (Gateways(each, resources) for each in (shop_settings, bare))
    assert isinstance(found.alipay, AlipayGateway)
    assert isinstance(found.wechat, WechatpayGateway)
    assert isinstance(none.alipay, NoProvider)
    assert isinstance(none.wechat, NoProvider)
    for gateways in (found, none):
        assert {name: each.name for name, each in gateways.providers.items()} == {
            "alipay": "alipay",
            "wechat": "wechat",
        }


async def test_each_party_has_a_circuit_of_its_own(shop_settings: Settings) -> None:
    """One that fails does not hold the others back."""
    async with open_resources(shop_settings) as resources:
        circuits = Gateways(shop_settings, resources).circuits
    assert [each.provider for each in circuits] == ["smtp", "cloopen", "weibo", "alipay", "wechat"]
    assert len({id(each) for each in circuits}) == len(circuits)
