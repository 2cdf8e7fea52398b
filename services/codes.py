"""Sending codes to phones."""

from __future__ import annotations

from collections.abc import Callable

from cache.codes import Codes, fresh_code
from cache.limits import Limits, per
from models.database import Database
from tasks.sms import SmsCode

DAY = 24 * 3600
MINUTES = 5
PAUSE_SECONDS = 60


class CodeService:
    """Sends a code at most once a minute to a phone, and so many a day."""

    def __init__(
        self,
        *,
        database: Database,
        codes: Codes,
        limits: Limits,
        per_phone: int,
        per_address: int,
        ring: Callable[[], object],
    ) -> None:
        """``per_phone`` and ``per_address`` are the most in a day; ``ring`` wakes the relay."""
        self._database = database
        self._codes = codes
        self._limits = limits
        self._ring = ring
        self._per_phone = per(DAY, per_phone, "sms-phone")
        self._per_address = per(DAY, per_address, "sms-address")

    async def send(self, phone: str, *, address: str) -> None:
        """Send a code; within a minute of the last one send nothing and say nothing about it.

        Raises ``TooManyTries``. When COMMIT gets no answer the code may be on its way: then the
        pause stays, so that no second one follows it.
        """
        code = fresh_code()
        if not await self._codes.place(phone, code):
            return
        posted = False
        try:
            # The address first: who is refused for it must not use up what others' phones may get.
            await self._limits.take(self._per_address, address)
            await self._limits.take(self._per_phone, phone)
            async with self._database.begin() as tables:
                await tables.outbox.post(SmsCode(phone=phone, code=code, minutes=MINUTES))
                posted = True
        except BaseException:
            if not posted:
                await self._codes.withdraw(phone)
            raise
        self._ring()
