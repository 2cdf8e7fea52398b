"""The simulator of the SMS gateway 容联云: checks all that the gateway documents.

Codes and texts are those of its published table; every answer has the HTTP status 200.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from tornado.httputil import HTTPServerRequest

from scripts.sandbox.books import Delivery
from scripts.sandbox.desk import Desk
from scripts.sandbox.moments import BEIJING

OLDEST = timedelta(minutes=10)
STAMP = re.compile(r"[0-9]{14}")
PHONE = re.compile(r"1[3-9][0-9]{9}")
REQUEST_ID = re.compile(r"[0-9A-Za-z]{0,32}")
MOST_RECEIVERS = 200
TEMPLATES = {"1": ("【达达商城】您的验证码是{}，请于{}分钟内正确输入。", 2)}
REPEATED = "160054"
SAYS = {
    "111101": "【账号】请求包头Authorization参数为空",
    "111102": "【账号】请求包头Authorization参数Base64解码失败",
    "111103": "【账号】请求包头Authorization参数解码后格式有误",
    "111106": "【账号】请求包头Authorization参数解码后时间戳过期",
    "111107": "【账号】请求包头Authorization参数中账户ID跟请求地址中的账户ID不一致",
    "111109": "【账号】请求地址Sig校验失败",
    "111113": "【账号】请求包头Authorization参数中时间戳格式有误，请参考yyyyMMddHHmmss",
    "111141": "【账号】主账户不存在",
    "111181": "【账号】应用不存在",
    "160031": "【短信】参数解析失败",
    "160032": "【短信】短信模板无效",
    "160042": "【短信】号码格式有误",
    "160048": "【短信】号码数超200限制",
    "160050": "【短信】短信发送失败",
    "160052": "【短信】模板变量格式有误",
    REPEATED: "【短信】请求重复",
    "160055": "【短信】请求reqId超长",
}


class Refusal(Exception):
    """An answer other than 000000; ``code`` is its statusCode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Order(msgspec.Struct, rename="camel"):
    """The body of a request."""

    to: Annotated[str, msgspec.Meta(min_length=1)]
    app_id: str
    template_id: str
    datas: list[str]
    req_id: str = ""


def check_signature(request: HTTPServerRequest, *, account: str, token: str, now: datetime) -> None:
    """Check header, time stamp and signature of one request; raises ``Refusal``."""
    header = request.headers.get("Authorization", "")
    if not header:
        raise Refusal("111101")
    try:
        named, colon, stamp = base64.b64decode(header, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as fault:
        raise Refusal("111102") from fault
    if not colon:
        raise Refusal("111103")
    if named != account:
        raise Refusal("111107")
    if not STAMP.fullmatch(stamp):
        raise Refusal("111113")
    _check_time(stamp, now)
    signed = hashlib.md5(f"{account}{token}{stamp}".encode(), usedforsecurity=False)
    sig = (request.query_arguments.get("sig") or [b""])[0]
    if not hmac.compare_digest(sig, signed.hexdigest().upper().encode()):
        raise Refusal("111109")


def _check_time(stamp: str, now: datetime) -> None:
    try:
        moment = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError as fault:
        raise Refusal("111113") from fault
    if abs(now - moment) > OLDEST:
        raise Refusal("111106")


def read_order(request: HTTPServerRequest, app: str) -> tuple[Order, list[str], str]:
    """Return the order, its receivers and its text; raises ``Refusal``."""
    kinds = (request.headers.get("Content-Type", ""), request.headers.get("Accept", ""))
    try:
        order = msgspec.json.decode(request.body, type=Order)
    except msgspec.DecodeError as fault:
        raise Refusal("160031") from fault
    text, places = TEMPLATES.get(order.template_id, ("", 0))
    receivers = order.to.split(",")
    rules = {
        "160031": all(kind.startswith("application/json") for kind in kinds),
        "111181": order.app_id == app,
        "160032": bool(text),
        "160052": len(order.datas) == places,
        "160048": len(receivers) <= MOST_RECEIVERS,
        "160042": all(PHONE.fullmatch(each) for each in receivers),
        "160055": REQUEST_ID.fullmatch(order.req_id) is not None,
    }
    for code, holds in rules.items():
        if not holds:
            raise Refusal(code)
    return order, receivers, text.format(*order.datas)


class TemplateSmsHandler(Desk):
    """Sends a message made of a template."""

    async def post(self, account: str) -> None:
        """Take an order, or refuse it."""
        fault = await self.meet("sms")
        if fault is None:
            return
        try:
            if fault.refuse:
                raise Refusal(fault.refuse if isinstance(fault.refuse, str) else "160050")
            self._accept(account)
        except Refusal as no:
            text = SAYS.get(no.code, "【短信】请求被拒绝")
            self.reply({"statusCode": no.code, "statusMsg": text})
            return
        if fault.drop_after_accept:
            self.hang_up()
            return
        now = self.office.clock().astimezone(BEIJING)
        sent = {"smsMessageSid": f"{now:%f%S}".ljust(32, "0"), "dateCreated": f"{now:%Y%m%d%H%M%S}"}
        self.reply({"statusCode": "000000", "templateSMS": sent})

    def _accept(self, account: str) -> None:
        """Deliver, or raise ``Refusal``; a ``reqId`` is good once per account and day."""
        office, known = self.office, self.office.credentials
        if account != known.sms_account:
            raise Refusal("111141")
        now = office.clock()
        check_signature(self.request, account=account, token=known.sms_token, now=now)
        order, receivers, text = read_order(self.request, known.sms_app)
        day = f"{now.astimezone(BEIJING):%Y-%m-%d}"
        messages = [
            Delivery(kind="sms", number=order.req_id, day=day, to=to, subject="", text=text)
            for to in receivers
        ]
        repeated = office.books.numbered(messages[0])
        for each in repeated or messages:
            office.books.deliver(each)
        if repeated:
            raise Refusal(REPEATED)


ROUTES = [(r"/sandbox/sms/2013-12-26/Accounts/([^/]+)/SMS/TemplateSMS", TemplateSmsHandler)]
