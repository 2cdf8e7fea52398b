"""The simulator of a cashier: a page where the buyer pays, and what the shop may ask about it.

The shop signs what is to be paid with the secret both know, so that a buyer cannot change it:
HMAC-SHA256, in hexadecimal, over a word for the purpose, a line end and the sorted fields
``out_trade_no``, ``provider`` and ``total_amount`` as a query. The word is ``page`` for the address
of the page and ``question`` for the header of a question; neither signature is good for the other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from scripts.sandbox.books import Books, Trade
from scripts.sandbox.desk import Desk
from scripts.sandbox.pages import POLICY, language_of, policy_towards, show
from scripts.sandbox.words import WORDS

PROVIDERS = ("alipay", "wechat")
OUTCOMES = ("paid", "declined")
NUMBER = "[0-9A-Za-z_-]{1,64}"
AMOUNT = re.compile(r"[0-9]{1,10}\.[0-9]{2}")
SCHEME = "HMAC-SHA256"


class Bill(NamedTuple):
    """What is to be paid, where; ``total_amount`` is in yuan with two decimals."""

    out_trade_no: str
    provider: str
    total_amount: str

    @property
    def well_formed(self) -> bool:
        """Whether each part looks like what it should be."""
        return (
            self.provider in PROVIDERS
            and re.fullmatch(NUMBER, self.out_trade_no) is not None
            and AMOUNT.fullmatch(self.total_amount) is not None
        )

    def signature(self, secret: str, purpose: str) -> str:
        """Return what the shop writes under it."""
        text = f"{purpose}\n{urlencode(sorted(self._asdict().items()))}"
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def is_signed(self, secret: str, purpose: str, signature: str) -> bool:
        """Tell whether the shop wrote this under it."""
        wanted = self.signature(secret, purpose)
        return self.well_formed and hmac.compare_digest(signature.encode(), wanted.encode())


def trade_of(books: Books, provider: str, out_trade_no: str) -> Trade:
    """Return the trade of an order, opened now if it was not."""
    known = books.trades.get((provider, out_trade_no))
    return known or books.trade(Trade(provider=provider, out_trade_no=out_trade_no))


def decide(books: Books, trade: Trade, outcome: str) -> Trade:
    """Write down what the buyer did, one of ``OUTCOMES``; what is paid stays paid."""
    if trade.state not in {"paid", outcome}:
        trade.state = outcome
        books.trade(trade)
    return trade


def price(books: Books, trade: Trade, amount: str) -> bool:
    """Give the trade its amount if it has none; tell whether it is this one."""
    if trade.amount is None:
        trade.amount = amount
        books.trade(trade)
    return trade.amount == amount


class CashierHandler(Desk):
    """Where the buyer pays, declines or leaves."""

    def get(self) -> None:
        """Show what is to be paid; that opens the trade."""
        bill = self._bill()
        trade = self._opened(bill)
        if trade is None:
            refuse(self)
        else:
            till_page(self, bill, trade, self.get_argument("sign"))

    def post(self) -> None:
        """Take what the buyer chose: a payment leads back to the shop, a refusal to this page."""
        bill, outcome = self._bill(), self.get_argument("outcome", "")
        trade = self._opened(bill) if outcome in OUTCOMES else None
        if trade is None:
            refuse(self)
        elif decide(self.office.books, trade, outcome).state == "paid":
            self.redirect(way_back(self, bill), status=303)
        else:
            known = {"sign": self.get_argument("sign"), "lang": language_of(self)}
            self.redirect(f"?{urlencode(bill._asdict() | known)}", status=303)

    def _bill(self) -> Bill:
        return Bill(*(self.get_argument(name, "") for name in Bill._fields))

    def _opened(self, bill: Bill) -> Trade | None:
        """Return the trade of a genuine bill, None when the bill is forged or was another once."""
        sign, books = self.get_argument("sign", ""), self.office.books
        if not bill.is_signed(self.office.credentials.cashier_secret, "page", sign):
            return None
        trade = trade_of(books, bill.provider, bill.out_trade_no)
        return trade if price(books, trade, bill.total_amount) else None


class TradeHandler(Desk):
    """What the shop asks."""

    async def post(self, out_trade_no: str) -> None:
        """Tell the state of a trade, ``unknown`` when it was never opened.

        POST as at Alipay: a lost answer to a GET is silently asked for again by HTTP clients.
        """
        asked = (self.get_body_argument(name, "") for name in ("provider", "total_amount"))
        bill = Bill(out_trade_no, *asked)
        scheme, _, sign = self.request.headers.get("Authorization", "").partition(" ")
        secret, books = self.office.credentials.cashier_secret, self.office.books
        if scheme != SCHEME or not bill.is_signed(secret, "question", sign):
            self.reply({"error": "the question is not signed by the shop"}, 401)
            return
        fault = await self.meet(bill.provider)
        if fault is None:
            return
        trade = books.trades.get((bill.provider, out_trade_no))
        if fault.refuse:
            self.reply({"error": "refused on demand"}, 403)
            return
        if trade is not None:
            trade.times += 1
            # Who paid by ``/sandbox/api/pay`` never saw an amount: it is the one the shop says.
            price(books, trade, bill.total_amount)
        if fault.drop_after_accept:
            self.hang_up()
        elif trade is None:
            self.reply({"state": "unknown", "amount": None, "trade_no": None})
        else:
            known = {name: getattr(trade, name) for name in ("state", "amount", "trade_no")}
            self.reply(known)


def way_back(desk: Desk, bill: Bill) -> str:
    """Return the page of the shop that tells what became of the order."""
    back = desk.office.credentials.cashier_back
    return f"{back}{'&' if urlsplit(back).query else '?'}order_id={bill.out_trade_no}"


def refuse(desk: Desk) -> None:
    """Say that the shop did not make this link."""
    words = WORDS[language_of(desk)]
    desk.set_status(400)
    desk.set_header("Content-Security-Policy", POLICY)
    body = f'<h1>{words["till"]}</h1>\n<p class="wrong">{words["bad_bill"]}</p>'
    show(desk, kind="till", title=words["till"], body=body)


def till_page(desk: Desk, bill: Bill, trade: Trade, sign: str) -> None:
    """Show the bill, and the buttons while it is not paid."""
    lang = language_of(desk)
    words, other = WORDS[lang], {"zh": "en", "en": "zh"}[lang]
    known, back = bill._asdict() | {"sign": sign}, escape(way_back(desk, bill))
    switch = escape(f"?{urlencode(known | {'lang': other})}")
    desk.set_header("Content-Security-Policy", policy_towards(way_back(desk, bill)))
    rows = {"payee": words["shop"], "number": bill.out_trade_no}
    listed = "".join(f"<dt>{words[name]}</dt><dd>{text}</dd>" for name, text in rows.items())
    is_paid = trade.state == "paid"
    show(
        desk,
        kind=f"till {bill.provider}",
        title=f"{words[bill.provider]} · {words['till']}",
        body=(
            f'<header><h1><b class="brand">{words[bill.provider]}</b> {words["till"]}</h1>'
            f'<a href="{switch}">{words["other"]}</a></header>\n'
            f"<p class='soft'>{words['no_money']}</p>\n"
            f'<p class="due">{words["due"]} <strong>¥{bill.total_amount}</strong></p>\n'
            f"<dl>{listed}</dl>\n"
            f'<p class="state {trade.state}" role="status">{words[trade.state]}</p>\n'
            + ("" if is_paid else choices(known | {"lang": lang}, words))
            + f'<a class="deny" href="{back}">{words["back" if is_paid else "leave"]}</a>'
        ),
    )


def choices(fields: dict[str, str], words: dict[str, str]) -> str:
    """Return the form that brings the bill back with what the buyer chose."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in fields.items()
        if name != "lang"
    )
    return (
        f'<form method="post" action="/sandbox/cashier?lang={fields["lang"]}">{hidden}'
        f'<button name="outcome" value="paid">{words["pay"]}</button>'
        f'<button name="outcome" value="declined" class="plain">{words["decline"]}</button>'
        "</form>\n"
    )


ROUTES = [
    (r"/sandbox/cashier", CashierHandler),
    (rf"/sandbox/cashier/trades/({NUMBER})", TradeHandler),
]
