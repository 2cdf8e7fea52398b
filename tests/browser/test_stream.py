"""Server-sent events put together by the page's own reader, as the HTML standard has it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.tab import Tab

READ = """async ([pieces, lastId]) => {
    const { EventReader } = await import("/dadashop/static/js/stream.js");
    const reader = new EventReader(lastId);
    const events = pieces.flatMap((piece) => reader.feed(piece));
    return events.map(({ type, data, id }) => [type, data, id]);
}"""

CASES: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "an event": (
        'id: 7\nevent: payment\ndata: {"status":2}\n\n',
        [("payment", '{"status":2}', "7")],
    ),
    "several lines": ("data: a\ndata: b\n\n", [("message", "a\nb", "")]),
    "comments": (": beat\n\n:\n\ndata: a\n\n", [("message", "a", "")]),
    "no space, two spaces": (
        "data:a\n\ndata:  b\n\n",
        [("message", "a", ""), ("message", " b", "")],
    ),
    "colons": ("data: a:b: c\n\n", [("message", "a:b: c", "")]),
    "names of nothing": ("data\n\n", [("message", "", "")]),
    "unknown names": ("retry: 3\nfoo: 1\ndata: a\n\n", [("message", "a", "")]),
    "an event without data": ("id: 7\nevent: x\n\ndata: a\n\n", [("message", "a", "7")]),
    "an id that stays": (
        "id: 7\ndata: a\n\ndata: b\n\n",
        [("message", "a", "7"), ("message", "b", "7")],
    ),
    "an id that goes": (
        "id: 7\ndata: a\n\nid\ndata: b\n\n",
        [("message", "a", "7"), ("message", "b", "")],
    ),
    "an id that is none": ("id: 7\0\ndata: a\n\n", [("message", "a", "")]),
    "carriage returns": (
        "data: a\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n",
        [("message", "a\nb", ""), ("message", "c", ""), ("message", "d", "")],
    ),
    "a mark at the beginning": ("\ufeffdata: a\n\n", [("message", "a", "")]),
    "an end in the middle": ("data: a\n\ndata: b\n", [("message", "a", "")]),
}


@pytest.mark.parametrize("case", CASES)
def test_events(tab: Tab, case: str) -> None:
    """What is read is the same however the text was cut into pieces."""
    text, wanted = CASES[case]
    tab.open("404")

    def read(*pieces: str, last_id: str = "") -> list[Any]:
        found: list[Any] = tab.page.evaluate(READ, [list(pieces), last_id])
        return found

    assert read(text) == [list(event) for event in wanted]
    assert read(*text) == read(text)
    for place in range(len(text)):
        assert read(text[:place], text[place:]) == read(text)


def test_the_id_of_the_stream_before(tab: Tab) -> None:
    """An event that names no id goes on from the one of the last connection."""
    tab.open("404")
    found = tab.page.evaluate(READ, [["data: a\n\nid: 8\ndata: b\n\n"], "7"])
    assert found == [["message", "a", "7"], ["message", "b", "8"]]
