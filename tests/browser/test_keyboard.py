"""Buying without a mouse."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.browser.wares import Wares

MOST_STOPS = 60
FOCUSED = """() => {
    const { activeElement: element } = document;
    const boxes = [element, element.nextElementSibling, element.closest(".search, .card")];
    const { left, top, width, height } = element.getBoundingClientRect();
    const onTop = document.elementFromPoint(left + width / 2, top + height / 2);
    return {
        name: element.outerHTML.slice(0, 90),
        outlined: boxes.some((part) => part && getComputedStyle(part).outlineStyle !== "none"
            && parseFloat(getComputedStyle(part).outlineWidth) >= 2),
        uncovered: onTop !== null && [element, ...boxes].some((part) => part?.contains(onTop)),
    };
}"""


def test_skip_link(tab: Tab) -> None:
    """The first stop leads past the header; it shows when it is reached."""
    tab.open("index")
    tab.page.keyboard.press("Tab")
    skip = tab.page.get_by_role("link", name="跳到主要内容")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("main")).to_be_focused()
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.closest('main') !== null")


def test_search_with_enter(tab: Tab) -> None:
    """Words and Enter are enough."""
    tab.open("index")
    tab.see("search-input").focus()
    tab.page.keyboard.type("石英腕表")
    tab.page.keyboard.press("Enter")
    expect(tab.see("search-heading")).to_contain_text("石英腕表")
    expect(tab.see("product-card").first).to_be_visible()


def test_choosing_with_arrows(tab: Tab, wares: Wares) -> None:
    """Arrows move inside a sale attribute and change the SKU; the focus stays where it was."""
    one, _ = wares.neighbours()
    tab.open("product_details", skuid=one.sku)
    tab.mark_document()
    attribute = next(iter(one.choice))
    tab.option(attribute, one.choice[attribute]).focus()
    tab.page.keyboard.press("ArrowRight")
    chosen = tab.page.locator(f'fieldset[data-attribute="{attribute}"] input:checked')
    expect(chosen).to_be_focused()
    value = int(chosen.get_attribute("value") or 0)
    assert value != one.choice[attribute]
    goal = one.choice | {attribute: value}
    wanted = [ware for ware in wares.variants(one.spu) if ware.choice == goal]
    if wanted:
        expect(tab.see("product")).to_have_attribute("data-skuid", str(wanted[0].sku))
    else:
        expect(tab.see("options-message")).to_contain_text("无此组合")
    expect(chosen).to_be_focused()
    assert tab.is_marked()


def test_into_the_cart(tab: Tab, wares: Wares) -> None:
    """From the quantity to the button and into the cart by Tab and Enter."""
    tab.open("product_details", skuid=wares.neighbours()[0].sku)
    tab.see("quantity").focus()
    tab.page.keyboard.press("ArrowUp")
    expect(tab.see("quantity")).to_have_value("2")
    while not tab.see("add-to-cart").evaluate("button => button === document.activeElement"):
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.closest('.buy') !== null")
    tab.page.keyboard.press("Enter")
    expect(tab.see("cart-badge")).to_have_text("1")


def test_paging_moves_the_focus(tab: Tab, wares: Wares) -> None:
    """After a turn of the page reading goes on at the results, not at the top."""
    tab.open("product_list", catalog_id=wares.neighbours()[0].catalog)
    tab.see("paginator").get_by_role("link", name="下一页").press("Enter")
    expect(tab.page.get_by_role("heading", name="商品结果")).to_be_focused()


def test_every_stop_is_seen(tab: Tab, wares: Wares) -> None:
    """Wherever Tab stops, an outline shows the place, and nothing covers it."""
    tab.page.emulate_media(reduced_motion="reduce")
    for name, query in wares.pages().items():
        tab.open(name, **query)
        for _ in range(MOST_STOPS):
            tab.page.keyboard.press("Tab")
            stop = tab.page.evaluate(FOCUSED)
            if stop["name"].startswith("<body"):
                break
            assert stop["outlined"], stop["name"]
            assert stop["uncovered"], stop["name"]
