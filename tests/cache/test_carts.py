"""Carts in Redis: one script a change, once each, nothing changed by a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from cache import cart_scripts
from cache.cart_scripts import MOST_LINES, NOT_FOR_SALE
from cache.carts import DAY, Carts, Line, Offered
from models.errors import (
    BadCartParameter,
    CartFull,
    NoSuchCartSku,
    OverStock,
    ShopError,
)
from tests.cart_model import Cart

USER, OTHER = 7, 77
Change = Callable[[Carts], Awaitable[object]]


@pytest.fixture
def carts(redis: Redis) -> Carts:
    """Carts in an empty database."""
    return Carts(redis)


async def held(carts: Carts, user: int = USER) -> Cart:
    return {line.sku_id: (line.count, line.selected) for line in await carts.lines(user)}


async def kept(redis: Redis) -> dict[bytes, Any]:
    """Return everything there is, marks included."""
    found: dict[bytes, Any] = {}
    for key in await redis.keys():
        is_cart = await redis.type(key) == b"hash"
        found[key] = await redis.hgetall(key) if is_cart else await redis.get(key)
    return found


async def test_pieces_add_up_and_new_lines_are_selected_and_first(carts: Carts) -> None:
    assert await carts.add(USER, 1, count=2, stock=9) == [Line(1, 2, selected=True)]
    await asyncio.sleep(0.005)
    await carts.add(USER, 2, count=1, stock=9)
    await carts.select(USER, 1, selected=False)
    lines = await carts.add(USER, 1, count=7, stock=9)
    assert lines == [Line(2, 1, selected=True), Line(1, 9, selected=False)]
    assert await carts.lines(USER) == lines
    assert await carts.size(USER) == 2
    assert await held(carts, OTHER) == {}


REFUSED: list[tuple[str, type[ShopError], Change]] = [
    ("add over stock", OverStock, lambda c: c.add(USER, 1, count=4, stock=5)),
    ("add new over stock", OverStock, lambda c: c.add(USER, 3, count=6, stock=5)),
    ("add without stock", OverStock, lambda c: c.add(USER, 3, count=1, stock=0)),
    ("add withdrawn", NoSuchCartSku, lambda c: c.add(USER, 1, count=1, stock=NOT_FOR_SALE)),
    ("step up over stock", OverStock, lambda c: c.step_up(USER, 1, stock=2)),
    ("step up withdrawn", NoSuchCartSku, lambda c: c.step_up(USER, 1, stock=NOT_FOR_SALE)),
    ("step up absent", NoSuchCartSku, lambda c: c.step_up(USER, 3, stock=5)),
    ("step down absent", NoSuchCartSku, lambda c: c.step_down(USER, 3)),
    ("set over stock", OverStock, lambda c: c.set_count(USER, 1, count=6, stock=5)),
    ("set absent", NoSuchCartSku, lambda c: c.set_count(USER, 3, count=1, stock=5)),
    ("set withdrawn", NoSuchCartSku,
     lambda c: c.set_count(USER, 1, count=1, stock=NOT_FOR_SALE)),
    ("select absent", NoSuchCartSku, lambda c: c.select(USER, 3, selected=True)),
    ("used key", BadCartParameter, lambda c: c.add(USER, 1, count=1, stock=9, key="used")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "refusal", "change"), REFUSED, ids=[r[0] for r in REFUSED])
async def test_a_refusal_changes_nothing_and_leaves_no_mark(
    carts: Carts, redis: Redis, name: str, refusal: type[ShopError], change: Change
) -> None:
    await carts.add(USER, 1, count=2, stock=5, key="used")
    await carts.add(USER, 2, count=1, stock=5)
    before = await kept(redis)
    with pytest.raises(refusal) as found:
        await change(carts)
    assert type(found.value) is refusal
    assert await kept(redis) == before


async def test_the_hundred_and_first_line_finds_the_cart_full(carts: Carts) -> None:
    for sku in range(1, MOST_LINES + 1):
        await carts.add(USER, sku, count=1, stock=9)
    with pytest.raises(CartFull):
        await carts.add(USER, 101, count=1, stock=9)
    assert await carts.size(USER) == MOST_LINES
    await carts.add(USER, 100, count=1, stock=9)
    await carts.merge(USER, [Offered(101, 5, 9), Offered(1, 5, 9)], name="m")
    cart = await held(carts)
    assert len(cart) == MOST_LINES
    assert (cart[1], cart[100]) == ((5, True), (2, True))
    await carts.remove(USER, [1])
    await carts.add(USER, 101, count=1, stock=9)


async def test_a_count_never_falls_below_one(carts: Carts) -> None:
    """Trap C 7."""
    await carts.add(USER, 1, count=2, stock=9)
    for _ in range(5):
        assert await carts.step_down(USER, 1) == [Line(1, 1, selected=True)]


async def test_selecting_touches_no_counts_and_counting_no_selection(carts: Carts) -> None:
    for sku in (1, 2, 3):
        await carts.add(USER, sku, count=sku, stock=9)
    await carts.select(USER, 2, selected=False)
    assert await held(carts) == {1: (1, True), 2: (2, False), 3: (3, True)}
    await carts.step_up(USER, 2, stock=9)
    await carts.set_count(USER, 1, count=4, stock=9)
    await carts.step_down(USER, 3)
    assert await held(carts) == {1: (4, True), 2: (3, False), 3: (2, True)}
    await carts.select_all(USER, selected=False)
    assert await held(carts) == {1: (4, False), 2: (3, False), 3: (2, False)}
    await carts.select_all(USER, selected=True)
    assert await held(carts) == {1: (4, True), 2: (3, True), 3: (2, True)}
    assert await carts.select_all(OTHER, selected=True) == []


CHANGES: list[tuple[str, Change]] = [
    ("add", lambda c: c.add(USER, 1, count=1, stock=9, key="k")),
    ("step up", lambda c: c.step_up(USER, 1, stock=9, key="k")),
    ("step down", lambda c: c.step_down(USER, 1, key="k")),
    ("set", lambda c: c.set_count(USER, 1, count=4, stock=9, key="k")),
    ("select", lambda c: c.select(USER, 1, selected=False, key="k")),
    ("select all", lambda c: c.select_all(USER, selected=False, key="k")),
]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[each[0] for each in CHANGES])
async def test_a_key_makes_a_change_happen_once(
    carts: Carts, redis: Redis, name: str, change: Change
) -> None:
    """A repeat is answered with the cart as it is now; the key is no good for anything else."""
    await carts.add(USER, 1, count=3, stock=9)
    once = await change(carts)
    assert await change(carts) == once
    await carts.set_count(USER, 1, count=7, stock=9)
    await carts.select_all(USER, selected=True)
    assert await change(carts) == [Line(1, 7, selected=True)]
    for other, attempt in CHANGES:
        if other != name:
            with pytest.raises(BadCartParameter):
                await attempt(carts)
    assert await held(carts) == {1: (7, True)}
    marks = await redis.keys(f"carts:done:{USER}:*")
    assert max([await redis.ttl(key) for key in marks]) in range(DAY - 5, DAY + 1)
    # Another user's key of the same name is another key.
    await carts.add(OTHER, 1, count=1, stock=9, key="k")
    assert await held(carts, OTHER) == {1: (1, True)}


async def test_every_change_lets_the_cart_live_for_ninety_days_more(
    carts: Carts, redis: Redis
) -> None:
    await carts.add(USER, 1, count=3, stock=9)
    changes: list[Change] = [
        *(change for _, change in CHANGES[:1]),
        lambda c: c.step_up(USER, 1, stock=9),
        lambda c: c.step_down(USER, 1),
        lambda c: c.set_count(USER, 1, count=4, stock=9),
        lambda c: c.select(USER, 1, selected=False),
        lambda c: c.select_all(USER, selected=False),
        lambda c: c.remove(USER, [2]),
        lambda c: c.merge(USER, [Offered(3, 1, 9)], name="m"),
        lambda c: c.take_bought(USER, "1", [(1, 1)]),
    ]
    for change in changes:
        await redis.expire(f"carts:{USER}", 100)
        await change(carts)
        assert await redis.ttl(f"carts:{USER}") in range(90 * DAY - 5, 90 * DAY + 1)


MERGES: list[tuple[str, list[Offered], Cart]] = [
    ("larger here", [Offered(1, 2, 9)], {1: (3, False)}),
    ("larger there", [Offered(1, 7, 9)], {1: (7, False)}),
    ("capped", [Offered(1, 8, 5), Offered(2, 8, 5)], {1: (5, False), 2: (5, True)}),
    ("stock has fallen", [Offered(1, 1, 2)], {1: (2, False)}),
    ("sold out", [Offered(1, 8, 0), Offered(2, 8, 0)], {1: (3, False)}),
    ("withdrawn", [Offered(1, 8, NOT_FOR_SALE), Offered(2, 1, NOT_FOR_SALE)], {1: (3, False)}),
    ("both sides", [Offered(2, 1, 9), Offered(3, 4, 9)],
     {1: (3, False), 2: (1, True), 3: (4, True)}),
    ("nothing", [], {1: (3, False)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "merged"), MERGES, ids=[each[0] for each in MERGES])
async def test_a_merge_takes_the_larger_side_and_twice_is_once(
    carts: Carts, name: str, lines: list[Offered], merged: Cart
) -> None:
    """CRT-1, trap C 6: the rule holds for lines that are there already, too."""
    await carts.add(USER, 1, count=3, stock=9)
    await carts.select(USER, 1, selected=False)
    for mark in ("first", "first", "second"):
        await carts.merge(USER, lines, name=mark)
        assert await held(carts) == merged


async def test_a_merge_that_is_delivered_again_brings_nothing_back(carts: Carts) -> None:
    await carts.merge(USER, [Offered(2, 1, 9), Offered(1, 1, 9)], name="m")
    assert [line.sku_id for line in await carts.lines(USER)] == [2, 1], "in the order given"
    await carts.remove(USER, [1])
    await carts.merge(USER, [Offered(2, 1, 9), Offered(1, 1, 9)], name="m")
    assert await held(carts) == {2: (1, True)}


async def test_what_was_bought_leaves_once_and_nothing_else_does(carts: Carts) -> None:
    """CRT-8: pieces and lines put in after the order was made stay."""
    for sku in (1, 2, 3):
        await carts.add(USER, sku, count=2, stock=99)
    await carts.add(USER, 1, count=3, stock=99)
    await carts.step_down(USER, 3)
    bought = [(1, 2), (2, 2), (3, 2), (4, 1)]
    assert await carts.take_bought(USER, "1000000000000001", bought) == 1
    assert await held(carts) == {1: (3, True)}
    await carts.add(USER, 2, count=1, stock=99)
    assert await carts.take_bought(USER, "1000000000000001", bought) == 2
    assert await held(carts) == {1: (3, True), 2: (1, True)}
    assert await carts.take_bought(USER, "1000000000000002", [(1, 1)]) == 2
    assert await held(carts) == {1: (2, True), 2: (1, True)}


def test_every_script_begins_alike() -> None:
    """Nothing can be changed before its mark has been looked for."""
    scripts = [text for name, text in vars(cart_scripts).items() if name.isupper()]
    changing = [text for text in scripts if isinstance(text, str) and "redis.call" in text]
    assert len(changing) >= 8
    assert all(text.startswith(cart_scripts._BEGIN) for text in changing)
