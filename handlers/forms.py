"""Forms: what a request brings, parsed and checked before anything is done.

A form is a frozen Struct. Unknown members are ignored. ``Id`` and ``Count`` take numbers and
decimal strings (``2`` and ``"2"``) and nothing else; ``Money`` takes an amount with at most two
decimals. The drivers of databases know neither type: hand them ``int(...)`` and ``Decimal(...)``.
What does not fit raises the form's ``refusal``, the "bad parameter" of its module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeVar

import msgspec
from tornado.escape import parse_qs_bytes

from models.errors import ShopError

FormT = TypeVar("FormT", bound="Form")

LARGEST_ID = 2**31 - 1
LARGEST_COUNT = 1_000_000
LARGEST_PAGE = 50
MOST_FIELDS = 100
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?", re.ASCII)


class NotJson(Exception):
    """The body is not JSON: a fault of the protocol, HTTP 400."""


class Id(int):
    """The number of a row: 1 to 2^31-1."""

    largest: ClassVar[int] = LARGEST_ID


class Count(int):
    """How many, or which page: 1 to a million, 1 when it is not said."""

    largest: ClassVar[int] = LARGEST_COUNT
    default: ClassVar[int] = 1

    @classmethod
    def unsaid(cls) -> Self:
        """Return what counts when the client says nothing."""
        return cls(cls.default)


class PageSize(Count):
    """How many items a page holds: 1 to 50, 9 when it is not said."""

    largest: ClassVar[int] = LARGEST_PAGE
    default: ClassVar[int] = 9


class Money(Decimal):
    """An amount in yuan, not negative, at most two decimals."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of one verb; subclasses name the refusal of their module.

    A parameter of ``blank`` that is sent without a value counts as not sent.
    """

    refusal: ClassVar[type[ShopError]]
    blank: ClassVar[frozenset[str]] = frozenset()


def read_json(kind: type[FormT], body: bytes) -> FormT:
    """Read a form from a JSON object; raise ``NotJson`` or the form's refusal."""
    return converted(kind, parsed_json(body))


def parsed_json(body: bytes) -> Any:
    """Parse a body whatever its label says; raise ``NotJson``."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotJson from error


def read_pairs(kind: type[FormT], pairs: Mapping[str, list[bytes]]) -> FormT:
    """Read a form from query or form parameters; of a repeated name the last one counts."""
    given = {name: values[-1].decode("utf-8", "replace") for name, values in pairs.items()}
    return converted(kind, {n: text for n, text in given.items() if text or n not in kind.blank})


def read_urlencoded(kind: type[FormT], body: bytes) -> FormT:
    """Read a form from a real HTML form; raise its refusal."""
    try:
        pairs = parse_qs_bytes(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise kind.refusal() from error
    return read_pairs(kind, pairs)


def read_id(text: object, refusal: type[ShopError]) -> int:
    """Read one id, such as that of a path; raise the refusal."""
    try:
        return whole_number(text, most=LARGEST_ID)
    except ValueError as error:
        raise refusal() from error


def converted(kind: type[FormT], values: Any) -> FormT:
    """Check plain values against a form; raise its refusal."""
    try:
        return msgspec.convert(values, kind, dec_hook=_number)
    except msgspec.ValidationError as error:
        raise kind.refusal() from error


def schema_of_number(kind: type) -> dict[str, Any]:
    """Describe ``Id``, ``Count`` and ``Money`` for the API description."""
    if issubclass(kind, Money):
        return {"type": "string", "pattern": f"^{_AMOUNT.pattern}$", "examples": ["88.00"]}
    if issubclass(kind, (Id, Count)):
        number = {"type": "integer", "minimum": 1, "maximum": kind.largest}
        text = {"type": "string", "pattern": f"^{_DIGITS.pattern}$"}
        default = {"default": kind.default} if issubclass(kind, Count) else {}
        return {"anyOf": [number, text], **default}
    raise NotImplementedError(kind)


def _number(kind: type, value: Any) -> Any:
    if issubclass(kind, Money):
        return _amount(value)
    if issubclass(kind, (Id, Count)):
        return kind(whole_number(value, most=kind.largest))
    raise NotImplementedError(kind)


def whole_number(value: object, *, most: int) -> int:
    """Return a number from 1 to ``most`` given as a number or decimal text; raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("not a whole number")
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("not a whole number")
    number = int(value)
    if not 1 <= number <= most:
        raise ValueError("out of range")
    return number


def _amount(value: Any) -> Money:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount")
    return Money(text)
