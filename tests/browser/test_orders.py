"""Buying: confirmation, payment, the list of orders, one order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.shopper import PLACE, RECEIVER, Shopper, done
from tests.browser.tab import Tab
from tests.browser.till import card, expect_amount, expect_code, pay, pay_elsewhere, place
from tests.browser.wares import Ware

pytestmark = pytest.mark.usefixtures("shelves")

FREIGHT = Decimal(10)
FIRST_PAGE = 10


def test_from_the_cart(tab: Tab, shopper: Shopper, pair: tuple[Ware, Ware]) -> None:
    """The selected lines become an order, the others stay in the cart; the list shows it."""
    one, other = pair
    shopper.put(one.sku, 2)
    shopper.put(other.sku)
    tab.open("cart")
    left = tab.page.locator(f"[data-skuid='{other.sku}']")
    left.get_by_test_id("line-select").uncheck()
    tab.see("checkout").click()
    tab.page.wait_for_url("**/orderConfirm.html*")
    tab.settle()
    expect(tab.see("confirm")).to_contain_text(RECEIVER)
    expect_amount(tab, "goods-amount", 2 * one.price)
    expect_amount(tab, "total-amount", 2 * one.price + FREIGHT)
    order_id = place(tab)
    expect(tab.see("payment").get_by_test_id("price").first).to_have_attribute(
        "data-amount", f"{2 * one.price + FREIGHT:.2f}"
    )
    expect(tab.see("pay-until")).to_contain_text("29:")
    expect(tab.see("cart-badge")).to_have_text("1")
    assert shopper.cart() == {other.sku: (1, 0)}
    tab.see("user-menu").click()
    tab.see("menu-orders").click()
    tab.settle()
    expect(card(tab, order_id)).to_contain_text(one.name)
    expect(card(tab, order_id).get_by_test_id("order-status")).to_have_text("待付款")
    [order] = shopper.orders()
    assert order["order_id"] == order_id
    assert Decimal(order["order_total_amount"]) == 2 * one.price + FREIGHT


def test_buying_now_and_paying(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """From the product to a cashier and back; the order tells its way, then asks a refund.

    The cashier is not the one that was chosen first.
    """
    tab.open("product_details", skuid=ware.sku)
    tab.see("quantity-more").click()
    tab.see("buy-now").click()
    tab.page.wait_for_url("**/orderConfirm.html*")
    tab.settle()
    expect_amount(tab, "total-amount", 2 * ware.price + FREIGHT)
    tab.see("method-2").check()
    order_id = place(tab)
    expect(tab.see("method-2")).to_be_checked()
    pay(tab)
    tab.open("orderDetail", order_id=order_id)
    expect(tab.see("status-card")).to_have_attribute("data-status", "2")
    expect(tab.see("timeline").get_by_role("listitem")).to_have_count(2)
    expect(tab.see("order-detail")).to_contain_text(PLACE)
    tab.see("refund-order").click()
    tab.see("refund-form").locator("button[type=submit]").click()
    expect(tab.see("field-error")).to_contain_text("请填写")
    tab.see("refund-form").locator("[name=reason]").fill("买错了 <b>")
    tab.see("refund-form").locator("button[type=submit]").click()
    expect(tab.see("status-card")).to_have_attribute("data-status", "7")
    expect(tab.see("timeline")).to_contain_text("买错了 <b>")
    expect(tab.see("refund-order")).to_have_count(0)
    assert [order["status"] for order in shopper.orders()] == [7]


def test_waiting_flips_by_itself(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """Who waits sees the payment that was made elsewhere; before that the way to pay is open."""
    order_id = shopper.order(ware.sku)
    tab.open("gopay", order_id=order_id)
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("等待付款")
    expect(tab.see("pay-again")).to_be_visible()
    pay_elsewhere(tab, shopper.way(order_id, 1)["pay_url"])
    expect(tab.see("pay-done")).to_be_visible()
    expect(tab.page.get_by_role("heading", name="付款成功")).to_be_focused()


def test_cancelling(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """After a question the order is closed, cannot be paid and its goods are back."""
    order_id = shopper.order(ware.sku, 3)
    tab.open("myOrder")
    card(tab, order_id).get_by_test_id("cancel-order").click()
    tab.see("cancel").click()
    assert [order["status"] for order in shopper.orders()] == [1]
    card(tab, order_id).get_by_test_id("cancel-order").click()
    tab.see("confirm").click()
    expect(card(tab, order_id)).to_have_attribute("data-status", "6")
    expect(card(tab, order_id).get_by_test_id("pay-order")).to_have_count(0)
    assert [order["status"] for order in shopper.orders()] == [6]
    tab.open("payment", order_id=order_id)
    expect(tab.see("pay-settled")).to_contain_text("订单已关闭")
    tab.open("gopay", order_id=order_id)
    expect(tab.see("pay-closed")).to_be_visible()


def test_receiving(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """A shipped order is done once the customer says that it came."""
    order_id = shopper.order(ware.sku)
    tab.open("payment", order_id=order_id)
    pay(tab)
    done(tab.shop, lambda services: services.orders.ship(order_id, actor="staff:1"))
    tab.open("myOrder", type=3)
    card(tab, order_id).get_by_test_id("receive-order").click()
    tab.see("confirm").click()
    expect(tab.see("empty-state")).to_be_visible()
    tab.see("tab-4").click()
    expect(card(tab, order_id)).to_have_attribute("data-status", "4")
    assert [order["status"] for order in shopper.orders()] == [4]


def test_kinds_and_pages(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """Tabs filter, pages turn, and the way back leads to what was there."""
    numbers = [shopper.order(ware.sku) for _ in range(FIRST_PAGE + 1)]
    shopper.ask("DELETE", f"/v1/orders/{{u}}/{numbers[0]}")
    tab.open("myOrder")
    expect(tab.see("order-card")).to_have_count(FIRST_PAGE)
    expect(tab.see("total")).to_contain_text("共 11 个订单，第 1 / 2 页")
    tab.see("paginator").get_by_role("link", name="下一页").click()
    expect(tab.see("order-card")).to_have_count(1)
    tab.see("tab-6").click()
    expect(card(tab, numbers[0])).to_be_visible()
    expect(tab.see("order-card")).to_have_count(1)
    tab.see("tab-2").click()
    expect(tab.see("empty-state")).to_contain_text("这里还没有订单")
    tab.page.go_back()
    expect(card(tab, numbers[0])).to_be_visible()
    expect(tab.see("tab-6")).to_have_attribute("aria-current", "page")


def test_by_keyboard(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """From the product to the payment without a mouse."""
    tab.open("product_details", skuid=ware.sku)
    tab.see("buy-now").press("Enter")
    tab.page.wait_for_url("**/orderConfirm.html*")
    tab.settle()
    tab.see("address-option").focus()
    while not tab.see("place-order").evaluate("e => e === document.activeElement"):
        if tab.see("method-1").evaluate("e => e === document.activeElement"):
            tab.page.keyboard.press("ArrowDown")
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/payment.html*")
    tab.settle()
    expect(tab.see("method-2")).to_be_checked()
    tab.see("method-2").focus()
    while not tab.see("pay-now").evaluate("e => e === document.activeElement"):
        tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/gopay.html*")
    expect_code(tab)
    assert len(shopper.orders()) == 1
