"""Questions to the gateway of Alipay: signed, and only a signed reply is an answer.

Source: opendocs.alipay.com, "自行实现签名", "公共错误码".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from models.errors import RemoteFailed
from services.gateways.alipay_signing import CHARSET, SIGN_TYPE, signed, verified_answer
from services.gateways.beijing import beijing
from services.gateways.remote import Question, Remote, Reply
from settings import Alipay

STAMP = "%Y-%m-%d %H:%M:%S"
FORM = "application/x-www-form-urlencoded;charset=utf-8"
DONE = "10000"
BUSY = frozenset({"20000", "40005"})
"""The gateway is not available, or was asked too often."""
SYSTEM = re.compile(r"(acq|aqc|aop|isp)\.(system[-_]error|unknow[n]?[-_]error)", re.IGNORECASE)
"""Sub codes that say "ask the same again"; the misspellings are Alipay's."""
SHOWN = re.compile(r"[A-Za-z0-9._-]{1,64}")

T = TypeVar("T")


class Refusal(msgspec.Struct):
    """What every answer begins with; ``sub_code`` is there when the code is not 10000."""

    code: str
    sub_code: str = ""


class AlipayRefused(RemoteFailed):
    """Alipay has said no, with its signature; ``reason`` is its sub code."""

    def __init__(self, provider: str, refusal: Refusal) -> None:
        reason = refusal.sub_code or refusal.code
        shown = reason if SHOWN.fullmatch(reason) else "unknown"
        super().__init__(provider, f"refused with {shown}", lasting=True)
        self.reason = reason


class AlipayChannel:
    """Signs questions of one application and verifies the replies."""

    def __init__(self, settings: Alipay, remote: Remote, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._remote = remote
        self._clock = clock

    def parameters(
        self, method: str, content: Mapping[str, str], at: datetime, **more: str
    ) -> dict[str, str]:
        """Return the signed parameters of a request made at this moment, sorted by name."""
        common = {
            "app_id": self._settings.app,
            "method": method,
            "format": "JSON",
            "charset": CHARSET,
            "sign_type": SIGN_TYPE,
            "timestamp": f"{beijing(at):{STAMP}}",
            "version": "1.0",
            "biz_content": msgspec.json.encode(content, order="sorted").decode(),
        }
        return signed(common | more, self._settings.key)

    async def ask(
        self, method: str, content: Mapping[str, str], shape: type[T], *, repeatable: bool = True
    ) -> T:
        """Return the answer; raise ``AlipayRefused`` for a signed no, else ``RemoteFailed``.

        A signed no is an answer for the circuit, unless it says "later".
        """

        def made() -> Question:
            form = self.parameters(method, content, self._clock())
            body = urlencode(form).encode()
            return Question(str(self._settings.url), body, {"Content-Type": FORM})

        def read(reply: Reply) -> T | Refusal:
            return self._read(method, reply, shape)

        answer = await self._remote.exchange(made, read, repeatable=repeatable)
        if isinstance(answer, Refusal):
            raise AlipayRefused(self._remote.provider, answer)
        return answer

    def _read(self, method: str, reply: Reply, shape: type[T]) -> T | Refusal:
        provider = self._remote.provider
        if reply.status != 200:
            raise RemoteFailed(provider, f"status {reply.status}")
        name = f"{method.replace('.', '_')}_response"
        try:
            said = verified_answer(reply.body, name, self._settings.provider_key)
            if said is None:
                raise RemoteFailed(provider, "the answer is not signed by it")
            refusal = msgspec.json.decode(said, type=Refusal)
            if refusal.code in BUSY or SYSTEM.fullmatch(refusal.sub_code):
                raise RemoteFailed(provider, "it is busy")
            return refusal if refusal.code != DONE else msgspec.json.decode(said, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise self._remote.disagreed() from fault
