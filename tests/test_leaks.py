"""The search for secrets in logs and replies finds them, and only them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.http import Client, customer
from tests.leaks import INSIDE, SECRET, assert_silent, leaked, told
from tests.tasks.child import children

LINE = '{"event":"request","route":"/v1/users/{username}","status":200,"code":10200,"ms":1.39}'
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1aWQiOjEyMzR9.x"
HASH = "$argon2id$v=19$m=19456"
WORDS = [
    (LINE, []),
    (f"Bearer {JWT}", ["a token"]),
    (HASH, ["a hash of a password"]),
    ("to 13912345678 now", ["a phone number"]),
    ("to wang@example.com", ["an e-mail address"]),
    ("password secret12", ["a password of the tests"]),
    ("brand new 密码", ["a password of the tests"]),
    ('{"verify": "123456"}', ["a code beside its name"]),
    ("验证码：123456", ["a code beside its name"]),
    ("request_id 5f139123456789ab", []),
]
OPENED = (
    f'{{"code":200,"username":"lan","token":"{JWT}","data":{{"token":"{JWT}"}},"carts_count":0}}'
)
REPLIES = [
    ('{"code":10104,"error":"短信验证码错误或已过期","errmsg":"短信验证码错误或已过期"}', []),
    (OPENED, []),
    (OPENED.replace('"carts_count"', '"cart"'), ["a token"]),
    (OPENED.replace('"lan"', f'"{JWT}"'), ["a token"]),
    (f'{{"code":200,"data":{{"token":"{JWT}"}}}}', ["a token"]),
    (f'{{"code":403,"error":"请登录","errmsg":"请登录","data":{{"seen":"{JWT}"}}}}', ["a token"]),
    ('{"addresslist":[{"receiver_mobile":"13912345678","postcode":"100080"}]}', []),
    ('{"addresses":[{"id":1,"mobile":"13912345678"}]}', []),
    ('{"code":200,"addresslist":[{"id":1,"tag":"13912345678"}]}', ["a phone number"]),
    ('{"code":200,"data":{"username":"lan","phone":"13912345678"}}', ["a phone number"]),
    ('{"code":200,"data":{"username":"lan","phone":13912345678}}', ["a phone number"]),
    ('{"code":200,"data":"验证码通过","email":"wang@example.com","ticket":"x-1"}', []),
    ('{"code":10106,"error":"wang@example.com 已被注册"}', ["an e-mail address"]),
    ('{"code":200,"email":"13912345678"}', ["a phone number"]),
    ("<p>wang@example.com</p>", ["an e-mail address"]),
    ('{"code":200,"data":{"id":1,"token_version":2}}', ["a row of accounts"]),
    ('{"error":"SELECT id, password FROM users_user_profile WHERE"}', ["a statement"]),
    ('{"error":"Traceback (most recent call last):"}', ["a traceback"]),
    ('{"error":"File \\"/srv/server.py\\", line 3"}', ["a traceback"]),
    ('{"error":"pymysql.err.OperationalError"}', ["a traceback"]),
    ('{"weibo":"weibo-token-of-7"}', ["a token of Weibo"]),
]


@pytest.mark.parametrize(("text", "found"), WORDS)
def test_what_leaks_into_a_log_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    """Each kind of secret, and lines that hold none."""
    log = tmp_path / "log"
    log.write_text(text, "utf-8")
    assert leaked(log) == found
    if found:
        with pytest.raises(AssertionError):
            assert_silent([tmp_path / "other", log])
    else:
        assert_silent([log])


@pytest.mark.parametrize(("text", "found"), [*WORDS, *REPLIES])
def test_what_leaks_into_a_reply_is_found(text: str, found: list[str]) -> None:
    """Each kind of secret; what is the customer's own passes where it belongs."""
    assert list(told(text.encode())) == found


def test_no_kind_of_secret_is_without_an_example() -> None:
    """Or its pattern could match nothing at all."""
    shown = {name for _, found in (*WORDS, *REPLIES) for name in found}
    assert shown == SECRET.keys() | INSIDE.keys()


@asynccontextmanager
async def saying(head: str, body: str) -> AsyncIterator[Client]:
    """A server that gives one answer to everybody, and a client for it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        said = f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        writer.write(said.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, customer(server.sockets[0].getsockname()[1]) as client:
        yield client


Ask = Callable[[Client], Awaitable[object]]
ASKED: list[Ask] = [
    lambda client: client.get("/"),
    lambda client: client.raw(b"GET / HTTP/1.1\r\n\r\n"),
]


@pytest.mark.parametrize("ask", ASKED, ids=["request", "bytes"])
async def test_a_test_that_is_told_a_secret_fails(
    ask: Callable[[Client], Awaitable[object]],
) -> None:
    """In the body and in a header, whichever way the client asks."""
    async with saying("X-Seen: nothing", '{"code":200}') as client:
        await ask(client)
    for head, body in (("X-Seen: nothing", HASH), (f"Location: /?code={JWT}", "{}")):
        async with saying(head, body) as client:
            with pytest.raises(AssertionError, match="the reply holds"):
                await ask(client)


def test_the_log_of_a_child_is_searched(tmp_path: Path) -> None:
    """The children that do tasks: a secret in the log of one fails the test it belongs to."""
    url = "mysql://nobody@127.0.0.1:1/none"
    with children(tmp_path, url) as start:
        start()

    def telling() -> None:
        with children(tmp_path, url) as start:
            child = start()
            child.kill()
            child.path.write_text("to 13912345678 now")

    with pytest.raises(AssertionError, match="a phone number"):
        telling()
