"""Mails: what arrives, what is refused, and the three ways to be safe or not."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from environment import Secret
from models.errors import RemoteFailed
from scripts.stack.ports import LOOPBACK, Ports
from services.gateways.smtp import SmtpMailer
from settings import Mail
from tests.sandbox import SandboxClient
from tests.services.gateways.conftest import Adapters, letter
from tests.services.gateways.desk import SHORT

USER, PASSWORD = b"shop", b"pass word"
GOODBYE_SECONDS = 0.1


@pytest.fixture(autouse=True)
async def unhurried() -> AsyncIterator[None]:
    """Let the goodbye of TLS, which needs a moment of the loop, come before the loop ends."""
    yield
    await asyncio.sleep(GOODBYE_SECONDS)


async def test_a_mail_arrives_with_both_its_parts_and_its_number(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    mailer, _ = adapters.mail()
    sent = letter(42, text="验证码 246810。\n链接 http://shop.example/a?b=1&c=2。")
    await mailer.send(sent)
    (mail,) = sandbox.inbox(to=sent.to, kind="mail")
    assert mail["subject"] == sent.subject
    assert mail["text"].rstrip() == sent.text
    assert mail["html"].rstrip() == sent.html
    assert (mail["code"], mail["link"]) == ("246810", "http://shop.example/a?b=1&c=2")
    (row,) = sandbox.books("smtp")
    assert row["number"] == "<42@dadashop.example>"


async def test_a_repeated_mail_is_known_by_its_number(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    mailer, _ = adapters.mail()
    sandbox.fault("smtp", drop_after_accept=True)
    with pytest.raises(RemoteFailed):
        await mailer.send(letter(42))
    await mailer.send(letter(42))
    await mailer.send(letter(43))
    assert [row["times"] for row in sandbox.books("smtp")] == [2, 1]
    assert len(sandbox.inbox(kind="mail")) == 2


@pytest.mark.parametrize(("status", "lasting"), [(451, False), (552, True), (554, True)])
async def test_4xx_may_pass_and_5xx_lasts(
    adapters: Adapters, sandbox: SandboxClient, status: int, lasting: bool
) -> None:
    mailer, _ = adapters.mail()
    sandbox.fault("smtp", status=status)
    with pytest.raises(RemoteFailed, match=str(status)) as caught:
        await mailer.send(letter())
    assert caught.value.lasting is lasting
    assert sandbox.inbox() == []


async def test_a_refused_receiver_lasts(adapters: Adapters, sandbox: SandboxClient) -> None:
    mailer, _ = adapters.mail()
    sandbox.fault("smtp", refuse=True)
    with pytest.raises(RemoteFailed, match="550") as caught:
        await mailer.send(letter())
    assert caught.value.lasting


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: victim@example.com"},
        {"subject": "Hello\nBcc: victim@example.com"},
        {"subject": "Hello\u2028there"},
        {"to": "a@example.com\r\nBcc: victim@example.com"},
        {"to": "a@example.com, victim@example.com"},
        {"to": "a@example.com>\r\nRCPT TO:<victim@example.com"},
        {"to": "nobody"},
        {"to": ""},
    ],
)
async def test_no_header_and_no_receiver_can_be_added(
    adapters: Adapters, sandbox: SandboxClient, changes: dict[str, str]
) -> None:
    mailer, circuit = adapters.mail()
    with pytest.raises(RemoteFailed) as caught:
        await mailer.send(letter(**changes))
    assert caught.value.lasting
    assert sandbox.books("smtp") == []
    assert sum(circuit.outcomes.values()) == 0


async def test_dots_and_long_lines_arrive_as_they_are(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    mailer, _ = adapters.mail()
    text = ".\r\n.hidden\r\n" + "长" * 5000
    await mailer.send(letter(text=text, subject="主题" * 60))
    (mail,) = sandbox.inbox()
    assert mail["text"].splitlines() == text.splitlines()
    assert mail["subject"] == "主题" * 60


class Received:
    """A mail server that keeps what it gets and whether the connection was safe."""

    def __init__(self) -> None:
        self.mails: list[tuple[bytes, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        assert server.transport is not None
        is_safe = server.transport.get_extra_info("ssl_object") is not None
        self.mails.append((envelope.content, is_safe))
        return "250 OK"


def signed_in(_: Any, __: Any, ___: Any, ____: Any, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody but the test trusts, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = (folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-out", str(paths[0])),
            *("-keyout", str(paths[1])),
        ],
        check=True,
        capture_output=True,
    )
    return paths


Start = Callable[..., tuple[Received, Mail]]


@pytest.fixture
def server(certificate: tuple[Path, Path]) -> Iterator[Start]:
    """Start a mail server that speaks ``none``, ``starttls`` or ``tls``."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def start(security: str, **options: Any) -> tuple[Received, Mail]:
        received = Received()
        port = Ports().of("smtp")
        if security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        controller = Controller(
            received,
            hostname=LOOPBACK,
            port=port,
            ssl_context=context if security == "tls" else None,
            **options,
        )
        controller.start()
        over.callback(controller.stop)
        return received, Mail(host=LOOPBACK, port=port, security=security)

    with ExitStack() as over:
        yield start


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_travels_encrypted(
    server: Start, certificate: tuple[Path, Path], security: str
) -> None:
    received, settings = server(security)
    await SmtpMailer(settings, tls=trusting(certificate)).send(letter(42))
    ((content, was_safe),) = received.mails
    assert was_safe
    message = message_from_bytes(content, policy=default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] is not None
    assert message["Message-ID"] == "<42@dadashop.example>"


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_signed_is_not_trusted(
    server: Start, security: str
) -> None:
    received, settings = server(security)
    with pytest.raises(RemoteFailed) as caught:
        await SmtpMailer(settings, patience=SHORT).send(letter())
    assert not caught.value.lasting
    assert received.mails == []


async def test_a_server_without_starttls_gets_no_mail(server: Start) -> None:
    received, settings = server("none")
    with pytest.raises(RemoteFailed):
        await SmtpMailer(replace(settings, security="starttls"), patience=SHORT).send(letter())
    assert received.mails == []


async def test_the_shop_signs_in_and_a_wrong_password_waits_for_a_better_one(
    server: Start, certificate: tuple[Path, Path]
) -> None:
    received, settings = server("starttls", auth_required=True, authenticator=signed_in)
    settings = replace(settings, user=USER.decode(), password=Secret(PASSWORD.decode()))
    tls = trusting(certificate)
    await SmtpMailer(settings, tls=tls).send(letter())
    wrong = replace(settings, password=Secret("wrong"))
    with pytest.raises(RemoteFailed, match="535") as caught:
        await SmtpMailer(wrong, tls=tls, patience=SHORT).send(letter())
    assert not caught.value.lasting
    assert len(received.mails) == 1
