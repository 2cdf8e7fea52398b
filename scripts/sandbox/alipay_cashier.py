"""The cashier of Alipay: the page a buyer pays at, declines at, or leaves.

Source: opendocs.alipay.com/open (alipay.trade.page.pay and its synchronous return).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlencode, urlsplit

from scripts.sandbox.alipay_calls import OUT_TRADE_NO, Call, Refusal, is_time, read_call
from scripts.sandbox.books import Trade
from scripts.sandbox.credentials import loaded
from scripts.sandbox.desk import Desk
from scripts.sandbox.letters import LOGON, signed_text
from scripts.sandbox.moments import BEIJING, beijing, moment_of, stamp
from scripts.sandbox.pages import POLICY, language_of, policy_towards, show
from scripts.sandbox.trades import NotPayable, decide, trade_of
from scripts.sandbox.words import WORDS

PRODUCT = "FAST_INSTANT_TRADE_PAY"
GATEWAY, CASHIER = "/sandbox/alipay/gateway.do", "/sandbox/alipay/cashier"
LONGEST = timedelta(days=15)
TIMEOUT = re.compile(r"([1-9][0-9]{0,4})([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
OUTCOMES = ("paid", "declined")


class Wrong(Exception):
    """The buyer cannot pay here; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_page(desk: Desk) -> None:
    """Show what is to be paid, which opens the trade, or say why there is nothing to pay."""
    try:
        call, trade = _opened(desk, form=True)
    except Wrong as wrong:
        error_page(desk, wrong.code)
    else:
        cashier_page(desk, call, trade)


class CashierHandler(Desk):
    """What the buyer chose on the page, whose address holds what the shop has signed."""

    def post(self) -> None:
        """Pay, which leads to the shop, or decline, which leads to the page again."""
        try:
            call, trade = _opened(self, form=False)
            outcome = self.get_body_argument("outcome", "")
            if outcome not in OUTCOMES:
                raise Wrong("isv.invalid-parameter")
            decide(self.office, trade, outcome)
        except NotPayable:
            error_page(self, "ACQ.TRADE_HAS_CLOSE")
        except Wrong as wrong:
            error_page(self, wrong.code)
        else:
            back = way_back(self, call, trade)
            again = f"{GATEWAY}?{call.query}&lang={language_of(self)}"
            self.redirect(back if trade.paid_at and back else again, status=303)


def _opened(desk: Desk, *, form: bool) -> tuple[Call, Trade]:
    """Return what the shop wants and the trade, opened now if it was not; raises ``Wrong``."""
    try:
        call = read_call(desk.request, desk.office.credentials, form=form)
        wanted = _wanted(desk, call)
    except Refusal as no:
        raise Wrong(no.sub_code) from no
    known = trade_of(desk.office, "alipay", wanted.out_trade_no)
    if known is None:
        if moment_of(wanted.expires_at) <= desk.office.clock():
            raise Wrong("ACQ.TRADE_HAS_CLOSE")
        return call, desk.office.books.trade(wanted)
    if (known.amount, known.subject) != (wanted.amount, wanted.subject):
        raise Wrong("ACQ.CONTEXT_INCONSISTENT")
    if known.state == "closed":
        raise Wrong("ACQ.TRADE_HAS_CLOSE")
    return call, known


def _wanted(desk: Desk, call: Call) -> Trade:
    """Return the trade that a genuine call describes; raises ``Wrong`` and ``Refusal``."""
    notify, back = (call.params.get(name, "") for name in ("notify_url", "return_url"))
    number, subject = call.text("out_trade_no"), call.text("subject")
    is_right = (
        call.method == "alipay.trade.page.pay"
        and OUT_TRADE_NO.fullmatch(number)
        and 0 < len(subject) <= 256
        and call.text("product_code") == PRODUCT
        and all(_is_address(each) for each in (notify, back) if each)
    )
    if not is_right:
        raise Wrong("ACQ.INVALID_PARAMETER")
    return Trade(
        provider="alipay",
        out_trade_no=number,
        amount=call.amount("total_amount"),
        subject=subject,
        expires_at=stamp(_end(desk, call)),
        notify_url=notify,
        return_url=back,
    )


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and len(text) <= 256


def _end(desk: Desk, call: Call) -> datetime:
    """Return when the time to pay is over, in the zone of the books."""
    now = desk.office.clock()
    end, pause = call.text("time_expire"), call.text("timeout_express")
    if end:
        if not is_time(end):
            raise Wrong("ACQ.INVALID_PARAMETER")
        return datetime.fromisoformat(end).replace(tzinfo=BEIJING).astimezone(now.tzinfo)
    if pause:
        found = TIMEOUT.fullmatch(pause)
        if not found or int(found[1]) * UNITS[found[2]] > LONGEST:
            raise Wrong("ACQ.INVALID_PARAMETER")
        return now + int(found[1]) * UNITS[found[2]]
    return now + LONGEST


def way_back(desk: Desk, call: Call, trade: Trade) -> str:
    """Return the address the browser is sent back to, with what Alipay signs; empty for none."""
    back, known = call.params.get("return_url", ""), desk.office.credentials
    if not back:
        return ""
    fields = {
        "charset": call.params["charset"],
        "out_trade_no": trade.out_trade_no,
        "method": "alipay.trade.page.pay.return",
        "total_amount": trade.amount,
        "trade_no": trade.trade_no,
        "auth_app_id": known.alipay_app,
        "version": "1.0",
        "app_id": known.alipay_app,
        "sign_type": "RSA2",
        "seller_id": known.alipay_seller,
        "timestamp": beijing(stamp(desk.office.clock())),
    }
    text = signed_text(fields, without=("sign", "sign_type")).encode(call.charset)
    signed = fields | {"sign": loaded(known.alipay_provider_key).sign(text)}
    query = urlencode(signed, encoding=call.charset)
    return f"{back}{'&' if urlsplit(back).query else '?'}{query}"


def shop_page(desk: Desk, name: str) -> str:
    """Return the address of a page of the shop."""
    return f"{desk.office.credentials.shop_pages}{name}"


def top(words: dict[str, str], switch: str) -> str:
    """Return the band at the head of the page; ``switch`` is the address in the other language."""
    other = f'<a href="{escape(switch)}">{words["other"]}</a>' if switch else ""
    return (
        f'<header class="band"><span class="brand">{words["alipay"]}</span>'
        f'<span class="place">{words["till"]}</span>{other}</header>\n'
    )


def error_page(desk: Desk, code: str) -> None:
    """Say why the buyer cannot pay, with the code that Alipay gives."""
    words = WORDS[language_of(desk)]
    why = words.get(code, words["bad_bill"])
    desk.set_status(400)
    desk.set_header("Content-Security-Policy", POLICY)
    body = (
        f'{top(words, "")}<section class="bill not"><h1>{words["cannot_pay"]}</h1>\n'
        f'<p class="wrong">{why}</p><p class="soft">{words["error_code"]}'
        f" <code>{escape(code)}</code></p></section>\n"
        f'<p class="leave"><a href="{escape(shop_page(desk, "myOrder.html"))}">'
        f"{words['back']}</a></p>"
    )
    show(desk, kind="cashier alipay", title=words["till"], body=body)


def cashier_page(desk: Desk, call: Call, trade: Trade) -> None:
    """Show the bill, and the buttons while it is not paid."""
    lang = language_of(desk)
    words, back = WORDS[lang], way_back(desk, call, trade)
    switch = f"{GATEWAY}?{call.query}&lang={({'zh': 'en', 'en': 'zh'})[lang]}"
    desk.set_header("Content-Security-Policy", policy_towards(back))
    rows = {
        "payee": words["shop"],
        "number": trade.out_trade_no,
        "until": beijing(trade.expires_at),
    }
    listed = "".join(f"<dt>{words[name]}</dt><dd>{text}</dd>" for name, text in rows.items())
    body = (
        f'{top(words, switch)}<section class="bill">\n<div><h1>{escape(trade.subject)}</h1>'
        f'<dl>{listed}</dl></div>\n<p class="due"><span>{words["due"]}</span>'
        f"<strong><small>¥</small>{trade.amount}</strong></p></section>\n"
    )
    if trade.paid_at:
        away = escape(back or shop_page(desk, "myOrder.html"))
        body += (
            f'<section class="wallet done"><p class="tick" role="status">{words["paid"]}</p>'
            f'<p><a class="button" href="{away}">{words["back"]}</a></p></section>\n'
        )
    else:
        body += _wallet(f"{CASHIER}?{call.query}&lang={lang}", trade, words)
        body += (
            f'<p class="leave"><a href="{escape(shop_page(desk, "myOrder.html"))}">'
            f"{words['leave']}</a></p>\n"
        )
    body += f'<footer class="soft">{words["no_money"]}</footer>'
    title = f"{words['alipay']} · {words['till']}"
    show(desk, kind="cashier alipay", title=title, body=body)


def _wallet(action: str, trade: Trade, words: dict[str, str]) -> str:
    """Return the buyer's account with the buttons."""
    is_declined = trade.state == "declined"
    said = f'<p class="wrong" role="status">{words["declined"]}</p>' if is_declined else ""
    return (
        f'<section class="wallet">{said}\n<h2>{words["pay_with"]}</h2>\n'
        f'<p class="means"><span class="coin" aria-hidden="true">¥</span><span>'
        f"<b>{words['balance']}</b><small>{escape(LOGON)}</small></span><strong>¥{trade.amount}</strong></p>\n"
        f'<form method="post" action="{escape(action)}">'
        f'<button name="outcome" value="paid">{words["pay"]} ¥{trade.amount}</button>'
        f'<button name="outcome" value="declined" class="plain">{words["decline"]}</button>'
        "</form></section>\n"
    )
