"""The users module as it is put together: customers are reached by SMS and mail, once each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from scripts.stack.api import Api
from scripts.stack.stack import Stack
from settings import Settings
from tests.factories import connect
from tests.http import Reply, customer
from tests.sandbox import SandboxClient

Start = Callable[..., Api]


def newest(sandbox: SandboxClient, to: str, kind: str, *, seconds: float = 15) -> dict[str, Any]:
    """Wait for the newest message to somebody."""
    latest = time.monotonic() + seconds
    while not (found := sandbox.inbox(to=to, kind=kind)):
        assert time.monotonic() < latest, f"no {kind} arrived"
        time.sleep(0.05)
    return found[0]


async def posted(process: Api, path: str, value: Any) -> Reply:
    """Send JSON to a process."""
    async with customer(process.port) as client:
        return await client.post(path, value)


async def registered(process: Api, sandbox: SandboxClient, phone: str) -> Reply:
    """Open an account with the code that the phone got."""
    assert (await posted(process, "/v1/users/sms/code", {"phone": phone})).code == 200
    form = {
        "uname": f"u{phone[-8:]}",
        "password": "secret12",
        "phone": phone,
        "email": f"{phone}@example.com",
        "verify": newest(sandbox, phone, "sms")["code"],
    }
    return await posted(process, "/v1/users/register", form)


async def test_a_new_customer_is_reached_by_sms_and_mail(
    api: Start, sandbox: SandboxClient
) -> None:
    """The code opens the account, the link of the mail activates it, a welcome follows."""
    process, phone = api(), "13911112222"
    assert (await registered(process, sandbox, phone)).code == 200
    mail = newest(sandbox, f"{phone}@example.com", "mail")
    code = mail["link"].rpartition("code=")[2]
    async with customer(process.port) as client:
        for _ in range(2):
            assert (await client.get("/v1/users/activation", query={"code": code})).code == 200
        metrics = (await client.get("/metrics")).body
    assert b'dadashop_gateway_calls_total{outcome="answered",provider="cloopen"} 1.0' in metrics
    assert b'dadashop_door_total{outcome="done"} 1.0' in metrics
    latest = time.monotonic() + 15
    while len(sandbox.inbox(to=f"{phone}@example.com", kind="mail")) < 2:
        assert time.monotonic() < latest
        await asyncio.sleep(0.05)


async def test_mails_wait_for_smtp_and_arrive_in_order_of_due(
    api: Start, stack: Stack, sandbox: SandboxClient
) -> None:
    """SMTP down for the whole run, then up: every mail arrives once, those first due first."""
    process = api()
    phones = [f"1392222{number:04d}" for number in range(5)]
    sandbox.fault("smtp", status=421, until_reset=True)
    for phone in phones:
        assert (await registered(process, sandbox, phone)).code == 200
    assert sandbox.inbox(kind="mail") == []
    sandbox.mend()
    for phone in phones:
        newest(sandbox, f"{phone}@example.com", "mail", seconds=60)
    books = sandbox.books("smtp")
    assert len(books) == len(phones)


def end_leases(settings: Settings) -> int:
    """Let a minute pass for the tasks somebody has in hand; return how many there are."""
    sql = """UPDATE tasks_outbox SET leased_until = leased_until - INTERVAL 1 MINUTE
             WHERE done_time IS NULL AND leased_until > NOW(6)"""
    with connect(settings.mysql.url) as connection, connection.cursor() as cursor:
        return cursor.execute(sql)


async def test_a_killed_process_leaves_its_work_to_the_others(
    api: Start, migrated: Settings, sandbox: SandboxClient
) -> None:
    """SIGKILL after the gateway took the SMS and before it is marked: one SMS, seen twice there."""
    process, phone = api(), "13933334444"
    sandbox.fault("sms", latency_ms=3000)
    assert (await posted(process, "/v1/users/sms/code", {"phone": phone})).code == 200
    await asyncio.sleep(1)
    process.kill()
    api()
    newest(sandbox, phone, "sms")
    await asyncio.sleep(1)
    assert sandbox.books("sms")[0]["times"] == 1  # the dead process still has its lease
    assert end_leases(migrated)
    latest = time.monotonic() + 15
    while sandbox.books("sms")[0]["times"] < 2:
        assert time.monotonic() < latest
        await asyncio.sleep(0.05)
    assert len(sandbox.inbox(to=phone, kind="sms")) == 1
