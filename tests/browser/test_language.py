"""English: chosen once, kept, and told to the server."""

from __future__ import annotations

from playwright.sync_api import Request, expect

from tests.browser.tab import Tab
from tests.browser.wares import Wares

CHINESE_TAKEN_FOR_ENGLISH = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const { data, parentElement: { tagName } } = walker.currentNode;
        const { lang } = walker.currentNode.parentElement.closest("[lang]");
        const isChinese = /[\\u4e00-\\u9fff]/.test(data);
        if (isChinese && lang === "en" && tagName !== "NOSCRIPT") found.push(data);
    }
    return found;
}"""


def languages(requests: list[Request]) -> set[str]:
    """Return the languages in which the API was asked."""
    asked = [request for request in requests if "/v1/" in request.url]
    assert asked
    return {request.headers["accept-language"] for request in asked}


def test_english_is_remembered(tab: Tab, wares: Wares) -> None:
    """The switch shows English now, on the next page and after a reload, until it is undone."""
    requests: list[Request] = []
    tab.page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 (it marks it)
    tab.open("index")
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert languages(requests) == {"zh-CN"}
    requests.clear()
    tab.see("language-switch").click()
    expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    tab.settle()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Good things, straight to you.")
    assert languages(requests) == {"en"}
    requests.clear()
    tab.open("product_details", skuid=wares.neighbours()[0].sku)
    expect(tab.see("add-to-cart")).to_have_text("Add to cart")
    assert languages(requests) == {"en"}
    tab.see("language-switch").click()
    expect(tab.see("add-to-cart")).to_have_text("加入购物车")


def test_english_everywhere(tab: Tab, wares: Wares) -> None:
    """In English only names of goods and catalogues stay Chinese, and say so to a screen reader."""
    tab.open("index")
    tab.see("language-switch").click()
    expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    for name, query in wares.pages().items():
        tab.open(name, **query)
        expect(tab.page.get_by_role("contentinfo").get_by_role("link")).not_to_have_count(0)
        assert tab.page.evaluate(CHINESE_TAKEN_FOR_ENGLISH) == [], name


def test_refusals_are_english_too(tab: Tab) -> None:
    """What the server refuses is shown in the language of the visitor."""
    tab.open("index")
    tab.see("language-switch").click()
    expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    tab.open("product_list", catalog_id=999_999)
    title = tab.see("failure-state").get_by_role("heading").inner_text()
    assert title.isascii()
