"""Faults on demand: how the next calls to a simulator go wrong."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec

PROVIDERS = ("alipay", "sms", "smtp", "wechat", "weibo")
SILENCE_SECONDS = 60.0
"""How long a call without an answer is kept open; every client gives up earlier."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong. All the fields may be combined; the first that ends the call wins.

    ``latency_ms`` waits first. ``timeout`` never answers. ``status`` is the HTTP status of the
    answer, or the SMTP reply to the contents of a mail. ``garbage`` answers something that is not
    of the agreed shape. ``refuse`` is a proper refusal: to the receiver of a mail, of the code at
    Weibo, and for SMS with that ``statusCode`` (``true``: 160050).
    ``drop_after_accept`` accepts, then closes the connection without an answer. Without
    ``until_reset`` only one call suffers.

    Alipay and WeChat Pay: ``refuse`` may be a code of theirs (``true``: the shop may not do this).
    ``unsigned`` answers without a signature, or with a ``wrong`` one. A refund that suffers
    ``refund_pending`` is accepted and not done before the shop has asked that many times.
    ``drop_notices`` loses notices on the way, all or some percent of them; with
    ``duplicate_notices`` each arrives that many times. These two are about the next notice, or all
    ``until_reset``, and not about calls.
    """

    provider: str
    latency_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0
    status: Annotated[int, msgspec.Meta(ge=0, le=599)] = 0
    timeout: bool = False
    garbage: bool = False
    refuse: bool | str = False
    drop_after_accept: bool = False
    unsigned: bool | Literal["wrong"] = False
    refund_pending: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    drop_notices: bool | Annotated[int, msgspec.Meta(ge=0, le=100)] = False
    duplicate_notices: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    until_reset: bool = False

    @property
    def is_about_notices(self) -> bool:
        """Whether notices suffer, and no call."""
        return bool(self.drop_notices or self.duplicate_notices)

    @property
    def lost(self) -> float:
        """The share of the notices that do not arrive, from 0 to 1."""
        if isinstance(self.drop_notices, bool):
            return float(self.drop_notices)
        return self.drop_notices / 100

    async def delay(self) -> None:
        """Wait as long as the fault says."""
        await asyncio.sleep(SILENCE_SECONDS if self.timeout else self.latency_ms / 1000)


class Faults:
    """For each provider at most one fault of its calls, and one of its notices."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, bool], Fault] = {}

    def order(self, fault: Fault) -> None:
        """Let the next calls go wrong; raises ``ValueError`` for a provider that is not here."""
        if fault.provider not in PROVIDERS:
            raise ValueError(fault.provider)
        about_calls = Fault(fault.provider, until_reset=fault.until_reset)
        about_notices = msgspec.structs.replace(
            about_calls,
            drop_notices=fault.drop_notices,
            duplicate_notices=fault.duplicate_notices,
        )
        if fault.is_about_notices:
            self._waiting[fault.provider, True] = about_notices
        if fault != about_notices:
            self._waiting[fault.provider, False] = fault

    def reset(self) -> None:
        """Let everything go well again."""
        self._waiting.clear()

    def look(self, provider: str, *, notices: bool = False) -> Fault:
        """Return what would go wrong now, without using it up."""
        return self._waiting.get((provider, notices)) or Fault(provider)

    def take(self, provider: str, *, notices: bool = False) -> Fault:
        """Return what goes wrong with this call, or with this notice."""
        fault = self.look(provider, notices=notices)
        if not fault.until_reset:
            self._waiting.pop((provider, notices), None)
        return fault
