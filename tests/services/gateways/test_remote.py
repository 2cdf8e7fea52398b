"""Answers that no simulator gives: too large, dripping, redirecting, of an odd type."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from models.errors import RemoteFailed
from scripts.stack.ports import LOOPBACK
from services.gateways.remote import LARGEST_ANSWER, Patience, Question, Reply
from tests.services.gateways.conftest import Adapters, letter
from tests.services.gateways.desk import SHORT

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Listen = Callable[[Speak], Awaitable[int]]
GRANTED = b'{"access_token":"t","expires_in":"3600","uid":%s}'


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Serve connections with a coroutine; returns the port."""
    async with AsyncExitStack() as over:

        async def start(speak: Speak) -> int:
            async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    await speak(reader, writer)
                except (ConnectionError, asyncio.IncompleteReadError):
                    assert writer.is_closing() or reader.at_eof()
                finally:
                    writer.close()

            server = await asyncio.start_server(handle, LOOPBACK, 0)
            over.callback(server.close)
            port: int = server.sockets[0].getsockname()[1]
            return port

        yield start


def reply(body: bytes, *, status: str = "200 OK", extra: bytes = b"") -> Speak:
    """Answer every request alike; the connection closes where the body ends."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/html\r\n"
        writer.write(head.encode() + extra + b"\r\n" + body)
        await writer.drain()

    return speak


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say something every tenth of a second and never come to an end."""
    writer.write(b"220")
    while True:
        writer.write(b"-")
        await writer.drain()
        await asyncio.sleep(0.1)


async def test_an_answer_beyond_the_limit_is_not_read(adapters: Adapters, listen: Listen) -> None:
    port = await listen(reply(b" " * (LARGEST_ANSWER * 4)))
    weibo, circuit = adapters.weibo(url=f"http://{LOOPBACK}:{port}")
    with pytest.raises(RemoteFailed, match="too large"):
        await weibo.user_behind("code")
    assert circuit.outcomes["failed"] == 1


async def test_an_answer_that_drips_is_cut_off(adapters: Adapters, listen: Listen) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        await drip(reader, writer)

    weibo, _ = adapters.weibo(url=f"http://{LOOPBACK}:{await listen(slow)}")
    began = time.monotonic()
    with pytest.raises(RemoteFailed):
        await weibo.user_behind("code")
    assert time.monotonic() - began < 2 * SHORT.total


async def test_a_mail_server_that_drips_is_cut_off(adapters: Adapters, listen: Listen) -> None:
    mailer, _ = adapters.mail(port=await listen(drip))
    began = time.monotonic()
    with pytest.raises(RemoteFailed):
        await mailer.send(letter())
    assert time.monotonic() - began < 2 * SHORT.total


async def test_a_redirect_is_not_followed(adapters: Adapters, listen: Listen) -> None:
    followed = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        followed.append(await reader.readuntil(b"\r\n\r\n"))

    there = f"Location: http://{LOOPBACK}:{await listen(note)}/\r\n".encode()
    port = await listen(reply(b"", status="307 Temporary Redirect", extra=there))
    weibo, _ = adapters.weibo(url=f"http://{LOOPBACK}:{port}")
    with pytest.raises(RemoteFailed, match="307"):
        await weibo.user_behind("code")
    assert followed == []


@pytest.mark.parametrize(
    ("said", "uid"), [(b'"007"', "007"), (b"7000000000000001", "7" + "0" * 14 + "1")]
)
async def test_a_uid_may_be_a_text_or_a_number_of_any_content_type(
    adapters: Adapters, listen: Listen, said: bytes, uid: str
) -> None:
    port = await listen(reply(GRANTED % said))
    weibo, _ = adapters.weibo(url=f"http://{LOOPBACK}:{port}")
    user = await weibo.user_behind("code")
    assert (user.uid, user.expires_in) == (uid, 3600)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{}", b'{"uid":null}', GRANTED % b'""', GRANTED % b"[1]", b"\xff"],
)
async def test_an_answer_of_another_shape_names_nobody(
    adapters: Adapters, listen: Listen, body: bytes
) -> None:
    port = await listen(reply(body))
    weibo, _ = adapters.weibo(url=f"http://{LOOPBACK}:{port}")
    with pytest.raises(RemoteFailed) as caught:
        await weibo.user_behind("code")
    assert not caught.value.lasting


@pytest.mark.parametrize(
    ("status", "lasting"), [(400, True), (404, True), (408, False), (429, False), (500, False)]
)
async def test_only_a_plain_refusal_lasts(
    adapters: Adapters, listen: Listen, status: int, lasting: bool
) -> None:
    port = await listen(reply(b"{}", status=f"{status} Said"))
    weibo, _ = adapters.weibo(url=f"http://{LOOPBACK}:{port}")
    with pytest.raises(RemoteFailed) as caught:
        await weibo.user_behind("code")
    assert caught.value.lasting is lasting


async def test_only_what_may_be_repeated_is_repeated(adapters: Adapters, listen: Listen) -> None:
    asked = []

    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))

    remote = adapters.remote("any", Patience(total=1, connect=1, read=1, tries=2))
    question = Question(f"http://{LOOPBACK}:{await listen(drop)}/", b"", {})
    with pytest.raises(RemoteFailed):
        await remote.ask(question, dict)
    assert len(asked) == 1
    with pytest.raises(RemoteFailed):
        await remote.ask(question, dict, repeatable=True)
    assert len(asked) == 3


def test_a_question_does_not_show_its_secrets() -> None:
    question = Question("http://x/?sig=SECRET", b"SECRET", {"Authorization": "SECRET"})
    assert "SECRET" not in repr(question)


def whole(reply: Reply) -> Reply:
    return reply


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "302 Found", "404 No", "500 Oh"])
async def test_a_reply_is_handed_out_whole_whatever_its_status(
    adapters: Adapters, listen: Listen, status: str
) -> None:
    body = b"" if status.startswith("204") else b"\x00\xff {}"
    extra = b"Location: /other\r\nX-Signature: abc\r\n"
    url = f"http://{LOOPBACK}:{await listen(reply(body, status=status, extra=extra))}/"
    remote = adapters.remote("any")
    found = await remote.exchange(lambda: Question(url, b"", {}), whole)
    assert (found.status, found.body) == (int(status[:3]), body)
    assert found.headers["x-signature"] == "abc"
    assert remote.circuit.outcomes["answered"] == 1
    assert "abc" not in repr(found)


async def test_a_reply_may_be_as_large_as_agreed(adapters: Adapters, listen: Listen) -> None:
    url = f"http://{LOOPBACK}:{await listen(reply(b' ' * (LARGEST_ANSWER * 2)))}/"
    remote = adapters.remote("any")
    with pytest.raises(RemoteFailed, match="too large"):
        await remote.exchange(lambda: Question(url, b"", {}), whole)
    found = await remote.exchange(lambda: Question(url, b"", {}), whole, largest=LARGEST_ANSWER * 2)
    assert len(found.body) == LARGEST_ANSWER * 2


async def test_a_reply_nobody_believes_counts_like_none(adapters: Adapters, listen: Listen) -> None:
    """It is asked for again, with a question made anew, and opens the circuit in the end."""
    url = f"http://{LOOPBACK}:{await listen(reply(b'forged'))}/"
    remote = adapters.remote("any", Patience(total=1, connect=1, read=1, tries=2))
    made = []

    def question() -> Question:
        made.append(len(made))
        return Question(url, b"", {})

    def disbelieve(reply: Reply) -> Reply:
        raise RemoteFailed("any", f"forged, {len(reply.body)}")

    with pytest.raises(RemoteFailed, match="forged, 6"):
        await remote.exchange(question, disbelieve, repeatable=True)
    assert made == [0, 1]
    with pytest.raises(RemoteFailed, match="forged, 6"):
        await remote.exchange(question, disbelieve)
    assert made == [0, 1, 2]
    assert remote.circuit.is_open


async def test_an_address_is_sent_as_it_stands(adapters: Adapters, listen: Listen) -> None:
    """A signature covers it: what may be written in two ways is not written anew."""
    asked = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")

    target = "/a%2Ab%2d/?x=%2Bq&t=a%7e+b"
    url = f"http://{LOOPBACK}:{await listen(note)}{target}"
    await adapters.remote("any").exchange(lambda: Question(url, b"", {}, "GET"), whole)
    assert asked[0].startswith(f"GET {target} HTTP/1.1\r\n".encode())
