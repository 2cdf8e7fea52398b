"""Words of the search: every part of a text is found, and nothing but digits reaches MySQL."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models import words

QUERY = re.compile(r'[0-9a-f +"]*')
LETTERS = st.text(st.characters(categories=("L", "N", "So", "Zs", "P", "Sm", "Mn", "Cf")))
CHINESE = st.text("手机包壳红色大小号iPhone15 ", max_size=30)
TEXTS = LETTERS | CHINESE


def matches(query: str, stored: str) -> bool:
    """Judge as boolean mode does: every ``+word`` occurs, every ``+"a b"`` occurs in a row."""
    tokens = stored.split()
    wanted = re.findall(r'\+(?:"([^"]*)"|(\S+))', query)
    phrases = [(phrase or word).split() for phrase, word in wanted]
    assert phrases
    return all(
        any(tokens[n : n + len(phrase)] == phrase for n in range(len(tokens))) for phrase in phrases
    )


@given(TEXTS, st.data())
@example("İstanbul", st.just(None)).via("a letter that folds into two")
@example("ǰ ŉ ﬃ ẞ", st.just(None)).via("letters that fold into several")
def test_every_part_of_a_run_is_found(text: str, data: st.DataObject) -> None:
    """From one character on, any substring of any run finds the text."""
    stored = words.encoded(text)
    for run in words.runs(text):
        if isinstance(data, st.DataObject):
            begin = data.draw(st.integers(0, len(run) - 1))
            end = data.draw(st.integers(begin + 1, min(len(run), begin + words.LONGEST_QUERY)))
        else:
            begin, end = 0, len(run)
        part = run[begin:end]
        query = words.query(part)
        assert query is not None
        assert matches(query, stored), (part, query, stored)


@given(TEXTS)
def test_a_text_is_found_by_itself(text: str) -> None:
    """The name as it stands, in capitals, or in small letters finds it."""
    stored = words.encoded(text)
    query = words.query(text[: words.LONGEST_QUERY])
    if query is not None:
        assert matches(query, stored)


@given(st.text())
def test_nothing_but_digits_and_marks_reaches_the_database(text: str) -> None:
    """SEC-6: whatever is typed, MySQL sees hexadecimal digits, spaces, quotes and plus signs."""
    query = words.query(text)
    assert query is None or QUERY.fullmatch(query)
    assert QUERY.fullmatch(words.encoded(text))


@given(st.text(max_size=500))
def test_a_query_is_never_long(text: str) -> None:
    """However long the text: at most 64 characters of it are looked for."""
    query = words.query(text * 20) or ""
    assert len(query) <= words.LONGEST_QUERY * 40


@given(st.text(), st.text())
def test_texts_side_by_side_are_found_separately(one: str, other: str) -> None:
    """Name and caption do not run into each other: no phrase spans both."""
    tokens = words.encoded(one, other).split()
    assert tokens == words.encoded(one).split() + words.encoded(other).split()


@pytest.mark.parametrize("text", ["", " ", '"', '+-*()<>~@"', "。，！", "%_", "\x00", "\u200d"])
def test_what_holds_no_word_asks_nothing(text: str) -> None:
    """Operators, punctuation and blanks are no words."""
    assert words.query(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＡＢＣ１２３", "abc123"), ("IPHONE", "iphone"), ("ﾊﾝﾄﾞ", "ハンド"), ("Straße", "STRASSE")],
)
def test_width_and_case_do_not_matter(one: str, other: str) -> None:
    """Full width and half width, upper and lower case are one."""
    assert words.encoded(one) == words.encoded(other)
    assert words.query(one) == words.query(other)


def test_a_phrase_does_not_reach_into_the_single_characters() -> None:
    """The characters that stand alone behind the pairs do not complete a longer word."""
    stored = words.encoded("手机")
    for other in ("机手", "手手", "手机手", "手机机"):
        query = words.query(other)
        assert query is not None
        assert not matches(query, stored)
