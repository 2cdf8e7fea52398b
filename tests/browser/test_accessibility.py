"""What a screen reader and weak eyes need, judged by the browser's own accessibility tree.

axe-core is no Python package and is not fetched from the network here; the rules with the greatest
weight are checked one by one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.tab import NARROWEST, WIDE, Tab
from tests.browser.wares import Wares

CONTROLS = {
    *("button", "checkbox", "combobox", "link", "radio"),
    *("searchbox", "slider", "spinbutton", "switch", "textbox"),
}
ENOUGH_CONTRAST, ENOUGH_FOR_LARGE = 4.5, 3.0


@pytest.fixture(params=["index", "product_list", "search_list", "product_details"])
def page(request: pytest.FixtureRequest, tab: Tab, wares: Wares) -> Tab:
    """A tab with each of the four pages, filled."""
    tab.open(request.param, **wares.pages()[request.param])
    expect(tab.page.locator("#catalog-nav a")).to_have_count(1 + len(wares.shelves))
    return tab


def spoken(tab: Tab) -> list[dict[str, Any]]:
    """Return the nodes of the browser's accessibility tree in the order in which they are read."""
    session = tab.page.context.new_cdp_session(tab.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    known = {node["nodeId"]: node for node in nodes}
    read: list[dict[str, Any]] = []
    ahead = [node["nodeId"] for node in nodes if "parentId" not in node]
    while ahead:
        node = known[ahead.pop()]
        read.append(node)
        ahead += [each for each in reversed(node.get("childIds", [])) if each in known]
    return [node for node in read if not node["ignored"]]


def role(node: dict[str, Any]) -> str:
    """Return the role of a node."""
    return str(node.get("role", {}).get("value"))


def name(node: dict[str, Any]) -> str:
    """Return the name of a node."""
    return str(node.get("name", {}).get("value", "")).strip()


def test_everything_has_a_name(page: Tab) -> None:
    """Every picture says what it shows or that it is decoration; every control what it does."""
    assert page.page.locator("img:not([alt])").count() == 0
    controls = [node for node in spoken(page) if role(node) in CONTROLS]
    assert controls
    assert [role(node) for node in controls if not name(node)] == []
    assert [role(node) for node in spoken(page) if role(node) == "image" and not name(node)] == []


def test_headings(page: Tab) -> None:
    """One heading of the first level comes first, and no level is jumped over on the way down."""
    levels = [
        int(each["value"]["value"])
        for node in spoken(page)
        if role(node) == "heading"
        for each in node["properties"]
        if each["name"] == "level"
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
    assert jumps == []


def test_landmarks(page: Tab) -> None:
    """Head, main part and foot are there once; several of a kind have different names."""
    nodes = spoken(page)
    for landmark in ("banner", "main", "contentinfo", "search"):
        assert [role(node) for node in nodes].count(landmark) == 1, landmark
    names = [name(node) for node in nodes if role(node) == "navigation"]
    assert all(names)
    assert len(set(names)) == len(names)


def test_every_id_is_unique(page: Tab) -> None:
    """Ids are unique, and what refers to one finds it."""
    assert page.page.evaluate(BROKEN_REFERENCES) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(page: Tab, scheme: str) -> None:
    """Every text stands out from what lies behind it, 4.5 to 1, large ones 3 to 1."""
    page.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    measured = page.page.evaluate(CONTRASTS)
    assert len(measured) > 20
    weak = [
        each
        for each in measured
        if each["ratio"] < (ENOUGH_FOR_LARGE if each["large"] else ENOUGH_CONTRAST)
    ]
    assert weak == []


@pytest.mark.parametrize("width", [NARROWEST, WIDE])
def test_targets_are_large_enough(page: Tab, width: int) -> None:
    """What is to be hit measures at least 24 by 24 pixels, but for links inside a text."""
    page.page.set_viewport_size({"width": width, "height": 900})
    assert page.page.evaluate(SMALL_TARGETS) == []


BROKEN_REFERENCES = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    const named = ["aria-labelledby", "aria-describedby", "aria-controls", "for"];
    const referred = named.flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
        .flatMap((element) => element.getAttribute(name).split(" ")));
    const twice = ids.filter((id, place) => ids.indexOf(id) !== place);
    return [...twice, ...referred.filter((id) => !ids.includes(id))];
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => !element.classList.contains("skip-link"))
    .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 24 || height < 24)
    .map(([html, { width, height }]) => `${html} ${width} x ${height}`)"""

CONTRASTS = """() => {
    const parse = (text) => {
        const [red, green, blue, alpha = 1] = text.match(/[0-9.]+/g).map(Number);
        return { channels: [red, green, blue], alpha };
    };
    const over = (top, below) => top.channels.map(
        (channel, place) => channel * top.alpha + below[place] * (1 - top.alpha));
    const light = (channels) => {
        const [red, green, blue] = channels.map((channel) => {
            const part = channel / 255;
            return part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4;
        });
        return .2126 * red + .7152 * green + .0722 * blue;
    };
    const ratio = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + .05) / (dark + .05);
    };
    // Every colour that may lie behind an element: its own, or those behind a transparent one.
    // A gradient that is not repeated is a line, no background.
    const behind = (element) => {
        if (!element) return [[255, 255, 255]];
        const { backgroundColor, backgroundImage, backgroundRepeat } = getComputedStyle(element);
        const image = backgroundRepeat === "no-repeat" ? "" : backgroundImage;
        const stops = image.match(/rgba?\\([^)]*\\)/g) ?? [];
        const own = stops.length ? stops : [backgroundColor];
        return own.map(parse).flatMap((colour) => colour.alpha === 1
            ? [colour.channels]
            : behind(element.parentElement).map((below) => over(colour, below)));
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const measured = [];
    while (texts.nextNode()) {
        const { data, parentElement: element } = texts.currentNode;
        const exempt = ":disabled, [aria-disabled=true], noscript, .visually-hidden";
        if (!data.trim() || element.closest(exempt) || !element.checkVisibility()) continue;
        const { color, fontSize, fontWeight } = getComputedStyle(element);
        const size = parseFloat(fontSize);
        const ratios = behind(element).map((below) => ratio(over(parse(color), below), below));
        measured.push({
            text: data.slice(0, 20),
            ratio: Math.min(...ratios),
            large: size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700),
        });
    }
    return measured;
}"""
