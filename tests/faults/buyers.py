"""People with carts in a shop of four processes, and what their carts should be."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from models.errors import ShopError
from models.users import NewUser
from tests.cart_model import Cart, CartModel
from tests.faults.conftest import PROCESSES, FaultyShop
from tests.http import Client, Reply, customer

PASSWORD = "first secret 密码"
STOCK = 40
WITHDRAWN = 5
"""Which of the SKUs is not for sale."""


class Buyer:
    """Somebody signed in, who may ask any of the four processes."""

    def __init__(self, clients: list[Client], name: str, token: str, user_id: int) -> None:
        self.clients = clients
        self.name = name
        self.token = token
        self.id = user_id

    async def ask(self, number: int, method: str, value: Any = None, **head: str) -> Reply:
        """Ask one process for the cart."""
        body = None if value is None else json.dumps(value).encode()
        path = f"/v1/carts/{self.name}"
        client = self.clients[number % PROCESSES]
        return await client.send(method, path, body, authorization=self.token, **head)

    async def cart(self, number: int = 0) -> Cart:
        """Look at the cart through one process."""
        reply = await self.ask(number, "GET")
        assert reply.code == 200, reply.body
        return {item["id"]: (item["count"], item["selected"] == 1) for item in reply.json["data"]}


@asynccontextmanager
async def buyers(shop: FaultyShop, *names: str) -> AsyncIterator[list[Buyer]]:
    """Open accounts, fill the shelves, and connect to every process."""
    async with AsyncExitStack() as over:
        clients = [await over.enter_async_context(customer(port)) for port in shop.ports]
        found = []
        async with shop.staff() as services:
            for number, name in enumerate(names):
                new = NewUser(name, PASSWORD, f"{name}@example.com", f"1361234567{number}")
                user = await services.users.open(new)
                token = services.tokens.issued(user)
                found.append(Buyer(clients, name, token, user.id))
            for sku in shop.skus:
                await services.staff_skus.move_stock(sku, STOCK)
            await services.staff_skus.withdraw_sku(shop.skus[WITHDRAWN])
        yield found


class Pair:
    """The cart of the shop and the dict it should be, given the same orders."""

    def __init__(self, shop: FaultyShop, buyer: Buyer, chance: random.Random) -> None:
        self.buyer = buyer
        self.chance = chance
        self.skus = [*shop.skus, 999_999]
        bought = [sku for n, sku in enumerate(shop.skus) if n != WITHDRAWN]
        self.model = CartModel(dict.fromkeys(bought, STOCK))

    async def step(self) -> int:
        """Do one thing to both, through any process; return its code."""
        sku, count = self.chance.choice(self.skus), self.chance.randint(1, 25)
        key = self.chance.choice([None, None, None, f"k{self.chance.randint(1, 40)}"])
        line, model = {"sku_id": sku}, self.model
        choices: list[tuple[str, dict[str, Any], Callable[[], None]]] = [
            ("POST", line | {"count": count}, lambda: model.add(sku, count)),
            ("PUT", line | {"state": "add"}, lambda: model.step_up(sku)),
            ("PUT", line | {"state": "del"}, lambda: model.step_down(sku)),
            ("PUT", line | {"state": "set", "count": count}, lambda: model.set_count(sku, count)),
            ("PUT", line | {"state": "select"}, lambda: model.select(sku, True)),
            ("PUT", line | {"state": "unselect"}, lambda: model.select(sku, False)),
            ("PUT", {"state": "selectall"}, lambda: model.select_all(True)),
            ("PUT", {"state": "unselectall"}, lambda: model.select_all(False)),
            ("DELETE", line, lambda: model.remove(sku)),
        ]
        method, body, change = self.chance.choice(choices)
        if method == "DELETE":
            key = None
        wanted = 200
        try:
            model.once(key, f"{method} {body}", change)
        except ShopError as refusal:
            wanted = refusal.code
        head = {} if key is None else {"idempotency_key": key}
        reply = await self.buyer.ask(self.chance.randrange(PROCESSES), method, body, **head)
        assert reply.code == wanted, (method, body, key, reply.body)
        return wanted
