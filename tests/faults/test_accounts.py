"""Tokens die in every process, whatever the servers beside it do."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis

from scripts.stack.api import Api
from scripts.stack.stack import Stack
from server import open_services
from settings import Settings
from tests.faults.conftest import PROCESSES, four_processes
from tests.http import Reply, customer
from tests.sandbox import SandboxClient

PASSWORD = "first secret 密码"
PHONE, EMAIL = "13612345678", "lan.of.the.test@example.com"


@dataclass(frozen=True)
class Shop:
    """Processes of one shop, and its servers."""

    stack: Stack
    processes: list[Api]

    async def ask(
        self, number: int, method: str, path: str, value: Any = None, **head: str
    ) -> Reply:
        """Ask one process."""
        async with customer(self.processes[number].port) as client:
            if value is None:
                return await client.send(method, path, **head)
            return await client.post(path, value, **head)

    async def post(self, path: str, value: Any, **head: str) -> Reply:
        """Ask the first process."""
        return await self.ask(0, "POST", path, value, **head)

    async def entered(self, token: str) -> list[int]:
        """Show a token to every process; return the codes."""
        return [
            (await self.ask(n, "GET", "/v1/users/lan", authorization=token)).code
            for n in range(len(self.processes))
        ]

    async def arrived(self, kind: str) -> dict[str, Any]:
        """Return the newest message with a code or a link."""
        inbox = SandboxClient(self.stack.sandbox.url)
        async with asyncio.timeout(20):
            while True:
                found = await asyncio.to_thread(inbox.inbox, kind=kind)
                found = [each for each in found if each["code"] or each["link"]]
                if found:
                    return found[0]
                await asyncio.sleep(0.1)

    async def registered(self) -> Reply:
        """Open the account of Lan."""
        assert (await self.post("/v1/users/sms/code", {"phone": PHONE})).code == 200
        code = (await self.arrived("sms"))["code"]
        body = {"uname": "lan", "password": PASSWORD, "phone": PHONE, "email": EMAIL}
        return await self.post("/v1/users/register", body | {"verify": code})

    async def login(self, password: str = PASSWORD) -> str:
        """Sign in; return the token."""
        reply = await self.post("/v1/users/login", {"username": "lan", "password": password})
        assert reply.code == 200
        return str(reply.json["token"])


@pytest.fixture
def shop(private: Any) -> Iterator[Shop]:
    """Four processes on servers of their own."""
    stack = private.stack()
    with four_processes(stack, stack.environment()) as processes:
        yield Shop(stack, processes)


def flushed(stack: Stack) -> None:
    """Empty both Redis."""
    for url in (stack.redis_data.url, stack.redis_pages.url):
        with Redis.from_url(url, protocol=2) as client:
            client.flushall()


async def test_tokens_die_everywhere_and_nothing_brings_them_back(shop: Shop) -> None:
    token = (await shop.registered()).json["token"]
    assert await shop.entered(token) == [200] * PROCESSES
    body = {"oldpassword": PASSWORD, "password1": "second secret", "password2": "second secret"}
    reply = await shop.post("/v1/users/lan/password", body, authorization=token)
    assert reply.code == 200
    assert await shop.entered(token) == [403] * PROCESSES
    second = await shop.login("second secret")
    assert await shop.entered(second) == [200] * PROCESSES
    reply = await shop.ask(1, "DELETE", "/v1/users/lan/tokens", authorization=second)
    assert reply.code == 200
    assert await shop.entered(second) == [403] * PROCESSES
    third = await shop.login("second secret")
    assert await shop.entered(third) == [200] * PROCESSES
    settings = Settings.from_environment(shop.stack.environment())
    async with open_services(settings) as services:
        user = await services.tokens.user_behind(third)
        await services.users.disable(user.id)
    assert await shop.entered(third) == [403] * PROCESSES
    flushed(shop.stack)
    for dead in (token, second, third):
        assert await shop.entered(dead) == [403] * PROCESSES


async def test_a_reset_kills_older_tokens_everywhere(shop: Shop) -> None:
    """Each process knew the tokens before; the code and the ticket come by different ones."""
    tokens = [(await shop.registered()).json["token"], await shop.login()]
    for token in tokens:
        assert await shop.entered(token) == [200] * PROCESSES
    await shop.arrived("mail")
    assert (await shop.post("/v1/users/password/sms", {"email": EMAIL})).code == 200
    async with asyncio.timeout(20):
        while not (code := (await shop.arrived("mail"))["code"]):
            await asyncio.sleep(0.1)
    proof = {"email": EMAIL, "code": code}
    proved = await shop.ask(2, "POST", "/v1/users/password/verification", proof)
    assert proved.code == 200
    for token in tokens:
        assert await shop.entered(token) == [200] * PROCESSES
    new = {"email": EMAIL, "password1": "second secret", "password2": "second secret"}
    body = new | {"ticket": proved.json["ticket"]}
    assert (await shop.ask(3, "POST", "/v1/users/password/new", body)).code == 200
    for token in tokens:
        assert await shop.entered(token) == [403] * PROCESSES
    assert await shop.entered(await shop.login("second secret")) == [200] * PROCESSES
    flushed(shop.stack)
    for token in tokens:
        assert await shop.entered(token) == [403] * PROCESSES


async def test_a_frozen_process_holds_a_change_up_for_no_more_than_a_moment(shop: Shop) -> None:
    token = (await shop.registered()).json["token"]
    assert await shop.entered(token) == [200] * PROCESSES
    shop.processes[3].pause()
    began = time.monotonic()
    reply = await shop.ask(1, "DELETE", "/v1/users/lan/tokens", authorization=token)
    took = time.monotonic() - began
    assert reply.code == 200
    codes = [
        (await shop.ask(n, "GET", "/v1/users/lan", authorization=token)).code for n in range(3)
    ]
    assert codes == [403] * 3
    shop.processes[3].resume()
    assert await shop.entered(token) == [403] * PROCESSES
    print(f"signing out with one process frozen: {took:.2f} s")
    assert took < 3


async def test_no_secret_stands_in_a_log_or_a_reply(shop: Shop) -> None:
    opened = await shop.registered()
    token, replies = opened.json["token"], []
    code = (await shop.arrived("sms"))["code"]
    link = (await shop.arrived("mail"))["link"]
    activation = link.split("code=")[1]
    replies.append(await shop.ask(1, "GET", f"/v1/users/activation?code={activation}"))
    replies.append(await shop.ask(1, "GET", "/v1/users/lan", authorization=token))
    body = {"username": "lan", "password": "wrong secret"}
    replies.append(await shop.post("/v1/users/login", body))
    replies.append(await shop.post("/v1/users/password/sms", {"email": EMAIL}))
    async with asyncio.timeout(20):
        while not (reset := (await shop.arrived("mail"))["code"]):
            await asyncio.sleep(0.1)
    proof = {"email": EMAIL, "code": reset}
    proved = await shop.post("/v1/users/password/verification", proof)
    new = {"email": EMAIL, "password1": "second secret", "password2": "second secret"}
    ticket = proved.json["ticket"]
    replies.append(await shop.post("/v1/users/password/new", new | {"ticket": ticket}))
    assert [reply.code for reply in replies] == [200, 200, 10102, 200, 200]
    await asyncio.sleep(0.5)
    secrets = [PASSWORD, "wrong secret", "second secret", code, reset, token, activation, ticket]
    logs = "".join(p.log.read_text("utf-8") for p in shop.processes)
    assert '"method":"POST","route":"/v1/users"' in logs
    for secret in (*secrets, PHONE, EMAIL):
        assert not re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", logs)
    said = b"".join(reply.body for reply in replies).decode()
    for secret in (*secrets, PHONE, EMAIL):
        assert secret not in said
    for secret in (PASSWORD, code, PHONE, EMAIL):
        assert secret not in opened.body.decode()
