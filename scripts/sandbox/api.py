"""The JSON of the simulators, for tests and tools."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from scripts.sandbox.books import Delivery, Grant, Trade
from scripts.sandbox.cashier import NUMBER, decide, trade_of
from scripts.sandbox.cashier import PROVIDERS as CASHIERS
from scripts.sandbox.desk import Desk
from scripts.sandbox.faults import PROVIDERS, Fault

SHOWN = ("id", "kind", "to", "subject", "text", "html", "code", "link", "at")
KEPT = ("id", "number", "to", "at", "times")
KINDS = {"smtp": "mail", "sms": "sms"}
TRADED = ("out_trade_no", "trade_no", "amount", "state")
NOTED = ("notices_sent", "notices_acknowledged", "refunds", "times")
MOST = 10_000

T = TypeVar("T")


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the buyer does at the cashier."""

    provider: Literal["alipay", "wechat"]
    out_trade_no: Annotated[str, msgspec.Meta(pattern=rf"^{NUMBER}$(?!\n)")]
    outcome: Literal["paid", "declined"]


def shown(delivery: Delivery) -> dict[str, Any]:
    """Return a message as its receiver sees it."""
    return {name: getattr(delivery, name) for name in SHOWN}


def kept(delivery: Delivery) -> dict[str, Any]:
    """Return what the provider knows of a message."""
    return {name: getattr(delivery, name) for name in KEPT}


def granted(grant: Grant) -> dict[str, Any]:
    """Return what Weibo knows of a code, which is not shown."""
    return {"id": grant.id, "uid": grant.uid, "at": grant.at, "times": grant.times}


def traded(trade: Trade) -> dict[str, Any]:
    """Return what a payment provider knows of a trade; ``times``: how often the shop asked."""
    return {name: getattr(trade, name) for name in TRADED + NOTED}


class OrderDesk(Desk):
    """A handler that is told in JSON what to do."""

    def told(self, kind: type[T]) -> T | None:
        """Read the body; JSON only, so that no page of another origin can send one.

        None when that ended the call with 400 or 415.
        """
        if not self.request.headers.get("Content-Type", "").startswith("application/json"):
            self.reply({"error": "Content-Type must be application/json"}, 415)
            return None
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except (msgspec.DecodeError, ValueError) as fault:
            self.reply({"error": str(fault)}, 400)
            return None


class InboxJsonHandler(Desk):
    """What arrived."""

    def get(self) -> None:
        """Return messages, newest first; ``to`` and ``kind`` choose, ``limit`` ends the list."""
        to, kind, limit = (self.get_query_argument(name, "") for name in ("to", "kind", "limit"))
        most = int(limit) if limit.isascii() and limit.isdecimal() else MOST
        self.reply([shown(each) for each in self.office.books.newest(to=to, kind=kind)[:most]])


class BooksHandler(Desk):
    """What the providers believe."""

    def get(self) -> None:
        """Return the book of one ``provider``, oldest first."""
        provider = self.get_query_argument("provider", "")
        books = self.office.books
        if provider == "weibo":
            self.reply([granted(each) for each in books.grants.values()])
        elif provider in CASHIERS:
            trades = books.trades.values()
            self.reply([traded(each) for each in trades if each.provider == provider])
        elif provider in KINDS:
            self.reply([kept(each) for each in reversed(books.newest(kind=KINDS[provider]))])
        else:
            self.reply({"error": f"provider is one of {', '.join(PROVIDERS)}"}, 400)

    def delete(self) -> None:
        """Begin new books, with the numbers of tasks free again."""
        self.office.books.forget()
        self.set_status(204)


class PayHandler(OrderDesk):
    """The buyer, for tests and tools."""

    def post(self) -> None:
        """Pay or decline, also where the cashier's page was never opened; answer the trade."""
        payment = self.told(Payment)
        if payment is not None:
            books = self.office.books
            trade = trade_of(books, payment.provider, payment.out_trade_no)
            self.reply(traded(decide(books, trade, payment.outcome)))


class FaultsHandler(OrderDesk):
    """Faults on demand."""

    def post(self) -> None:
        """Order one."""
        fault = self.told(Fault)
        if fault is None:
            return
        try:
            self.office.faults.order(fault)
        except ValueError as unknown:
            self.reply({"error": str(unknown)}, 400)
        else:
            self.set_status(204)

    def delete(self) -> None:
        """Let everything go well again."""
        self.office.faults.reset()
        self.set_status(204)


ROUTES = [
    (r"/sandbox/api/inbox", InboxJsonHandler),
    (r"/sandbox/api/books", BooksHandler),
    (r"/sandbox/api/pay", PayHandler),
    (r"/sandbox/api/faults", FaultsHandler),
]
