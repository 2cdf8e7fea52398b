"""What happens to payments by itself: providers are asked, attempts withdrawn, money sent back."""

from __future__ import annotations

from typing import ClassVar

from tasks.job import Job
from tasks.outside import Outside

TRIES = 1000
"""About a week: a provider that is away comes back, and money is not given up before."""


class AskProvider(Job, frozen=True):
    """Ask how an attempt stands, for the ``nth`` time from 0; notices may have been lost."""

    kind: ClassVar[str] = "pays.ask"
    tries: ClassVar[int] = TRIES

    out_trade_no: str
    nth: int

    async def run(self, number: int, outside: Outside) -> None:
        """Ask, unless it is settled."""
        del number
        await outside.attempts.ask(self.out_trade_no, self.nth)


class WithdrawAttempts(Job, frozen=True):
    """Close the attempts of an order that are still open: it is paid by another one."""

    kind: ClassVar[str] = "pays.withdraw"
    tries: ClassVar[int] = TRIES

    order_id: str

    async def run(self, number: int, outside: Outside) -> None:
        """Close them at their providers."""
        del number
        await outside.attempts.withdraw(self.order_id)


class Repay(Job, frozen=True):
    """Send money back until the provider confirms that it has gone."""

    kind: ClassVar[str] = "pays.repay"
    tries: ClassVar[int] = TRIES

    refund_id: int

    async def run(self, number: int, outside: Outside) -> None:
        """Ask for it, with the same number each time."""
        del number
        await outside.refunds.repay(self.refund_id)
