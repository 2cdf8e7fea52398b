"""A forgotten password in three steps: nothing without the proof, nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.users.people import HASH, PASSWORD, Person, Town

SMS = "/v1/users/password/sms"
PROOF = "/v1/users/password/verification"
NEW = "/v1/users/password/new"
HOME = {"x_real_ip": "203.0.113.7", "user_agent": "Firefox"}
FRESH = {"password1": "brand new 密码", "password2": "brand new 密码"}


@pytest.fixture
async def code(town: Town, anna: Person) -> str:
    """A code that waits for Anna's address."""
    await town.services.passwords._codes.place(anna.email, "135791")
    return "135791"


async def proved(town: Town, anna: Person, code: str) -> str:
    """Take the second step at home; return the ticket."""
    reply = await town.client.post(PROOF, {"email": anna.email, "code": code}, **HOME)
    assert reply.json == {
        "code": 200,
        "data": "验证码通过",
        "email": anna.email,
        "ticket": reply.json["ticket"],
    }
    return str(reply.json["ticket"])


async def login(town: Town, password: str) -> int:
    body = {"username": "anna", "password": password}
    return (await town.client.post("/v1/users/login", body)).code


async def test_the_whole_way(town: Town, anna: Person) -> None:
    reply = await town.client.post(SMS, {"email": anna.email.upper()}, **HOME)
    assert reply.json == {"code": 200, "data": "邮件发送成功"}
    letter = await town.letter(anna.email)
    code = next(word for word in letter.text.split() if word.isdigit() and len(word) == 6)
    ticket = await proved(town, anna, code)
    body = {"email": anna.email, "ticket": ticket} | FRESH
    assert (await town.client.post(NEW, body)).json == {"code": 200, "data": "OK"}
    assert (await town.client.post(NEW, body)).code == 10114
    assert await login(town, PASSWORD) == 10102
    assert await login(town, FRESH["password1"]) == 200
    assert (await town.ask("GET", anna.path, who=anna)).code == 403


async def test_an_unknown_address_gets_the_same_answer(town: Town, anna: Person) -> None:
    known = await town.client.post(SMS, {"email": anna.email})
    unknown = await town.client.post(SMS, {"email": "nobody@example.com"})
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert town.goods.one("SELECT COUNT(*) FROM tasks_outbox") == 1
    again = await town.client.post(SMS, {"email": anna.email})
    assert again.body == known.body
    assert town.goods.one("SELECT COUNT(*) FROM tasks_outbox") == 1


async def test_nothing_without_the_second_step(town: Town, anna: Person, code: str) -> None:
    before = town.snapshot()
    for ticket in ({}, {"ticket": ""}, {"ticket": "x"}, {"ticket": "y" * 100}):
        reply = await town.client.post(NEW, {"email": anna.email} | FRESH | ticket, **HOME)
        assert reply.code == 10114
    assert (await town.client.post(NEW, {"email": anna.email} | FRESH | {"ticket": "z" * 101})
            ).code == 10100  # fmt: skip
    assert town.snapshot() == before


async def test_the_browser_that_proved_needs_no_ticket_once(
    town: Town, anna: Person, code: str
) -> None:
    await proved(town, anna, code)
    body = {"email": anna.email} | FRESH
    assert (await town.client.post(NEW, body, **HOME)).code == 200
    assert (await town.client.post(NEW, body, **HOME)).code == 10114
    assert town.user("anna").token_version == 1


@pytest.mark.parametrize(
    "elsewhere", [{"x_real_ip": "203.0.113.8"}, {"user_agent": "Chrome"}], ids=["address", "agent"]
)
async def test_another_browser_has_no_grant(
    town: Town, anna: Person, code: str, elsewhere: dict[str, str]
) -> None:
    await proved(town, anna, code)
    reply = await town.client.post(NEW, {"email": anna.email} | FRESH, **HOME | elsewhere)
    assert reply.code == 10114
    assert town.user("anna").password == HASH
    # The control: the right browser still may.
    assert (await town.client.post(NEW, {"email": anna.email} | FRESH, **HOME)).code == 200


async def test_a_ticket_is_for_one_address(
    town: Town, anna: Person, bob: Person, code: str
) -> None:
    ticket = await proved(town, anna, code)
    before = town.snapshot()
    reply = await town.client.post(NEW, {"email": bob.email, "ticket": ticket} | FRESH, **HOME)
    assert reply.code == 10114
    assert town.snapshot() == before


async def test_five_wrong_codes_end_the_right_one(town: Town, anna: Person, code: str) -> None:
    for n in range(5):
        reply = await town.client.post(PROOF, {"email": anna.email, "code": f"{n:06d}"}, **HOME)
        assert reply.code == 10113
    reply = await town.client.post(PROOF, {"email": anna.email, "code": code}, **HOME)
    assert reply.code == 10113
    assert (await town.client.post(NEW, {"email": anna.email} | FRESH, **HOME)).code == 10114


BAD: list[tuple[str, dict[str, Any], int]] = [
    (SMS, {}, 10100),
    (SMS, {"email": "a@b.cn,c@d.cn"}, 10100),
    (SMS, {"email": "a@b.cn\n"}, 10100),
    (SMS, {"email": "a@b.cn\r\nBcc: c@d.cn"}, 10100),
    (SMS, {"email": ["a@b.cn"]}, 10100),
    (SMS, {"email": None}, 10100),
    (PROOF, {"email": "u@example.com"}, 10100),
    (PROOF, {"email": "u@example.com", "code": 135791}, 10100),
    (PROOF, {"email": "u@example.com", "code": "１３５７９１"}, 10100),
    (PROOF, {"email": "u@example.com", "code": "135791\n"}, 10100),
    (NEW, {"email": "u@example.com", "password1": "abcdef", "password2": "abcdeg"}, 10109),
    (NEW, {"email": "u@example.com", "password1": "abcde", "password2": "abcde"}, 10100),
    (NEW, {"email": "u@example.com", "password1": "a" * 65, "password2": "a" * 65}, 10100),
    (NEW, {"email": "u@example.com", "password1": 1234567, "password2": 1234567}, 10100),
    (NEW, {"email": "u@example.com"} | FRESH | {"ticket": ["x"]}, 10100),
]


async def test_every_field_is_checked(town: Town, anna: Person) -> None:
    before = town.snapshot()
    found = [(path, body, (await town.client.post(path, body)).code) for path, body, _ in BAD]
    assert found == BAD
    assert town.snapshot() == before


async def test_many_codes_from_one_address_are_too_many(town: Town) -> None:
    replies = [
        await town.client.post(SMS, {"email": f"n{n}@example.com"}, **HOME) for n in range(61)
    ]
    assert [reply.code for reply in replies] == [200] * 60 + [10105]
    assert int(replies[-1].headers["Retry-After"]) >= 1
