"""Choosing sale attributes changes the SKU inside one document, and the address with it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.browser.wares import Ware, Wares


def assert_shows(tab: Tab, ware: Ware) -> None:
    """Name, price, options and address are those of one SKU."""
    expect(tab.see("product")).to_have_attribute("data-skuid", str(ware.sku))
    expect(tab.page).to_have_url(tab.shop.page("product_details", skuid=ware.sku))
    expect(tab.see("product-name")).to_have_text(ware.name)
    amount = tab.see("product").get_by_test_id("price")
    expect(amount).to_have_attribute("data-amount", str(ware.price))
    for attribute, value in ware.choice.items():
        expect(tab.option(attribute, value)).to_be_checked()


def test_switching_and_back(tab: Tab, wares: Wares) -> None:
    """Another value shows its SKU without a new document; back and forward go along."""
    one, other = wares.neighbours()
    tab.open("product_details", skuid=one.sku)
    tab.mark_document()
    [(attribute, value)] = one.differences(other)
    tab.option(attribute, value).check(force=True)
    assert_shows(tab, other)
    expect(tab.page).to_have_title(f"{other.name} - 达达商城")
    tab.page.go_back()
    assert_shows(tab, one)
    tab.page.go_forward()
    assert_shows(tab, other)
    assert tab.is_marked()


def test_an_address_can_be_passed_on(tab: Tab, wares: Wares) -> None:
    """The address after a switch shows the same SKU to somebody who opens it."""
    one, other = wares.neighbours()
    tab.open("product_details", skuid=one.sku)
    [(attribute, value)] = one.differences(other)
    tab.option(attribute, value).check(force=True)
    assert_shows(tab, other)
    tab.reload()
    assert_shows(tab, other)


def test_a_combination_that_does_not_exist(tab: Tab, wares: Wares) -> None:
    """It is marked before it is chosen; chosen, it is named and nothing can be bought."""
    gap = wares.gap()
    tab.open("product_details", skuid=gap.start.sku)
    tab.mark_document()
    option = tab.option(gap.attribute, gap.value)
    expect(option).to_have_attribute("data-impossible", "")
    expect(tab.see("add-to-cart")).to_be_enabled()
    option.check(force=True)
    message = tab.see("options-message")
    expect(message).to_contain_text("无此组合")
    expect(message).to_contain_text(wares.value_name(gap.value))
    expect(message).to_have_attribute("role", "status")
    expect(tab.see("add-to-cart")).to_be_disabled()
    expect(tab.see("buy-now")).to_have_attribute("aria-disabled", "true")
    expect(tab.page).to_have_url(tab.shop.page("product_details", skuid=gap.start.sku))
    tab.option(gap.attribute, gap.start.choice[gap.attribute]).check(force=True)
    expect(message).to_be_empty()
    expect(tab.see("add-to-cart")).to_be_enabled()
    assert_shows(tab, gap.start)
    assert tab.is_marked()


def test_marks_tell_the_truth(tab: Tab, wares: Wares) -> None:
    """Exactly the values are marked that lead, from here, to nothing for sale."""
    start = wares.gap().start
    variants = [ware.choice for ware in wares.variants(start.spu)]
    offered = {pair for choice in variants for pair in choice.items()}
    tab.open("product_details", skuid=start.sku)
    for attribute, value in offered:
        exists = start.choice | {attribute: value} in variants
        option = tab.option(attribute, value)
        if exists:
            expect(option).not_to_have_attribute("data-impossible", "")
        else:
            expect(option).to_have_attribute("data-impossible", "")


def test_the_last_of_quick_choices_wins(tab: Tab, wares: Wares) -> None:
    """Whoever changes their mind while the first answer is on its way sees the last choice."""
    one, other = wares.neighbours()
    tab.open("product_details", skuid=one.sku)
    [(attribute, value)] = one.differences(other)
    tab.page.evaluate(
        """([there, back]) => { there.click(); back.click(); }""",
        [
            tab.option(attribute, value).element_handle(),
            tab.option(attribute, one.choice[attribute]).element_handle(),
        ],
    )
    tab.page.wait_for_load_state("networkidle")
    tab.settle()
    assert_shows(tab, one)


def test_from_sold_out_to_in_stock(tab: Tab, wares: Wares) -> None:
    """The buttons follow the stock of the SKU that is shown."""
    out = wares.sold_out()
    there = next(
        ware for ware in wares.variants(out.spu) if ware.stock and len(out.differences(ware)) == 1
    )
    tab.open("product_details", skuid=out.sku)
    expect(tab.see("add-to-cart")).to_be_disabled()
    [(attribute, value)] = out.differences(there)
    tab.option(attribute, value).check(force=True)
    expect(tab.see("add-to-cart")).to_be_enabled()
    expect(tab.see("sold-out")).to_be_hidden()
    assert_shows(tab, there)
