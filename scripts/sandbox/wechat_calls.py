"""How WeChat Pay is called and how it answers: signatures both ways, the shape of an error.

Source: pay.weixin.qq.com/doc/v3 (signature of requests, verification of replies, error codes).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from tornado.httputil import HTTPServerRequest

from scripts.sandbox.credentials import key_of_a_stranger, loaded
from scripts.sandbox.desk import Desk, Office
from scripts.sandbox.faults import Fault
from scripts.sandbox.letters import SCHEME, wechat_headers

BASE = "/sandbox/wechat"
SKEW = 300
MEMBER = re.compile(r'([a-z_]+)="([^"]*)"(?:,\s*|$)')
STATUSES = {"SYSTEM_ERROR": 500, "FREQUENCY_LIMITED": 429, "RATELIMIT_EXCEEDED": 429}
"""Of the errors that pass; those ordered on demand are 403 otherwise."""
MEMBERS = {"mchid", "nonce_str", "timestamp", "serial_no", "signature"}

Fen = Annotated[int, msgspec.Meta(ge=1, le=10_000_000_000)]
Address = Annotated[str, msgspec.Meta(max_length=256)]

T = TypeVar("T")


class Refusal(Exception):
    """An answer that is an error: the HTTP ``status``, its ``code`` and what it says."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def badly_signed(message: str) -> Refusal:
    """Return the refusal of who cannot prove to be the shop."""
    return Refusal(401, "SIGN_ERROR", message)


def wrong(message: str) -> Refusal:
    """Return the refusal of a parameter."""
    return Refusal(400, "PARAM_ERROR", message)


def impossible(message: str) -> Refusal:
    """Return the refusal of what does not fit the state of things."""
    return Refusal(400, "INVALID_REQUEST", message)


def check_address(address: str) -> None:
    """Raise ``Refusal`` for an address that notices cannot go to."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
        raise wrong("notify_url格式有误")


def check_caller(request: HTTPServerRequest, office: Office) -> None:
    """Raise ``Refusal`` unless the shop has signed exactly this request, now, and once."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    said = dict(MEMBER.findall(rest))
    known, now = office.credentials, office.clock().timestamp()
    if scheme != SCHEME or set(said) != MEMBERS:
        raise badly_signed("Http头Authorization值格式错误")
    rules = {
        "商户号与签名不符": said["mchid"] == known.wechatpay_merchant,
        "商户证书序列号有误": said["serial_no"] == known.wechatpay_serial,
        "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟": (
            re.fullmatch("[0-9]{1,11}", said["timestamp"]) is not None
            and abs(now - int(said["timestamp"])) <= SKEW
        ),
        "签名错误，请检查后再试": _is_signed(request, said, office),
    }
    for message, holds in rules.items():
        if not holds:
            raise badly_signed(message)
    if not office.nonces.is_new(said["timestamp"], said["nonce_str"], now):
        raise badly_signed("请求重复：相同的timestamp与nonce_str")


def _is_signed(request: HTTPServerRequest, said: dict[str, str], office: Office) -> bool:
    """Tell whether the signature stands under this request.

    The path that is signed begins with ``/v3``, or with the base address that stands here in place
    of the host name.
    """
    key = loaded(office.credentials.wechatpay_key).public
    uri = request.uri or ""
    for path in (uri, uri.removeprefix(BASE)):
        lines = (request.method or "", path, said["timestamp"], said["nonce_str"])
        head = "".join(f"{line}\n" for line in lines).encode("latin-1")
        if key.verifies(head + request.body + b"\n", said["signature"]):
            return True
    return False


class WechatDesk(Desk):
    """A handler of the interface, version 3."""

    async def answer(self, act: Callable[[Fault], tuple[int, Any]]) -> None:
        """Let the shop do something; ``act`` returns the status and what is answered."""
        fault = await self.meet("wechat")
        if fault is None:
            return
        try:
            check_caller(self.request, self.office)
            if fault.refuse:
                raise refusal_on_demand(fault.refuse)
            status, value = act(fault)
        except Refusal as no:
            status, value = no.status, {"code": no.code, "message": no.message}
        if fault.drop_after_accept:
            self.hang_up()
            return
        self.say(status, value, fault)

    def say(self, status: int, value: Any, fault: Fault) -> None:
        """Answer, and vouch for exactly these bytes. Bytes are sent as a file, unsigned."""
        self.set_status(status)
        self.set_header("Request-Id", f"0{self.office.clock().timestamp():.6f}".replace(".", ""))
        if isinstance(value, bytes):
            self.set_header("Content-Type", "text/plain")
            self.finish(value)
            return
        body = b"" if value is None else msgspec.json.encode(value)
        known = self.office.credentials
        key = loaded(known.wechatpay_provider_key)
        if fault.unsigned:
            key = key_of_a_stranger()
        headers = wechat_headers(
            body,
            key=None if fault.unsigned is True else key,
            serial=known.wechatpay_provider_serial,
            now=self.office.clock(),
        )
        for name, text in headers.items():
            self.set_header(name, text)
        if value is not None:
            self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(body or None)

    def told(self, kind: type[T]) -> T:
        """Read the body; raises ``Refusal``."""
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except (msgspec.DecodeError, ValueError) as fault:
            raise Refusal(400, "PARAM_ERROR", f"参数错误：{fault}") from fault


def refusal_on_demand(code: bool | str) -> Refusal:
    """Return the refusal a fault asks for."""
    name = code if isinstance(code, str) else "NO_AUTH"
    return Refusal(STATUSES.get(name, 403), name, "模拟的错误")
