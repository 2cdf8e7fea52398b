"""The cart a browser kept while nobody was signed in, and the port through which it is merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

MOST_LINES = 100


class GuestLine(msgspec.Struct, frozen=True):
    """So many of one SKU."""

    sku_id: int
    count: int


class GuestCarts(Protocol):
    """Where guest carts are merged into the carts of users."""

    async def merge(self, user_id: int, lines: Sequence[GuestLine]) -> int:
        """Merge by the maximum of both sides; return how many SKUs the cart holds now.

        Doing it twice changes nothing.
        """
