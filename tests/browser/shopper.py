"""A customer whose account and orders are made behind the back of the pages, and the shelves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, TypeVar
from urllib.request import Request, urlopen
from uuid import uuid4

from models.addresses import AddressText
from models.users import NewUser
from server import open_services
from services import Services
from tests.browser.storefront import Storefront
from tests.browser.tab import Tab
from tests.browser.wares import Wares
from tests.shop import linked

PASSWORD = "秘密secret12"
RECEIVER, PLACE = "Xiaoman", "广东省 深圳市 南山区 科技园 1 号"
KEPT = "([name, token]) => {localStorage.dashop_user = name; localStorage.dashop_token = token}"
_numbers = count(1)
T = TypeVar("T")


def done(shop: Storefront, action: Callable[[Services], Awaitable[T]]) -> T:
    """Do something with the services of the shop, in a process that serves nobody.

    In a thread of its own: the loop of the browser stands in the way of another.
    """

    async def act() -> T:
        async with open_services(shop.settings) as services:
            await linked(services)
            return await action(services)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, act()).result()


def move_stock(shop: Storefront, sku_id: int, delta: int) -> None:
    """Put pieces on the shelf, or take them off, as staff do."""
    done(shop, lambda services: services.staff_skus.move_stock(sku_id, delta))


def restock(shop: Storefront, wares: Wares) -> None:
    """Put on the shelves what was there at the beginning."""

    async def act(services: Services) -> None:
        async with services.database.read() as tables:
            offers = await tables.offers.of([ware.sku for ware in wares.all])
        for ware in wares.all:
            if delta := ware.stock - offers[ware.sku].stock:
                await services.staff_skus.move_stock(ware.sku, delta)

    done(shop, act)


class Shopper:
    """Somebody with an account, activated and with an address unless it is said otherwise."""

    def __init__(self, shop: Storefront, *, active: bool = True, addressed: bool = True) -> None:
        number = next(_numbers)
        self.shop = shop
        self.name = f"buyer{number:04}"
        new = NewUser(self.name, PASSWORD, f"s{number}@example.com", f"138{number:08}")

        async def move_in(services: Services) -> None:
            user = await services.users.open(new)
            if active:
                await services.users.activate(services.tokens.activation_code(user.id))
            if addressed:
                await services.addresses.add(user.id, AddressText(RECEIVER, PLACE, new.phone))

        done(shop, move_in)
        self.token = ""
        login = {"username": self.name, "password": PASSWORD}
        self.token = str(self.ask("POST", "/v1/users/login", login)["token"])

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the API in the name of the customer; ``{u}`` is the name. Return the envelope."""
        escaped = path.replace("{u}", "".join(f"%{byte:02X}" for byte in self.name.encode()))
        sent = None if body is None else json.dumps(body).encode()
        request = Request(self.shop.url + escaped, sent, method=method)  # noqa: S310 (our own http address)
        request.add_header("Authorization", self.token or "null")
        request.add_header("Idempotency-Key", str(uuid4()))
        with urlopen(request, timeout=10) as reply:  # noqa: S310 (our own http address)
            envelope: dict[str, Any] = json.load(reply)
        assert envelope["code"] == 200, envelope
        return envelope

    def put(self, sku_id: int, pieces: int = 1) -> None:
        """Put pieces into the cart."""
        self.ask("POST", "/v1/carts/{u}", {"sku_id": sku_id, "count": pieces})

    def cart(self) -> dict[int, tuple[int, int]]:
        """Return what is in the cart: SKU → (pieces, selected)."""
        lines = self.ask("GET", "/v1/carts/{u}")["data"]
        return {line["id"]: (line["count"], line["selected"]) for line in lines}

    def order(self, sku_id: int, pieces: int = 1, *, pay_method: int = 1) -> str:
        """Order pieces at once; return the number of the order. Method 1 is Alipay, 2 WeChat."""
        query = f"settlement_type=1&sku_id={sku_id}&buy_num={pieces}"
        found = self.ask("GET", f"/v1/orders/{{u}}/advance?{query}")["data"]["addresses"]
        what = {"settlement_type": 1, "sku_id": sku_id, "buy_count": pieces}
        wish = what | {"address_id": found[0]["id"], "pay_method": pay_method}
        return str(self.ask("POST", "/v1/orders/{u}", wish)["data"]["order_id"])

    def way(self, order_id: str, pay_method: int) -> dict[str, Any]:
        """Return how an order is paid: ``pay_url``, for WeChat ``code_url`` too."""
        reply = self.ask("POST", f"/v1/pays/{order_id}", {"pay_method": pay_method})
        found: dict[str, Any] = reply["data"]
        return found

    def orders(self) -> list[dict[str, Any]]:
        """Return the orders, the newest first."""
        found: list[dict[str, Any]] = self.ask("GET", "/v1/orders/{u}?type=0")["data"][
            "orders_list"
        ]
        return found

    def statuses(self) -> list[int]:
        """Return the states of the orders, the newest first."""
        return [order["status"] for order in self.orders()]

    def comes(self, tab: Tab) -> Shopper:
        """Sign in behind the back of the page."""
        tab.open("404")
        tab.page.evaluate(KEPT, [self.name, self.token])
        return self
