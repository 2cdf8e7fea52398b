"""What holds for every adapter, whatever goes wrong on the other side."""

from __future__ import annotations

import asyncio
import time
import traceback
from typing import Any

import pytest

from environment import Url
from models.errors import RemoteFailed
from services.gateways.circuit import CircuitOpen
from tests.sandbox import SandboxClient
from tests.services.gateways.conftest import Adapters, Party, bill, letter

PASSING: list[dict[str, Any]] = [
    {"status": 503},
    {"garbage": True},
    {"timeout": True},
    {"latency_ms": 3000},
    {"drop_after_accept": True},
]
"""Faults that may be over the next time. An SMTP server says 451 where HTTP says 503."""


def passing(name: str, fault: dict[str, Any]) -> dict[str, Any]:
    return {"status": 451} if name == "smtp" and "status" in fault else fault


async def test_a_call_succeeds_and_is_seen_once(party: Party) -> None:
    await party.call()
    assert party.seen() == 1
    assert party.circuit.outcomes == {"answered": 1, "failed": 0, "refused": 0, "held_back": 0}


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: next(iter(fault)))
async def test_every_passing_fault_is_one_kind_of_failure_in_time(
    party: Party, sandbox: SandboxClient, fault: dict[str, Any]
) -> None:
    sandbox.fault(party.name, **passing(party.name, fault))
    began = time.monotonic()
    with pytest.raises(RemoteFailed) as caught:
        await party.call()
    assert time.monotonic() - began < 2.5
    assert caught.value.provider == party.name
    assert not caught.value.lasting
    assert party.circuit.outcomes["failed"] == 1
    sandbox.mend()
    await party.call()
    assert not party.circuit.is_open


async def test_a_refusal_does_not_open_the_circuit(party: Party, sandbox: SandboxClient) -> None:
    sandbox.fault(party.name, refuse="160042" if party.name == "sms" else True, until_reset=True)
    for _ in range(4):
        with pytest.raises(RemoteFailed) as caught:
            await party.call()
        assert caught.value.lasting
    assert not party.circuit.is_open
    assert party.circuit.outcomes["held_back"] == 0


async def test_the_circuit_opens_fails_at_once_tries_one_and_closes(
    party: Party, adapters: Adapters, sandbox: SandboxClient
) -> None:
    sandbox.fault(party.name, drop_after_accept=True, until_reset=True)
    for _ in range(3):
        with pytest.raises(RemoteFailed):
            await party.call()
    before = party.seen()
    with pytest.raises(CircuitOpen):
        await party.call()
    assert party.seen() == before
    adapters.time.seconds = 10.0
    with pytest.raises(RemoteFailed) as caught:
        await party.call()
    assert not isinstance(caught.value, CircuitOpen)
    assert party.seen() == before + 1
    with pytest.raises(CircuitOpen):
        await party.call()
    sandbox.mend()
    adapters.time.seconds = 20.0
    await party.call()
    await party.call()
    assert party.circuit.outcomes == {"answered": 2, "failed": 4, "refused": 0, "held_back": 2}


async def test_a_half_open_circuit_lets_one_call_through(
    party: Party, adapters: Adapters, sandbox: SandboxClient
) -> None:
    sandbox.fault(party.name, drop_after_accept=True, until_reset=True)
    for _ in range(3):
        with pytest.raises(RemoteFailed):
            await party.call()
    sandbox.mend()
    before = party.seen()
    adapters.time.seconds = 10.0
    sandbox.fault(party.name, latency_ms=200)
    results = await asyncio.gather(*(party.call() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(each, CircuitOpen) for each in results) == 4
    assert party.seen() == before + 1


async def test_a_cancelled_trial_leaves_the_way_free(
    party: Party, adapters: Adapters, sandbox: SandboxClient
) -> None:
    sandbox.fault(party.name, drop_after_accept=True, until_reset=True)
    for _ in range(3):
        with pytest.raises(RemoteFailed):
            await party.call()
    sandbox.mend()
    adapters.time.seconds = 10.0
    sandbox.fault(party.name, timeout=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await party.call()
    await party.call()
    assert not party.circuit.is_open


@pytest.mark.parametrize(
    "fault", [{"refuse": True}, {"garbage": True}, {"drop_after_accept": True}]
)
async def test_failures_name_no_person_and_no_secret(
    party: Party, sandbox: SandboxClient, fault: dict[str, Any]
) -> None:
    sandbox.fault(party.name, **fault)
    with pytest.raises(RemoteFailed) as caught:
        await party.call()
    text = "".join(traceback.format_exception(caught.value))
    lines = [line for line in text.splitlines() if not line.startswith("  ")]
    assert lines
    assert not [secret for secret in party.secrets if secret in "\n".join(lines)]


async def test_nobody_listening_is_a_failure(adapters: Adapters) -> None:
    mailer, _ = adapters.mail(port=1)
    sms, _ = adapters.sms(url="http://127.0.0.1:1")
    weibo, _ = adapters.weibo(url="http://127.0.0.1:1")
    alipay, _ = adapters.alipay(url=Url("http://127.0.0.1:1/gateway.do"))
    wechat, _ = adapters.wechat(url=Url("http://127.0.0.1:1"))
    calls = (
        mailer.send(letter()),
        sms.send_code(1, "13800138000", "246810", minutes=5),
        weibo.user_behind("code"),
        alipay.query("1"),
        wechat.way(bill()),
    )
    for call in calls:
        with pytest.raises(RemoteFailed) as caught:
            await call
        assert not caught.value.lasting
