"""Redis "data" is away: what needs a code is closed, signing in and browsing are not."""

from __future__ import annotations

from dataclasses import replace

import server
from environment import Url
from settings import Settings
from tests.factories import Bags, Goods
from tests.handlers.users.people import PASSWORD, Edge, Town
from tests.shop import served

NOWHERE = Url("redis://127.0.0.1:1/0")


async def test_without_redis(goods: Goods, bags: Bags, edge: Edge, shop_settings: Settings) -> None:
    goods.run("DELETE FROM tasks_outbox")
    settings = replace(shop_settings, redis=replace(shop_settings.redis, data_url=NOWHERE))
    async with server.open_services(settings) as services, served(services, settings) as client:
        town = Town(client, services, goods, edge)
        anna = town.person("anna")
        before = town.snapshot()
        for path, body in (
            ("/v1/users/sms/code", {"phone": "13612345678"}),
            ("/v1/users/password/sms", {"email": anna.email}),
            ("/v1/users/password/verification", {"email": anna.email, "code": "123456"}),
        ):
            reply = await client.post(path, body)
            assert (reply.status, reply.code) == (503, 503)
            assert int(reply.headers["Retry-After"]) >= 1
        assert town.snapshot() == before
        login = {"username": "anna", "password": PASSWORD}
        reply = await client.post("/v1/users/login", login)
        assert reply.code == 200
        profile = await client.get(anna.path, authorization=reply.json["token"])
        assert profile.code == 200
        assert (await client.get("/v1/goods/index")).code == 200
