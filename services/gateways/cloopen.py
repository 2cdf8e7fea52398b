"""The SMS gateway 容联云: template messages over its REST interface of 2013-12-26.

Source of the interface: its published SDKs ("REST SDK", SMS/TemplateSMS) and their table of codes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import msgspec

from models.errors import RemoteFailed
from services.gateways.remote import Question, Remote
from settings import Sms

BEIJING = timezone(timedelta(hours=8))
ONE_PHONE = re.compile(r"1[3-9][0-9]{9}")
"""``to`` takes a list of 200 numbers with commas: exactly one may ever get there."""

ACCEPTED = "000000"
REPEATED = "160054"
"""The gateway has this ``reqId`` of today already: an earlier try of the same task got through."""
ABOUT_THE_NUMBER = frozenset(
    ["160034", "160040", "160042", "160051", "160068", "160072", "160073", "160074", "113302"]
)
"""Black lists, the day's limit of a number, malformed, unsubscribed, not a registered test number:
the same message would be of no use later."""


class Answer(msgspec.Struct, rename="camel"):
    """The only part of an answer that matters."""

    status_code: str


class CloopenSms:
    """Fulfils ``tasks.outside.SmsSender``. ``clock`` returns the present moment with its zone."""

    def __init__(self, settings: Sms, remote: Remote, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._remote = remote
        self._clock = clock

    async def send_code(self, number: int, phone: str, code: str, *, minutes: int) -> None:
        """Send a code that is good for some minutes.

        Asking twice with one ``number`` reaches the phone once: it is the ``reqId``, which the
        gateway takes once per account and day, so a repetition counts as done.
        """
        if not ONE_PHONE.fullmatch(phone):
            raise RemoteFailed(self._remote.provider, "not one phone number", lasting=True)
        body = {
            "to": phone,
            "appId": self._settings.app,
            "templateId": self._settings.template,
            "datas": [code, str(minutes)],
            "reqId": str(number),
        }
        question = self._question(msgspec.json.encode(body))
        answer = await self._remote.ask(question, Answer, repeatable=True)
        if answer.status_code not in {ACCEPTED, REPEATED}:
            raise self._refused(answer.status_code)

    def _question(self, body: bytes) -> Question:
        """Sign: the time stamp of the address and that of the header are the same one."""
        account, token = self._settings.account, self._settings.token
        stamp = f"{self._clock().astimezone(BEIJING):%Y%m%d%H%M%S}"
        signed = hashlib.md5(f"{account}{token}{stamp}".encode(), usedforsecurity=False)
        base = self._settings.url.rstrip("/")
        path = f"/2013-12-26/Accounts/{account}/SMS/TemplateSMS"
        return Question(
            url=f"{base}{path}?sig={signed.hexdigest().upper()}",
            body=body,
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json;charset=utf-8",
                "Authorization": base64.b64encode(f"{account}:{stamp}".encode()).decode(),
            },
        )

    def _refused(self, status: str) -> RemoteFailed:
        # The status comes from outside: only six digits are repeated in a log.
        shown = status if re.fullmatch(r"[0-9]{6}", status) else "unknown"
        lasting = status in ABOUT_THE_NUMBER
        return RemoteFailed(self._remote.provider, f"refused with {shown}", lasting=lasting)
