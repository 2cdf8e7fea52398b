"""Pages of other origins: which may call, and what they may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services import Services
from settings import Settings
from tests.handlers.test_protocol import EVERYWHERE
from tests.http import Client
from tests.shop import served

ORIGIN = "https://shop.example"


@pytest.fixture
async def strict(services: Services, shop_settings: Settings) -> AsyncIterator[Client]:
    """A shop that only the pages of two origins may call."""
    http = replace(shop_settings.http, origins=(ORIGIN, "http://127.0.0.1:7000"))
    async with served(services, replace(shop_settings, http=http)) as client:
        yield client


@pytest.mark.parametrize("path", [*EVERYWHERE, "/nothing", "/v1/users/x/address/1"])
async def test_a_preflight_is_answered_everywhere(strict: Client, path: str) -> None:
    """On known and unknown paths, without a token: 204, what may be sent, and for how long."""
    asked = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
    }
    reply = await strict.send("OPTIONS", path, origin=ORIGIN, **asked)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert reply.headers["Vary"] == "Origin"
    methods = set(reply.headers["Access-Control-Allow-Methods"].split(", "))
    assert methods == {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
    allowed = set(reply.headers["Access-Control-Allow-Headers"].split(", "))
    assert allowed >= {"authorization", "content-type", "idempotency-key"}
    assert int(reply.headers["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Allow-Credentials" not in reply.headers


async def test_errors_can_be_read_by_the_pages_too(strict: Client) -> None:
    """ACAO and ``Vary`` on refusals and faults, or the page would see nothing at all."""
    replies = [
        await strict.get("/v1/goods/detail/9", origin=ORIGIN),
        await strict.get("/nothing", origin=ORIGIN),
        await strict.send("PUT", "/v1/goods/index", b"", origin=ORIGIN),
        await strict.send("POST", "/v1/goods/sku", b"{", origin=ORIGIN),
        await strict.send("POST", "/v1/goods/sku", b"x" * 70_000, origin=ORIGIN),
        await strict.get("/v1/goods/index", origin=ORIGIN),
    ]
    assert [reply.status for reply in replies] == [200, 404, 405, 400, 413, 200]
    for reply in replies:
        assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert reply.headers["Vary"] == "Origin"
        assert "x-request-id" in reply.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        f"{ORIGIN}.evil.example",
        ORIGIN.upper(),
        f"{ORIGIN}/",
        "*",
    ],
)
async def test_other_origins_are_not_let_in(strict: Client, origin: str) -> None:
    """No header for them, not even an echo; the reply still varies by origin."""
    for reply in (
        await strict.get("/v1/goods/index", origin=origin),
        await strict.send("OPTIONS", "/v1/goods/index", origin=origin),
    ):
        assert not [name for name in reply.headers if name.startswith("Access-Control-Allow-Or")]
        assert reply.headers["Vary"] == "Origin"


async def test_a_demo_lets_every_origin_in(client: Client) -> None:
    """``*`` as it is set, never the origin echoed."""
    reply = await client.get("/v1/goods/index", origin="https://anything.example")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in (await client.get("/v1/goods/index")).headers
