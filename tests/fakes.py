"""Stand-ins for what is not ours: third parties that write down what they were given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tasks.outside import Letter, Outside

SITE = "http://shop.test/dadashop/templates/"

Trouble = Callable[[int], Awaitable[None]]


@dataclass
class RecordingMailer:
    """Keeps letters; ``trouble`` is asked first and may raise or take its time."""

    letters: list[Letter] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send(self, letter: Letter) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(letter.number)
        self.letters.append(letter)


@dataclass(frozen=True)
class SentCode:
    """A code as the gateway got it."""

    number: int
    phone: str
    code: str
    minutes: int


@dataclass
class RecordingSms:
    """Keeps codes; ``trouble`` is asked first and may raise or take its time."""

    codes: list[SentCode] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send_code(self, number: int, phone: str, code: str, *, minutes: int) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(number)
        self.codes.append(SentCode(number, phone, code, minutes))


@dataclass
class RecordingOutside:
    """Both, and how a job sees them."""

    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    sms: RecordingSms = field(default_factory=RecordingSms)

    @property
    def seen(self) -> Outside:
        """What a job gets."""
        return Outside(mailer=self.mailer, sms=self.sms, site=SITE)
