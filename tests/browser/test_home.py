"""The front page: a shelf for every catalogue, each leading on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.browser.wares import Wares

CARDS = 3
INTRUDE = """() => {
    const script = document.createElement("script");
    script.textContent = "window.intruded = true";
    document.head.append(script);
}"""


def test_every_catalogue_has_three_cards(tab: Tab, wares: Wares) -> None:
    """Each catalogue with goods has its shelf with its name and three different products."""
    tab.open("index")
    shelves = tab.see("catalog-section")
    expect(shelves).to_have_count(len(wares.shelves))
    for catalog, name in wares.shelves.items():
        shelf = tab.page.locator(f'[data-testid="catalog-section"][data-catalog="{catalog}"]')
        expect(shelf.get_by_role("heading", level=2)).to_have_text(name)
        expect(shelf.get_by_test_id("product-card")).to_have_count(CARDS)
        skus = {ware.sku for ware in wares.on_shelf(catalog)}
        cards = shelf.get_by_test_id("product-card")
        shown = cards.evaluate_all("all => all.map(e => Number(e.dataset.skuid))")
        assert set(shown) <= skus
        assert len(set(shown)) == CARDS


def test_a_shelf_leads_to_its_catalogue(tab: Tab, wares: Wares) -> None:
    """The link beside the name of a shelf opens the list of that catalogue."""
    catalog = wares.neighbours()[0].catalog
    tab.open("index")
    shelf = tab.page.locator(f'[data-testid="catalog-section"][data-catalog="{catalog}"]')
    shelf.get_by_role("link", name="查看全部").click()
    expect(tab.page).to_have_url(tab.shop.page("product_list", catalog_id=catalog))
    expect(tab.see("results").get_by_test_id("product-card").first).to_be_visible()


def test_a_card_leads_to_its_product(tab: Tab, wares: Wares) -> None:
    """Wherever a card is clicked, the page of that SKU opens, with the price of the card."""
    catalog = wares.neighbours()[0].catalog
    tab.open("index")
    shelf = tab.page.locator(f'[data-testid="catalog-section"][data-catalog="{catalog}"]')
    card = shelf.get_by_test_id("product-card").first
    sku = card.get_attribute("data-skuid")
    amount = card.get_by_test_id("price").get_attribute("data-amount")
    card.click(position={"x": 40, "y": 40})
    expect(tab.page).to_have_url(tab.shop.page("product_details", skuid=sku))
    shown = tab.see("product").get_by_test_id("price")
    expect(shown).to_have_attribute("data-amount", amount or "")


def test_the_navigation_names_every_catalogue(tab: Tab, wares: Wares) -> None:
    """Below the search box stand the way home, marked as current, and all catalogues."""
    tab.open("index")
    links = tab.page.locator("#catalog-nav a")
    expect(links).to_have_text(["首页", *wares.shelves.values()])
    expect(links.first).to_have_attribute("aria-current", "page")


def test_an_unknown_address_is_said_so(tab: Tab) -> None:
    """A page that does not exist answers 404 with a page of the shop that leads home."""
    tab.page.goto(tab.shop.page("nowhere"))
    expect(tab.see("not-found").get_by_role("heading", level=1)).to_be_visible()
    tab.see("not-found").get_by_role("link").click()
    expect(tab.page).to_have_url(tab.shop.page("index"))
    tab.settle()
    tab.expected("404")


def test_foreign_scripts_are_refused(tab: Tab) -> None:
    """A script written into the page does not run, and the browser says why."""
    tab.open("index")
    tab.page.evaluate(INTRUDE)
    assert tab.page.evaluate("window.intruded") is None
    tab.expected("Content Security Policy")
