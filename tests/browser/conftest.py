"""The shop of the browser tests, opened once, and a browser for each module.

The synchronous Playwright keeps a loop running in this thread as long as it is open, so that it is
closed before a module with coroutines may follow. Now and then chromium's renderer crashes by
itself; a test that meets such a crash, and no other failure, is run once more (``setup.cfg``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from scripts.stack.programs import program
from tests.browser.shopper import Shopper, restock
from tests.browser.storefront import Storefront, opened
from tests.browser.tab import Tab
from tests.browser.wares import Ware, Wares

FLAGS = [
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]
WINDOW = ViewportSize(width=1280, height=800)
MOST_ON_A_PAGE = 50
SHOWN_IN_SEARCH = ("石英腕表", "M7")


@pytest.fixture(scope="session")
def wares() -> Wares:
    """What the demo catalogue offers."""
    return Wares()


@pytest.fixture(scope="session")
def shop(wares: Wares) -> Iterator[Storefront]:
    """The open shop, with the pictures that the tests look at."""
    with (
        tempfile.TemporaryDirectory(prefix="dadashop-", ignore_cleanup_errors=True) as folder,
        opened(Path(folder)) as running,
    ):
        running.paint(_looked_at(running, wares))
        yield running


def _looked_at(shop: Storefront, wares: Wares) -> Iterator[str]:
    """Yield the pictures of the front page, one catalogue, two searches and one product."""
    yield from (
        item["image"] for shelf in shop.ask("/v1/goods/index")["data"] for item in shelf["sku"]
    )
    kinds = wares.variants(wares.one_of_all_kinds)
    path, size = f"/v1/goods/catalogs/{kinds[0].catalog}", MOST_ON_A_PAGE
    pages = range(1, 1 + ceil(len(wares.on_shelf(kinds[0].catalog)) / size))
    yield from _images(shop.ask(path, page=page, pagesize=size) for page in pages)
    path = "/v1/goods/search"
    yield from _images(shop.ask(path, q=words, pagesize=size) for words in SHOWN_IN_SEARCH)
    for ware in kinds:
        yield from shop.ask(f"/v1/goods/detail/{ware.sku}")["data"]["images"]


def _images(replies: Iterable[dict[str, Any]]) -> Iterator[str]:
    for reply in replies:
        yield from (item["image"] for item in reply["data"])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium; without its sandbox, which root may not have: it sees our pages only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, shop: Storefront) -> Iterator[Tab]:
    """A tab of a visitor who comes for the first time; nothing may have complained at the end."""
    context = chromium.new_context(viewport=WINDOW, locale="zh-CN")
    tab = Tab(context.new_page(), shop)
    yield tab
    context.close()
    assert tab.problems == []


@pytest.fixture
def pair(wares: Wares) -> tuple[Ware, Ware]:
    """Two variants with plenty in stock and painted pictures."""
    return wares.neighbours()


@pytest.fixture
def ware(pair: tuple[Ware, Ware]) -> Ware:
    """One of them."""
    return pair[0]


@pytest.fixture
def shopper(tab: Tab) -> Shopper:
    """A customer who has signed in."""
    return Shopper(tab.shop).comes(tab)


@pytest.fixture(scope="module")
def shelves(shop: Storefront, wares: Wares) -> Iterator[None]:
    """Full again when the module is over; for those who buy."""
    yield
    restock(shop, wares)
