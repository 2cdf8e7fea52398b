"""What happens to orders by itself when its time has come."""

from __future__ import annotations

from typing import ClassVar

from tasks.job import Job
from tasks.outside import Outside

TRIES = 1000
"""It only fails while the database is away, and must not be given up."""


class CloseUnpaid(Job, frozen=True):
    """Close an order that nobody has paid; its goods go back onto the shelf."""

    kind: ClassVar[str] = "orders.close"
    tries: ClassVar[int] = TRIES

    order_id: str

    async def run(self, number: int, outside: Outside) -> None:
        """Close it, unless it is paid or closed."""
        del number
        await outside.orders.close_unpaid(self.order_id)


class ConfirmReceipt(Job, frozen=True):
    """Take an order as received that was shipped long ago."""

    kind: ClassVar[str] = "orders.confirm"
    tries: ClassVar[int] = TRIES

    order_id: str

    async def run(self, number: int, outside: Outside) -> None:
        """Confirm it, unless the customer has."""
        del number
        await outside.orders.confirm_received(self.order_id)
