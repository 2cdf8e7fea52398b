"""Types of columns: which of two holds the values of both."""

from __future__ import annotations

import re

_TYPE = re.compile(r"(\w+)(?:\(([\d,]+)\))?(.*)", re.DOTALL)
_INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint")
_LONG_TEXTS = ("text", "mediumtext", "longtext")


class Unlike(Exception):
    """Two types of different kinds: no type holds the values of both without changing them."""


def wide_enough(found: str, wanted: str) -> str:
    """Return ``found``, or the type that also holds what ``wanted`` holds; raise ``Unlike``."""
    kind, sizes, rest = _parts(found)
    wanted_kind, wanted_sizes, _ = _parts(wanted)
    if kind in _INTEGERS and wanted_kind in _INTEGERS:
        wider = _INTEGERS.index(kind) >= _INTEGERS.index(wanted_kind)
        return found if wider else wanted + (" unsigned" if "unsigned" in rest else "")
    if kind == wanted_kind == "decimal":
        return _wider_decimal(found, sizes, wanted_sizes)
    if kind == wanted_kind == "datetime":
        return found if _first(sizes) >= _first(wanted_sizes) else wanted
    if wanted_kind in {"char", "varchar"} and kind in {"char", "varchar", *_LONG_TEXTS}:
        wider = kind in _LONG_TEXTS or _first(sizes) >= _first(wanted_sizes)
        return found if wider else wanted
    raise Unlike


def _parts(text: str) -> tuple[str, tuple[int, ...], str]:
    match = _TYPE.fullmatch(text.lower().strip())
    if match is None:
        raise Unlike
    kind, sizes, rest = match.groups()
    return kind, tuple(int(size) for size in sizes.split(",")) if sizes else (), rest


def _first(sizes: tuple[int, ...]) -> int:
    return sizes[0] if sizes else 0


def _wider_decimal(found: str, sizes: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    digits, places = sizes
    wanted_digits, wanted_places = wanted
    if digits - places >= wanted_digits - wanted_places and places >= wanted_places:
        return found
    after = max(places, wanted_places)
    before = max(digits - places, wanted_digits - wanted_places)
    return f"decimal({before + after},{after})"
