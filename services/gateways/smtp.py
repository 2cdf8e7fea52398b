"""Mails over SMTP, in the clear, with STARTTLS or with TLS.

Texts of errors hold numbers and names of classes only: what servers answer repeats addresses.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from models.errors import RemoteFailed
from services.gateways.circuit import Circuit
from services.gateways.remote import Patience
from settings import Mail
from tasks.outside import Letter

PROVIDER = "smtp"
GOODBYE_SECONDS = 1.0
ABOUT_THE_LETTER = (
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPDataError,
)
"""Refusals of one letter, not of us."""
SMTP_PATIENCE = Patience(total=20.0, connect=5.0, read=10.0, tries=1)
ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]+@[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class SmtpMailer:
    """Fulfils ``tasks.outside.Mailer``. ``tls`` replaces the trust of the system.

    A letter is handed over once per call: whether a lost answer followed an accepted letter is not
    known, so trying again is left to the task, which keeps the Message-ID.
    """

    def __init__(
        self,
        settings: Mail,
        *,
        patience: Patience = SMTP_PATIENCE,
        circuit: Circuit | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.circuit = circuit or Circuit(PROVIDER)
        self._settings = settings
        self._sender = Address(addr_spec=settings.sender)
        self._patience = patience
        self._tls = tls
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """Hand the letter over; raise ``RemoteFailed``.

        ``lasting`` when the server refuses the letter for good (5xx to sender, receiver or
        contents) or when it is malformed. A 5xx to our greeting or sign-in is a fault of the
        settings, which somebody will mend: the letter waits.
        """
        message = self._message(letter)
        with self.circuit.call():
            client = self._client()
            try:
                async with asyncio.timeout(self._patience.total):
                    await client.connect()
                    await client.send_message(
                        message, sender=self._sender.addr_spec, recipients=[letter.to]
                    )
                await _leave(client)
            except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
                raise _explained(fault) from None  # its text holds addresses
            finally:
                client.close()  # also when the call was cancelled

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=str(settings.password) if settings.user else None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._tls,
            local_hostname=self._sender.domain,
            timeout=self._patience.read,
        )

    def _message(self, letter: Letter) -> EmailMessage:
        """Compose; a line break in a header or more than one receiver is refused."""
        if not ONE_ADDRESS.fullmatch(letter.to) or CONTROL.search(letter.subject):
            raise RemoteFailed(PROVIDER, "malformed receiver or subject", lasting=True)
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{letter.number}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic replies, please
        message.set_content(letter.text, cte="base64")
        message.add_alternative(letter.html, subtype="html", cte="base64")
        return message


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye; the letter is accepted (RFC 5321, 4.1.1.4), so no failure matters here."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=GOODBYE_SECONDS)


def _explained(fault: Exception) -> RemoteFailed:
    """Turn what the library raises into the one way to fail."""
    name = type(fault).__name__
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        fault = fault.recipients[0]
    if isinstance(fault, aiosmtplib.SMTPResponseException):
        lasting = isinstance(fault, ABOUT_THE_LETTER) and 500 <= fault.code < 600
        return RemoteFailed(PROVIDER, f"{name} with {fault.code}", lasting=lasting)
    return RemoteFailed(PROVIDER, f"no delivery ({name})")
