"""A tab of the browser that listens to whatever complains: console, page, network.

Each complaint is a problem, and a test with a problem it did not expect fails.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import (
    ConsoleMessage,
    Error,
    Frame,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from tests.browser.storefront import Storefront

PATIENCE_MS = 10_000
NARROWEST, MIDDLE, WIDE = 360, 768, 1440
NOT_YET = "[aria-busy=true], [data-testid=skeleton]"
IN_SIGHT = """image => {
    const { top, bottom } = image.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
}"""
COMPLAINTS = ("error", "warning")

expect.set_options(timeout=PATIENCE_MS)


class Tab:
    """One page of the browser in front of the shop."""

    def __init__(self, page: Page, shop: Storefront) -> None:
        self.page = page
        self.shop = shop
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)
        page.on("response", self._on_response)

    def open(self, name: str, **query: object) -> None:
        """Go to a page of the shop and wait until it shows what it has to show."""
        self.page.goto(self.shop.page(name, **query))
        self.settle()

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being loaded any more."""
        expect(self.page.locator("main > *").first).to_be_attached()
        expect(self.page.locator(NOT_YET)).to_have_count(0)

    def see(self, test_id: str) -> Locator:
        """Return what carries a ``data-testid``."""
        return self.page.get_by_test_id(test_id)

    def amounts(self) -> list[str]:
        """Return the prices on the cards, from the first card to the last."""
        prices = self.see("results").get_by_test_id("price")
        return [str(text) for text in prices.evaluate_all("all => all.map(e => e.dataset.amount)")]

    def cards(self) -> list[int]:
        """Return the SKUs on the cards."""
        cards = self.see("product-card")
        return [int(text) for text in cards.evaluate_all("all => all.map(e => e.dataset.skuid)")]

    def pictures(self) -> list[str]:
        """Wait until the product pictures in sight show, and return their addresses."""
        images = self.page.locator("main picture img").all()
        seen = [image for image in images if image.evaluate(IN_SIGHT)]
        for image in seen:
            expect(image).not_to_have_js_property("naturalWidth", 0)
        return [str(image.evaluate("image => image.currentSrc")) for image in seen]

    def option(self, attribute: int, value: int) -> Locator:
        """Return the radio button of one value of a sale attribute."""
        group = self.page.locator(f'fieldset[data-attribute="{attribute}"]')
        return group.locator(f'input[value="{value}"]')

    def mark_document(self) -> None:
        """Leave a mark that is gone as soon as another document is loaded."""
        self.page.evaluate("window.sameDocument = true")

    def is_marked(self) -> bool:
        """Tell whether this is still the document that was marked."""
        return bool(self.page.evaluate("window.sameDocument === true"))

    def record_moves(self) -> list[str]:
        """Return a list that the address of every document loaded from now on is added to."""
        moves: list[str] = []

        def moved(frame: Frame) -> None:
            moves.append(frame.url)

        self.page.on("framenavigated", moved)
        return moves

    def record_requests(self, method: str, part: str) -> list[str]:
        """Return a list that requests with a part in their path are added to from now on."""
        found: list[str] = []

        def asked(request: Request) -> None:
            if request.method == method and part in urlsplit(request.url).path:
                found.append(request.url)

        self.page.on("request", asked)
        return found

    def expected(self, words: str) -> None:
        """Take out the problems that hold these words; there must be some."""
        kept = [problem for problem in self.problems if words not in problem]
        assert kept != self.problems, f"nothing complained about {words}"
        self.problems = kept

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in COMPLAINTS:
            self.problems.append(f"console {message.type}: {message.text}")

    def _on_error(self, error: Error) -> None:
        self.problems.append(f"page error: {error.message}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")
