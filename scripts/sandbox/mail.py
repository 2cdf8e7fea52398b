"""The simulator of a mail server: takes every mail for every receiver."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.sandbox.books import Books, Delivery
from scripts.sandbox.faults import Faults
from scripts.stack.ports import LOOPBACK

NAME = "sandbox.invalid"


class MailServer:
    """The hooks of ``aiosmtpd``: a reply is a line of text."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        self._faults = faults

    async def handle_RCPT(  # noqa: N802 (the name and shape aiosmtpd calls)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any receiver, unless refusing is ordered."""
        del server, session
        if self._faults.look("smtp").refuse:
            self._faults.take("smtp")
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 (as above)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or let it go wrong as ordered."""
        del session
        fault = self._faults.take("smtp")
        await fault.delay()
        if fault.timeout:
            return "421 4.4.2 too late"
        if fault.status:
            return f"{fault.status} simulated"
        if fault.garbage:
            return "\ufffd garbage"
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 (decode_data is off)
        for to in envelope.rcpt_tos:
            self._books.deliver(delivery_of(content, to))
        if fault.drop_after_accept and server.transport is not None:
            server.transport.close()
        return "250 2.0.0 OK"


def delivery_of(content: bytes, to: str) -> Delivery:
    """Read a mail as the program of its receiver would."""
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    return Delivery(
        kind="mail",
        number=str(message["Message-ID"] or ""),
        to=to,
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain") or "",
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else None


async def serve_mail(books: Books, faults: Faults, port: int) -> asyncio.Server:
    """Listen on a port of 127.0.0.1."""
    loop = asyncio.get_running_loop()
    hooks = MailServer(books, faults)
    return await loop.create_server(
        lambda: SMTP(hooks, hostname=NAME, enable_SMTPUTF8=True, loop=loop), LOOPBACK, port
    )
