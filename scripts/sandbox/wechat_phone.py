"""The phone of a buyer: scans a code of WeChat Pay and pays, or does not."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from scripts.sandbox.books import Trade
from scripts.sandbox.desk import Desk
from scripts.sandbox.moments import stamp
from scripts.sandbox.pages import POLICY, language_of, show
from scripts.sandbox.trades import OPEN, NotPayable, decide, has_expired
from scripts.sandbox.words import WORDS

PHONE = "/sandbox/wechat/phone"
OUTCOMES = ("paid", "declined")
MOST = 50


class PhoneHandler(Desk):
    """The screen of the phone: what can be scanned, or what was scanned."""

    def get(self) -> None:
        """Show the codes that wait, or the payment behind ``code``."""
        code = self.get_query_argument("code", "")
        if not code:
            self._show(waiting_screen(self))
            return
        trade = scanned(self, code)
        if trade is None:
            self.set_status(404)
            self._show(waiting_screen(self, wrong=True))
        else:
            self._show(payment_screen(self, trade))

    def post(self) -> None:
        """Pay or decline, then show what came of it."""
        code, outcome = (self.get_body_argument(name, "") for name in ("code", "outcome"))
        trade = scanned(self, code)
        if trade is None or outcome not in OUTCOMES:
            self.set_status(400)
            self._show(waiting_screen(self, wrong=True))
            return
        if why_not(self, trade) is None:
            try:
                decide(self.office, trade, outcome)
            except NotPayable:
                self.set_status(409)
        self.redirect(f"{PHONE}?{urlencode({'code': code, 'lang': language_of(self)})}", status=303)

    def _show(self, body: str) -> None:
        words = WORDS[language_of(self)]
        other = {"zh": "en", "en": "zh"}[language_of(self)]
        query = urlencode({"code": self.get_query_argument("code", ""), "lang": other})
        band = (
            f'<header class="band"><a href="{PHONE}?lang={language_of(self)}">{words["wechat"]}</a>'
            f'<a href="?{escape(query)}">{words["other"]}</a></header>\n'
        )
        self.set_header("Content-Security-Policy", POLICY)
        show(self, kind="phone", title=f"{words['wechat']} · {words['phone']}", body=band + body)


def scanned(desk: Desk, code: str) -> Trade | None:
    """Return the order a code stands for."""
    trades = desk.office.books.trades.values()
    return next((each for each in trades if each.code_url and each.code_url == code.strip()), None)


def why_not(desk: Desk, trade: Trade) -> str | None:
    """Say why a scanned order cannot be paid: ``closed`` or ``expired``; None when it can."""
    if trade.state not in OPEN:
        return "closed"
    is_old = stamp(desk.office.clock()) >= trade.code_until
    return "expired" if is_old or has_expired(desk.office, trade) else None


def waiting_screen(desk: Desk, *, wrong: bool = False) -> str:
    """Return the list of what waits, newest first, and a field for the text of a code."""
    lang = language_of(desk)
    words = WORDS[lang]
    known = reversed(desk.office.books.trades.values())
    waiting = [each for each in known if each.code_url and why_not(desk, each) is None][:MOST]
    items = "".join(_waiting(each, lang) for each in waiting)
    listed = (
        f'<ul class="codes">{items}</ul>' if items else f'<p class="empty">{words["no_codes"]}</p>'
    )
    said = f'<p class="wrong" role="alert">{words["bad_code"]}</p>' if wrong else ""
    return (
        f'<h1>{words["phone"]}</h1><p class="soft">{words["phone_about"]}</p>{said}\n'
        f'<form method="get" action="{PHONE}"><input type="hidden" name="lang" value="{lang}">'
        f'<label>{words["code"]} <input name="code" required autocomplete="off"'
        f' placeholder="weixin://wxpay/…"></label><button>{words["scan"]}</button></form>\n'
        f"<h2>{words['codes']}</h2>{listed}"
    )


def _waiting(trade: Trade, lang: str) -> str:
    query = escape(urlencode({"code": trade.code_url, "lang": lang}))
    return (
        f'<li><a href="{PHONE}?{query}"><span>{escape(trade.subject)}<small>{trade.out_trade_no}'
        f"</small></span><b>¥{trade.amount}</b></a></li>"
    )


def payment_screen(desk: Desk, trade: Trade) -> str:
    """Return the sheet that slides in after a scan, with what came of it once it is decided."""
    lang = language_of(desk)
    words, why = WORDS[lang], why_not(desk, trade)
    amount = f'<p class="sum"><small>¥</small>{trade.amount}</p>'
    away = f'<p><a class="plain button" href="{PHONE}?lang={lang}">{words["done"]}</a></p>'
    if trade.paid_at:
        return (
            f'<section class="done"><p class="tick" role="status">{words["paid"]}</p>'
            f'<p class="to">{words["shop"]}</p>{amount}{away}</section>'
        )
    to = f'<p class="to">{words["shop"]}<small>{escape(trade.subject)}</small></p>'
    if why is not None:
        said = f'<p class="wrong" role="alert">{words[why]}</p>'
        return f'<section class="sheet">{to}{amount}{said}{away}</section>'
    is_declined = trade.state == "declined"
    said = f'<p class="wrong" role="status">{words["declined"]}</p>' if is_declined else ""
    return (
        f'<section class="sheet">{to}{amount}'
        f"<dl><dt>{words['number']}</dt><dd>{trade.out_trade_no}</dd>"
        f"<dt>{words['means']}</dt><dd>{words['change']}</dd></dl>{said}\n"
        f'<form method="post" action="{PHONE}?lang={lang}">'
        f'<input type="hidden" name="code" value="{escape(trade.code_url)}">'
        f'<button name="outcome" value="paid">{words["pay"]}</button>'
        f'<button name="outcome" value="declined" class="plain">{words["decline"]}</button></form>'
        f'<p class="soft">{words["no_money"]}</p></section>'
    )


ROUTES = [(PHONE, PhoneHandler)]
