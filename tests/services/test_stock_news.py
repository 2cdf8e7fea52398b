"""Pages learn what orders have left on the shelf."""

from __future__ import annotations

import msgspec

from models.stock import Pick
from services import Services
from services.goods import Detail
from services.stock_news import StockNews
from tests.factories import Bags, Goods


def shown(detail: Detail) -> bytes:
    """Show the stock alone."""
    return msgspec.json.encode(detail.sku.stock)


async def stock(services: Services, sku: int) -> int:
    """Return the stock that the page of a SKU shows."""
    return int((await services.goods.detail(sku, shown)).body)


async def test_a_page_shows_what_orders_left(services: Services, goods: Goods, bags: Bags) -> None:
    """Without the news the page stays as it was; with them it shows what there is."""
    sku = bags.skus[0]
    assert await stock(services, sku) == 5
    price = goods.one("SELECT price FROM goods_sku WHERE id = %s", sku)
    async with services.database.begin() as tables:
        assert await tables.stock.take([Pick(sku, 2, price)])
        await tables.stock.enter("1", "order", [(sku, -2)])
    assert await stock(services, sku) == 5
    assert await StockNews(pages=services.pages).tell() == 1
    assert await stock(services, sku) == 3


async def test_no_news_make_no_work(services: Services, goods: Goods, bags: Bags) -> None:
    """What is long ago, or was done by staff, is not told again."""
    sku = bags.skus[0]
    await services.staff_skus.move_stock(sku, 1)
    goods.add(
        "goods_stock_ledger",
        sku_id=sku,
        delta=-1,
        reason="order",
        order_id="1",
        created_time="2026-01-01",
    )
    before = goods.one("SELECT COUNT(*) FROM goods_outdated_page")
    assert await StockNews(pages=services.pages).tell() == 0
    assert goods.one("SELECT COUNT(*) FROM goods_outdated_page") == before
