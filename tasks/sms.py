"""Codes to phones."""

from __future__ import annotations

from typing import ClassVar

from tasks.job import Job
from tasks.outside import Outside


class SmsCode(Job, frozen=True):
    """A code that proves who holds a phone."""

    kind: ClassVar[str] = "sms.code"
    tries: ClassVar[int] = 8
    """About two minutes: then the customer has asked for another one."""
    buried_with_facts: ClassVar[bool] = False

    phone: str
    code: str
    minutes: int

    async def run(self, number: int, outside: Outside) -> None:
        """Send it."""
        await outside.sms.send_code(number, self.phone, self.code, minutes=self.minutes)
