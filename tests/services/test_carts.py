"""Carts between Redis and the rows: what is shown, what is refused, what is never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

import server
from environment import Url
from models.connection import Connection
from models.errors import NoSuchCartSku, OverStock, ShopError, Unavailable
from services import Services
from services.carts import CartItem, CartService
from services.guest_cart import GuestLine
from settings import Settings
from tasks.carts import ForgetBought, MergeCart
from tasks.running import running
from tests.cart_model import Cart
from tests.factories import Bags, Goods
from tests.fakes import RecordingOutside
from tests.handlers.users.people import eventually

USER = 7
NOWHERE = Url("redis://127.0.0.1:1/0")
GONE = 999_999


def shown(items: list[CartItem]) -> Cart:
    return {item.offer.id: (item.line.count, item.line.selected) for item in items}


async def test_the_rows_are_asked_once_however_long_the_cart(
    services: Services, bags: Bags, goods: Goods
) -> None:
    """Prices, names and stock are those of the row at this moment."""
    for sku in bags.skus:
        await services.carts.add(USER, sku, count=1, key=None)
    goods.run("UPDATE goods_sku SET price = 66.60, name = '新名', stock = 3")
    before = services.database.statements
    items = await services.carts.listed(USER)
    assert services.database.statements == before + 1
    assert len(items) == len(bags.skus)
    assert {(str(i.offer.price), i.offer.name, i.offer.stock) for i in items} == {
        ("66.60", "新名", 3)
    }
    assert items[0].offer.attribute_names == ["颜色", "尺寸"]
    empty = services.database.statements
    assert await services.carts.listed(USER + 1) == []
    assert services.database.statements == empty


async def test_a_sku_that_is_gone_leaves_the_cart(
    services: Services, bags: Bags, goods: Goods
) -> None:
    """Trap of earlier carts: a deleted SKU broke the list."""
    kept, gone = bags.plain, bags.only
    for sku in (kept, gone):
        await services.carts.add(USER, sku, count=1, key=None)
    for table in ("goods_sku_search", "goods_sku_image", "goods_sku_sale_attr_value"):
        goods.run(f"DELETE FROM {table} WHERE sku_id = %s", gone)
    goods.run("DELETE FROM goods_sku WHERE id = %s", gone)
    assert shown(await services.carts.listed(USER)) == {kept: (1, True)}
    assert await services.carts.size(USER) == 1
    with pytest.raises(NoSuchCartSku):
        await services.carts.step_up(USER, gone, key=None)


async def test_a_withdrawn_sku_stays_and_cannot_grow(
    services: Services, bags: Bags, goods: Goods
) -> None:
    sku = bags.plain
    await services.carts.add(USER, sku, count=3, key=None)
    goods.run("UPDATE goods_sku SET is_launched = 0 WHERE id = %s", sku)
    grow: list[Callable[[CartService], Awaitable[object]]] = [
        lambda c: c.add(USER, sku, count=1, key=None),
        lambda c: c.step_up(USER, sku, key=None),
        lambda c: c.set_count(USER, sku, count=1, key=None),
        lambda c: c.add(USER, bags.gone, count=1, key=None),
        lambda c: c.add(USER, GONE, count=1, key=None),
    ]
    for change in grow:
        with pytest.raises(NoSuchCartSku):
            await change(services.carts)
    (item,) = await services.carts.listed(USER)
    assert (item.line.count, item.offer.is_launched) == (3, False)
    assert shown(await services.carts.step_down(USER, sku, key=None)) == {sku: (2, True)}
    assert shown(await services.carts.select(USER, sku, selected=False, key=None)) == {
        sku: (2, False)
    }
    assert await services.carts.remove(USER, sku) == 0


async def test_what_shows_the_cart_changes_nothing_without_the_rows(
    services: Services, bags: Bags, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MySQL away is 503 before the change, so that trying again does not count twice."""
    await services.carts.add(USER, bags.plain, count=1, key=None)

    async def away(self: Connection, *_: object) -> list[object]:
        raise Unavailable("mysql: away")

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "rows", away)
        for change in (
            services.carts.step_up(USER, bags.plain, key=None),
            services.carts.select_all(USER, selected=False, key=None),
            services.carts.add(USER, bags.plain, count=1, key=None),
        ):
            with pytest.raises(Unavailable):
                await change
    assert shown(await services.carts.listed(USER)) == {bags.plain: (1, True)}


async def test_a_line_put_in_beside_a_change_is_shown(services: Services, bags: Bags) -> None:
    """Its row was not among those read before the change: it is read, not taken for gone."""
    first, second = bags.skus[:2]
    await services.carts.add(USER, first, count=1, key=None)

    async def beside(offers: object) -> object:
        await services.carts.add(USER, second, count=1, key=None)
        return await services.carts._carts.select_all(USER, selected=False)

    items = await services.carts._changed(USER, beside)  # type: ignore[arg-type]
    assert shown(items) == {first: (1, False), second: (1, False)}


async def test_a_merge_knows_the_stock_and_twice_is_once(
    services: Services, bags: Bags, goods: Goods
) -> None:
    """CRT-1: unknown and withdrawn SKUs are skipped, lines of both sides survive."""
    here, there, both = bags.skus[:3]
    goods.run("UPDATE goods_sku SET stock = 5")
    await services.carts.add(USER, here, count=2, key=None)
    await services.carts.add(USER, both, count=4, key=None)
    await services.carts.select(USER, both, selected=False, key=None)
    lines = [
        GuestLine(there, 50),
        GuestLine(both, 3),
        GuestLine(bags.hidden, 1),
        GuestLine(GONE, 1),
    ]
    wanted = {here: (2, True), there: (5, True), both: (4, False)}
    for _ in range(2):
        assert await services.carts.merge(USER, lines) == 3
        assert shown(await services.carts.listed(USER)) == wanted


@asynccontextmanager
async def cut_off(settings: Settings) -> AsyncIterator[Services]:
    """Open the services of a process that does not reach Redis."""
    away = replace(settings, redis=replace(settings.redis, data_url=NOWHERE))
    async with server.open_services(away) as services:
        yield services


async def test_a_merge_without_redis_is_made_later(
    shop_settings: Settings, bags: Bags, goods: Goods
) -> None:
    """Nothing is lost silently: it is a task until Redis is back."""
    goods.run("DELETE FROM tasks_outbox")
    lines = [GuestLine(bags.plain, 2), GuestLine(bags.only, 1)]
    async with cut_off(shop_settings) as services:
        assert await services.carts.merge(USER, []) == 0
        assert goods.one("SELECT COUNT(*) FROM tasks_outbox") == 0
        assert await services.carts.merge(USER, lines) == 0
        assert goods.ask("SELECT kind FROM tasks_outbox") == [("cart.merge",)]
        async with running(services.relay.run()):
            await eventually(lambda: goods.one("SELECT MAX(error) FROM tasks_outbox"))
    assert goods.ask("SELECT done_time, dead_time FROM tasks_outbox") == [(None, None)]
    goods.run("UPDATE tasks_outbox SET due = NOW(6)")
    async with server.open_services(shop_settings) as services, running(services.relay.run()):
        await eventually(lambda: goods.one("SELECT MAX(done_time) FROM tasks_outbox"))
        assert shown(await services.carts.listed(USER)) == {
            bags.plain: (2, True),
            bags.only: (1, True),
        }


async def test_a_merge_without_the_rows_is_made_later(
    services: Services, bags: Bags, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods.run("DELETE FROM tasks_outbox")

    async def away(self: Connection, *_: object) -> list[object]:
        raise Unavailable("mysql: away")

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "rows", away)
        assert await services.carts.merge(USER, [GuestLine(bags.plain, 2)]) == 0
        assert await services.carts.size(USER) == 0
    assert goods.ask("SELECT kind FROM tasks_outbox") == [("cart.merge",)]
    async with running(services.relay.run()):
        await eventually(lambda: goods.one("SELECT MAX(done_time) FROM tasks_outbox"))
    assert shown(await services.carts.listed(USER)) == {bags.plain: (2, True)}


async def test_a_merge_without_anything_fails_no_sign_in(services: Services) -> None:
    class Nowhere:
        def __getattr__(self, name: str) -> object:
            raise Unavailable("away")

    carts = CartService(database=Nowhere(), carts=Nowhere(), ring=list)  # type: ignore[arg-type]
    assert await carts.merge(USER, [GuestLine(1, 1)]) == 0
    assert await carts.merge(USER, []) == 0


async def test_jobs_do_what_their_facts_say() -> None:
    outside = RecordingOutside()
    await MergeCart(USER, [(1, 2)], "mark").run(1, outside.seen)
    await ForgetBought(USER, "1000000000000001", [(1, 2)]).run(2, outside.seen)
    assert outside.carts.merged == [(USER, [(1, 2)], "mark")]
    assert outside.carts.forgotten == [(USER, "1000000000000001", [(1, 2)])]


async def test_what_was_bought_is_forgotten_once(services: Services, bags: Bags) -> None:
    """CRT-8: the job and the service do it once between them; later additions stay."""
    sku = bags.plain
    await services.carts.add(USER, sku, count=2, key=None)
    order, lines = "1000000000000001", [(sku, 2)]
    await services.carts.forget_bought(USER, order, lines)
    await services.carts.add(USER, sku, count=1, key=None)
    await services.carts.forget_bought(USER, order, lines)
    assert shown(await services.carts.listed(USER)) == {sku: (1, True)}


async def test_stock_is_the_one_of_this_moment(
    services: Services, bags: Bags, goods: Goods
) -> None:
    goods.run("UPDATE goods_sku SET stock = 2 WHERE id = %s", bags.plain)
    refused: list[type[ShopError]] = []
    for _ in range(3):
        try:
            await services.carts.add(USER, bags.plain, count=1, key=None)
        except ShopError as refusal:
            refused.append(type(refusal))
    assert refused == [OverStock]
    goods.run("UPDATE goods_sku SET stock = 3 WHERE id = %s", bags.plain)
    assert await services.carts.add(USER, bags.plain, count=1, key=None) == 1
    goods.run("UPDATE goods_sku SET stock = 0 WHERE id = %s", bags.plain)
    with pytest.raises(OverStock):
        await services.carts.step_up(USER, bags.plain, key=None)
    assert shown(await services.carts.listed(USER)) == {bags.plain: (3, True)}
