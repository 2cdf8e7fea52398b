"""What a customer does with the pages of the cart and of the orders, and what they show."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Locator, expect

from tests.browser.tab import Tab
from tests.browser.wares import Ware


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
