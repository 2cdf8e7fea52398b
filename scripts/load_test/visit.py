"""One customer doing one thing: the requests it takes, one after the other."""

from __future__ import annotations

import itertools
import random
import time
from collections import deque
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from scripts.load_test.journal import PAID, PLACE
from scripts.load_test.plan import Customer, Plan
from scripts.load_test.scenarios import HOT, OF_THE_SANDBOX
from scripts.load_test.wire import Answer, Request, Sent, Wire

SEARCHES = ("包", "手机", "经典", "无线 耳机", "轻便 通勤", "pro")
TAKEN = frozenset({200, 204})
"""What the cashier answers when it has the money."""
KEPT = 10_000
"""Most orders that are remembered in each state, to be paid, cancelled or confirmed later."""


class Made(msgspec.Struct, frozen=True):
    """An order, who made it, and the page where it is paid."""

    customer: Customer
    order_id: str
    pay_url: str

    @property
    def out_trade_no(self) -> str:
        """The number of the attempt that the page is about."""
        (content,) = parse_qs(urlsplit(self.pay_url).query)["biz_content"]
        return msgspec.json.decode(content, type=Attempt).out_trade_no


class Attempt(msgspec.Struct, frozen=True):
    """What Alipay's page is told, as far as it matters here."""

    out_trade_no: str


class World:
    """What the visits of one process share: the shelf, chance, and orders to come back to."""

    def __init__(self, plan: Plan, wire: Wire) -> None:
        self.plan = plan
        self.wire = wire
        self.chance = random.Random(f"{plan.seed}:{plan.worker}")
        self.unpaid: deque[Made] = deque(maxlen=KEPT)
        self.paid: deque[Made] = deque(maxlen=KEPT)
        self._keys: Iterator[int] = itertools.count()

    def key(self) -> str:
        """Return an idempotency key nobody has used."""
        return f"load-{self.plan.run}-{self.plan.worker}-{next(self._keys)}"

    def sku(self) -> int:
        """Return a SKU: the one everybody wants, or any, the first ones more often."""
        skus = self.plan.shelf.skus
        if self.plan.scenario == HOT:
            return skus[0]
        if self.plan.scenario == "shop-mix":
            return skus[int(len(skus) * self.chance.random() ** 2)]
        return self.chance.choice(skus)


class Visit:
    """Does what the scenarios name. The first request is timed from when the visit was due."""

    def __init__(self, world: World, customer: Customer, client: str, due: float) -> None:
        """``due`` is a moment of the monotonic clock, in seconds."""
        self._world = world
        self._customer = customer
        self._client = client
        self._due: float | None = due
        self._target = world.wire.target()
        self.lost = False

    async def browse(self) -> None:
        """Look at the home page, a list, some goods, or search."""
        chance = self._world.chance
        look = chance.choices(("index", "list", "detail", "search"), (20, 30, 40, 10))[0]
        route, path = "/v1/goods/index", ""
        if look == "list":
            catalog, page = chance.choice(self._world.plan.shelf.pages)
            route, path = "/v1/goods/catalogs/{id}", f"/v1/goods/catalogs/{catalog}?page={page}"
        elif look == "detail":
            route, path = "/v1/goods/detail/{id}", f"/v1/goods/detail/{self._world.sku()}"
        elif look == "search":
            route = "/v1/goods/search"
            path = f"{route}?q={quote(chance.choice(SEARCHES))}"
        await self._ask(Request(kind=f"browse.{look}", method="GET", route=route, path=path))

    async def cart(self) -> None:
        """Add something, look at the cart, or tick everything in it."""
        chosen = self._world.chance.choices(("add", "show", "select"), (70, 20, 10))[0]
        if chosen == "add":
            await self.add()
        elif chosen == "show":
            await self._ask(self._own("cart.show", "GET", "carts"))
        else:
            await self._ask(self._own("cart.select", "PUT", "carts", {"state": "selectall"}))

    async def add(self) -> None:
        """Put one of something into the cart."""
        body = {"sku_id": self._world.sku(), "count": 1}
        await self._ask(self._own("cart.add", "POST", "carts", body))

    async def order(self) -> None:
        """Put something into the cart and order what is in it."""
        await self.add()
        await self._place({"settlement_type": 0})

    async def buy(self) -> None:
        """Order one of something, past the cart."""
        await self._place({"settlement_type": 1, "sku_id": self._world.sku(), "buy_count": 1})

    async def pay(self) -> None:
        """Pay an order of before at the cashier and see whether the shop knows."""
        if not self._world.unpaid:
            await self.browse()
            return
        made = self._come_back(self._world.unpaid)
        page = f"/alipay/gateway.do?{urlsplit(made.pay_url).query}"
        body = {"provider": "alipay", "out_trade_no": made.out_trade_no, "outcome": "paid"}
        for method, path, sent in (("GET", page, None), ("POST", "/api/pay", body)):
            taken = await self._ask(self._desk(method, path, sent, made.order_id))
            if taken is None or taken.status not in TAKEN:
                return
        shown = Request(
            kind=PAID,
            method="GET",
            route="/v1/pays/{order_id}",
            path=f"/v1/pays/{made.order_id}",
            order_id=made.order_id,
        )
        answer = await self._ask(shown)
        if answer is not None and answer.is_good:
            self._world.paid.append(made)

    async def leave(self) -> None:
        """Cancel an order that is not paid, or confirm one that is: the shop may refuse that."""
        paid, unpaid = self._world.paid, self._world.unpaid
        if paid and self._world.chance.random() < 0.5:
            made = self._come_back(paid)
            body = {"order_id": made.order_id}
            await self._ask(self._own("order.confirm", "PUT", "orders", body, made.order_id))
        elif unpaid:
            made = self._come_back(unpaid)
            cancel = Request(
                kind="order.cancel",
                method="DELETE",
                route="/v1/orders/{username}/{order_id}",
                path=f"/v1/orders/{made.customer.username}/{made.order_id}",
                order_id=made.order_id,
            )
            await self._ask(cancel)
        else:
            await self.browse()

    async def sign_in(self) -> None:
        """Sign in with name and password."""
        body = {"username": self._customer.username, "password": self._world.plan.password}
        await self._ask(Request(kind="login", method="POST", route="/v1/tokens", body=body))

    async def _place(self, body: Mapping[str, int]) -> None:
        wanted = {"address_id": self._customer.address_id, **body}
        request = self._own(PLACE, "POST", "orders", wanted)
        answer = await self._ask(msgspec.structs.replace(request, key=self._world.key()))
        if answer is not None and answer.is_good and answer.order_id:
            self._world.unpaid.append(Made(self._customer, answer.order_id, answer.pay_url))

    def _desk(self, method: str, path: str, body: dict[str, str] | None, order_id: str) -> Request:
        """Return a request to the simulators."""
        return Request(
            kind=OF_THE_SANDBOX,
            method=method,
            route=f"/sandbox{path.partition('?')[0]}",
            path=path,
            body=body,
            order_id=order_id,
            base=self._world.plan.place.cashier,
        )

    def _come_back(self, orders: deque[Made]) -> Made:
        """Go on as the customer of an order."""
        made = orders.popleft()
        self._customer = made.customer
        return made

    def _own(
        self,
        kind: str,
        method: str,
        noun: str,
        body: Mapping[str, object] | None = None,
        order_id: str | None = None,
    ) -> Request:
        """Return a request about something of the customer's own."""
        return Request(
            kind=kind,
            method=method,
            route=f"/v1/{noun}/{{username}}",
            path=f"/v1/{noun}/{self._customer.username}",
            body=None if body is None else dict(body),
            order_id=order_id,
        )

    async def _ask(self, request: Request) -> Answer | None:
        begun = time.monotonic()
        due = begun if self._due is None else self._due
        self._due = None
        sent = Sent(self._customer, self._client, due, begun)
        answer = await self._world.wire.send(request, sent, self._target)
        if answer is None:
            # The next request tries the next process, as it would through Nginx.
            self.lost, self._target = True, self._world.wire.target()
        return answer
