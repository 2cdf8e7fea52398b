"""The JSON of the simulators, for tests and tools."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from scripts.sandbox.books import Delivery, Grant, Trade
from scripts.sandbox.desk import Desk
from scripts.sandbox.faults import PROVIDERS, Fault
from scripts.sandbox.forge import HOWS, NothingToSend
from scripts.sandbox.notices import Salvo
from scripts.sandbox.trades import NotPayable, decide, trade_of

SHOWN = ("id", "kind", "to", "subject", "text", "html", "code", "link", "at")
KEPT = ("id", "number", "to", "at", "times")
KINDS = {"smtp": "mail", "sms": "sms"}
TRADED = (
    *("out_trade_no", "trade_no", "amount", "state", "subject", "at", "paid_at", "closed_at"),
    *("expires_at", "notify_url", "return_url", "code_url"),
    *("notices_sent", "notices_acknowledged", "times"),
)
CASHIERS = ("alipay", "wechat")
MOST = 10_000

T = TypeVar("T")


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the buyer does at the cashier."""

    provider: Literal["alipay", "wechat"]
    out_trade_no: str
    outcome: Literal["paid", "declined"]


class Barrage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Notices to be sent now; ``how`` is one of ``forge.HOWS``.

    ``to`` are addresses used in turn, instead of the one the shop gave; ``abreast`` are on their
    way at once.
    """

    provider: Literal["alipay", "wechat"]
    out_trade_no: str
    how: str
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    to: list[Annotated[str, msgspec.Meta(pattern="^https?://")]] = []
    abreast: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1


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
    refunds = [
        {
            "request_no": each.request_no,
            "amount": each.amount,
            "at": each.at,
            "done": bool(each.done_at),
        }
        for each in trade.refunds
    ]
    return {name: getattr(trade, name) for name in TRADED} | {"refunds": refunds}


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
            numbers = [number for party, number in books.trades if party == provider]
            trades = (trade_of(self.office, provider, number) for number in numbers)
            self.reply([traded(each) for each in trades if each is not None])
        elif provider in KINDS:
            self.reply([kept(each) for each in reversed(books.newest(kind=KINDS[provider]))])
        else:
            self.reply({"error": f"provider is one of {', '.join(PROVIDERS)}"}, 400)

    def delete(self) -> None:
        """Begin new books, with the numbers of tasks free again."""
        self.office.books.forget()
        self.set_status(204)


class TradeDesk(OrderDesk):
    """A handler about one trade."""

    def known(self, provider: str, out_trade_no: str) -> Trade | None:
        """Return the trade; None when that ended the call with 404."""
        trade = trade_of(self.office, provider, out_trade_no)
        if trade is None:
            self.reply({"error": f"{provider} has no trade {out_trade_no}: it was not opened"}, 404)
        return trade


class PayHandler(TradeDesk):
    """The buyer, for tests and tools."""

    def post(self) -> None:
        """Pay or decline and answer the trade; 409 when it cannot be paid any more."""
        payment = self.told(Payment)
        if payment is None:
            return
        trade = self.known(payment.provider, payment.out_trade_no)
        if trade is None:
            return
        try:
            decide(self.office, trade, payment.outcome)
        except NotPayable as fault:
            self.reply({"error": f"the trade is {fault.why}", "state": trade.state}, 409)
        else:
            self.reply(traded(trade))


class NoticesHandler(TradeDesk):
    """Notices on demand."""

    async def post(self) -> None:
        """Send them and tell what was answered; 409 when there is no such notice to send."""
        barrage = self.told(Barrage)
        if barrage is None:
            return
        if barrage.how not in HOWS:
            self.reply({"error": f"how is one of {', '.join(HOWS)}"}, 400)
            return
        trade = self.known(barrage.provider, barrage.out_trade_no)
        if trade is None:
            return
        salvo = Salvo(barrage.how, barrage.times, barrage.to, barrage.abreast)
        try:
            self.reply(await self.office.notices.send_now(trade, salvo))
        except NothingToSend as fault:
            self.reply({"error": str(fault)}, 409)


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
    (r"/sandbox/api/notices", NoticesHandler),
    (r"/sandbox/api/faults", FaultsHandler),
]
