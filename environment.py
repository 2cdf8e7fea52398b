"""Typed values out of environment variables: how a group of settings is declared, read, described.

A group is a frozen dataclass whose fields are made by ``setting``; the name of a variable is the
path to its field, in capitals. Everything that is wrong is collected, to be read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar, get_type_hints
from urllib.parse import unquote, urlsplit

T = TypeVar("T")


class Secret(str):
    """A text that does not show itself in logs and tracebacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(***)"


class Url(str):
    """An address that may hold a password: ``scheme://user:password@host:port/name``."""

    __slots__ = ()

    def __new__(cls, text: str) -> Url:
        """Refuse what has no scheme, no host or an impossible port."""
        parts = urlsplit(text)
        if not parts.scheme or not parts.hostname or parts.port == 0:
            raise ValueError(text)
        return super().__new__(cls, text)

    def __repr__(self) -> str:
        return f"Url({self.scheme}://{self.place}/{self.name})"

    @property
    def scheme(self) -> str:
        """What is spoken there, such as ``mysql``."""
        return urlsplit(self).scheme

    @property
    def host(self) -> str:
        """The host, a name or an address."""
        return urlsplit(self).hostname or ""

    def port(self, default: int) -> int:
        """Return the port, or the default of the scheme."""
        return urlsplit(self).port or default

    @property
    def user(self) -> str:
        """The user to sign in as, or an empty text."""
        return unquote(urlsplit(self).username or "")

    @property
    def password(self) -> Secret:
        """The password, or an empty text."""
        return Secret(unquote(urlsplit(self).password or ""))

    @property
    def name(self) -> str:
        """The database: the path without its slash."""
        return urlsplit(self).path.strip("/")

    @property
    def place(self) -> str:
        """``host:port`` for people; never shows the password."""
        parts = urlsplit(self)
        return parts.hostname + (f":{parts.port}" if parts.port else "") if parts.hostname else ""


def setting(default: Any = MISSING, *, says: str, least: int | None = None) -> Any:
    """Declare a setting: its default, one line for people, and the least allowed number."""
    return field(default=default, metadata={"says": says, "least": least})


@dataclass(frozen=True, slots=True)
class Described:
    """A setting as people read about it."""

    name: str
    default: str
    says: str


def described(kind: type[Any], prefix: str) -> Iterator[Described]:
    """Name every setting with its default, in the order of the source."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        name, hint = f"{prefix}_{each.name.upper()}", hints[each.name]
        if is_dataclass(hint):
            yield from described(hint, name)  # type: ignore[arg-type]
        else:
            default = "required" if each.default is MISSING else _shown(each.default)
            yield Described(name, default, each.metadata["says"])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _truth(text: str) -> bool:
    return {"1": True, "true": True, "0": False, "false": False}[text.lower()]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


PARSERS: Mapping[object, Callable[[str], Any]] = {bool: _truth, tuple[str, ...]: _list}
KINDS: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    Decimal: "an amount",
    Url: "an address",
}


def read(kind: type[T], prefix: str, left: dict[str, str], wrong: list[str]) -> T | None:
    """Read a group, taking its names out of ``left`` and adding its faults to ``wrong``."""
    values: dict[str, Any] = {}
    faults = len(wrong)
    hints = get_type_hints(kind)
    for each in fields(kind):  # type: ignore[arg-type]
        name, hint = f"{prefix}_{each.name.upper()}", hints[each.name]
        if isinstance(hint, type) and is_dataclass(hint):
            values[each.name] = read(hint, name, left, wrong)
        elif name in left:
            values[each.name] = _parsed(left.pop(name), name, hint, each, wrong)
        elif each.default is MISSING:
            wrong.append(f"{name} is missing: {each.metadata['says']}")
    return kind(**values) if len(wrong) == faults else None


def _parsed(text: str, name: str, hint: Any, each: Field[Any], wrong: list[str]) -> Any:
    try:
        value = PARSERS.get(hint, hint)(text)
    except (ArithmeticError, KeyError, ValueError):
        kind = KINDS.get(hint) or getattr(hint, "kind", "valid")
        wrong.append(f"{name} must be {kind}: {each.metadata['says']}")
        return None
    least = each.metadata["least"]
    if least is not None and value < least:
        wrong.append(f"{name} must be at least {least}: {each.metadata['says']}")
    return value
