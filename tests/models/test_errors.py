"""Refusals: every code once, in its range, in both languages, as the document lists it."""

from __future__ import annotations

import string
from collections import defaultdict

import pytest

from models.errors import (
    BadCartParameter,
    BadGoodsParameter,
    CartFull,
    GoodsError,
    NotSignedIn,
    PageOutOfRange,
    ShopError,
    StaffError,
    declared,
)

# The interface document, "Codes": code and legacy number of what exists today.
USERS = range(10100, 10119)
GOODS = {10200: 40200, 10201: 40201, 10203: 40050, 10204: None, 10205: None}
CARTS = {10301: 30101, 10302: 30102, 10303: 30103}
ORDERS = range(10400, 10409)
PAYS = {**dict.fromkeys(range(10500, 10505)), 10505: 50105}
PRICE_CHANGED = 10409
"""Named without a number in the document, under ``expected_total``."""
PUBLISHED = {403: None, **dict.fromkeys(USERS), **GOODS, **CARTS, **dict.fromkeys(ORDERS)}
PUBLISHED |= {**PAYS, PRICE_CHANGED: None}
STAFF = range(10600, 10605)
EVERY = list(declared())


def test_a_code_means_one_thing() -> None:
    """Only two share their number with their parent, as published."""
    by_code: dict[int, list[type[ShopError]]] = defaultdict(list)
    for kind in EVERY:
        by_code[kind.code].append(kind)
    shared = {code: kinds for code, kinds in by_code.items() if len(kinds) > 1}
    assert shared == {
        10200: [BadGoodsParameter, PageOutOfRange],
        10302: [BadCartParameter, CartFull],
    }


def test_codes_and_legacy_numbers_are_the_published_ones() -> None:
    """DOC-2: a code that nobody documented, or a number that is not in the document, fails."""
    told = {kind.code: kind.legacy for kind in EVERY if not issubclass(kind, StaffError)}
    assert told == PUBLISHED
    assert {kind.code for kind in EVERY if issubclass(kind, StaffError)} == set(STAFF)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_a_refusal_speaks_both_languages(kind: type[ShopError]) -> None:
    """I18N-1: Chinese and English differ, name the same facts, and the code is in its range."""
    assert kind.code in kind.codes
    assert any("\u4e00" <= character <= "\u9fff" for character in kind.zh)
    assert kind.en.isascii()
    zh, en = ({name for _, name, _, _ in string.Formatter().parse(t)} for t in (kind.zh, kind.en))
    assert zh == en


def test_a_code_outside_its_range_cannot_be_declared() -> None:
    """The module that does so cannot be imported."""
    before = list(declared())
    with pytest.raises(TypeError, match="10300 is outside"):
        type("Stray", (GoodsError,), {}, code=10300, zh="错", en="wrong")  # type: ignore[call-overload]
    assert [kind for kind in declared() if kind.__name__ != "Stray"] == before


def test_facts_stand_in_the_text() -> None:
    """A refusal says what it is about, in either language and in the log."""

    class Cold(NotSignedIn, code=403, zh="只有 {degrees} 度", en="Only {degrees} degrees"):
        """For this test."""

    refusal = Cold(degrees=3)
    assert refusal.text("zh") == "只有 3 度"
    assert refusal.text("en") == str(refusal) == "Only 3 degrees"
    assert refusal.text("fr") == refusal.text("zh")
    with pytest.raises(KeyError):
        Cold()


def test_a_child_does_not_inherit_a_legacy_number_by_accident() -> None:
    """Whoever declares a code says whether it has an older number."""

    class Other(BadGoodsParameter, code=10299, zh="其他", en="Other"):
        """For this test."""

    assert Other.legacy is None
