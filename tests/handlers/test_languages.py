"""What errors say: in the language of the client, under the number he knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.base import preferred
from handlers.faults import FAULTS
from services import Services
from settings import Settings
from tests.factories import Bags
from tests.http import Client
from tests.shop import served


async def test_errors_speak_the_language_of_the_client(client: Client) -> None:
    """I18N-1: Chinese unless English is preferred; codes never change."""
    zh, en = "商品不存在", "There is no such item"
    for header, text in {
        "": zh,
        "en": en,
        "zh-CN,zh;q=0.9,en;q=0.8": zh,
        "en-US,zh;q=0.5": en,
    }.items():
        reply = await client.get("/v1/goods/detail/9", accept_language=header)
        assert reply.json == {"code": 10201, "error": text, "errmsg": text}
        reply = await client.get("/nothing", accept_language=header)
        assert reply.json["error"] == FAULTS[404][text == en]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("fr", "zh"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("zh, en", "zh"),
        ("en; q=0.4, zh-TW; q=0.5", "zh"),
        ("en;q=0.9,zh;q=0.1", "en"),
        ("en;q=0", "zh"),
        ("zh;q=0,en;q=0.1", "en"),
        ("en;q=x", "zh"),
        ("en;q=nan", "zh"),
        (",;q=,=;", "zh"),
        ("zh," * 5000 + "en", "zh"),
    ],
)
def test_the_preferred_language(header: str, language: str) -> None:
    """By weight; what is no header at all means Chinese."""
    assert preferred(header) == language


async def test_older_numbers_are_sent_when_asked_for(
    services: Services, shop_settings: Settings, bags: Bags
) -> None:
    """``DADASHOP_LEGACY_CODES``: the numbers old pages test; the others stay."""
    async with served(services, replace(shop_settings, legacy_codes=True)) as client:
        assert (await client.get("/v1/goods/detail/9")).code == 40201
        assert (await client.get("/v1/goods/detail/x")).code == 40200
        assert (await client.get(f"/v1/goods/catalogs/{bags.full}?page=9")).code == 40200
        assert (await client.post("/v1/goods/sku", {"spuid": bags.tote})).code == 40050
        assert (await client.get("/v1/goods/catalogs/9876")).code == 10204
        assert (await client.get("/nothing")).code == 404
        assert (await client.get("/v1/goods/index")).code == 200
