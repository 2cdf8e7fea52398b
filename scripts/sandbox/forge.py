"""Notices that are not what they should be: repeated, out of order, replayed, forged.

``HOWS`` names them. Those of ``GENUINE`` are the provider's own and only say what is true, so the
trade must be paid; a replay is an old letter again, byte for byte. All others must be refused:

* ``forge_key`` is signed by somebody else, ``forge_body`` altered after it was signed,
  ``unsigned`` not signed at all;
* ``forge_amount``, ``forge_app``, ``forge_seller``, ``unknown_order`` are signed by the provider,
  but are about one fen (or two, where one is right), another app or seller, or a number the shop
  never gave;
* of WeChat Pay only: ``old`` is the truth, signed ten minutes ago; ``wrong_serial`` names a key
  nobody knows; ``wrong_secret`` is encrypted for somebody else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from scripts.sandbox.books import Books, Notice, Trade
from scripts.sandbox.credentials import Credentials, key_of_a_stranger, loaded
from scripts.sandbox.letters import (
    Letter,
    alipay_fields,
    alipay_letter,
    letter_of,
    wechat_headers,
    wechat_letter,
    wechat_transaction,
)
from scripts.sandbox.moments import stamp

GENUINE = ("repeat", "reorder", "replay", "old")
COUNTED = ("repeat", "reorder")
"""Those the books count as sent: a replay is not the provider's doing."""
FALSE = ("forge_key", "forge_amount", "forge_app", "forge_seller", "forge_body", "unknown_order")
WECHAT_ONLY = ("old", "wrong_serial", "wrong_secret")
HOWS = (*GENUINE, *FALSE, "unsigned", "wrong_serial", "wrong_secret")
OLD = timedelta(minutes=10)
CHANGES = {
    "forge_app": {"app_id": "9021000999999999", "auth_app_id": "9021000999999999"},
    "forge_seller": {"seller_id": "2088721999999999"},
    "unknown_order": {"out_trade_no": "99999999999999990000000000000000"},
}


class NothingToSend(Exception):
    """There is no such notice of this trade: it is not paid, or nothing was ever sent."""


def letters(
    books: Books, known: Credentials, trade: Trade, *, how: str, now: datetime
) -> list[Letter]:
    """Return the notices of a kind, mostly one; raises ``NothingToSend``."""
    notice = _last_notice(books, trade)
    if how in GENUINE and not trade.paid_at:
        raise NothingToSend("the trade is not paid: nothing true can be said of it")
    if how in WECHAT_ONLY and trade.provider != "wechat":
        raise NothingToSend(f"{how} is about WeChat Pay only")
    if how == "replay":
        return [_replayed(books, trade)]
    claimed = msgspec.structs.replace(
        trade, state="paid", paid_at=trade.paid_at or stamp(now), refunds=[]
    )
    if how == "repeat":
        return [letter_of(known, claimed, notice, now)]
    if how == "reorder":
        return _out_of_order(known, claimed, notice, now)
    forge = _alipay if trade.provider == "alipay" else _wechat
    return [forge(known, claimed, notice, how=how, now=now)]


def _last_notice(books: Books, trade: Trade) -> Notice:
    """Return the notice of the payment, or one that could be it."""
    for notice in reversed(books.notices.values()):
        key = (notice.provider, notice.out_trade_no, notice.event)
        if key == (trade.provider, trade.out_trade_no, "paid"):
            return notice
    return Notice(
        provider=trade.provider,
        out_trade_no=trade.out_trade_no,
        event="paid",
        url=trade.notify_url,
        number=secrets.token_hex(16),
    )


def _replayed(books: Books, trade: Trade) -> Letter:
    """Return the last letter really sent about a trade."""
    for notice in reversed(books.notices.values()):
        key = (notice.provider, notice.out_trade_no)
        if key == (trade.provider, trade.out_trade_no) and notice.body:
            return Letter(notice.headers, notice.body.encode())
    raise NothingToSend("no notice of this trade was ever sent")


def _out_of_order(known: Credentials, trade: Trade, notice: Notice, now: datetime) -> list[Letter]:
    """Return the end of a trade first and its beginning last."""
    if trade.provider == "alipay":
        fields, key = alipay_fields(known, trade, notice, now), loaded(known.alipay_provider_key)
        states = ("TRADE_FINISHED", "TRADE_SUCCESS", "WAIT_BUYER_PAY")
        return [alipay_letter(fields | {"trade_status": each}, key) for each in states]
    earlier = msgspec.structs.replace(trade, state="waiting", paid_at="")
    abouts = (wechat_transaction(known, each) for each in (trade, earlier))
    return [wechat_letter(known, notice, about, now) for about in abouts]


def wrong_amount(amount: str) -> str:
    """Return an amount that is not this one, and small."""
    return "0.02" if amount == "0.01" else "0.01"


def _alipay(known: Credentials, trade: Trade, notice: Notice, *, how: str, now: datetime) -> Letter:
    """Forge a notice of Alipay."""
    fields = alipay_fields(known, trade, notice, now)
    key = None if how == "unsigned" else loaded(known.alipay_provider_key)
    if how == "forge_key":
        key = key_of_a_stranger()
    if how == "forge_amount":
        fields |= {"total_amount": wrong_amount(trade.amount)}
    letter = alipay_letter(fields | CHANGES.get(how, {}), key)
    if how == "forge_body":
        sent = dict(parse_qsl(letter.body.decode()))
        changed = urlencode(sent | {"buyer_pay_amount": "0.03"})
        return letter.with_body(changed.encode())
    return letter


def _wechat(known: Credentials, trade: Trade, notice: Notice, *, how: str, now: datetime) -> Letter:
    """Forge a notice of WeChat Pay."""
    about = wechat_transaction(known, trade) | _other_facts(trade, how)
    if how == "wrong_secret":
        known = replace(known, wechatpay_api_key=secrets.token_hex(16))
    letter = wechat_letter(known, notice, about, now)
    key = loaded(known.wechatpay_provider_key)
    vouched: dict[str, Callable[[], dict[str, str]]] = {
        "forge_key": lambda: _vouch(known, letter, key=key_of_a_stranger(), now=now),
        "wrong_serial": lambda: _vouch(
            replace(known, wechatpay_provider_serial="PUB_KEY_ID_0000"), letter, key=key, now=now
        ),
        "old": lambda: _vouch(known, letter, key=key, now=now - OLD),
        "unsigned": dict,
    }
    if how in vouched:
        kept = {"Content-Type": letter.headers["Content-Type"]}
        return replace(letter, headers=kept | vouched[how]())
    if how == "forge_body":
        return letter.with_body(letter.body.replace("支付成功".encode(), "支付 成功".encode()))
    return letter


def _vouch(known: Credentials, letter: Letter, **how: Any) -> dict[str, str]:
    return wechat_headers(letter.body, serial=known.wechatpay_provider_serial, **how)


def _other_facts(trade: Trade, how: str) -> dict[str, Any]:
    """Return what a notice of WeChat Pay says instead of the truth."""
    if how == "forge_amount":
        wrong = 2 if trade.amount == "0.01" else 1
        amount = {"total": wrong, "payer_total": wrong}
        return {"amount": amount | {"currency": "CNY", "payer_currency": "CNY"}}
    facts: dict[str, dict[str, Any]] = {
        "forge_app": {"appid": "wxforged000000000001"},
        "forge_seller": {"mchid": "1900000999"},
        "unknown_order": CHANGES["unknown_order"],
    }
    return facts.get(how, {})
