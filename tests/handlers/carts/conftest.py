"""The shop of the users module with carts that are real to the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import gateways
from tests.cart_model import Cart
from tests.handlers.users.fixtures import anna, bob, services, town
from tests.handlers.users.people import Edge, Person, Town
from tests.http import Reply

__all__ = ["anna", "asked", "bob", "cart_of", "edge", "services", "town"]

Ask = Callable[..., Awaitable[Reply]]
CartOf = Callable[[Person], Awaitable[Cart]]


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    """Third parties, put in where the shop is built."""
    edge = Edge()
    monkeypatch.setattr(gateways, "WeiboGateway", lambda *_: edge.weibo)
    return edge


@pytest.fixture
def asked(town: Town, anna: Person) -> Ask:
    """Ask for a cart: ``asked("PUT", {"state": "selectall"}, who=bob, idempotency_key="k")``."""

    async def ask(method: str, value: Any = None, *, who: Person = anna, **head: str) -> Reply:
        path = who.path.replace("/users/", "/carts/")
        return await town.ask(method, path, value, who=who, **head)

    return ask


@pytest.fixture
def cart_of(town: Town) -> CartOf:
    """Look at a cart behind the back of the handlers."""

    async def look(who: Person) -> Cart:
        lines = await town.services.carts._carts.lines(who.id)
        return {line.sku_id: (line.count, line.selected) for line in lines}

    return look
