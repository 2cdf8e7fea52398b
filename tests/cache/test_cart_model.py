"""Whatever is done to a cart in whatever order, it is what a plain dict says (CRT-3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count as counter

import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from cache.cart_scripts import NOT_FOR_SALE
from cache.carts import Carts, Line, Offered
from environment import Url
from models.errors import ShopError
from resources import open_redis
from scripts.stack.stack import Stack
from tests.cart_model import Cart, CartModel

STOCK = {1: 0, 2: 1, 3: 5, 4: 1000, 2**31 - 1: 7}
ANY_SKU = st.sampled_from([*STOCK, 99])
"""99 is not for sale."""
SOME = st.integers(1, 6)
KEYS = st.none() | st.sampled_from(["a", "b"])
LINES = st.lists(st.tuples(ANY_SKU, SOME), max_size=4)
USERS, MERGES = counter(1), counter(1)


class CartMachine(RuleBasedStateMachine):
    """Does everything twice: to the cart in Redis and to the dict."""

    def __init__(self, runner: asyncio.Runner, redis: Redis) -> None:
        super().__init__()
        self.runner = runner
        self.carts = Carts(redis)
        self.user = next(USERS)
        self.model = CartModel(STOCK)

    def both(self, real: Callable[[], Awaitable[object]], said: Callable[[], None]) -> None:
        """Do it to both; the refusals are the same."""
        wanted = got = None
        try:
            said()
        except ShopError as refusal:
            wanted = type(refusal)
        try:
            self.runner.run(awaited(real))
        except ShopError as refusal:
            got = type(refusal)
        assert got is wanted

    @rule(sku=ANY_SKU, count=SOME, key=KEYS)
    def add(self, sku: int, count: int, key: str | None) -> None:
        self.both(
            lambda: self.carts.add(self.user, sku, count=count, stock=stock_of(sku), key=key),
            lambda: self.model.once(key, f"add {sku} {count}", lambda: self.model.add(sku, count)),
        )

    @rule(sku=ANY_SKU, key=KEYS)
    def step_up(self, sku: int, key: str | None) -> None:
        self.both(
            lambda: self.carts.step_up(self.user, sku, stock=stock_of(sku), key=key),
            lambda: self.model.once(key, f"up {sku}", lambda: self.model.step_up(sku)),
        )

    @rule(sku=ANY_SKU, key=KEYS)
    def step_down(self, sku: int, key: str | None) -> None:
        self.both(
            lambda: self.carts.step_down(self.user, sku, key=key),
            lambda: self.model.once(key, f"down {sku}", lambda: self.model.step_down(sku)),
        )

    @rule(sku=ANY_SKU, count=SOME, key=KEYS)
    def set_count(self, sku: int, count: int, key: str | None) -> None:
        self.both(
            lambda: self.carts.set_count(self.user, sku, count=count, stock=stock_of(sku), key=key),
            lambda: self.model.once(
                key, f"set {sku} {count}", lambda: self.model.set_count(sku, count)
            ),
        )

    @rule(sku=ANY_SKU, selected=st.booleans(), key=KEYS)
    def select(self, sku: int, selected: bool, key: str | None) -> None:
        self.both(
            lambda: self.carts.select(self.user, sku, selected=selected, key=key),
            lambda: self.model.once(
                key, f"select {sku} {selected}", lambda: self.model.select(sku, selected)
            ),
        )

    @rule(selected=st.booleans(), key=KEYS)
    def select_all(self, selected: bool, key: str | None) -> None:
        self.both(
            lambda: self.carts.select_all(self.user, selected=selected, key=key),
            lambda: self.model.once(
                key, f"all {selected}", lambda: self.model.select_all(selected)
            ),
        )

    @rule(sku=ANY_SKU)
    def remove(self, sku: int) -> None:
        self.both(lambda: self.carts.remove(self.user, [sku]), lambda: self.model.remove(sku))

    @rule(lines=LINES, again=st.booleans())
    def merge(self, lines: list[tuple[int, int]], again: bool) -> None:
        offered = [Offered(sku, count, stock_of(sku)) for sku, count in lines]
        for _ in range(2 if again else 1):
            name = str(next(MERGES))
            self.both(
                partial(self.carts.merge, self.user, offered, name=name),
                lambda: self.model.merge(lines),
            )

    @rule(order=st.sampled_from(["1", "2"]), lines=LINES)
    def take_bought(self, order: str, lines: list[tuple[int, int]]) -> None:
        self.both(
            lambda: self.carts.take_bought(self.user, order, lines),
            lambda: self.model.take_bought(order, lines),
        )

    @rule()
    def flush_scripts(self) -> None:
        self.runner.run(awaited(self.carts._redis.script_flush))

    @invariant()
    def same(self) -> None:
        lines = self.runner.run(self.carts.lines(self.user))
        assert as_dict(lines) == self.model.cart
        assert all(line.count >= 1 for line in lines)
        assert self.runner.run(self.carts.size(self.user)) == len(lines)


async def awaited(asked: Callable[[], Awaitable[object]]) -> object:
    return await asked()


def as_dict(lines: list[Line]) -> Cart:
    return {line.sku_id: (line.count, line.selected) for line in lines}


def stock_of(sku: int) -> int:
    return STOCK.get(sku, NOT_FOR_SALE)


def test_a_cart_is_what_a_dict_says(stack: Stack) -> None:
    url = Url(stack.redis_data.url.removesuffix("/0") + "/7")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        opened = open_redis(url, 5000)
        redis = runner.run(opened.__aenter__())
        runner.run(redis.flushdb())
        run_state_machine_as_test(
            lambda: CartMachine(runner, redis),
            settings=settings(
                max_examples=60,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(opened.__aexit__(None, None, None))
