"""The page of a catalogue: order, filters, page size and paging, each of them an address."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.browser.wares import Ware, Wares

PAGE_SIZE = 12


@pytest.fixture
def goods(wares: Wares) -> list[Ware]:
    """What the visited catalogue offers, the cheapest first."""
    offered = wares.on_shelf(wares.neighbours()[0].catalog)
    return sorted(offered, key=lambda ware: ware.price)


@pytest.fixture
def catalog(tab: Tab, goods: list[Ware]) -> int:
    """The visited catalogue, opened."""
    tab.open("product_list", catalog_id=goods[0].catalog)
    return goods[0].catalog


def prices(tab: Tab) -> list[Decimal]:
    """Return the prices on the cards once they have come."""
    tab.settle()
    return [Decimal(amount) for amount in tab.amounts()]


def test_sorted_by_price(tab: Tab, catalog: int, goods: list[Ware]) -> None:
    """Sorting shows the cheapest, or the dearest, of the whole catalogue in that order."""
    expected = [ware.price for ware in goods]
    tab.page.locator('a[data-sort="price"]').click()
    expect(tab.page).to_have_url(re.compile("sort=price"))
    assert prices(tab) == expected[:PAGE_SIZE]
    tab.page.locator('a[data-sort="-price"]').click()
    expect(tab.page).to_have_url(re.compile("sort=-price"))
    assert prices(tab) == expected[::-1][:PAGE_SIZE]
    expect(tab.page.locator('a[data-sort="-price"]')).to_have_attribute("aria-current", "true")
    assert catalog


def test_filtered_by_price(tab: Tab, catalog: int, goods: list[Ware]) -> None:
    """A range leaves what costs so much, both ends included; its tag takes it away again."""
    least, most = goods[len(goods) // 4].price, goods[len(goods) // 2].price
    within = [ware for ware in goods if least <= ware.price <= most]
    assert 0 < len(within) < len(goods)
    tab.see("min_price").fill(str(least))
    tab.see("max_price").fill(str(most))
    tab.see("max_price").press("Enter")
    expect(tab.see("total")).to_contain_text(f"共 {len(within)} 件")
    assert all(least <= price <= most for price in prices(tab))
    tab.see("filter-tags").get_by_role("link", name="移除条件").click()
    expect(tab.see("total")).to_contain_text(f"共 {len(goods)} 件")
    expect(tab.see("filter-tags")).to_have_count(0)
    assert catalog


def test_a_range_the_wrong_way_round(tab: Tab, catalog: int, goods: list[Ware]) -> None:
    """Whoever types the higher price first still gets what lies between."""
    least, most = goods[0].price, goods[len(goods) // 2].price
    within = [ware for ware in goods if least <= ware.price <= most]
    tab.see("min_price").fill(str(most))
    tab.see("max_price").fill(str(least))
    tab.see("max_price").press("Enter")
    expect(tab.see("total")).to_contain_text(f"共 {len(within)} 件")
    expect(tab.see("min_price")).to_have_value(str(least))
    assert catalog


def test_no_amount_no_filter(tab: Tab, catalog: int) -> None:
    """What is no amount is refused by the field, and the list stays."""
    address = tab.page.url
    tab.see("min_price").fill("cheap")
    tab.see("min_price").press("Enter")
    assert tab.see("min_price").evaluate("field => field.validity.patternMismatch")
    assert tab.page.url == address
    assert catalog


def test_filtered_by_brand(tab: Tab, catalog: int, goods: list[Ware], wares: Wares) -> None:
    """A brand leaves its own goods; the filter stays through a change of order."""
    brand = goods[0].brand
    own = [ware for ware in goods if ware.brand == brand]
    assert 0 < len(own) < len(goods)
    link = tab.page.locator(f'a[data-brand="{brand}"]')
    expect(link).to_have_text(wares.brand_name(brand))
    link.click()
    expect(tab.see("total")).to_contain_text(f"共 {len(own)} 件")
    tab.page.locator('a[data-sort="price"]').click()
    expect(tab.page).to_have_url(re.compile(f"brand={brand}"))
    assert prices(tab) == [ware.price for ware in own][:PAGE_SIZE]
    assert set(tab.cards()) <= {ware.sku for ware in own}
    assert catalog


def test_page_size(tab: Tab, catalog: int) -> None:
    """Another page size shows so many cards at once."""
    expect(tab.see("product-card")).to_have_count(PAGE_SIZE)
    tab.see("pagesize").select_option("24")
    expect(tab.see("product-card")).to_have_count(24)
    expect(tab.page).to_have_url(re.compile("pagesize=24"))
    assert catalog


def test_paging_and_back(tab: Tab, catalog: int) -> None:
    """Pages follow each other without a gap in one document; the back button shows the former."""
    tab.mark_document()
    first = tab.cards()
    tab.see("paginator").get_by_role("link", name="第 2 页").click()
    expect(tab.page.locator('[aria-current="page"][aria-label="第 2 页"]')).to_be_visible()
    second = tab.cards()
    assert len(second) == PAGE_SIZE
    assert not set(first) & set(second)
    tab.see("paginator").get_by_role("link", name="下一页").click()
    expect(tab.page.locator('[aria-current="page"][aria-label="第 3 页"]')).to_be_visible()
    tab.page.go_back()
    expect(tab.page.locator('[aria-current="page"][aria-label="第 2 页"]')).to_be_visible()
    assert tab.cards() == second
    tab.page.go_back()
    expect(tab.see("paginator").get_by_role("link", name="上一页")).to_be_disabled()
    assert tab.cards() == first
    assert tab.is_marked()
    assert catalog


def test_all_pages_show_everything_once(tab: Tab, catalog: int, goods: list[Ware]) -> None:
    """Who turns all pages has seen every SKU of the catalogue exactly once."""
    tab.open("product_list", catalog_id=catalog, pagesize=48)
    seen = tab.cards()
    while tab.see("paginator").get_by_role("link", name="下一页").is_enabled():
        shown = tab.see("total").inner_text()
        tab.see("paginator").get_by_role("link", name="下一页").click()
        expect(tab.see("total")).not_to_have_text(shown)
        tab.settle()
        seen += tab.cards()
    assert sorted(seen) == sorted(ware.sku for ware in goods)


def test_out_of_range(tab: Tab, catalog: int) -> None:
    """A page beyond the last says so and offers page 1."""
    tab.open("product_list", catalog_id=catalog, page=999)
    expect(tab.see("failure-state")).to_be_visible()
    tab.page.get_by_role("link", name="回到第 1 页").click()
    expect(tab.see("product-card")).to_have_count(PAGE_SIZE)
    expect(tab.page).to_have_url(tab.shop.page("product_list", catalog_id=catalog))


def test_no_such_catalogue(tab: Tab, wares: Wares) -> None:
    """An unknown catalogue is said to be unknown, and the others are offered."""
    tab.open("product_list", catalog_id=999_999)
    failure = tab.see("failure-state")
    expect(failure).to_have_attribute("role", "alert")
    expect(failure.get_by_role("link", name=next(iter(wares.shelves.values())))).to_be_visible()
