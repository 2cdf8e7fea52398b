"""What the payment providers write to the shop: notices as they go over the wire.

Sources: opendocs.alipay.com/open/270/105902 (asynchronous notices) and pay.weixin.qq.com/doc/v3
(notices of payments and refunds, signatures, AES-256-GCM).
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import PrivateKey
from scripts.sandbox.books import Notice, Trade
from scripts.sandbox.credentials import Credentials, loaded
from scripts.sandbox.moments import beijing, rfc3339, stamp

BUYER = {"alipay": "2088722000000002", "wechat": "oSandboxBuyer0000000000000001"}
LOGON = "159****0001"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
SCHEME = "WECHATPAY2-SHA256-RSA2048"


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice, ready to be sent."""

    headers: Mapping[str, str]
    body: bytes

    def with_body(self, body: bytes) -> Letter:
        """Return the same headers over another body, which they do not vouch for."""
        return replace(self, body=body)


def fen(amount: str) -> int:
    """Return an amount in yuan, with two decimals, in fen."""
    return int(amount.replace(".", ""))


def yuan(amount: int) -> str:
    """Return an amount in fen in yuan, with two decimals."""
    return f"{amount // 100}.{amount % 100:02d}"


def signed_text(fields: Mapping[str, str], *, without: tuple[str, ...]) -> str:
    """Return what Alipay and the shop sign: the sorted fields that say something."""
    said = {name: text for name, text in fields.items() if text and name not in without}
    return "&".join(f"{name}={text}" for name, text in sorted(said.items()))


# Alipay


def alipay_status(trade: Trade) -> str:
    """Return what Alipay calls the state of a trade."""
    names = {"paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED", "refunded": "TRADE_CLOSED"}
    return names.get(trade.state, "WAIT_BUYER_PAY")


def alipay_fields(
    known: Credentials, trade: Trade, notice: Notice, now: datetime
) -> dict[str, str]:
    """Return what a notice of Alipay says, but its signature."""
    refund = trade.refund(notice.request_no)
    status = "TRADE_SUCCESS" if notice.event == "paid" else alipay_status(trade)
    fields = {
        "gmt_create": beijing(trade.at),
        "charset": "utf-8",
        "seller_email": "shop@sandbox.example",
        "subject": trade.subject,
        "buyer_id": BUYER["alipay"],
        "notify_id": notice.number,
        "notify_type": "trade_status_sync",
        "out_trade_no": trade.out_trade_no,
        "total_amount": trade.amount,
        "trade_status": status,
        "trade_no": trade.trade_no,
        "auth_app_id": known.alipay_app,
        "buyer_logon_id": LOGON,
        "app_id": known.alipay_app,
        "sign_type": "RSA2",
        "seller_id": known.alipay_seller,
        "notify_time": beijing(stamp(now)),
        "version": "1.0",
    }
    if notice.event != "closed":
        funds = [{"amount": trade.amount, "fundChannel": "ALIPAYACCOUNT"}]
        paid = ("invoice_amount", "receipt_amount", "buyer_pay_amount")
        fields |= dict.fromkeys(paid, trade.amount) | {"point_amount": "0.00"}
        fields |= {"fund_bill_list": json.dumps(funds, separators=(",", ":"))}
        fields |= {"gmt_payment": beijing(trade.paid_at or stamp(now))}
    if refund is not None:
        fields |= {"refund_fee": refund.amount, "out_biz_no": refund.request_no}
        fields |= {"gmt_refund": beijing(refund.done_at, "%Y-%m-%d %H:%M:%S.%f")[:-3]}
    if fields["trade_status"] == "TRADE_CLOSED":
        fields |= {"gmt_close": beijing(trade.closed_at or stamp(now))}
    return fields


def alipay_letter(fields: Mapping[str, str], key: PrivateKey | None) -> Letter:
    """Return a notice of Alipay, unsigned without a key."""
    text = signed_text(fields, without=("sign", "sign_type")).encode()
    signed = {**fields, **({"sign": key.sign(text)} if key else {})}
    return Letter({"Content-Type": FORM}, urlencode(signed).encode())


# WeChat Pay


def wechat_transaction(known: Credentials, trade: Trade) -> dict[str, Any]:
    """Return a trade as WeChat Pay describes it, in a reply and in a notice."""
    states = {"paid": "SUCCESS", "closed": "CLOSED"}
    state = "REFUND" if trade.refunds else states.get(trade.state, "NOTPAY")
    describe = {"SUCCESS": "支付成功", "CLOSED": "订单已关闭", "REFUND": "订单发生过退款"}
    amount: dict[str, Any] = {"currency": "CNY", "total": fen(trade.amount)}
    about: dict[str, Any] = {
        "amount": amount,
        "appid": known.wechatpay_app,
        "attach": "",
        "mchid": known.wechatpay_merchant,
        "out_trade_no": trade.out_trade_no,
        "payer": {},
        "promotion_detail": [],
        "trade_state": state,
        "trade_state_desc": describe.get(state, "订单未支付"),
    }
    if trade.paid_at:
        amount |= {"payer_currency": "CNY", "payer_total": fen(trade.amount)}
        about |= {
            "bank_type": "OTHERS",
            "payer": {"openid": BUYER["wechat"]},
            "success_time": rfc3339(trade.paid_at),
            "trade_type": "NATIVE",
            "transaction_id": trade.trade_no,
        }
    return about


def wechat_refund(known: Credentials, trade: Trade, request_no: str) -> dict[str, Any]:
    """Return what a notice of a refund says."""
    refund = trade.refund(request_no)
    if refund is None:
        raise KeyError(request_no)
    total, back = fen(trade.amount), fen(refund.amount)
    return {
        "mchid": known.wechatpay_merchant,
        "out_trade_no": trade.out_trade_no,
        "transaction_id": trade.trade_no,
        "out_refund_no": refund.request_no,
        "refund_id": refund.refund_id,
        "refund_status": "SUCCESS",
        "success_time": rfc3339(refund.done_at),
        "amount": {"total": total, "refund": back, "payer_total": total, "payer_refund": back},
        "user_received_account": "支付用户零钱",
    }


def sealed(resource: Mapping[str, Any], kind: str, api_key: str) -> dict[str, str]:
    """Encrypt what a notice is about; ``kind`` is ``transaction`` or ``refund``."""
    nonce = secrets.token_urlsafe(9)
    plain = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    cipher = AESGCM(api_key.encode()).encrypt(nonce.encode(), plain, kind.encode())
    return {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(cipher).decode(),
        "associated_data": kind,
        "nonce": nonce,
    }


def wechat_body(notice: Notice, resource: Mapping[str, str], now: datetime) -> bytes:
    """Return the body of a notice around what was sealed."""
    is_refund = notice.event == "refunded"
    about = {
        "id": notice.number,
        "create_time": rfc3339(stamp(now)),
        "resource_type": "encrypt-resource",
        "event_type": "REFUND.SUCCESS" if is_refund else "TRANSACTION.SUCCESS",
        "summary": "退款成功" if is_refund else "支付成功",
        "resource": resource,
    }
    return json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()


def wechat_headers(
    body: bytes, *, key: PrivateKey | None, serial: str, now: datetime
) -> dict[str, str]:
    """Return the headers that vouch for a body; none without a key."""
    if key is None:
        return {}
    at, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    return {
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": key.sign(f"{at}\n{nonce}\n".encode() + body + b"\n"),
        "Wechatpay-Signature-Type": SCHEME,
        "Wechatpay-Timestamp": at,
    }


def wechat_letter(
    known: Credentials, notice: Notice, about: Mapping[str, Any], now: datetime
) -> Letter:
    """Return a notice of WeChat Pay about something."""
    kind = "refund" if notice.event == "refunded" else "transaction"
    body = wechat_body(notice, sealed(about, kind, known.wechatpay_api_key), now)
    key, serial = loaded(known.wechatpay_provider_key), known.wechatpay_provider_serial
    headers = wechat_headers(body, key=key, serial=serial, now=now)
    return Letter({"Content-Type": "application/json"} | headers, body)


def letter_of(known: Credentials, trade: Trade, notice: Notice, now: datetime) -> Letter:
    """Return what a provider writes to tell the shop; genuine, and signed at this moment."""
    if trade.provider == "alipay":
        fields = alipay_fields(known, trade, notice, now)
        return alipay_letter(fields, loaded(known.alipay_provider_key))
    if notice.event == "refunded":
        return wechat_letter(known, notice, wechat_refund(known, trade, notice.request_no), now)
    about = wechat_transaction(known, trade)
    if notice.event == "paid":
        about |= {"trade_state": "SUCCESS", "trade_state_desc": "支付成功"}
    return wechat_letter(known, notice, about, now)
