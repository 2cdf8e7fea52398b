"""How Alipay is called and how it answers: parameters, RSA2, the shape of a reply.

Source: opendocs.alipay.com/common (signature rules, common parameters, common error codes).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tornado.httputil import HTTPServerRequest

from keys import PrivateKey
from scripts.sandbox.credentials import Credentials, loaded
from scripts.sandbox.letters import signed_text

CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "gbk": "gbk", "gb2312": "gbk"}
UNSIGNED = ("sign", "lang")
"""What the shop's signature does not cover; ``lang`` is ours, for the pages."""
OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_]{1,64}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
MOST = Decimal(100_000_000)
FORM_TYPE = "application/x-www-form-urlencoded"
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
MESSAGES = {
    "20000": "Service Currently Unavailable",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
}
REQUIRED = {
    "method": "isv.missing-method",
    "app_id": "isv.missing-app-id",
    "sign_type": "isv.missing-signature-type",
    "sign": "isv.missing-signature",
    "timestamp": "isv.missing-timestamp",
    "version": "isv.missing-version",
}
SAYS = {
    "isv.invalid-signature": "验签出错，请确认各参数值使用charset参数指示的字符集编码",
    "isv.invalid-app-id": "无效的AppID参数",
    "isv.invalid-method": "不存在的方法名",
    "isv.invalid-parameter": "参数无效",
    "isp.bill_not_exist": "账单不存在",
    "ACQ.INVALID_PARAMETER": "参数无效",
    "ACQ.TRADE_NOT_EXIST": "交易不存在",
    "ACQ.TRADE_HAS_SUCCESS": "交易已被支付",
    "ACQ.TRADE_HAS_CLOSE": "交易已经关闭",
    "ACQ.TRADE_STATUS_ERROR": "交易状态不合法",
    "ACQ.CONTEXT_INCONSISTENT": "交易信息被篡改",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "退款金额无效",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "撤销或退款金额与订单金额不一致",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "重复请求与原请求的金额不一致",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "卖家余额不足",
    "ACQ.SYSTEM_ERROR": "系统错误",
    "ACQ.ACCESS_FORBIDDEN": "无权限使用接口",
}


class Refusal(Exception):
    """An answer other than 10000: ``code``, ``sub_code``, and members that come all the same."""

    def __init__(self, code: str, sub_code: str, about: Mapping[str, Any] | None = None) -> None:
        super().__init__(sub_code)
        self.code = code
        self.sub_code = sub_code
        self.about = dict(about or {})

    def members(self) -> dict[str, Any]:
        """Return what Alipay answers."""
        said = SAYS.get(self.sub_code, self.sub_code)
        about = {"code": self.code, "msg": MESSAGES.get(self.code, ""), **self.about}
        return about | {"sub_code": self.sub_code, "sub_msg": said}


@dataclass(frozen=True, slots=True)
class Call:
    """What the shop, proved by its signature, wants."""

    params: Mapping[str, str]
    biz: Mapping[str, Any]
    charset: str

    @property
    def method(self) -> str:
        """The name of the interface."""
        return self.params["method"]

    @property
    def query(self) -> str:
        """All parameters again, for an address of our own pages."""
        signed = {name: text for name, text in self.params.items() if name != "lang"}
        return urlencode(signed, encoding=self.charset)

    def text(self, name: str) -> str:
        """Return a business parameter as text, empty when it is not there or no scalar."""
        value = self.biz.get(name, "")
        is_scalar = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
        return str(value) if is_scalar else ""

    def amount(self, name: str) -> str:
        """Return an amount with two decimals; raises ``Refusal`` for none."""
        text = self.text(name)
        if AMOUNT.fullmatch(text):
            amount = Decimal(text)
            if 0 < amount <= MOST:
                return f"{amount:.2f}"
        raise Refusal("40004", "ACQ.INVALID_PARAMETER")


def parameters(request: HTTPServerRequest, *, form: bool) -> tuple[dict[str, str], str]:
    """Return the parameters of query and form with their character set; raises ``Refusal``."""
    body = request.body.decode("latin-1")
    pairs = parse_qsl(request.query, keep_blank_values=True, encoding="latin-1")
    if form and request.headers.get("Content-Type", "").startswith(FORM_TYPE):
        pairs += parse_qsl(body, keep_blank_values=True, encoding="latin-1")
    raw = dict(pairs)
    charset = CHARSETS.get(raw.get("charset", "").lower())
    if charset is None or len(raw) != len(pairs):
        raise Refusal(
            "40002", "isv.invalid-charset" if charset is None else "isv.invalid-parameter"
        )
    try:
        return {name: text.encode("latin-1").decode(charset) for name, text in raw.items()}, charset
    except UnicodeDecodeError as fault:
        raise Refusal("40002", "isv.invalid-charset") from fault


def read_call(request: HTTPServerRequest, known: Credentials, *, form: bool = True) -> Call:
    """Return what the shop wants; raises ``Refusal`` unless the shop wants it, as documented.

    Without ``form`` only the address counts: the form is the buyer's.
    """
    params, charset = parameters(request, form=form)
    for name, missing in REQUIRED.items():
        if not params.get(name):
            raise Refusal("40001", missing)
    rules = {
        "isv.invalid-app-id": params["app_id"] == known.alipay_app,
        "isv.invalid-signature-type": params["sign_type"] == "RSA2",
        "isv.invalid-format": params.get("format", "JSON").upper() == "JSON",
        "isv.invalid-timestamp": is_time(params["timestamp"]),
        "isv.invalid-version": params["version"] == "1.0",
        "isv.invalid-signature": _is_signed(params, charset, known),
    }
    for sub_code, holds in rules.items():
        if not holds:
            raise Refusal("40002", sub_code)
    try:
        content = params.get("biz_content") or "{}"
        biz = json.loads(content, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, InvalidOperation) as fault:
        raise Refusal("40002", "isv.invalid-parameter") from fault
    if not isinstance(biz, dict):
        raise Refusal("40002", "isv.invalid-parameter")
    return Call(params, biz, charset)


def _is_signed(params: Mapping[str, str], charset: str, known: Credentials) -> bool:
    text = signed_text(params, without=UNSIGNED).encode(charset)
    return loaded(known.alipay_key).public.verifies(text, params["sign"])


def is_time(text: str) -> bool:
    """Tell whether this is a moment as Alipay writes it."""
    if not TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def reply_bytes(
    name: str, members: Mapping[str, Any], key: PrivateKey | None, charset: str
) -> bytes:
    """Return a reply: the member ``name``, then the signature over exactly its bytes.

    Alipay writes ``\\/`` for a slash: who writes the JSON anew signs something else.
    """
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    raw = text.encode(charset)
    sign = b"" if key is None else b',"sign":"' + key.sign(raw).encode() + b'"'
    return b'{"' + name.encode() + b'":' + raw + sign + b"}"
