"""What staff change is on the page of whoever looks next."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.storefront import Storefront
from tests.browser.tab import Tab
from tests.browser.wares import Ware, Wares

NEW_PRICE = "88888.50"
MARKUP = "<b>x</b><img src=x onerror=alert(1)>"


@pytest.fixture
def restored(shop: Storefront, wares: Wares) -> Iterator[list[Ware]]:
    """A list for the SKUs a test changes: their prices and names are restored afterwards."""
    changed: list[Ware] = []
    yield changed
    for ware in changed:
        shop.change_sku(ware.sku, price=str(ware.price), name=ware.name)


def test_a_new_price(tab: Tab, wares: Wares, restored: list[Ware]) -> None:
    """After a change of price a reload of the product shows the new one."""
    ware = wares.neighbours()[0]
    restored.append(ware)
    tab.open("product_details", skuid=ware.sku)
    amount = tab.see("product").get_by_test_id("price")
    expect(amount).to_have_attribute("data-amount", str(ware.price))
    tab.shop.change_sku(ware.sku, price=NEW_PRICE)
    tab.reload()
    expect(amount).to_have_attribute("data-amount", NEW_PRICE)
    expect(amount).to_have_text("¥88,888.50")


def test_a_new_order_of_prices(tab: Tab, wares: Wares, restored: list[Ware]) -> None:
    """What was the cheapest is no longer the first of the list sorted by price."""
    catalog = wares.neighbours()[0].catalog
    ware = min(wares.on_shelf(catalog), key=lambda each: each.price)
    restored.append(ware)
    tab.open("product_list", catalog_id=catalog, sort="price")
    assert ware.sku in tab.cards()
    tab.shop.change_sku(ware.sku, price=NEW_PRICE)
    tab.reload()
    assert ware.sku not in tab.cards()
    assert [Decimal(each) for each in tab.amounts()] == sorted(map(Decimal, tab.amounts()))


def test_markup_in_a_name_stays_text(tab: Tab, wares: Wares, restored: list[Ware]) -> None:
    """A name that looks like markup is shown letter by letter."""
    ware = wares.neighbours()[0]
    restored.append(ware)
    tab.shop.change_sku(ware.sku, name=MARKUP)
    tab.open("product_details", skuid=ware.sku)
    expect(tab.see("product-name")).to_have_text(MARKUP)
    assert tab.see("product-name").locator("*").count() == 0
    tab.open("search_list", input="onerror")
    expect(tab.see("product-card").get_by_role("heading")).to_have_text(MARKUP)
