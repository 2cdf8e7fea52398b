"""Searching: Chinese and Latin words, nothing found, and words that look like markup."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SHOWN_IN_SEARCH
from tests.browser.tab import Tab
from tests.browser.wares import Wares

MARKUP = '<img src=x onerror="window.intruded=1"><script>window.intruded=1</script>'


@pytest.mark.parametrize("words", SHOWN_IN_SEARCH)
def test_found(tab: Tab, wares: Wares, words: str) -> None:
    """The search box of any page leads to all goods with the words in their name."""
    tab.open("index")
    tab.see("search-input").fill(words)
    tab.page.get_by_role("button", name="搜索").click()
    tab.settle()
    expect(tab.see("search-heading")).to_have_text(f"“{words}”的搜索结果")
    found = [ware.sku for ware in wares.all if words in ware.name]
    expect(tab.see("total")).to_contain_text(f"共 {len(found)} 件")
    assert tab.cards()
    assert set(tab.cards()) <= set(found)


def test_nothing_found(tab: Tab, wares: Wares) -> None:
    """Without a hit the page says so and offers the catalogues; that is no failure."""
    tab.open("search_list", input="不存在的商品")
    empty = tab.see("empty-state")
    expect(empty).to_contain_text("没有找到“不存在的商品”")
    expect(tab.see("failure-state")).to_have_count(0)
    catalog = wares.neighbours()[0].catalog
    empty.get_by_role("link", name=wares.shelves[catalog]).click()
    expect(tab.page).to_have_url(tab.shop.page("product_list", catalog_id=catalog))
    tab.settle()
    assert tab.cards()


@pytest.mark.parametrize("words", [MARKUP, "'); DROP TABLE goods_sku; --", "{{constructor.name}}"])
def test_markup_stays_text(tab: Tab, words: str) -> None:
    """What is searched for is shown letter by letter and never becomes part of the page."""
    tab.open("search_list", input=words)
    expect(tab.see("search-heading")).to_contain_text(words)
    expect(tab.see("search-input")).to_have_value(words)
    assert tab.page.evaluate("window.intruded") is None
    assert tab.page.locator("main [onerror], main script").count() == 0


def test_without_words(tab: Tab) -> None:
    """An empty search asks for words, and the empty box does not leave the page."""
    tab.open("search_list")
    expect(tab.see("empty-state")).to_contain_text("想找点什么？")
    tab.mark_document()
    tab.see("search-input").fill("   ")
    tab.see("search-input").press("Enter")
    expect(tab.see("search-input")).to_be_focused()
    assert tab.is_marked()


def test_out_of_range(tab: Tab) -> None:
    """A page beyond the last offers page 1."""
    tab.open("search_list", input="石英腕表", page=999)
    tab.page.get_by_role("link", name="回到第 1 页").click()
    expect(tab.see("product-card").first).to_be_visible()
    expect(tab.page).to_have_url(tab.shop.page("search_list", input="石英腕表"))
