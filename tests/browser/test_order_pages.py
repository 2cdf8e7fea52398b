"""The pages of the cart and of the orders: three widths, both languages, screen readers, weak eyes.

The rules for screen readers and weak eyes are those of the other pages.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.shopper import Shopper, restock
from tests.browser.storefront import Storefront
from tests.browser.tab import MIDDLE, NARROWEST, WIDE, Tab
from tests.browser.test_accessibility import (
    test_contrast,
    test_every_id_is_unique,
    test_everything_has_a_name,
    test_headings,
    test_landmarks,
    test_targets_are_large_enough,
)
from tests.browser.test_keyboard import FOCUSED, MOST_STOPS
from tests.browser.test_language import CHINESE_TAKEN_FOR_ENGLISH
from tests.browser.test_pages import HEIGHT, TOO_WIDE
from tests.browser.wares import Wares

__all__ = [
    "test_contrast",
    "test_every_id_is_unique",
    "test_everything_has_a_name",
    "test_headings",
    "test_landmarks",
    "test_targets_are_large_enough",
]

TITLES = {
    "cart": "购物车",
    "orderConfirm": "确认订单",
    "payment": "支付订单",
    "gopay": "等待付款",
    "pay_success": "付款结果还没有确认",
    "myOrder": "我的订单",
    "orderDetail": "订单详情",
}

FOCUSED_IN_ITS_LABEL = FOCUSED.replace(".card", ".card, label")


@pytest.fixture(scope="module")
def shopper(shop: Storefront, wares: Wares) -> Iterator[Shopper]:
    """A customer with a full cart and two orders, one cancelled, one to be paid at WeChat."""
    someone = Shopper(shop)
    one, other = wares.neighbours()
    for ware in (one, other, wares.scarce()):
        someone.put(ware.sku, 2)
    someone.ask("DELETE", f"/v1/orders/{{u}}/{someone.order(other.sku)}")
    someone.order(one.sku, 3, pay_method=2)
    yield someone
    restock(shop, wares)


@pytest.fixture
def queries(shopper: Shopper) -> dict[str, dict[str, object]]:
    """What each page is asked for."""
    number = {"order_id": shopper.orders()[0]["order_id"]}
    own: dict[str, dict[str, object]] = {name: {} for name in TITLES}
    return own | {"payment": {**number}, "gopay": {**number}, "orderDetail": {**number}}


@pytest.fixture(params=TITLES)
def page(
    request: pytest.FixtureRequest,
    tab: Tab,
    shopper: Shopper,
    queries: dict[str, dict[str, object]],
    wares: Wares,
) -> Tab:
    """A tab with each of the pages, filled."""
    shopper.comes(tab)
    tab.open(request.param, **queries[request.param])
    expect(tab.page.locator("#catalog-nav a")).to_have_count(1 + len(wares.shelves))
    return tab


@pytest.mark.parametrize("width", [NARROWEST, MIDDLE, WIDE])
def test_fits(page: Tab, width: int) -> None:
    """Nothing reaches over the right edge of the window, and the title says what the page is."""
    page.page.set_viewport_size({"width": width, "height": HEIGHT})
    assert page.page.evaluate(TOO_WIDE) == 0
    name = page.page.url.rpartition("/")[2].partition(".")[0]
    expect(page.page).to_have_title(f"{TITLES[name]} - 达达商城")


def test_english(page: Tab) -> None:
    """In English only names of goods and places stay Chinese, and say so to a screen reader."""
    page.see("language-switch").click()
    expect(page.page.locator("html")).to_have_attribute("lang", "en")
    page.settle()
    assert page.page.evaluate(CHINESE_TAKEN_FOR_ENGLISH) == []


def test_every_stop_is_seen(page: Tab) -> None:
    """Wherever Tab stops, an outline shows the place, and nothing covers it."""
    page.page.emulate_media(reduced_motion="reduce")
    page.page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    for _ in range(MOST_STOPS):
        page.page.keyboard.press("Tab")
        stop = page.page.evaluate(FOCUSED_IN_ITS_LABEL)
        if stop["name"].startswith("<body"):
            break
        assert stop["outlined"], stop["name"]
        assert stop["uncovered"], stop["name"]
