"""Where payment providers tell what happened: notices, and the buyer on the way back from Alipay.

Their answers have forms of their own, which decide whether a provider tells the same again: seven
bytes ``success`` for Alipay, 204 for WeChat Pay, and on any failure nothing that looks like it.
Source: the interface document, "Pays".
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError

from handlers.access import provider, public
from handlers.base import ApiHandler, encode
from handlers.description import answers
from models.errors import NoticeRefused, ShopError, Unavailable

TEXT = "text/plain; charset=utf-8"
FAILURES = (400, 500, 503)
"""Statuses a provider hears in his own words."""


class NoticeHandler(ApiHandler):
    """A notice; what is not accepted is answered so that it is sent again or looked into."""

    private = True
    failure = b""
    failure_type = TEXT

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Refuse in the words of the provider; a refusal of ours is 400.

        A fault of the protocol is answered as everywhere: no provider makes one.
        """
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, HTTPError):
            super().write_error(status_code, **kwargs)
            return
        if isinstance(error, ShopError):
            self.set_status(HTTPStatus.BAD_REQUEST)
            self.business_code = error.code
        if isinstance(error, Unavailable):
            self.set_header("Retry-After", str(error.retry_after))
        self.set_header("Content-Type", self.failure_type)
        self.finish(self.failure)


class AlipayNoticeHandler(NoticeHandler):
    """Alipay's notices."""

    failure = b"fail"

    @provider
    @answers(
        None,
        NoticeRefused,
        content=("text/plain",),
        others=dict.fromkeys(FAILURES, "text/plain"),
    )
    async def post(self) -> None:
        """Take one; ``success`` when what it says is committed."""
        await self.services.pays.noticed("alipay", self.request.headers, self.request.body)
        self.set_header("Content-Type", TEXT)
        await self.finish(b"success")


class WechatNoticeHandler(NoticeHandler):
    """WeChat Pay's notices."""

    failure = encode({"code": "FAIL", "message": "失败"})
    failure_type = "application/json"

    @provider
    @answers(None, NoticeRefused, others={204: "", **dict.fromkeys(FAILURES, "application/json")})
    async def post(self) -> None:
        """Take one; 204 when what it says is committed."""
        await self.services.pays.noticed("wechat", self.request.headers, self.request.body)
        self.clear_header("Content-Type")
        self.set_status(HTTPStatus.NO_CONTENT)
        await self.finish()


class ReturnHandler(ApiHandler):
    """Where Alipay sends the browser of the buyer."""

    private = True

    @public
    @answers(None, others={302: ""})
    async def get(self) -> None:
        """Ask Alipay, then lead to the result page with the same query."""
        query = self.request.query
        await self.services.pays.returned(query)
        self.redirect(f"{self.around.site}pay_success.html?{query}")


ROUTES = [
    (r"/v1/pays/return_url/?", ReturnHandler),
    (r"/v1/pays/notify_url/?", AlipayNoticeHandler),
    (r"/v1/pays/wechat/notify/?", WechatNoticeHandler),
]
