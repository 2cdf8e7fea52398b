"""Changes of carts that could not be made at once: the server was away, or the process died."""

from __future__ import annotations

from typing import ClassVar

from tasks.job import Job
from tasks.outside import Outside

TRIES = 150
"""About a day: as long as the mark of a change is known."""


class MergeCart(Job, frozen=True):
    """The cart a browser handed over at a sign-in; (SKU, pieces) lines, once under one mark."""

    kind: ClassVar[str] = "cart.merge"
    tries: ClassVar[int] = TRIES

    user_id: int
    lines: list[tuple[int, int]]
    mark: str

    async def run(self, number: int, outside: Outside) -> None:
        """Merge it."""
        del number
        await outside.carts.merge_guest(self.user_id, self.lines, mark=self.mark)


class ForgetBought(Job, frozen=True):
    """What an order has bought, (SKU, pieces) lines, leaves the cart; once per order."""

    kind: ClassVar[str] = "cart.bought"
    tries: ClassVar[int] = TRIES

    user_id: int
    order_id: str
    lines: list[tuple[int, int]]

    async def run(self, number: int, outside: Outside) -> None:
        """Take it out."""
        del number
        await outside.carts.forget_bought(self.user_id, self.order_id, self.lines)
