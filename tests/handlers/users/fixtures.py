"""A shop whose third parties write down what they are told; for the conftest of several folders."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import accounts
import gateways
import server
from resources import running
from services import Services
from settings import Settings
from tests.factories import Goods
from tests.handlers.users.people import Edge, Person, RecordedCarts, Town
from tests.http import Client
from tests.shop import linked


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    """Third parties, and the carts sessions merge into, put in where the shop is built."""
    edge = Edge()
    monkeypatch.setattr(accounts, "CartService", lambda **parts: RecordedCarts(edge.carts, **parts))
    monkeypatch.setattr(gateways, "WeiboGateway", lambda *_: edge.weibo)
    monkeypatch.setattr(server, "Outside", lambda **_: edge.outside.seen)
    return edge


@pytest.fixture
async def services(edge: Edge, goods: Goods, shop_settings: Settings) -> AsyncIterator[Services]:
    """The services of one process and its relay, with no task left over."""
    goods.run("DELETE FROM tasks_outbox")
    async with server.open_services(shop_settings) as opened, running(opened.relay.run()):
        await linked(opened)
        yield opened


@pytest.fixture
def town(client: Client, services: Services, goods: Goods, edge: Edge) -> Town:
    """The shop and everybody in it."""
    return Town(client, services, goods, edge)


@pytest.fixture
def anna(town: Town) -> Person:
    """A customer."""
    return town.person("anna")


@pytest.fixture
def bob(town: Town) -> Person:
    """Another customer."""
    return town.person("bob")
