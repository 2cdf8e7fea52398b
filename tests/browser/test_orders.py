"""Buying: confirmation, payment, the list of orders, one order, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.shopper import PLACE, RECEIVER, Shopper, done, move_stock, restock
from tests.browser.storefront import Storefront
from tests.browser.tab import Tab
from tests.browser.wares import Ware, Wares

FREIGHT = Decimal(10)
NO_CONNECTION = "ERR_CONNECTION_REFUSED"
FIRST_PAGE = 10


@pytest.fixture(scope="module", autouse=True)
def shelves(shop: Storefront, wares: Wares) -> Iterator[None]:
    """Full again when the module is over."""
    yield
    restock(shop, wares)


@pytest.fixture
def pair(wares: Wares) -> tuple[Ware, Ware]:
    """Two variants with plenty in stock."""
    return wares.neighbours()


@pytest.fixture
def ware(pair: tuple[Ware, Ware]) -> Ware:
    """One of them."""
    return pair[0]


@pytest.fixture
def shopper(tab: Tab) -> Shopper:
    """A customer who has signed in."""
    return Shopper(tab.shop).comes(tab)


def confirm(tab: Tab, ware: Ware, pieces: int = 1) -> None:
    """Open the confirmation of so many pieces."""
    tab.open("orderConfirm", settlement_type=1, sku_id=ware.sku, buy_num=pieces)


def place(tab: Tab) -> str:
    """Place the order; return its number."""
    tab.see("place-order").click()
    tab.page.wait_for_url("**/payment.html?order_id=*")
    tab.settle()
    return tab.page.url.rpartition("=")[2]


def pay(tab: Tab) -> None:
    """Pay at the cashier and come back."""
    tab.see("pay-now").click()
    tab.page.wait_for_url("**/sandbox/cashier*")
    tab.page.locator("button[value=paid]").click()
    tab.page.wait_for_url("**/gopay.html*")
    expect(tab.see("pay-done")).to_contain_text("付款成功")


def card(tab: Tab, order_id: str) -> Locator:
    """Return the card of an order in the list."""
    return tab.page.locator(f"[data-testid=order-card][data-order-id='{order_id}']")


def expect_amount(tab: Tab, test_id: str, amount: Decimal) -> None:
    """An amount is shown."""
    expect(tab.see(test_id)).to_have_attribute("data-amount", f"{amount:.2f}")


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
    """From the product to the cashier and back; the order tells its way, then asks a refund."""
    tab.open("product_details", skuid=ware.sku)
    tab.see("quantity-more").click()
    tab.see("buy-now").click()
    tab.page.wait_for_url("**/orderConfirm.html*")
    tab.settle()
    expect_amount(tab, "total-amount", 2 * ware.price + FREIGHT)
    tab.see("method-2").check()
    order_id = place(tab)
    expect(tab.see("payment")).to_contain_text("微信支付")
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
    expect(tab.see("pay-waiting")).to_contain_text("等待付款")
    expect(tab.see("pay-again")).to_be_visible()
    body = {"provider": "alipay", "out_trade_no": order_id, "outcome": "paid"}
    tab.page.request.post(f"{tab.shop.url}/sandbox/api/pay", data=body)
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
    expect(tab.see("pay-until")).to_contain_text("29:")


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
    expect(tab.see("payment")).to_contain_text("微信支付")
    assert len(shopper.orders()) == 1
