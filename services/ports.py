"""What the services need from third parties, said as small as possible.

Adapters (``services.gateways``) raise ``models.errors.RemoteFailed`` for anything that goes wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WeiboUser:
    """Who agreed at Weibo. ``expires_in`` is the life of the access token in seconds."""

    uid: str
    access_token: str = field(repr=False)
    expires_in: int


class WeiboProvider(Protocol):
    """Sign-in by Weibo."""

    def authorize_url(self, state: str) -> str:
        """Return the address of the consent page; Weibo hands ``state`` back unchanged."""

    async def user_behind(self, code: str) -> WeiboUser:
        """Exchange a code, good for one use; raise ``RemoteFailed``, ``lasting`` for a bad one."""


class TradeState(StrEnum):
    """What a provider says of a payment attempt.

    ``unknown``: it never heard of it; ``waiting``: the buyer may still pay; ``paid``: it has the
    money, or had it; ``closed``: nobody can pay it any more.
    """

    UNKNOWN = "unknown"
    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a buyer shall pay, under a number of its own at the provider; times are Beijing's."""

    out_trade_no: str
    amount: Decimal
    subject: str
    opened_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """How the buyer gets to the provider: a page, or a text to be scanned as a QR code."""

    pay_url: str = ""
    code_url: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a provider has said, proved by its signature, of one attempt.

    ``trade_no`` is the provider's number, there once the buyer has come; the amount is in yuan,
    None where the provider does not repeat it. ``at`` is when it was paid, Beijing time, if said.
    """

    out_trade_no: str
    state: TradeState
    trade_no: str = ""
    amount: Decimal | None = None
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Repayment:
    """Money that shall go back: ``amount`` of the ``total`` that was paid, once per request."""

    out_trade_no: str
    request_no: str
    amount: Decimal
    total: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Repaid:
    """What a provider has said of a repayment; ``done`` when the money has gone.

    ``at`` is when it has, Beijing time, if said.
    """

    out_trade_no: str
    request_no: str
    amount: Decimal
    done: bool
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement in the provider's bill of a day: a payment, or a refund with its request.

    The amount of a refund is negative.
    """

    out_trade_no: str
    trade_no: str
    request_no: str
    amount: Decimal


class PaymentProvider(Protocol):
    """Somebody buyers pay at. All calls are safe to repeat; all raise ``RemoteFailed``."""

    @property
    def name(self) -> str:
        """``alipay`` or ``wechat``, as in the tables."""

    async def way(self, bill: Bill) -> Way:
        """Return where the buyer pays exactly this, empty where nobody can.

        The same bill gives the same way.
        """

    async def query(self, out_trade_no: str) -> Trade:
        """Ask how an attempt stands."""

    async def close(self, out_trade_no: str) -> Trade:
        """Make an attempt impossible to pay; return how it stands now: it may be paid already.

        ``unknown`` stays as it is: the buyer may still open a page that was handed out.
        """

    async def repay(self, repayment: Repayment) -> Repaid:
        """Send money back, once for one ``request_no``; ``lasting`` when it never will."""

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Trade | Repaid:
        """Return what a notice says; raise ``NoticeRefused`` unless it is the provider's, to us.

        ``headers`` are looked up without regard to case.
        """

    async def statement(self, day: date) -> Sequence[StatementLine]:
        """Return every movement of a day, Beijing time."""


class ReturnReader(Protocol):
    """Reads the address a provider sends the browser of the buyer back with."""

    def read_return(self, query: str) -> str:
        """Return the number of the attempt; raise ``NoticeRefused`` when it is not signed."""
