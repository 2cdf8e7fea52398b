"""What a customer does with the pages of the cart and of the orders, and what they show."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from playwright.sync_api import Locator, expect

from tests.browser.tab import Tab
from tests.browser.wares import Ware

CASHIER = "**/sandbox/alipay/gateway.do*"
PAY, DECLINE = "button[value=paid]", "button[value=declined]"


def line(tab: Tab, ware: Ware) -> Locator:
    """Return the line of a variant."""
    return tab.page.locator(f"[data-testid=cart-line][data-skuid='{ware.sku}']")


def expect_total(tab: Tab, amount: Decimal) -> None:
    """The total becomes an amount."""
    expect(tab.see("cart-total")).to_have_attribute("data-amount", f"{amount:.2f}")


def put_by_page(tab: Tab, ware: Ware) -> None:
    """Put a piece into the cart as a visitor does."""
    tab.open("product_details", skuid=ware.sku)
    tab.see("add-to-cart").click()
    expect(tab.see("toast")).to_contain_text("已加入购物车")


def confirm(tab: Tab, ware: Ware, pieces: int = 1) -> None:
    """Open the confirmation of so many pieces."""
    tab.open("orderConfirm", settlement_type=1, sku_id=ware.sku, buy_num=pieces)


def place(tab: Tab) -> str:
    """Place the order; return its number."""
    tab.see("place-order").click()
    tab.page.wait_for_url("**/payment.html?order_id=*")
    tab.settle()
    return tab.page.url.rpartition("=")[2]


def to_alipay(tab: Tab) -> None:
    """Choose Alipay and go to its cashier."""
    tab.see("method-1").check()
    tab.see("pay-now").click()
    tab.page.wait_for_url(CASHIER)


def pay(tab: Tab) -> None:
    """Pay at Alipay's cashier and come back."""
    to_alipay(tab)
    tab.page.locator(PAY).click()
    tab.page.wait_for_url("**/pay_success.html?*")
    expect(tab.see("result-paid")).to_contain_text("付款成功")


def to_code(tab: Tab) -> None:
    """Choose WeChat Pay and wait for the code."""
    tab.see("method-2").check()
    tab.see("pay-now").click()
    tab.page.wait_for_url("**/gopay.html?order_id=*")
    expect_code(tab)


def expect_code(tab: Tab) -> None:
    """The code to scan is shown."""
    image = tab.see("pay-code").get_by_role("img")
    expect(image).to_be_visible()
    expect(image).not_to_have_js_property("naturalWidth", 0)


def pay_elsewhere(tab: Tab, pay_url: str) -> None:
    """Pay at Alipay's cashier in another window."""
    with tab.page.context.new_page() as window:
        window.goto(pay_url)
        window.locator(PAY).click()
        window.wait_for_url("**/pay_success.html?*")


def by_phone(tab: Tab, code_url: str, button: str) -> None:
    """Scan a code with a phone, and press a button there."""
    with tab.page.context.new_page() as phone:
        phone.goto(f"{tab.shop.url}/sandbox/wechat/phone?{urlencode({'code': code_url})}")
        phone.locator(button).click()
        expect(phone.get_by_role("status")).to_be_visible()


def card(tab: Tab, order_id: str) -> Locator:
    """Return the card of an order in the list."""
    return tab.page.locator(f"[data-testid=order-card][data-order-id='{order_id}']")


def expect_amount(tab: Tab, test_id: str, amount: Decimal) -> None:
    """An amount is shown."""
    expect(tab.see(test_id)).to_have_attribute("data-amount", f"{amount:.2f}")
