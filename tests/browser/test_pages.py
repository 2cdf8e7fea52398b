"""The four pages through Nginx at three widths: nothing complains or is cut off, pictures show."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.tab import MIDDLE, NARROWEST, WIDE, Tab
from tests.browser.wares import Ware, Wares

HEIGHT = 900
NAME = "达达商城"
TOO_WIDE = """() => {
    const root = document.documentElement;
    const outside = [...document.querySelectorAll("main > *, header > *, footer > *")]
        .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    return root.scrollWidth > root.clientWidth ? root.scrollWidth : outside.length;
}"""
THUMBNAIL, ORIGINAL = ".thumb.webp", ".jpg"

pytestmark = pytest.mark.parametrize("width", [NARROWEST, MIDDLE, WIDE])


@pytest.fixture(autouse=True)
def window(tab: Tab, width: int) -> None:
    """A window of that width."""
    tab.page.set_viewport_size({"width": width, "height": HEIGHT})


def assert_fits(tab: Tab) -> None:
    """Nothing reaches over the right edge of the window, down to the foot of the page."""
    expect(tab.page.get_by_role("contentinfo")).to_contain_text(NAME)
    assert tab.page.evaluate(TOO_WIDE) == 0


def test_home(tab: Tab) -> None:
    """The front page has a title, shelves with thumbnails, and fits into the window."""
    tab.open("index")
    tab.see("catalog-section").first.scroll_into_view_if_needed()
    expect(tab.page).to_have_title(f"好物，一路直达 - {NAME}")
    shown = tab.pictures()
    assert shown
    assert all(address.endswith(THUMBNAIL) for address in shown)
    assert_fits(tab)


def test_list(tab: Tab, ware: Ware, wares: Wares) -> None:
    """A catalogue is named after itself, shows thumbnails, and fits into the window."""
    tab.open("product_list", catalog_id=ware.catalog)
    expect(tab.page).to_have_title(f"{wares.shelves[ware.catalog]} - {NAME}")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(wares.shelves[ware.catalog])
    tab.see("product-card").first.scroll_into_view_if_needed()
    shown = tab.pictures()
    assert shown
    assert all(address.endswith(THUMBNAIL) for address in shown)
    assert_fits(tab)


def test_search(tab: Tab) -> None:
    """A search says what was asked for, shows thumbnails, and fits into the window."""
    tab.open("search_list", input="石英腕表")
    expect(tab.page).to_have_title(f"搜索“石英腕表” - {NAME}")
    expect(tab.see("search-input")).to_have_value("石英腕表")
    shown = tab.pictures()
    assert shown
    assert all(address.endswith(THUMBNAIL) for address in shown)
    assert_fits(tab)


def test_product(tab: Tab, ware: Ware) -> None:
    """A product is named after itself, shows its large JPEG and fits into the window."""
    tab.open("product_details", skuid=ware.sku)
    expect(tab.page).to_have_title(f"{ware.name} - {NAME}")
    expect(tab.see("product-name")).to_have_text(ware.name)
    shown = tab.pictures()
    assert shown[0].endswith(ORIGINAL)
    assert any(address.endswith(THUMBNAIL) for address in shown[1:])
    assert_fits(tab)
