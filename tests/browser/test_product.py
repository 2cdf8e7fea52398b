"""The page of a product: its pictures, how many one may take, the cart, and what is not there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.browser.wares import Ware, Wares

VIEWS = 4


def picture_address(tab: Tab) -> str:
    """Return the address of the large picture."""
    return tab.see("gallery").locator("img").first.get_attribute("src") or ""


def test_what_it_shows(tab: Tab, ware: Ware, wares: Wares) -> None:
    """Name, price, stock, specifications and the way back to the catalogue."""
    tab.open("product_details", skuid=ware.sku)
    expect(tab.see("product")).to_have_attribute("data-skuid", str(ware.sku))
    expect(tab.see("product-name")).to_have_text(ware.name)
    expect(tab.see("price")).to_have_attribute("data-amount", str(ware.price))
    expect(tab.see("stock")).to_contain_text(f"库存 {ware.stock} 件")
    details = tab.shop.ask(f"/v1/goods/detail/{ware.sku}")["data"]
    lines = [text for pair in details["spec"].items() for text in pair]
    expect(tab.see("spec").locator("th, td")).to_have_text(lines)
    tab.see("breadcrumbs").get_by_role("link", name=wares.shelves[ware.catalog]).click()
    expect(tab.page).to_have_url(tab.shop.page("product_list", catalog_id=ware.catalog))
    tab.settle()


def test_gallery_by_keys(tab: Tab, ware: Ware) -> None:
    """Arrow keys, Home and End turn the pictures; past the end they start over."""
    tab.open("product_details", skuid=ware.sku)
    thumbs = tab.see("gallery-thumb")
    expect(thumbs).to_have_count(VIEWS)
    addresses = []
    thumbs.first.focus()
    for place in [1, 2, 3, 0]:
        tab.page.keyboard.press("ArrowRight")
        expect(thumbs.nth(place)).to_have_attribute("aria-current", "true")
        expect(thumbs.nth(place)).to_be_focused()
        addresses.append(picture_address(tab))
    assert len(set(addresses)) == VIEWS
    tab.page.keyboard.press("End")
    expect(thumbs.last).to_have_attribute("aria-current", "true")
    tab.page.keyboard.press("ArrowLeft")
    expect(thumbs.nth(VIEWS - 2)).to_have_attribute("aria-current", "true")
    tab.page.keyboard.press("Home")
    assert picture_address(tab) == addresses[-1]


def test_gallery_by_mouse(tab: Tab, ware: Ware) -> None:
    """A thumbnail and the arrows show another picture, and that one is really there."""
    tab.open("product_details", skuid=ware.sku)
    first = picture_address(tab)
    tab.see("gallery-thumb").nth(2).click()
    third = picture_address(tab)
    assert third != first
    tab.page.get_by_role("button", name="上一张图").click()
    assert picture_address(tab) not in (first, third)
    expect(tab.see("gallery").locator("img").first).to_have_js_property("naturalWidth", 800)


def test_quantity_keeps_its_bounds(tab: Tab, wares: Wares) -> None:
    """From one to what is in stock, by the buttons and by typing."""
    ware = wares.scarce()
    tab.open("product_details", skuid=ware.sku)
    expect(tab.see("stock")).to_contain_text(f"仅剩 {ware.stock} 件")
    field, less, more = (tab.see(name) for name in ("quantity", "quantity-less", "quantity-more"))
    expect(less).to_be_disabled()
    for count in range(2, ware.stock + 1):
        more.click()
        expect(field).to_have_value(str(count))
    expect(more).to_be_disabled()
    for typed, taken in [("99999", ware.stock), ("0", 1), ("-3", 1), ("1.9", 1), ("", 1)]:
        field.fill(typed)
        field.blur()
        expect(field).to_have_value(str(taken))


def test_sold_out(tab: Tab, wares: Wares) -> None:
    """A variant without stock is said to be sold out and cannot be bought."""
    tab.open("product_details", skuid=wares.sold_out().sku)
    expect(tab.see("sold-out")).to_be_visible()
    expect(tab.see("add-to-cart")).to_be_disabled()
    expect(tab.see("buy-now")).to_have_attribute("aria-disabled", "true")
    assert tab.see("buy-now").get_attribute("href") is None
    expect(tab.see("quantity")).to_be_disabled()


def test_into_the_cart(tab: Tab, wares: Wares) -> None:
    """The badge counts different goods and is still there after a reload; the notice is spoken."""
    one, other = wares.neighbours()
    tab.open("product_details", skuid=one.sku)
    expect(tab.see("cart-badge")).to_be_hidden()
    tab.see("add-to-cart").click()
    expect(tab.page.get_by_role("status").get_by_test_id("toast")).to_contain_text("已加入购物车")
    expect(tab.see("cart-badge")).to_have_text("1")
    tab.see("add-to-cart").click()
    expect(tab.see("cart-badge")).to_have_text("1")
    tab.reload()
    expect(tab.see("cart-badge")).to_have_text("1")
    expect(tab.see("cart-link")).to_have_accessible_name("购物车 1 种商品")
    tab.open("product_details", skuid=other.sku)
    tab.see("add-to-cart").click()
    expect(tab.see("cart-badge")).to_have_text("2")


def test_the_cart_takes_no_more_than_there_is(tab: Tab, wares: Wares) -> None:
    """Adding all that is left twice says that the cart holds everything."""
    ware = wares.scarce()
    tab.open("product_details", skuid=ware.sku)
    tab.see("quantity").fill(str(ware.stock))
    tab.see("add-to-cart").click()
    expect(tab.see("toast")).to_contain_text("已加入购物车")
    tab.see("add-to-cart").click()
    expect(tab.see("toast")).to_contain_text("购物车里已是全部库存")
    stored = tab.page.evaluate("JSON.parse(localStorage.getItem('dashop_cart'))")
    assert stored == [{"id": ware.sku, "count": ware.stock, "selected": 1}]


def test_buying_now_goes_by_the_sign_in(tab: Tab, ware: Ware) -> None:
    """Who is not signed in is led to sign in first, and keeps the SKU and the quantity."""
    tab.open("product_details", skuid=ware.sku)
    tab.see("quantity-more").click()
    address = tab.see("buy-now").get_attribute("href") or ""
    assert address.startswith("/dadashop/templates/login.html?next=")
    assert f"sku_id%3D{ware.sku}%26buy_num%3D2" in address


@pytest.mark.parametrize("sku", ["999999999", "undefined", "", "0", "1%00", "9" * 40])
def test_no_such_product(tab: Tab, sku: str) -> None:
    """A SKU that is not for sale is said to be missing, with a way home."""
    tab.page.goto(f"{tab.shop.page('product_details')}?skuid={sku}")
    tab.settle()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("商品不存在")
    expect(tab.page).to_have_title("商品不存在 - 达达商城")
    expect(tab.page.get_by_role("main").get_by_role("link", name="返回首页")).to_have_attribute(
        "href", "/dadashop/templates/index.html"
    )
