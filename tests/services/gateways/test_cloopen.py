"""The SMS gateway: what the simulator documents, and what the adapter makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import RemoteFailed
from services.gateways.remote import Patience
from tests.sandbox import SandboxClient
from tests.services.gateways.conftest import Adapters

PHONE = "13800138000"
TWICE = Patience(total=1.0, connect=0.5, read=0.8, tries=2)


async def test_the_code_arrives(adapters: Adapters, sandbox: SandboxClient) -> None:
    sms, _ = adapters.sms()
    await sms.send_code(7, PHONE, "012345", minutes=5)
    (message,) = sandbox.inbox(to=PHONE, kind="sms")
    assert message["code"] == "012345"
    assert "5分钟" in message["text"]
    (row,) = sandbox.books("sms")
    assert (row["number"], row["to"], row["times"]) == ("7", PHONE, 1)


async def test_the_same_task_reaches_the_phone_once(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    sms, _ = adapters.sms()
    for _ in range(3):
        await sms.send_code(7, PHONE, "246810", minutes=5)
    assert len(sandbox.inbox(to=PHONE)) == 1
    assert [row["times"] for row in sandbox.books("sms")] == [3]


async def test_another_task_is_another_message(adapters: Adapters, sandbox: SandboxClient) -> None:
    sms, _ = adapters.sms()
    await sms.send_code(7, PHONE, "246810", minutes=5)
    await sms.send_code(8, PHONE, "135791", minutes=5)
    assert [each["code"] for each in sandbox.inbox(to=PHONE)] == ["135791", "246810"]


@pytest.mark.parametrize("fault", [{"drop_after_accept": True}, {"status": 502}, {"garbage": True}])
async def test_a_second_try_is_made_and_reaches_the_phone_once(
    adapters: Adapters, sandbox: SandboxClient, fault: dict[str, object]
) -> None:
    sms, circuit = adapters.sms(TWICE)
    sandbox.fault("sms", **fault)
    await sms.send_code(7, PHONE, "246810", minutes=5)
    assert len(sandbox.inbox(to=PHONE)) == 1
    assert circuit.outcomes == {"answered": 1, "failed": 1, "refused": 0, "held_back": 0}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "another"}, "111109"),
        ({"account": "somebody"}, "111141"),
        ({"app": "other"}, "111181"),
        ({"template": "9"}, "160032"),
    ],
)
async def test_wrong_credentials_are_refused_but_not_for_good(
    adapters: Adapters, sandbox: SandboxClient, changes: dict[str, str], code: str
) -> None:
    sms, _ = adapters.sms(**changes)
    with pytest.raises(RemoteFailed, match=code) as caught:
        await sms.send_code(7, PHONE, "246810", minutes=5)
    assert not caught.value.lasting
    assert sandbox.books("sms") == []


@pytest.mark.parametrize(
    ("minutes", "is_taken"), [(-11, False), (-9, True), (0, True), (9, True), (11, False)]
)
async def test_the_time_stamp_is_in_beijing_time_and_fresh(
    adapters: Adapters, sandbox: SandboxClient, minutes: int, is_taken: bool
) -> None:
    adapters.time.moment = datetime.now(UTC) + timedelta(minutes=minutes)
    sms, _ = adapters.sms()
    if is_taken:
        await sms.send_code(7, PHONE, "246810", minutes=5)
    else:
        with pytest.raises(RemoteFailed, match="111106"):
            await sms.send_code(7, PHONE, "246810", minutes=5)
    assert len(sandbox.books("sms")) == is_taken


@pytest.mark.parametrize(
    "phone",
    [
        "13800138000,13900139000",
        "13800138000\n",
        " 13800138000",
        "１３８００１３８０００",
        "12800138000",
        "1380013800",
        "138001380000",
        "",
    ],
)
async def test_anything_but_one_number_is_refused_before_it_is_sent(
    adapters: Adapters, sandbox: SandboxClient, phone: str
) -> None:
    sms, circuit = adapters.sms()
    with pytest.raises(RemoteFailed) as caught:
        await sms.send_code(7, phone, "246810", minutes=5)
    assert caught.value.lasting
    assert sandbox.books("sms") == []
    assert sum(circuit.outcomes.values()) == 0


def test_the_control_a_comma_list_reaches_both(sandbox: SandboxClient, adapters: Adapters) -> None:
    """The gateway itself does take lists: only the adapter stands in the way."""
    sms, _ = adapters.sms()
    question = sms._question(  # type: ignore[attr-defined]
        b'{"to":"13800138000,13900139000","appId":"sandbox-app","templateId":"1",'
        b'"datas":["246810","5"],"reqId":"7"}'
    )
    path = question.url.removeprefix(sandbox.url)
    reply = sandbox.ask(path, "POST", body=question.body, headers=dict(question.headers))
    assert reply.json["statusCode"] == "000000"
    assert {each["to"] for each in sandbox.inbox()} == {"13800138000", "13900139000"}


@pytest.mark.parametrize(
    ("header", "body", "code"),
    [
        ("", b"{}", "111101"),
        ("%%%", b"{}", "111102"),
        ("c2FuZGJveC1hY2NvdW50", b"{}", "111103"),  # no colon
        ("b3RoZXI6MjAyNjAxMDEwMDAwMDA=", b"{}", "111107"),  # another account
        ("c2FuZGJveC1hY2NvdW50OnllczI=", b"{}", "111113"),  # no time stamp
        (None, b"{}", "160031"),
        (None, b"no json", "160031"),
    ],
)
def test_the_gateway_checks_headers_and_body(
    sandbox: SandboxClient, adapters: Adapters, header: str | None, body: bytes, code: str
) -> None:
    sms, _ = adapters.sms()
    question = sms._question(body)  # type: ignore[attr-defined]
    headers = dict(question.headers)
    if header is not None:
        headers["Authorization"] = header
    path = question.url.removeprefix(sandbox.url)
    reply = sandbox.ask(path, "POST", body=body, headers=headers)
    assert (reply.status, reply.json["statusCode"]) == (200, code)


def test_a_time_stamp_that_differs_from_the_signed_one_is_refused(
    sandbox: SandboxClient, adapters: Adapters
) -> None:
    sms, _ = adapters.sms()
    first = sms._question(b"{}")  # type: ignore[attr-defined]
    adapters.time.moment = datetime.now(UTC) + timedelta(seconds=90)
    second = sms._question(b"{}")  # type: ignore[attr-defined]
    path = first.url.removeprefix(sandbox.url)
    reply = sandbox.ask(path, "POST", body=b"{}", headers=dict(second.headers))
    assert reply.json["statusCode"] == "111109"


@pytest.mark.parametrize(
    ("code", "lasting"), [("160042", True), ("160040", True), ("160050", False), ("x\ny", False)]
)
async def test_a_refusal_of_the_number_lasts_others_do_not(
    adapters: Adapters, sandbox: SandboxClient, code: str, lasting: bool
) -> None:
    sms, _ = adapters.sms()
    sandbox.fault("sms", refuse=code)
    with pytest.raises(RemoteFailed) as caught:
        await sms.send_code(7, PHONE, "246810", minutes=5)
    assert caught.value.lasting is lasting
    assert "\n" not in str(caught.value)
