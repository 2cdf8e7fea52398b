"""What every refusal is, and the failures that are none: a server or a third party is away.

A family of refusals owns the range of its module; a code outside the range cannot be declared. A
refusal is raised with the facts its texts name: ``raise Cold(degrees=3)``. Facts never echo what
the client sent. Codes and legacy numbers: the interface document, "Codes".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar


class ShopError(Exception):
    """A refusal that the client is entitled to understand."""

    codes: ClassVar[range]
    code: ClassVar[int]
    legacy: ClassVar[int | None] = None
    zh: ClassVar[str]
    en: ClassVar[str]
    retry_after: int | None = None
    """Seconds after which it may be worth another try."""

    def __init_subclass__(cls, *, codes: range | None = None, **declared: Any) -> None:
        super().__init_subclass__()
        if codes is not None:
            cls.codes = codes
        if not declared:
            return
        if declared["code"] not in cls.codes:
            raise TypeError(f"{cls.__name__}: {declared['code']} is outside {cls.codes}")
        cls.legacy = None
        for name, value in declared.items():
            setattr(cls, name, value)

    def __init__(self, **facts: object) -> None:
        super().__init__(self.en.format(**facts))
        self.facts = facts

    @property
    def data(self) -> object:
        """What a reply tells beside the text, under ``data``; None for nothing."""
        return None

    def text(self, language: str) -> str:
        """Say it in ``zh`` or ``en``."""
        return (self.en if language == "en" else self.zh).format(**self.facts)


def declared(kind: type[ShopError] = ShopError) -> Iterator[type[ShopError]]:
    """Every error that has a code of its own, in the order of the source."""
    for child in kind.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from declared(child)


class Unavailable(Exception):
    """A database is away or over capacity: nothing happened, try again after some seconds."""

    def __init__(self, what: str, *, retry_after: int = 1) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class AlwaysLost(Unavailable):
    """Others were first at every try: the transaction is undone."""


class OutcomeUnknown(Unavailable):
    """The connection was lost while the transaction was being committed: it is, or it is not."""


class RemoteFailed(Exception):
    """A third party did not answer, or not as agreed.

    ``lasting`` says that trying the same again is of no use.
    """

    def __init__(self, provider: str, why: str, *, lasting: bool = False) -> None:
        super().__init__(f"{provider}: {why}")
        self.provider = provider
        self.lasting = lasting


class NotSignedIn(ShopError, codes=range(403, 404), code=403, zh="请登录", en="Please sign in"):
    """No user stands behind the request."""

    @property
    def data(self) -> object:
        """An empty object: published pages look into it."""
        return {}
