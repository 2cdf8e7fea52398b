"""What jobs need from the world outside, said as small as possible.

Adapters raise ``models.errors.RemoteFailed``; one that is ``lasting`` buries the job at once, any
other lets it try again later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail. ``number`` is the id of its task: the same letter sent twice has the same number."""

    number: int
    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    """Something that sends mails."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the mail system; raise ``RemoteFailed``."""


class SmsSender(Protocol):
    """Something that sends codes to phones."""

    async def send_code(self, number: int, phone: str, code: str, *, minutes: int) -> None:
        """Send a code that is good for some minutes; ``number`` as for letters."""


class CartKeeper(Protocol):
    """Something that keeps carts; lines are (SKU, pieces). Both may raise ``Unavailable``."""

    async def merge_guest(
        self, user_id: int, lines: Sequence[tuple[int, int]], *, mark: str
    ) -> None:
        """Merge the cart of a browser; once under one mark."""

    async def forget_bought(
        self, user_id: int, order_id: str, lines: Sequence[tuple[int, int]]
    ) -> None:
        """Take out what an order has bought; once per order."""


class OrderKeeper(Protocol):
    """Something that keeps orders; both may raise ``Unavailable``."""

    async def close_unpaid(self, order_id: str) -> None:
        """Close the order if it is still unpaid."""

    async def confirm_received(self, order_id: str) -> None:
        """Mark the order as received if it is still on its way."""


class AttemptKeeper(Protocol):
    """Something that speaks with payment providers; both may raise ``RemoteFailed``."""

    async def ask(self, out_trade_no: str, nth: int) -> None:
        """Ask how an attempt stands, and see to it that it is asked again."""

    async def withdraw(self, order_id: str) -> None:
        """Make the open attempts of an order impossible to pay."""


class RefundKeeper(Protocol):
    """Something that sends money back."""

    async def repay(self, refund_id: int) -> None:
        """Ask the provider for it; raise ``RemoteFailed`` until it is done."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything a job may reach."""

    mailer: Mailer
    sms: SmsSender
    carts: CartKeeper
    orders: OrderKeeper
    attempts: AttemptKeeper
    refunds: RefundKeeper
    site: str
    """Address of the pages, for links; ends with a slash."""
