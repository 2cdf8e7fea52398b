"""Nobody to pay at: stands where no account at a payment provider is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

from models.errors import NoticeRefused, RemoteFailed
from services.ports import Bill, Repaid, Repayment, StatementLine, Trade, TradeState, Way


class NoProvider:
    """Fulfils ``services.ports.PaymentProvider`` and ``ReturnReader``, and says no to everything.

    ``name`` is that of the provider whose place it takes.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    async def way(self, bill: Bill) -> Way:
        """Return none."""
        del bill
        return Way()

    async def query(self, out_trade_no: str) -> Trade:
        """Return that nothing is known."""
        return Trade(out_trade_no, TradeState.UNKNOWN)

    async def close(self, out_trade_no: str) -> Trade:
        """Return that nothing is known."""
        return Trade(out_trade_no, TradeState.UNKNOWN)

    async def repay(self, repayment: Repayment) -> Repaid:
        """Refuse for good."""
        del repayment
        raise RemoteFailed(self.name, "there is no account", lasting=True)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> NoReturn:
        """Refuse it: it cannot be to us."""
        del headers, body
        raise NoticeRefused("seller")

    def read_return(self, query: str) -> NoReturn:
        """Refuse it likewise."""
        del query
        raise NoticeRefused("seller")

    async def statement(self, day: date) -> Sequence[StatementLine]:
        """Return no movement."""
        del day
        return ()
