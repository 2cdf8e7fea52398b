"""The cart: kept by the browser, merged when somebody signs in, changed on the server."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.shopper import PASSWORD, Shopper
from tests.browser.tab import Tab
from tests.browser.till import expect_total, line, put_by_page
from tests.browser.wares import Ware

pytestmark = pytest.mark.usefixtures("shelves")


def test_of_a_guest(tab: Tab, pair: tuple[Ware, Ware]) -> None:
    """Lines with price and subtotal; counting, selecting, deleting survive a reload."""
    one, other = pair
    put_by_page(tab, one)
    put_by_page(tab, other)
    tab.open("cart")
    expect(tab.see("cart-line")).to_have_count(2)
    expect(line(tab, one).get_by_role("heading")).to_have_text(one.name)
    expect_total(tab, one.price + other.price)
    line(tab, one).get_by_test_id("line-more").click()
    expect_total(tab, 2 * one.price + other.price)
    line(tab, other).get_by_test_id("line-select").uncheck()
    expect_total(tab, 2 * one.price)
    expect(tab.see("select-all")).to_have_js_property("indeterminate", value=True)
    tab.reload()
    expect(line(tab, one).get_by_test_id("line-count")).to_have_value("2")
    expect_total(tab, 2 * one.price)
    line(tab, one).get_by_test_id("line-delete").click()
    expect(tab.see("cart-line")).to_have_count(1)
    expect(tab.see("cart-badge")).to_have_text("1")
    line(tab, other).get_by_test_id("line-delete").click()
    tab.reload()
    expect(tab.see("empty-state")).to_contain_text("购物车还是空的")


def test_comes_along_when_signing_in(tab: Tab, pair: tuple[Ware, Ware]) -> None:
    """A guest checks out, signs in and finds both carts in one, the larger count of each SKU."""
    one, other = pair
    shopper = Shopper(tab.shop)
    shopper.put(one.sku, 3)
    put_by_page(tab, one)
    put_by_page(tab, other)
    tab.open("cart")
    tab.see("checkout").click()
    tab.page.wait_for_url("**/login.html*")
    form = tab.see("login-form")
    form.locator("[name=username]").fill(shopper.name)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    tab.page.wait_for_url("**/cart.html")
    expect(tab.see("cart-line")).to_have_count(2)
    expect(line(tab, one).get_by_test_id("line-count")).to_have_value("3")
    expect_total(tab, 3 * one.price + other.price)
    expect(tab.see("cart-badge")).to_have_text("2")
    assert tab.page.evaluate("localStorage.dashop_cart") is None
    assert shopper.cart() == {one.sku: (3, 1), other.sku: (1, 1)}


def test_changes_reach_the_server(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """What is added, counted and selected on the pages is so on the server, too."""
    one, other = pair
    put_by_page(tab, one)
    expect(tab.see("cart-badge")).to_have_text("1")
    shopper.put(other.sku)
    tab.open("cart")
    expect(tab.see("cart-badge")).to_have_text("2")
    field = line(tab, one).get_by_test_id("line-count")
    field.fill("7")
    field.press("Enter")
    expect_total(tab, 7 * one.price + other.price)
    line(tab, one).get_by_test_id("line-less").click()
    line(tab, one).get_by_test_id("line-less").click()
    expect_total(tab, 5 * one.price + other.price)
    tab.see("select-all").uncheck()
    expect_total(tab, Decimal(0))
    line(tab, one).get_by_test_id("line-select").check()
    expect_total(tab, 5 * one.price)
    tab.see("checkout").click()
    tab.page.wait_for_url("**/orderConfirm.html*")
    assert shopper.cart() == {one.sku: (5, 1), other.sku: (1, 0)}
    tab.settle()
    expect(tab.see("order-line")).to_have_count(1)


def test_delete_and_undo(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """A deleted line comes back as it was, and the keyboard follows."""
    one, other = pair
    shopper.put(one.sku, 4)
    shopper.put(other.sku)
    tab.open("cart")
    line(tab, one).get_by_test_id("line-select").uncheck()
    line(tab, one).get_by_test_id("line-more").click()
    line(tab, one).get_by_test_id("line-delete").click()
    expect(tab.see("undo")).to_be_focused()
    expect(line(tab, one)).to_have_count(0)
    assert shopper.cart() == {other.sku: (1, 1)}
    tab.see("undo").press("Enter")
    expect(line(tab, one).get_by_test_id("line-count")).to_be_focused()
    expect(tab.see("undo")).to_have_count(0)
    assert shopper.cart() == {one.sku: (5, 0), other.sku: (1, 1)}
    tab.see("delete-selected").click()
    tab.see("confirm").click()
    expect(tab.see("cart-line")).to_have_count(1)
    assert shopper.cart() == {one.sku: (5, 0)}


def test_by_keyboard(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """From the first box to the checkout by Tab, space, arrows and Enter."""
    ware = pair[0]
    shopper.put(ware.sku)
    tab.open("cart")
    tab.see("select-all").focus()
    for _ in range(2):
        tab.page.keyboard.press("Space")
    while (
        not line(tab, ware)
        .get_by_test_id("line-count")
        .evaluate("e => e === document.activeElement")
    ):
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("ArrowUp")
    expect_total(tab, 3 * ware.price)
    while not tab.see("checkout").evaluate("e => e === document.activeElement"):
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/orderConfirm.html*")
    tab.settle()
    assert shopper.cart() == {ware.sku: (3, 1)}


def test_two_tabs(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """What one tab deletes is gone in the other, and both come to rest."""
    one, other = pair
    shopper.put(one.sku)
    shopper.put(other.sku)
    tab.open("cart")
    requests: list[str] = []
    with tab.page.context.new_page() as second:
        second.goto(tab.shop.page("cart"))
        expect(second.get_by_test_id("cart-line")).to_have_count(2)
        first = second.locator(f"[data-skuid='{one.sku}']").get_by_test_id("line-delete")
        first.click()
        expect(second.get_by_test_id("cart-line")).to_have_count(1)
    tab.page.on("request", lambda request: requests.append(request.url))
    tab.page.bring_to_front()
    expect(tab.see("cart-line")).to_have_count(1)
    tab.page.wait_for_timeout(1000)
    assert len([url for url in requests if "/v1/carts/" in url]) <= 2
