"""The simulators by themselves: inbox, books, faults, restarts, and who may reach them."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scripts.environment import ROOT
from scripts.sandbox.books import Books, Delivery
from scripts.stack.nginx import Nginx, Site, render
from scripts.stack.passwords import Passwords
from scripts.stack.ports import LOOPBACK, Ports
from scripts.stack.sandbox import Sandbox
from scripts.stack.stack import Stack
from settings import Settings
from tests.sandbox import SandboxClient

CREDENTIALS = Passwords().credentials()
EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    """Simulators of this test alone."""
    ports = Ports()
    process = Sandbox(tmp_path, ports.of("sandbox"), ports.of("smtp"), CREDENTIALS)
    with ExitStack() as over:
        over.callback(process.stop)
        process.start()
        process.wait()
        yield process


@pytest.fixture
def client(server: Sandbox) -> SandboxClient:
    return SandboxClient(server.url)


def send(server: Sandbox, *, text: str = "您好", html: str = "", **headers: str) -> None:
    message = EmailMessage()
    given = {"From": "a@shop.example", "To": "lan@example.com", "Subject": "主题"} | headers
    for name, value in given.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP(LOOPBACK, server.smtp_port, timeout=10) as session:
        session.send_message(message)


class Tags(HTMLParser):
    """The tags of a page, and the texts of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


class TestInbox:
    """The page and its JSON."""

    def test_newest_first_and_by_receiver(self, server: Sandbox, client: SandboxClient) -> None:
        for number, to in enumerate(("a@example.com", "b@example.com", "a@example.com")):
            send(server, To=to, Subject=f"mail {number}", Message_ID=f"<{number}@shop.example>")
        assert [each["subject"] for each in client.inbox()] == ["mail 2", "mail 1", "mail 0"]
        assert [each["subject"] for each in client.inbox(to="a@example.com")] == [
            "mail 2",
            "mail 0",
        ]
        assert client.inbox(kind="sms") == []
        assert len(client.inbox(limit="1")) == 1
        shape = {"id", "kind", "to", "subject", "text", "html", "code", "link", "at"}
        assert set(client.inbox()[0]) == shape

    def test_markup_of_a_mail_is_inert(self, server: Sandbox, client: SandboxClient) -> None:
        send(server, Subject=EVIL, text=f"{EVIL} http://x.example/{EVIL}", html=f"<p>Hi</p>{EVIL}")
        page = client.ask("/")
        tags = Tags(page.text)
        assert [each["src"] for each in tags.of("script")] == ["/sandbox/page.js"]
        assert tags.of("img") == []
        assert not [a for _, attributes in tags.found for a in attributes if a.startswith("on")]
        assert "javascript:" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        (frame,) = tags.of("iframe")
        assert "allow-scripts" not in (frame["sandbox"] or "")
        assert "allow-same-origin" not in (frame["sandbox"] or "")

    def test_the_frame_of_a_mail_runs_nothing(self, server: Sandbox, client: SandboxClient) -> None:
        send(server, html=f"<p>Hi</p>{EVIL}")
        reply = client.ask(f"/mails/{client.inbox()[0]['id']}")
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "sandbox allow-popups" in policy
        assert "allow-scripts" not in policy
        assert client.ask("/mails/99999").status == 404

    def test_links_are_clickable_and_only_web_ones(
        self, server: Sandbox, client: SandboxClient
    ) -> None:
        send(server, text="看 http://a.example/x?b=1&c=2。 javascript:alert(1) code 123456, ok")
        (mail,) = client.inbox()
        assert (mail["code"], mail["link"]) == ("123456", "http://a.example/x?b=1&c=2")
        links = [each for each in Tags(client.ask("/").text).of("a") if "target" in each]
        assert {each["href"] for each in links} == {"http://a.example/x?b=1&c=2"}
        assert all(each["rel"] == "noopener noreferrer" for each in links)

    def test_digits_of_a_link_are_no_code(self, server: Sandbox, client: SandboxClient) -> None:
        send(server, text="http://a.example/active.html?code=123456")
        assert client.inbox()[0]["code"] is None

    def test_it_speaks_two_languages(self, client: SandboxClient) -> None:
        assert "收件箱" in client.ask("/").text
        assert "Inbox" in client.ask("/", headers={"Accept-Language": "en-GB"}).text
        assert "收件箱" in client.ask("/?lang=zh", headers={"Accept-Language": "en"}).text


class TestBooks:
    """What is remembered."""

    def test_a_restart_and_a_kill_forget_nothing(
        self, server: Sandbox, client: SandboxClient
    ) -> None:
        send(server, Message_ID="<7@shop.example>")
        server.kill()
        server.start()
        server.wait()
        send(server, Message_ID="<7@shop.example>")
        assert [row["times"] for row in client.books("smtp")] == [2]
        assert len(client.inbox()) == 1

    def test_new_books_are_empty_and_stay_so(self, server: Sandbox, client: SandboxClient) -> None:
        send(server)
        client.forget()
        assert client.inbox() == []
        server.stop()
        server.start()
        server.wait()
        assert client.inbox() == []

    def test_half_a_line_does_no_harm(self, tmp_path: Path) -> None:
        books = Books(tmp_path)
        books.deliver(Delivery(kind="sms", number="1", to="13800138000", subject="", text="x"))
        books.close()
        with (tmp_path / "books.jsonl").open("ab") as file:
            file.write(b'{"delivery": {"kind": "sm')
        again = Books(tmp_path)
        assert len(again.newest()) == 1
        again.deliver(Delivery(kind="sms", number="2", to="13800138000", subject="", text="y"))
        again.close()
        assert len(Books(tmp_path).newest()) == 2

    def test_the_same_number_over_other_contents_is_another_mail(
        self, server: Sandbox, client: SandboxClient
    ) -> None:
        send(server, Message_ID="<7@shop.example>", text="one")
        send(server, Message_ID="<7@shop.example>", text="two")
        assert len(client.inbox()) == 2

    def test_the_file_is_private(self, server: Sandbox) -> None:
        assert (server.home / "books.jsonl").stat().st_mode & 0o077 == 0

    def test_an_unknown_provider_is_refused(self, client: SandboxClient) -> None:
        assert client.ask("/api/books?provider=nobody").status == 400


class TestFaults:
    """How they are ordered."""

    @pytest.mark.parametrize(
        "body",
        [{"provider": "nobody"}, {"provider": "sms", "odd": 1}, {"latency_ms": 1}, [], b"{"],
    )
    def test_nonsense_is_refused(self, client: SandboxClient, body: Any) -> None:
        assert client.ask("/api/faults", "POST", body=body).status == 400

    def test_a_page_of_another_origin_cannot_order_one(self, client: SandboxClient) -> None:
        kind = {"Content-Type": "text/plain"}
        reply = client.ask("/api/faults", "POST", body={"provider": "smtp"}, headers=kind)
        assert reply.status == 415

    def test_one_call_suffers_or_all_until_reset(
        self, server: Sandbox, client: SandboxClient
    ) -> None:
        client.fault("smtp", status=451)
        with pytest.raises(smtplib.SMTPDataError):
            send(server)
        send(server)
        client.fault("smtp", status=451, until_reset=True)
        for _ in range(2):
            with pytest.raises(smtplib.SMTPDataError):
                send(server)
        client.mend()
        send(server)
        assert len(client.inbox()) == 2


class TestReach:
    """Who gets to the simulators."""

    def test_it_listens_on_the_loopback_only(self, server: Sandbox) -> None:
        others = {
            each[4][0]
            for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
            if not str(each[4][0]).startswith("127.")
        }
        if not others:
            pytest.skip("this machine has no other address")
        for address in others:
            for port in (server.port, server.smtp_port):
                with pytest.raises(OSError):  # noqa: PT011 (refused or unreachable)
                    socket.create_connection((str(address), port), timeout=1)

    def test_it_does_not_start_without_secrets(self, tmp_path: Path) -> None:
        command = [sys.executable, "-P", "-m", "scripts.sandbox", "--port", "1"]
        done = subprocess.run(
            [*command, "--smtp-port", "1", "--folder", str(tmp_path)],
            env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert "sms_token" in done.stderr

    def test_a_stack_hands_its_simulators_to_the_shop(self, tmp_path: Path) -> None:
        stack = Stack(tmp_path, Ports(), Passwords(), site="http://127.0.0.1:7000")
        settings = Settings.from_environment(stack.environment())
        assert settings.accounts.site == "http://127.0.0.1:7000/dadashop/templates/"
        assert settings.mail.port == stack.sandbox.smtp_port
        assert settings.sms.url == f"{stack.sandbox.url}/sms"
        assert settings.sms.token == stack.sandbox.credentials.sms_token
        assert settings.weibo.url == f"{stack.sandbox.url}/weibo"
        assert settings.weibo.pages == "http://127.0.0.1:7000/sandbox/weibo"
        assert settings.weibo.back.endswith("/dadashop/templates/callback.html")
        assert stack.sandbox in stack.servers

    @pytest.mark.parametrize("is_demo", [True, False])
    def test_nginx_leads_to_them_in_demo_mode_only(
        self, server: Sandbox, tmp_path: Path, is_demo: bool
    ) -> None:
        frontend = tmp_path / "frontend"
        (frontend / "templates").mkdir(parents=True)
        (frontend / "templates" / "404.html").write_text("404", "utf-8")
        port = Ports().of("nginx")
        site = Site(
            port=port,
            upstreams=[1],
            media=frontend,
            frontend=frontend,
            workers="1",
            sandbox=server.port if is_demo else None,
        )
        nginx = Nginx(tmp_path / "nginx-stack", site)
        with ExitStack() as over:
            over.callback(nginx.stop)
            nginx.start()
            nginx.wait()
            through = SandboxClient(f"{nginx.url}/sandbox")
            wanted = 200 if is_demo else 404
            for path in ("/", "/api/inbox", "/page.css"):
                assert through.ask(path).status == wanted, path
            assert through.ask("").status == (302 if is_demo else 404)

    def test_the_template_itself_knows_no_simulator(self) -> None:
        template = (ROOT / "deploy" / "nginx" / "shop.conf").read_text("utf-8")
        assert "/sandbox" not in template
        assert "/sandbox" not in render("{{sandbox}}", {"sandbox": ""})
