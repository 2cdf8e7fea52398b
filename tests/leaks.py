"""What must never stand in a log or a reply: tokens, hashes, codes, passwords, our inside (SEC-4).

A log may hold no contact either. A reply may tell who asks what is his: the token of a session
reply, the number of a receiver, the address that a reset was proved for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

TOKEN, PHONE, MAIL = "a token", "a phone number", "an e-mail address"
SECRET = {
    TOKEN: re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a hash of a password": re.compile(rb"\$argon2"),
    "a password of the tests": re.compile(
        "secret1[0-9]|secret-[0-9]|nouveau77|encore88|correct horse|brand new 密码"
        "|(first|second|next|wrong|other)[ -]secret".encode()
    ),
    "a code beside its name": re.compile(
        r"((?<!post)code|verify|验证码)\W{0,6}[0-9]{6}\b".encode()
    ),
    PHONE: re.compile(rb"(?<![0-9A-Za-z.])1[3-9][0-9]{9}(?![0-9A-Za-z])"),
    MAIL: re.compile(rb"(?<![A-Za-z0-9._-])[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[a-z]{2,}"),
}
INSIDE = {
    "a statement": re.compile(
        rb"\b(SELECT [a-zA-Z_(*].{0,200} FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM) ",
        re.DOTALL,
    ),
    "a traceback": re.compile(
        rb"Traceback \(most recent|File \\?\"/|(pymysql|aiomysql|redis\.exceptions)\."
    ),
    "a row of accounts": re.compile(rb'"(token_version|is_disabled|wuid|access_token)"'),
    "a token of Weibo": re.compile(rb"weibo-token-of-"),
}
OWN = {TOKEN: {"token"}, PHONE: {"receiver_mobile", "mobile"}, MAIL: {"email"}}
"""The members of a reply that may hold such a thing."""
REMEMBERED = 2000
"""A thousand readers get the same reply again and again: it is searched once."""
SESSION = {"code", "username", "token", "data", "carts_count"}
"""The members of the only reply that hands out a token."""


def found_in(text: bytes) -> list[str]:
    """Name what stands in the words of a process and must not."""
    return [name for name, pattern in SECRET.items() if pattern.search(text)]


def leaked(log: Path) -> list[str]:
    """Name what stands in a log and must not."""
    return found_in(log.read_bytes()) if log.is_file() else []


def assert_silent(logs: Iterable[Path]) -> None:
    """Fail when one of the logs holds a secret."""
    found = {log.name: secrets for log in logs if (secrets := leaked(log))}
    assert found == {}, found


@lru_cache(maxsize=REMEMBERED)
def told(body: bytes) -> tuple[str, ...]:
    """Name what stands in the body of a reply and must not."""
    found = [name for name, pattern in (SECRET | INSIDE).items() if pattern.search(body)]
    return tuple(name for name in found if name not in OWN or not _is_own(name, body))


def assert_discreet(body: bytes) -> None:
    """Fail when the body of a reply holds a secret."""
    found = told(body)
    assert not found, f"the reply holds {found}"


def assert_discreet_message(message: bytes) -> None:
    """Fail when what came over a connection holds a secret, in a header or below."""
    for part in message.partition(b"\r\n\r\n"):
        assert_discreet(part)


def _is_own(name: str, body: bytes) -> bool:
    """Say whether a secret stands nowhere but in the members that may hold it."""
    try:
        value = json.loads(body)
    except ValueError:
        return False
    if name == TOKEN and not (isinstance(value, dict) and value.keys() == SESSION):
        return False
    others = (text for member, text in _texts(value) if member not in OWN[name])
    return not any(SECRET[name].search(text.encode()) for text in others)


def _texts(value: Any, member: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a value with the name of the member it stands in."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield "", str(name)
            yield from _texts(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, member)
    else:
        yield member, str(value)
