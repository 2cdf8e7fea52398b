"""Buyers of a shop under test, asked over HTTP, looked at behind its back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import quote

from models.users import User
from services import Services
from tests.factories import Goods
from tests.http import Client, Reply

NUMBERS = count(1)
FREIGHT = Decimal("10.00")
LIVING = (1, 2, 3, 4, 7)


@dataclass(frozen=True)
class Buyer:
    """Somebody with an activated account, an address and a good token."""

    id: int
    name: str
    token: str
    address: int

    @property
    def orders(self) -> str:
        """``/v1/orders/<name>``."""
        return f"/v1/orders/{quote(self.name)}"

    @property
    def cart(self) -> str:
        """``/v1/carts/<name>``."""
        return f"/v1/carts/{quote(self.name)}"


class Market:
    """A shop, its buyers, and what its tables hold."""

    def __init__(self, client: Client, services: Services, goods: Goods) -> None:
        self.client = client
        self.services = services
        self.goods = goods

    def buyer(self, *, active: bool = True) -> Buyer:
        """Put an account with one address into the tables."""
        number = next(NUMBERS)
        name = f"buyer_{number}"
        user_id = self.goods.add(
            "users_user_profile",
            username=name,
            password="x",
            email=f"b{number}@example.com",
            phone=f"136{number:08d}",
            is_active=active,
        )
        address = self.address(user_id)
        user = User(user_id, name, "x", "", "", int(active), 0, 0)
        return Buyer(user_id, name, self.services.tokens.issued(user), address)

    def address(self, user_id: int) -> int:
        """Give a user an address."""
        return self.goods.add(
            "users_address",
            user_profile_id=user_id,
            receiver="王小明",
            address="北京市海淀区中关村大街 1 号",
            receiver_mobile="13800138000",
            postcode="",
            tag="家",
            is_default=1,
            is_active=1,
        )

    async def ask(
        self, method: str, path: str, value: Any = None, *, who: Buyer | None = None, **head: str
    ) -> Reply:
        """Ask as somebody, or as nobody."""
        if who is not None:
            head["authorization"] = who.token
        body = None if value is None else json.dumps(value).encode()
        return await self.client.send(method, path, body, **head)

    async def put_in(self, who: Buyer, sku_id: int, count: int = 1) -> None:
        """Put pieces of a SKU into the cart."""
        reply = await self.ask("POST", who.cart, {"sku_id": sku_id, "count": count}, who=who)
        assert reply.code == 200, reply.body

    async def place(self, who: Buyer, *, key: str | None = None, **wish: Any) -> Reply:
        """Order what is selected in the cart, to the buyer's address."""
        head = {} if key is None else {"idempotency_key": key}
        return await self.ask(
            "POST", who.orders, {"address_id": who.address} | wish, who=who, **head
        )

    async def buy(self, who: Buyer, sku_id: int, count: int = 1, **beside: Any) -> Reply:
        """Order one SKU at once."""
        wish = {"settlement_type": 1, "sku_id": sku_id, "buy_count": count}
        return await self.place(who, **wish, **beside)

    async def bought(self, who: Buyer, sku_id: int, count: int = 1) -> str:
        """Order one SKU at once, successfully; return the number of the order."""
        reply = await self.buy(who, sku_id, count, key=f"k{next(NUMBERS)}")
        assert reply.code == 200, reply.body
        return str(reply.json["data"]["order_id"])

    def stock(self, sku_id: int) -> int:
        """Return what stands on the shelf."""
        return int(self.goods.one("SELECT stock FROM goods_sku WHERE id = %s", sku_id))

    def status(self, order_id: str) -> int:
        """Return the state of an order."""
        sql = "SELECT status FROM orders_order_info WHERE order_id = %s"
        return int(self.goods.one(sql, order_id))

    def steps(self, order_id: str) -> list[tuple[int | None, int, str]]:
        """Return the time line of an order."""
        sql = (
            "SELECT from_status, to_status, actor FROM orders_event WHERE order_id = %s ORDER BY id"
        )
        return [tuple(row) for row in self.goods.ask(sql, order_id)]  # type: ignore[misc]

    def row(self, order_id: str) -> dict[str, Any]:
        """Return the row of an order by the names of its columns."""
        names = "user_profile_id, total_amount, total_count, freight, pay_method, status"
        sql = f"SELECT {names} FROM orders_order_info WHERE order_id = %s"
        return dict(zip(names.split(", "), self.goods.ask(sql, order_id)[0], strict=True))

    def stand(self, order_id: str, status: int) -> str:
        """Put an order into a state behind the back of the services; return its number."""
        self.goods.run(
            "UPDATE orders_order_info SET status = %s WHERE order_id = %s", status, order_id
        )
        return order_id

    def pass_by(self, seconds: float) -> None:
        """Let time pass for what was asked before, without waiting."""
        self.goods.run(
            "UPDATE orders_idempotency SET created_time = created_time - INTERVAL %s SECOND",
            seconds,
        )

    async def cart(self, who: Buyer) -> dict[int, int]:
        """Return how many pieces of which SKU are in the cart."""
        lines = await self.services.carts._carts.lines(who.id)
        return {line.sku_id: line.count for line in lines}

    async def snapshot(self) -> dict[str, Any]:
        """Return all there is: every row, every task, every cart with its marks."""
        redis = self.services.carts._carts._redis
        keys = sorted([key async for key in redis.scan_iter("carts:*")])
        kinds = [await redis.type(key) for key in keys]
        carts = [
            await (redis.hgetall(key) if kind == b"hash" else redis.get(key))
            for key, kind in zip(keys, kinds, strict=True)
        ]
        tasks = self.goods.ask("SELECT * FROM tasks_outbox ORDER BY id")
        return self.goods.contents() | {
            "tasks": tasks,
            "carts": list(zip(keys, carts, strict=True)),
        }

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.goods.one(f"SELECT COUNT(*) FROM {table}"))

    def in_books(self, sku_id: int) -> None:
        """Assert that the ledger explains the stock, and the orders the ledger."""
        ledger, taken = self.goods.ask(
            "SELECT SUM(delta), SUM(IF(order_id IS NULL, 0, delta)) FROM goods_stock_ledger"
            " WHERE sku_id = %s",
            sku_id,
        )[0]
        living = self.goods.one(
            "SELECT COALESCE(SUM(g.`count`), 0) FROM orders_order_goods g JOIN orders_order_info o"
            " ON o.order_id = g.order_info_id WHERE g.sku_id = %s AND o.status IN (1, 2, 3, 4, 7)",
            sku_id,
        )
        assert (ledger, -(taken or 0)) == (self.stock(sku_id), living)
