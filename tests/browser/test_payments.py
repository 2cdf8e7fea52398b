"""Paying as a customer sees it: two cashiers, and the page that waits."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.shopper import Shopper
from tests.browser.tab import Tab
from tests.browser.till import (
    CASHIER,
    DECLINE,
    PAY,
    by_phone,
    confirm,
    expect_code,
    pay,
    place,
    to_alipay,
    to_code,
)
from tests.browser.wares import Ware

pytestmark = pytest.mark.usefixtures("shelves")

FREIGHT = Decimal(10)
ALIPAY, WECHAT = 1, 2
UNPAID, PAID = 1, 2
LONGEST_PAUSE_MS = 16_000
"""Between two questions of the result page."""
MOST_QUESTIONS = 6


class TestAlipay:
    """The cashier is a page of Alipay's, which sends the browser back."""

    def test_paying(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        confirm(tab, ware)
        order_id = place(tab)
        expect(tab.see("method-1")).to_be_checked()
        pay(tab)
        result = tab.see("result-paid")
        amount = f"{ware.price + FREIGHT:.2f}"
        expect(result.get_by_test_id("price")).to_have_attribute("data-amount", amount)
        expect(result).to_contain_text(order_id)
        result.get_by_role("link", name="查看订单").click()
        tab.page.wait_for_url(f"**/orderDetail.html?order_id={order_id}")
        tab.settle()
        expect(tab.see("status-card")).to_have_attribute("data-status", str(PAID))
        expect(tab.see("status-card")).to_contain_text("待发货")
        expect(tab.see("refund-section")).to_have_count(0)
        assert shopper.statuses() == [PAID]

    def test_declining(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """Who declines or leaves owes as before, and can pay later."""
        order_id = shopper.order(ware.sku)
        tab.open("payment", order_id=order_id)
        to_alipay(tab)
        tab.page.locator(DECLINE).click()
        expect(tab.page.get_by_role("status")).to_be_visible()
        assert shopper.statuses() == [UNPAID]
        tab.open("gopay", order_id=order_id)
        tab.see("ask-now").click()
        expect(tab.see("pay-word")).to_contain_text("还没有收到付款，请稍后再试")
        tab.see("pay-again").click()
        tab.page.wait_for_url("**/payment.html*")
        tab.settle()
        pay(tab)
        assert shopper.statuses() == [PAID]

    def test_a_double_click(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """Two clicks open one attempt."""
        order_id = shopper.order(ware.sku)
        tab.open("payment", order_id=order_id)
        asked = tab.record_requests("POST", "/v1/pays/")
        tab.see("pay-now").dblclick()
        tab.page.wait_for_url(CASHIER)
        assert len(asked) == 1

    def test_a_result_that_is_forged(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """Only the address that Alipay has signed says "paid", and that again (ALI-5)."""
        tab.open("payment", order_id=shopper.order(ware.sku))
        pay(tab)
        genuine = dict(parse_qsl(urlsplit(tab.page.url).query))
        unpaid = shopper.order(ware.sku)
        attempt = dict(parse_qsl(urlsplit(shopper.way(unpaid, ALIPAY)["pay_url"]).query))
        assert "out_trade_no" in attempt["biz_content"]
        number = attempt["biz_content"].partition('"out_trade_no":"')[2].partition('"')[0]
        for forged in ({"total_amount": "0.01"}, {"out_trade_no": number}, {"sign": "AAAA"}):
            tab.open("pay_success", **(genuine | forged))
            expect(tab.see("result-asking")).to_contain_text("付款结果还没有确认")
            expect(tab.page.locator("main")).not_to_contain_text("付款成功")
            expect(tab.see("price")).to_have_count(0)
        assert shopper.statuses() == [UNPAID, PAID]
        tab.page.goto(f"{tab.shop.page('pay_success')}?{urlencode(genuine)}")
        expect(tab.see("result-paid")).to_contain_text("付款成功")

    def test_a_result_without_anybody(self, tab: Tab) -> None:
        """The page needs no session, asks a few times, and then leaves it to the customer."""
        tab.page.clock.install()
        asked = tab.record_requests("GET", "/v1/orders/result/")
        tab.open("pay_success", out_trade_no="1", total_amount="1.00", sign="AAAA")
        expect(tab.see("result-asking")).to_contain_text("正在再次查询")
        for _ in range(MOST_QUESTIONS):
            with tab.page.expect_response("**/v1/orders/result/*"):
                tab.page.clock.fast_forward(LONGEST_PAUSE_MS)
            tab.settle()
            if tab.see("result-open").count():
                break
        expect(tab.see("result-open")).to_contain_text("付款结果还没有确认")
        assert 1 < len(asked) <= MOST_QUESTIONS
        assert tab.page.url.startswith(tab.shop.page("pay_success"))
        with tab.page.expect_response("**/v1/orders/result/*"):
            tab.see("ask-again").click()
        expect(tab.see("result-asking")).to_be_visible()


class TestWechat:
    """The cashier is a phone that scans a code; the page follows without being loaded again."""

    def test_paying(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        confirm(tab, ware)
        tab.see("method-2").check()
        order_id = place(tab)
        expect(tab.see("method-2")).to_be_checked()
        to_code(tab)
        waiting = tab.see("pay-waiting")
        amount = f"{ware.price + FREIGHT:.2f}"
        expect(waiting.get_by_test_id("price")).to_have_attribute("data-amount", amount)
        expect(tab.see("pay-until")).to_contain_text(":")
        tab.mark_document()
        moves, asked = tab.record_moves(), tab.record_requests("GET", "/v1/pays/")
        by_phone(tab, shopper.way(order_id, WECHAT)["code_url"], PAY)
        expect(tab.see("pay-done")).to_contain_text("付款成功")
        assert asked == [], "it was asked for, and not told"
        expect(tab.page.get_by_role("heading", name="付款成功")).to_be_focused()
        expect(tab.page).to_have_title("付款成功 - 达达商城")
        assert tab.is_marked()
        assert moves == []
        tab.see("pay-done").get_by_role("link", name="查看订单").click()
        expect(tab.see("status-card")).to_have_attribute("data-status", str(PAID))
        assert shopper.statuses() == [PAID]

    def test_declining(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """The code stays good for another try."""
        order_id = shopper.order(ware.sku, pay_method=WECHAT)
        tab.open("gopay", order_id=order_id)
        expect_code(tab)
        code = shopper.way(order_id, WECHAT)["code_url"]
        by_phone(tab, code, DECLINE)
        tab.see("ask-now").click()
        expect(tab.see("pay-word")).to_contain_text("还没有收到付款，请稍后再试")
        assert shopper.statuses() == [UNPAID]
        tab.see("renew-code").click()
        expect_code(tab)
        by_phone(tab, code, PAY)
        expect(tab.see("pay-done")).to_be_visible()

    def test_another_cashier(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """The page that waits follows the choice that is made in another window."""
        order_id = shopper.order(ware.sku)
        tab.open("gopay", order_id=order_id)
        expect(tab.see("pay-waiting")).to_contain_text("支付宝")
        expect(tab.see("pay-code")).to_have_count(0)
        moves = tab.record_moves()
        shopper.way(order_id, WECHAT)
        tab.see("ask-now").click()
        expect_code(tab)
        assert moves == []
        tab.see("pay-again").click()
        tab.page.wait_for_url("**/payment.html*")
        expect(tab.see("method-2")).to_be_checked()
        to_alipay(tab)
