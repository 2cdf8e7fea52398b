"""Questions to WeChat Pay: signed, and only a signed reply is an answer.

Source: pay.weixin.qq.com, "APIv3 基本规则". Refusals (4xx) are signed like answers; only those of a
request that was not understood to be ours are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from models.errors import RemoteFailed
from services.gateways.remote import Question, Remote, Reply
from services.gateways.wechatpay_signing import authorization, fault_of, public_key_serial
from settings import Wechatpay

LATER = frozenset({"SYSTEM_ERROR", "SYSTEMERROR", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED"})
SHOWN = re.compile(r"[A-Z0-9_]{1,64}")

T = TypeVar("T")


class Refusal(msgspec.Struct):
    """What a reply that is not 2xx says; its text is for people."""

    code: str


class WechatpayRefused(RemoteFailed):
    """WeChat Pay has said no, with its signature; ``reason`` is its code."""

    def __init__(self, provider: str, reason: str) -> None:
        shown = reason if SHOWN.fullmatch(reason) else "unknown"
        super().__init__(provider, f"refused with {shown}", lasting=True)
        self.reason = reason


class WechatpayChannel:
    """Signs questions of one merchant and verifies the replies."""

    def __init__(self, settings: Wechatpay, remote: Remote, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._remote = remote
        self._clock = clock

    async def ask(
        self, path: str, content: object, shape: type[T], *, repeatable: bool = True
    ) -> T:
        """Return the answer; raise ``WechatpayRefused`` for a signed no, else ``RemoteFailed``.

        Content is posted as JSON; None asks with GET. A shape of ``type(None)`` is an answer
        without a body. A signed no is an answer for the circuit, unless it says "later".
        """
        method, body = ("GET", b"") if content is None else ("POST", msgspec.json.encode(content))
        url = f"{self._settings.url.rstrip('/')}{path}"

        def read(reply: Reply) -> T | Refusal:
            return self._read(reply, shape)

        answer = await self._remote.exchange(
            lambda: self._question(method, url, body), read, repeatable=repeatable
        )
        if isinstance(answer, Refusal):
            raise WechatpayRefused(self._remote.provider, answer.code)
        return answer

    async def download(self, url: str, *, largest: int) -> bytes:
        """Return a file; it is not signed, the answer that named it holds its hash."""

        def read(reply: Reply) -> bytes:
            if reply.status != 200:
                raise RemoteFailed(self._remote.provider, f"status {reply.status}")
            return reply.body

        return await self._remote.exchange(
            lambda: self._question("GET", url, b""), read, repeatable=True, largest=largest
        )

    def _question(self, method: str, url: str, body: bytes) -> Question:
        headers = {
            "Accept": "application/json",
            "Authorization": authorization(self._settings, method, url, body, self._clock()),
        }
        if body:
            headers["Content-Type"] = "application/json"
        if serial := public_key_serial(self._settings.provider_keys):
            headers["Wechatpay-Serial"] = serial
        return Question(url, body, headers, method)

    def _read(self, reply: Reply, shape: type[T]) -> T | Refusal:
        provider, keys = self._remote.provider, self._settings.provider_keys
        if fault := fault_of(reply.headers, reply.body, keys, self._clock()):
            why = f"status {reply.status}, the answer is not signed by it ({fault})"
            raise RemoteFailed(provider, why)
        try:
            if not 200 <= reply.status < 300:
                refusal = msgspec.json.decode(reply.body, type=Refusal)
                if reply.status >= 500 or refusal.code in LATER:
                    raise RemoteFailed(provider, f"status {reply.status}, it is busy")
                return refusal
            return msgspec.json.decode(reply.body or b"null", type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise self._remote.disagreed() from wrong
