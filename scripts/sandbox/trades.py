"""What may become of a trade, whoever the provider is: paid, declined, closed, paid back."""

from __future__ import annotations

from decimal import Decimal

from scripts.sandbox.books import Books, Refund, Trade
from scripts.sandbox.desk import Office
from scripts.sandbox.moments import beijing, moment_of, stamp

OPEN = {"waiting", "declined"}


class NotPayable(Exception):
    """Nobody can pay this any more; ``why`` is its state, or ``expired``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def trade_of(office: Office, provider: str, out_trade_no: str, trade_no: str = "") -> Trade | None:
    """Return a trade by either number, the provider's first, as it is at this moment."""
    books = office.books
    if trade_no:
        known = (each for each in books.trades.values() if each.trade_no == trade_no)
        trade = next((each for each in known if each.provider == provider), None)
    else:
        trade = books.trades.get((provider, out_trade_no))
    if trade is not None and provider == "alipay":
        _lapse(office, trade)
    return trade


def has_expired(office: Office, trade: Trade) -> bool:
    """Tell whether the time to pay is over."""
    return bool(trade.expires_at) and office.clock() >= moment_of(trade.expires_at)


def _lapse(office: Office, trade: Trade) -> None:
    """Close a trade whose time is over, as Alipay does; at WeChat Pay it only cannot be paid."""
    if trade.state in OPEN and has_expired(office, trade):
        trade.state, trade.closed_at = "closed", trade.expires_at
        office.books.trade(trade)


def decide(office: Office, trade: Trade, outcome: str) -> None:
    """Do what the buyer chose, ``paid`` or ``declined``; what is paid stays paid.

    Raises ``NotPayable``. A payment is told to the shop.
    """
    if trade.state not in OPEN:
        if trade.paid_at:
            return
        raise NotPayable(trade.state)
    if has_expired(office, trade):
        raise NotPayable("expired")
    if outcome == "paid":
        trade.paid_at = stamp(office.clock())
    if trade.state != outcome:
        trade.state = outcome
        office.books.trade(trade)
    if outcome == "paid":
        office.notices.tell(trade, "paid", trade.notify_url)


def close(office: Office, trade: Trade) -> None:
    """Make a trade that waits impossible to pay; Alipay tells the shop that it did."""
    trade.state, trade.closed_at = "closed", stamp(office.clock())
    office.books.trade(trade)
    if trade.provider == "alipay":
        office.notices.tell(trade, "closed", trade.notify_url)


def sent_back(trade: Trade) -> Decimal:
    """Return how much of the amount has gone back or is on its way."""
    return sum((Decimal(each.amount) for each in trade.refunds), Decimal(0))


def send_back(office: Office, trade: Trade, refund: Refund) -> None:
    """Write a refund down; when it need not wait, it is done."""
    refund.refund_id = f"503{office.books.next_number():025d}"
    trade.refunds = [*trade.refunds, refund]
    _finish(office, trade, refund)


def progress(office: Office, trade: Trade, refund: Refund) -> None:
    """Let a refund that waits come nearer, because the shop asked about it."""
    if refund.pending:
        refund.pending -= 1
        _finish(office, trade, refund)


def _finish(office: Office, trade: Trade, refund: Refund) -> None:
    if refund.pending == 0:
        refund.done_at = stamp(office.clock())
        is_all = sent_back(trade) >= Decimal(trade.amount)
        if is_all and all(each.done_at for each in trade.refunds):
            trade.state = "refunded"
    office.books.trade(trade)
    if refund.done_at:
        url = refund.notify_url if trade.provider == "wechat" else trade.notify_url
        office.notices.tell(trade, "refunded", url, refund.request_no)


def movements(books: Books, provider: str, day: str) -> list[tuple[Trade, Refund | None]]:
    """Return what moved on a day of Beijing, ``YYYY-MM-DD``: payments, and refunds with theirs."""
    found: list[tuple[str, Trade, Refund | None]] = []
    for trade in books.trades.values():
        if trade.provider == provider and trade.paid_at:
            found.append((trade.paid_at, trade, None))
            found += [(each.done_at, trade, each) for each in trade.refunds if each.done_at]
    found.sort(key=lambda each: each[0])
    return [(trade, refund) for at, trade, refund in found if beijing(at, "%Y-%m-%d") == day]
