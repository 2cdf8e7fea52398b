"""What the forms of the users module share: the fields, the guest cart, the reply of a session.

Source: the interface document, "Users". ``< > " &`` are refused where published pages print a text
as it is. Patterns end in ``$(?!\\n)``: Python's ``$`` alone would let a line end through.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from handlers.forms import Form, NotJson, parsed_json, whole_number
from models.errors import BadUserParameter, ShopError
from services.guest_cart import MOST_LINES, GuestLine
from services.sessions import Session

LARGEST_COUNT = 100_000

UserName = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_\u4e00-\u9fff]{3,11}$(?!\\n)")]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Phone = Annotated[str, msgspec.Meta(pattern=r"^1[3-9][0-9]{9}$(?!\n)")]
SmsDigits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$(?!\n)")]
Email = Annotated[
    str,
    msgspec.Meta(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$(?!\n)",
    ),
]
Ticket = Annotated[str, msgspec.Meta(max_length=100)]


class UserForm(Form, frozen=True, kw_only=True):
    """A form of this module."""

    refusal: ClassVar[type[ShopError]] = BadUserParameter


class SessionData(msgspec.Struct, frozen=True):
    """The token once more: pages look for it in either place."""

    token: str


class SessionReply(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is signed in."""

    code: int = 200
    username: str
    token: str
    data: SessionData
    carts_count: int


class TextReply(msgspec.Struct, frozen=True, kw_only=True):
    """It is done."""

    code: int = 200
    data: str


def session_reply(session: Session) -> SessionReply:
    """Show a session."""
    return SessionReply(
        username=session.username,
        token=session.token,
        data=SessionData(session.token),
        carts_count=session.carts_count,
    )


def guest_lines(carts: Any) -> list[GuestLine]:
    """Read the cart a browser kept: a list, the JSON text of one, or nothing.

    What cannot be read is skipped, never refused: a broken cart must not block a sign-in. Of one
    SKU that stands there twice the larger count is taken.
    """
    if isinstance(carts, str):
        try:
            carts = parsed_json(carts.encode()) if carts else []
        except (NotJson, UnicodeEncodeError):
            return []
    if not isinstance(carts, list):
        return []
    counts: dict[int, int] = {}
    for item in carts[: 2 * MOST_LINES]:
        line = _line(item)
        if line is not None:
            counts[line.sku_id] = max(line.count, counts.get(line.sku_id, 0))
    return [GuestLine(sku_id, count) for sku_id, count in counts.items()][:MOST_LINES]


def _line(item: Any) -> GuestLine | None:
    if not isinstance(item, dict):
        return None
    try:
        sku_id = whole_number(item.get("id"), most=2**31 - 1)
        return GuestLine(sku_id, whole_number(item.get("count"), most=LARGEST_COUNT))
    except ValueError:
        return None
