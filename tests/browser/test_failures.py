"""When the shop does not answer: every page says so, and trying again works without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.tab import Tab
from tests.browser.wares import Wares

NO_CONNECTION = "ERR_CONNECTION_REFUSED"
BUSY = 503


def hang_up(route: Route) -> None:
    """Answer no request, as when nobody listens."""
    route.abort("connectionrefused")


def test_processes_away(tab: Tab) -> None:
    """All processes of the API are down: the page says "busy"; once back, a click fills it."""
    with tab.shop.closed():
        tab.open("index")
        failure = tab.see("failure-state")
        expect(failure).to_have_attribute("role", "alert")
        expect(failure).to_contain_text("现在人有点多")
    tab.mark_document()
    tab.see("retry").click()
    expect(tab.see("catalog-section").first).to_be_visible()
    expect(tab.see("failure-state")).to_have_count(0)
    assert tab.is_marked()
    tab.expected(str(BUSY))


@pytest.mark.parametrize("name", ["index", "product_list", "search_list", "product_details"])
def test_no_connection(tab: Tab, wares: Wares, name: str) -> None:
    """Without a connection every page offers to try again, and then shows what was asked for."""
    tab.page.route("**/v1/**", hang_up)
    tab.open(name, **wares.pages()[name])
    expect(tab.see("failure-state")).to_contain_text("网络不通")
    tab.page.unroute("**/v1/**", hang_up)
    tab.see("retry").click()
    expect(tab.see("price").first).to_be_visible()
    expect(tab.see("failure-state")).to_have_count(0)
    tab.expected(NO_CONNECTION)


def test_a_switch_that_fails(tab: Tab, wares: Wares) -> None:
    """A SKU that cannot be fetched leaves the page as it was and says why."""
    one, other = wares.neighbours()
    tab.open("product_details", skuid=one.sku)
    tab.page.wait_for_load_state("networkidle")
    [(attribute, value)] = one.differences(other)
    tab.page.route("**/v1/goods/detail/**", hang_up)
    tab.option(attribute, value).click(force=True)
    expect(tab.see("options-message")).to_contain_text("请检查网络连接")
    expect(tab.option(attribute, one.choice[attribute])).to_be_checked()
    expect(tab.see("product")).to_have_attribute("data-skuid", str(one.sku))
    expect(tab.see("add-to-cart")).to_be_enabled()
    tab.expected(NO_CONNECTION)


def test_nonsense_for_an_answer(tab: Tab, wares: Wares) -> None:
    """An answer that is no JSON is a fault of the server, said in plain words."""

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>proxy</h1>")

    tab.page.route("**/v1/goods/**", answer)
    tab.open("product_list", catalog_id=wares.neighbours()[0].catalog)
    expect(tab.see("failure-state")).to_contain_text("出了点问题")
    expect(tab.page.locator("main").get_by_text("proxy")).to_have_count(0)


def test_how_long_to_wait(tab: Tab) -> None:
    """A server that says when to come back is quoted."""

    def refuse(route: Route) -> None:
        route.fulfill(status=BUSY, headers={"Retry-After": "7"}, json={"code": BUSY, "error": "-"})

    tab.page.route("**/v1/goods/index", refuse)
    tab.open("index")
    expect(tab.see("failure-state")).to_contain_text("7 秒")
    tab.expected(str(BUSY))


def test_a_picture_that_is_missing(tab: Tab, wares: Wares) -> None:
    """Without its thumbnail a card shows the original, without that a drawing in its place."""
    catalog = wares.neighbours()[0].catalog
    tab.page.route("**/*.thumb.webp", lambda route: route.fulfill(status=404))
    tab.open("product_list", catalog_id=catalog)
    assert all(address.endswith(".jpg") for address in tab.pictures())
    tab.page.route("**/*.jpg", lambda route: route.fulfill(status=404))
    tab.reload()
    image = tab.see("product-card").first.locator("img")
    expect(image).to_have_class("is-placeholder")
    expect(image).to_have_js_property("complete", value=True)
    assert image.evaluate("image => image.naturalWidth") > 0
    tab.expected("404")
