"""What stands in the way of a payment: providers, closed orders, connections."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Request, expect

from tests.browser.shopper import Shopper
from tests.browser.storefront import Storefront
from tests.browser.tab import Tab
from tests.browser.till import PAY, by_phone, expect_code, pay_elsewhere
from tests.browser.wares import Ware
from tests.sandbox import SandboxClient

pytestmark = pytest.mark.usefixtures("shelves")

FREIGHT = Decimal(10)
ALIPAY, WECHAT = 1, 2
UNPAID, CLOSED = 1, 6
PATIENCE_MS = 30_000
"""A refund is the work of a task, and a page without a stream asks less and less often."""


@pytest.fixture
def sandbox(shop: Storefront) -> Iterator[SandboxClient]:
    """The simulators, well again at the end."""
    client = SandboxClient(f"{shop.url}/sandbox")
    yield client
    client.mend()


def test_a_provider_that_is_away(
    tab: Tab, shopper: Shopper, ware: Ware, sandbox: SandboxClient
) -> None:
    """It is said, the other cashier is offered, and nothing is lost."""
    sandbox.fault("wechat", status=500, until_reset=True)
    order_id = shopper.order(ware.sku, pay_method=WECHAT)
    tab.open("payment", order_id=order_id)
    tab.see("pay-now").click()
    expect(tab.see("pay-trouble")).to_contain_text("微信支付暂时没有回应")
    expect(tab.see("pay-now")).to_have_text("用微信支付付款")
    tab.see("pay-other").click()
    expect(tab.see("method-1")).to_be_focused()
    expect(tab.see("pay-trouble")).to_be_empty()
    tab.open("gopay", order_id=order_id)
    expect(tab.see("code-trouble")).to_contain_text("微信支付暂时没有回应")
    sandbox.mend()
    tab.see("retry-code").click()
    expect_code(tab)
    assert shopper.statuses() == [UNPAID]


class TestTooLate:
    """Money for an order that is closed goes back, and the customer sees it (PAY-8)."""

    def test_it_is_sent_back(
        self, tab: Tab, shopper: Shopper, ware: Ware, sandbox: SandboxClient
    ) -> None:
        order_id = shopper.order(ware.sku)
        page = shopper.way(order_id, ALIPAY)["pay_url"]
        tab.open("gopay", order_id=order_id)
        expect(tab.see("pay-waiting")).to_be_visible()
        moves = tab.record_moves()
        shopper.ask("DELETE", f"/v1/orders/{{u}}/{order_id}")
        expect(tab.see("pay-closed")).to_contain_text("订单已关闭")
        expect(tab.see("refund")).to_have_count(0)
        pay_elsewhere(tab, page)
        expect(tab.see("pay-closed")).to_contain_text("付款原路退回", timeout=PATIENCE_MS)
        refund = tab.see("refund")
        expect(refund).to_have_attribute("data-state", "done", timeout=PATIENCE_MS)
        amount = f"{ware.price + FREIGHT:.2f}"
        expect(refund).to_have_attribute("data-amount", amount)
        assert moves == []
        assert shopper.statuses() == [CLOSED]
        trades = [each for each in sandbox.books("alipay") if each["refunds"]]
        sent = [each["amount"] for each in trades[-1]["refunds"]]
        assert sent == [amount]
        tab.open("orderDetail", order_id=order_id)
        section = tab.see("refund-section")
        expect(section).to_contain_text("您的付款在订单关闭后到达，已原路退回")
        expect(section).to_contain_text("支付宝")
        expect(tab.see("status-card")).to_contain_text("商品不会发出，款项原路退回")

    def test_the_result_does_not_say_paid(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """Who comes back from Alipay is not told that the order is paid."""
        order_id = shopper.order(ware.sku)
        page = shopper.way(order_id, ALIPAY)["pay_url"]
        shopper.ask("DELETE", f"/v1/orders/{{u}}/{order_id}")
        tab.page.goto(page)
        tab.page.locator(PAY).click()
        tab.page.wait_for_url("**/pay_success.html?*")
        expect(tab.see("result-asking")).to_contain_text("付款结果还没有确认")
        tab.see("result-asking").get_by_role("link", name="我的订单").click()
        tab.page.wait_for_url("**/myOrder.html")
        assert shopper.statuses() == [CLOSED]


class TestWithoutAStream:
    """The page that waits finds other ways."""

    def test_it_asks(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """Where streams are cut off, the page asks again and again."""
        order_id = shopper.order(ware.sku, pay_method=WECHAT)
        cut: list[str] = []

        def cuts_streams(request: Request) -> bool:
            if request.headers.get("accept") != "text/event-stream":
                return False
            cut.append(request.url)
            return True

        tab.page.route(
            f"**/v1/pays/{order_id}",
            lambda route: route.abort() if cuts_streams(route.request) else route.continue_(),
        )
        tab.open("gopay", order_id=order_id)
        expect_code(tab)
        moves = tab.record_moves()
        by_phone(tab, shopper.way(order_id, WECHAT)["code_url"], PAY)
        expect(tab.see("pay-done")).to_be_visible(timeout=PATIENCE_MS)
        assert cut
        assert moves == []
        tab.expected("ERR_FAILED")

    def test_it_comes_again(self, tab: Tab, shopper: Shopper, ware: Ware) -> None:
        """A stream that is broken by a restart of the shop is taken up again."""
        order_id = shopper.order(ware.sku, pay_method=WECHAT)
        code = shopper.way(order_id, WECHAT)["code_url"]
        tab.open("gopay", order_id=order_id)
        expect_code(tab)
        tab.mark_document()
        with tab.shop.closed(), tab.page.expect_request(f"**/v1/pays/{order_id}"):
            pass
        by_phone(tab, code, PAY)
        expect(tab.see("pay-done")).to_be_visible(timeout=PATIENCE_MS)
        assert tab.is_marked()
        tab.expected("503")
