"""What a verb takes and answers, said beside it; ``handlers.openapi`` describes the API by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any

import msgspec

from handlers.access import Verb
from handlers.forms import Form
from models.errors import ShopError


class Answers(msgspec.Struct, frozen=True):
    """The reply of a verb, the refusals it may utter, and the forms it reads.

    ``others`` are further statuses, or statuses answered otherwise than usual, with the content
    type of their body, empty for none.
    """

    reply: type[msgspec.Struct] | UnionType | None
    refusals: tuple[type[ShopError], ...]
    query: type[Form] | None
    body: type[Form] | None
    content: tuple[str, ...]
    others: Mapping[int, str]


def answers(
    reply: type[msgspec.Struct] | UnionType | None,
    *refusals: type[ShopError],
    query: type[Form] | None = None,
    body: type[Form] | None = None,
    content: tuple[str, ...] = ("application/json",),
    others: Mapping[int, str] | None = None,
) -> Callable[[Verb], Verb]:
    """Describe a verb; ``reply`` is None when it does not answer with a Struct as JSON.

    ``content`` lists the content types of the body, or of the reply when there is no reply Struct;
    ``others`` as in ``Answers``.
    """

    def describe(verb: Verb) -> Verb:
        verb.__dict__["answers"] = Answers(reply, refusals, query, body, content, others or {})
        return verb

    return describe


def answers_of(verb: Any) -> Answers | None:
    """Return the description of a verb, or None when it has none."""
    return getattr(verb, "answers", None)
