"""What stands in the way of an order: stock, prices, lost answers, addresses, other people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Route, expect

from tests.browser.shopper import Shopper, move_stock
from tests.browser.tab import Tab
from tests.browser.till import confirm, expect_amount, place
from tests.browser.wares import Ware, Wares

pytestmark = pytest.mark.usefixtures("shelves")

FREIGHT = Decimal(10)
NO_CONNECTION = "ERR_CONNECTION_REFUSED"


def test_stock_that_vanished(tab: Tab, shopper: Shopper, wares: Wares, ware: Ware) -> None:
    """The refusal stands beside the line it is about, and nothing is ordered."""
    scarce = wares.scarce()
    shopper.put(scarce.sku, 2)
    shopper.put(ware.sku)
    tab.open("orderConfirm", settlement_type=0)
    move_stock(tab.shop, scarce.sku, 1 - scarce.stock)
    try:
        tab.see("place-order").click()
        failing = tab.page.locator(f"[data-testid=order-line][data-skuid='{scarce.sku}']")
        expect(failing.get_by_test_id("line-error")).to_contain_text("要买 2 件，仅剩 1 件")
        expect(tab.see("line-error")).to_have_count(1)
        expect(tab.see("order-trouble")).to_contain_text("库存不足")
        assert shopper.orders() == []
        assert set(shopper.cart()) == {scarce.sku, ware.sku}
    finally:
        move_stock(tab.shop, scarce.sku, scarce.stock - 1)
    order_id = place(tab)
    assert [order["order_id"] for order in shopper.orders()] == [order_id]
    shopper.ask("DELETE", f"/v1/orders/{{u}}/{order_id}")


def test_stock_that_vanished_when_buying_now(tab: Tab, shopper: Shopper, wares: Wares) -> None:
    """The same for a single SKU, which can no longer be prepared either."""
    scarce = wares.scarce()
    confirm(tab, scarce, 2)
    move_stock(tab.shop, scarce.sku, -scarce.stock)
    try:
        tab.see("place-order").click()
        expect(tab.see("line-error")).to_contain_text("已售罄")
        assert shopper.orders() == []
        tab.reload()
        expect(tab.see("failure-state")).to_contain_text("库存不足")
    finally:
        move_stock(tab.shop, scarce.sku, scarce.stock)


def test_a_price_that_changed(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """The customer sees the new total before it is ordered."""
    confirm(tab, ware)
    tab.shop.change_sku(ware.sku, price="4000.50")
    try:
        tab.see("place-order").click()
        expect(tab.see("order-trouble")).to_contain_text("价格有变化")
        expect_amount(tab, "total-amount", Decimal("4010.50"))
        assert shopper.orders() == []
        place(tab)
    finally:
        tab.shop.change_sku(ware.sku, price=str(ware.price))
    assert [order["order_total_amount"] for order in shopper.orders()] == ["4010.50"]


def test_an_answer_that_is_lost(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """An order whose answer never came is placed again under its key, and is one order."""
    keys: list[str] = []

    def swallow(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) <= 3:
            route.fetch()
            route.abort("connectionrefused")
        else:
            route.continue_()

    confirm(tab, ware)
    tab.page.route("**/v1/orders/**", swallow)
    tab.see("place-order").click()
    expect(tab.see("order-trouble")).to_contain_text("没有收到回应")
    order_id = place(tab)
    assert len(keys) == 4
    assert len(set(keys)) == 1
    assert [order["order_id"] for order in shopper.orders()] == [order_id]
    tab.expected(NO_CONNECTION)


def test_without_an_address(tab: Tab, ware: Ware) -> None:
    """The page asks for an address, takes one in a dialog and chooses it."""
    shopper = Shopper(tab.shop, addressed=False).comes(tab)
    confirm(tab, ware)
    tab.see("place-order").click()
    expect(tab.see("address-error")).to_contain_text("还没有收货地址")
    expect(tab.see("add-address")).to_be_focused()
    assert shopper.orders() == []
    tab.see("add-address").click()
    form = tab.see("address-form")
    form.locator("[name=receiver]").fill("苏白")
    form.locator("[name=receiver_mobile]").fill("13912345678")
    form.locator("[name=province]").select_option("广东省")
    form.locator("[name=city]").select_option("深圳市")
    form.locator("[name=district]").select_option("南山区")
    form.locator("[name=address]").fill("科技园 2 号")
    form.locator("button[type=submit]").click()
    expect(tab.see("address-option")).to_be_checked()
    place(tab)
    assert [order["address"]["receiver"] for order in shopper.orders()] == ["苏白"]


def test_without_activation(tab: Tab, ware: Ware) -> None:
    """Who has not activated the account is told so and can have the mail sent again."""
    shopper = Shopper(tab.shop, active=False).comes(tab)
    confirm(tab, ware)
    tab.see("place-order").click()
    expect(tab.see("order-trouble")).to_contain_text("激活后才能下单")
    expect(tab.see("order-trouble").get_by_role("button")).to_have_text("重新发送激活邮件")
    assert shopper.orders() == []


def test_a_wrong_clock(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """How long there is to pay is told by the server's clock, whatever the visitor's says."""
    order_id = shopper.order(ware.sku)
    tab.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=2))
    tab.open("payment", order_id=order_id)
    expect(tab.see("pay-until")).to_contain_text(re.compile("(29|30):"))


@pytest.mark.parametrize("name", ["payment", "gopay", "orderDetail"])
def test_an_order_of_somebody_else(tab: Tab, shopper: Shopper, ware: Ware, name: str) -> None:
    """An order that is not there, or not one's own, is said to be missing."""
    foreign = Shopper(tab.shop).order(ware.sku)
    for number in (foreign, "1234567890123456", "undefined"):
        tab.open(name, order_id=number)
        expect(tab.see("empty-state")).to_contain_text("订单不存在")
    assert shopper.orders() == []


def test_signed_out(tab: Tab) -> None:
    """The pages lead to signing in first, and would come back."""
    for name in ("orderConfirm", "myOrder"):
        tab.page.goto(tab.shop.page(name))
        tab.page.wait_for_url(f"**/login.html?next=*{name}*")
        tab.settle()


def test_a_link_buys_nothing(tab: Tab, shopper: Shopper, ware: Ware) -> None:
    """The address with which pages of old placed orders leads to the confirmation."""
    query = {"settlement_type": 1, "sku_id": ware.sku, "buy_count": 2, "address_id": 1}
    tab.page.goto(tab.shop.page("payment", **query))
    tab.page.wait_for_url("**/orderConfirm.html*")
    tab.settle()
    expect_amount(tab, "total-amount", 2 * ware.price + FREIGHT)
    assert shopper.orders() == []
