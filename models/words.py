"""Words of a search, in a form that an ordinary FULLTEXT index understands.

MariaDB 10.11 cannot split Chinese, so a text is stored as overlapping pairs of characters,
each character as six hexadecimal digits: ``手机`` becomes
``00624b00673a 00624b 00673a``.
Behind the pairs of a run each character also stands alone, for a search of one character.
Latin words and digits go the same way, which finds a part of a word (``hone`` in ``iPhone``).
"""

import itertools
import unicodedata

LONGEST_QUERY = 64


def runs(text: str) -> list[str]:
    """Split a text into runs of letters, digits and pictographs, folded to one width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c if _searchable(c) else " " for c in folded)
    return kept.split()


def encoded(*texts: str) -> str:
    """Return the tokens to store for some texts."""
    return " ".join(token for text in texts for run in runs(text) for token in _pairs(run))


def query(text: str) -> str | None:
    """Return the boolean-mode query that finds every run of the text, or None when it has none.

    Only hexadecimal digits, spaces, quotes and ``+`` ever reach the database.
    """
    wanted = runs(text[:LONGEST_QUERY])
    return " ".join(f"+{_wanted(run)}" for run in dict.fromkeys(wanted)) or None


def _searchable(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So"


def _pairs(run: str) -> list[str]:
    codes = [f"{ord(c):06x}" for c in run]
    return [a + b for a, b in itertools.pairwise(codes)] + list(dict.fromkeys(codes))


def _wanted(run: str) -> str:
    tokens = _pairs(run)[: max(len(run) - 1, 1)]
    return tokens[0] if len(tokens) == 1 else '"' + " ".join(tokens) + '"'
