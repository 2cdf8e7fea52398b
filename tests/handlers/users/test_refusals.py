"""What refusals of the users module say: Chinese, English when it is preferred, one code."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import (
    AddressNotFound,
    AlreadyBound,
    BadActivation,
    BadAddress,
    BadUserParameter,
    BadWeiboTicket,
    EmailTaken,
    NameTaken,
    NotActivated,
    NotSignedIn,
    OldPasswordWrong,
    PasswordsDiffer,
    PasswordUnchanged,
    PhoneTaken,
    ResetNotProven,
    ShopError,
    TooManyTries,
    UserError,
    WeiboFailed,
    WrongPassword,
    WrongResetCode,
    WrongSmsCode,
    declared,
)
from tests.handlers.users.people import ADDRESS, PASSWORD, Person, Town

LANGUAGES = {"zh-CN,zh;q=0.9": "zh", "en": "en", "en-US,en;q=0.9,zh;q=0.5": "en", "": "zh"}
MAIL, NEXT = "nobody@example.com", "next secret"
PASSWORDS = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT}
OPEN: list[tuple[type[ShopError], str, str, Any]] = [
    (BadUserParameter, "POST", "/v1/users/login", {}),
    (NameTaken, "GET", "/v1/users/check?uname=ANNA", None),
    (WrongPassword, "POST", "/v1/users/login", {"username": "anna", "password": "wrong"}),
    (BadActivation, "GET", "/v1/users/activation?code=x", None),
    (WrongResetCode, "POST", "/v1/users/password/verification", {"email": MAIL, "code": "123456"}),
    (ResetNotProven, "POST", "/v1/users/password/new", {"email": MAIL} | PASSWORDS),
    (BadWeiboTicket, "GET", "/v1/users/weibo/users?code=a&state=b", None),
    (NotSignedIn, "GET", "{u}", None),
]
SIGNED_IN: list[tuple[type[ShopError], str, str, Any]] = [
    (OldPasswordWrong, "POST", "{u}/password", PASSWORDS | {"oldpassword": "wrong"}),
    (PasswordsDiffer, "POST", "{u}/password", PASSWORDS | {"password2": "other secret"}),
    (
        PasswordUnchanged,
        "POST",
        "{u}/password",
        PASSWORDS | {"password1": PASSWORD, "password2": PASSWORD},
    ),
    (AddressNotFound, "DELETE", "{u}/address/999999", None),
    (BadAddress, "POST", "{u}/address", ADDRESS | {"receiver": "<b>"}),
]
ELSEWHERE: dict[type[ShopError], str] = {
    WrongSmsCode: "registration",
    EmailTaken: "registration",
    PhoneTaken: "registration",
    TooManyTries: "a second activation mail",
    WeiboFailed: "coming back from Weibo",
    AlreadyBound: "binding",
    NotActivated: "ordering, see the tests of orders",
}


def spoken(refusal: type[ShopError], language: str) -> dict[str, Any]:
    """Return the envelope of a refusal."""
    text = refusal.en if language == "en" else refusal.zh
    envelope: dict[str, Any] = {"code": refusal.code, "error": text, "errmsg": text}
    return envelope | ({"data": {}} if refusal is NotSignedIn else {})


async def told(
    town: Town, refusal: type[ShopError], method: str, path: str, value: Any, **head: str
) -> None:
    """Ask in each language; the refusal is the same and nothing has happened."""
    before = town.snapshot()
    for header, language in LANGUAGES.items():
        reply = await town.ask(method, path, value, accept_language=header, **head)
        expected = spoken(refusal, language)
        assert (header, reply.status, reply.json) == (header, 200, expected)
    assert town.snapshot() == before


@pytest.mark.parametrize(
    ("refusal", "method", "path", "value"), OPEN, ids=[each[0].__name__ for each in OPEN]
)
async def test_to_a_visitor(
    town: Town, anna: Person, refusal: type[ShopError], method: str, path: str, value: Any
) -> None:
    await told(town, refusal, method, path.replace("{u}", anna.path), value)


@pytest.mark.parametrize(
    ("refusal", "method", "path", "value"), SIGNED_IN, ids=[each[0].__name__ for each in SIGNED_IN]
)
async def test_to_somebody_signed_in(
    town: Town, anna: Person, refusal: type[ShopError], method: str, path: str, value: Any
) -> None:
    path = path.replace("{u}", anna.path)
    await told(town, refusal, method, path, value, authorization=anna.token)


async def test_at_registration(town: Town, anna: Person) -> None:
    path = "/v1/users/register"
    wrong = await town.application() | {"verify": "135791"}
    await told(town, WrongSmsCode, "POST", path, wrong)
    taken = await town.application(email=anna.email)
    await told(town, EmailTaken, "POST", path, taken)
    taken = await town.application(phone=anna.phone)
    await told(town, PhoneTaken, "POST", path, taken)


async def test_when_it_is_too_soon(town: Town) -> None:
    carl = town.person("carl", active=False)
    path = "/v1/users/activation"
    assert (await town.ask("POST", path, who=carl)).code == 200
    await town.letter(carl.email)
    await told(town, TooManyTries, "POST", path, None, authorization=carl.token)


async def test_about_weibo(town: Town, anna: Person) -> None:
    """A state and a ticket are good once, so each language gets one of its own."""
    for header, language in LANGUAGES.items():
        reply = await town.came_back("bad", accept_language=header)
        assert reply.json == spoken(WeiboFailed, language)
    bind = {"uid": await town.ticket("wb-1"), "username": "anna", "password": PASSWORD}
    assert (await town.client.post("/v1/users/weibo/users/binduser", bind)).code == 200
    for number, (header, language) in enumerate(LANGUAGES.items()):
        body = bind | {"uid": await town.ticket(f"wb-other-{number}")}
        path = "/v1/users/weibo/users/binduser"
        reply = await town.client.post(path, body, accept_language=header)
        assert reply.json == spoken(AlreadyBound, language)


def test_no_refusal_is_forgotten() -> None:
    """Every refusal of the module is asked for in this file, or it is said where."""
    asked = {each[0] for each in (*OPEN, *SIGNED_IN)} | set(ELSEWHERE)
    assert asked == {*declared(UserError), NotSignedIn}
    assert all(refusal.en.isascii() and not refusal.zh.isascii() for refusal in asked)
