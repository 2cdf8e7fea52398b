"""Faults on demand: how the next calls to a simulator go wrong."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec

PROVIDERS = ("alipay", "sms", "smtp", "wechat", "weibo")
SILENCE_SECONDS = 60.0
"""How long a call without an answer is kept open; every client gives up earlier."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong. All the fields may be combined; the first that ends the call wins.

    ``latency_ms`` waits first. ``timeout`` never answers. ``status`` is the HTTP status of the
    answer, or the SMTP reply to the contents of a mail. ``garbage`` answers something that is not
    of the agreed shape. ``refuse`` is a proper refusal: to the receiver of a mail, of the code at
    Weibo, of the question at the cashier, and for SMS with that ``statusCode`` (``true``: 160050).
    ``drop_after_accept`` accepts, then closes the connection without an answer. Without
    ``until_reset`` only one call suffers.
    """

    provider: str
    latency_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0
    status: Annotated[int, msgspec.Meta(ge=0, le=599)] = 0
    timeout: bool = False
    garbage: bool = False
    refuse: bool | str = False
    drop_after_accept: bool = False
    until_reset: bool = False

    async def delay(self) -> None:
        """Wait as long as the fault says."""
        await asyncio.sleep(SILENCE_SECONDS if self.timeout else self.latency_ms / 1000)


class Faults:
    """At most one fault for each provider."""

    def __init__(self) -> None:
        self._waiting: dict[str, Fault] = {}

    def order(self, fault: Fault) -> None:
        """Let the next calls go wrong; raises ``ValueError`` for a provider that is not here."""
        if fault.provider not in PROVIDERS:
            raise ValueError(fault.provider)
        self._waiting[fault.provider] = fault

    def reset(self) -> None:
        """Let everything go well again."""
        self._waiting.clear()

    def look(self, provider: str) -> Fault:
        """Return what would go wrong now, without using it up."""
        return self._waiting.get(provider) or Fault(provider)

    def take(self, provider: str) -> Fault:
        """Return what goes wrong with this call."""
        fault = self.look(provider)
        if not fault.until_reset:
            self._waiting.pop(provider, None)
        return fault
