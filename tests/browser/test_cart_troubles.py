"""What can go wrong with a cart: too many, gone, a lost connection; nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.shopper import Shopper, done, move_stock
from tests.browser.tab import Tab
from tests.browser.till import expect_total, line
from tests.browser.wares import Ware, Wares

pytestmark = pytest.mark.usefixtures("shelves")

NO_CONNECTION = "ERR_CONNECTION_REFUSED"


def test_more_than_there_is(tab: Tab, shopper: Shopper, wares: Wares) -> None:
    """What was typed stays beside its fault; the offered number mends it."""
    ware = wares.scarce()
    shopper.put(ware.sku)
    tab.open("cart")
    field = line(tab, ware).get_by_test_id("line-count")
    field.fill("99")
    field.press("Enter")
    expect(tab.see("line-error")).to_contain_text(f"库存仅 {ware.stock} 件")
    expect(field).to_have_value("99")
    expect(field).to_have_attribute("aria-invalid", "true")
    tab.see("checkout").click()
    expect(tab.see("cart-trouble")).to_contain_text("请先处理")
    expect(field).to_be_focused()
    assert shopper.cart() == {ware.sku: (1, 1)}
    with tab.page.expect_response("**/v1/carts/**"):
        tab.see("line-take").click()
    expect(field).to_have_value(str(ware.stock))
    expect_total(tab, ware.stock * ware.price)
    for text in ("0", "", "2.5", "abc"):
        field.fill(text)
        field.blur()
        expect(tab.see("line-error")).to_contain_text("整数")
        expect(field).to_have_value(text)
    assert shopper.cart() == {ware.sku: (ware.stock, 1)}


def test_what_is_gone(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware], wares: Wares) -> None:
    """Sold out and withdrawn lines say so, cannot be selected and stay out of the order."""
    (one, withdrawn), sold_out = pair, wares.scarce()
    for ware in (one, withdrawn, sold_out):
        shopper.put(ware.sku)
    done(tab.shop, lambda services: services.staff_skus.withdraw_sku(withdrawn.sku))
    move_stock(tab.shop, sold_out.sku, -sold_out.stock)
    try:
        tab.open("cart")
        for ware, word in [(withdrawn, "已下架"), (sold_out, "已售罄")]:
            expect(line(tab, ware)).to_contain_text(word)
            expect(line(tab, ware).get_by_test_id("line-select")).to_be_disabled()
        expect_total(tab, one.price)
        tab.see("checkout").click()
        tab.page.wait_for_url("**/orderConfirm.html*")
        tab.settle()
        expect(tab.see("order-line")).to_have_count(1)
        tab.open("cart")
        tab.see("clear-gone").click()
        tab.see("confirm").click()
        expect(tab.see("cart-line")).to_have_count(1)
        assert shopper.cart() == {one.sku: (1, 1)}
    finally:
        done(tab.shop, lambda services: services.staff_skus.launch_sku(withdrawn.sku))
        move_stock(tab.shop, sold_out.sku, sold_out.stock)


def test_a_change_that_is_lost(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """Without a connection the number stays with a word of it, and is saved by trying again."""
    ware = pair[0]
    shopper.put(ware.sku)
    tab.open("cart")

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    tab.page.route("**/v1/carts/**", refuse)
    field = line(tab, ware).get_by_test_id("line-count")
    field.fill("6")
    field.press("Enter")
    expect(tab.see("line-error")).to_contain_text("还没有保存")
    expect(field).to_have_value("6")
    assert shopper.cart() == {ware.sku: (1, 1)}
    tab.page.unroute("**/v1/carts/**", refuse)
    with tab.page.expect_response("**/v1/carts/**"):
        tab.see("line-again").click()
    expect(tab.see("line-error")).to_have_count(0)
    expect_total(tab, 6 * ware.price)
    assert shopper.cart() == {ware.sku: (6, 1)}
    tab.expected(NO_CONNECTION)


def test_an_answer_that_is_lost(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """An addition whose answer never came is sent again under its key and counts once."""
    keys: list[str] = []

    def swallow(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort("connectionrefused")
        else:
            route.continue_()

    tab.open("product_details", skuid=pair[0].sku)
    tab.page.route("**/v1/carts/**", swallow)
    tab.see("add-to-cart").click()
    expect(tab.see("toast")).to_contain_text("已加入购物车")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert shopper.cart() == {pair[0].sku: (1, 1)}
    tab.expected(NO_CONNECTION)


def test_a_cart_that_does_not_load(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """Without a connection the page offers to try again, and then shows the cart."""
    shopper.put(pair[0].sku)

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    tab.page.route("**/v1/carts/**", refuse)
    tab.open("cart")
    expect(tab.see("failure-state")).to_contain_text("网络不通")
    tab.page.unroute("**/v1/carts/**", refuse)
    tab.see("retry").click()
    expect(tab.see("cart-line")).to_have_count(1)
    tab.expected(NO_CONNECTION)
