"""Settings: read once, everything wrong said at once, secrets never shown."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from environment import Secret, Url, described
from settings import PREFIX, PUBLISHED_SECRETS, BadSettings, Settings
from tests.sources import ROOT

SECRET = "q8Zr1LmX0vT4uYb7Nc2Wk9Pd5Hs3Fj6G"
NEEDED = {
    "DADASHOP_MYSQL_URL": "mysql://shop:p%40ss@db.example:3307/dadashop",
    "DADASHOP_REDIS_DATA_URL": "redis://:hidden@127.0.0.1:6379/0",
    "DADASHOP_REDIS_PAGES_URL": "redis://:hidden@127.0.0.1:6380/0",
    "DADASHOP_TOKEN_SECRET": SECRET,
}


def wrong(**names: str | None) -> list[str]:
    """Return what is wrong with the settings when these names differ; None takes one away."""
    changed = {f"DADASHOP_{name}": text for name, text in names.items()}
    environment = {n: text for n, text in (NEEDED | changed).items() if text is not None}
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment(environment)
    return refused.value.wrong


def test_what_is_needed_is_enough() -> None:
    """Four names make a shop; other programs' names are nobody's business."""
    settings = Settings.from_environment({**NEEDED, "PATH": "/bin", "DADASHOPPER": "1"})
    assert settings.mysql.pool_size == 8
    assert settings.http.origins == ()
    assert not settings.demo


def test_everything_wrong_is_said_at_once() -> None:
    """Missing, unknown, of the wrong kind and too small, in one refusal."""
    found = wrong(
        MYSQL_URL=None,
        REDIS_DATA_URL="nowhere",
        MYSQL_POOL_SIZE="many",
        PAGES_MEMORY_MB="0",
        DEMO="perhaps",
        MYSQL_POOLSIZE="8",
        HTTP_PORTS="1",
    )
    text = "\n".join(found)
    for name in ("MYSQL_URL is missing", "REDIS_DATA_URL must be an address"):
        assert f"DADASHOP_{name}" in text
    assert "DADASHOP_MYSQL_POOL_SIZE must be a whole number" in text
    assert "DADASHOP_PAGES_MEMORY_MB must be at least 1" in text
    assert "DADASHOP_DEMO must be true or false" in text
    assert "DADASHOP_MYSQL_POOLSIZE is not a setting" in text
    assert "DADASHOP_HTTP_PORTS is not a setting" in text
    assert len(found) == 7


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("MEDIA_URL", "/media"),
        ("MYSQL_URL", "mysql://host:port/name"),
        ("MYSQL_URL", "mysql://host:0/name"),
        ("MYSQL_URL", "mysql://host:65536/name"),
        ("MYSQL_URL", "host/name"),
        ("MONGO_URL", ""),
        ("HTTP_DRAIN_SECONDS", "-1"),
        ("HTTP_DRAIN_SECONDS", "2.5"),
        ("REDIS_TIMEOUT_MS", ""),
    ],
)
def test_a_wrong_value_names_its_setting(name: str, text: str) -> None:
    """One fault, one line, which names the setting."""
    (line,) = wrong(**{name: text})
    assert f"DADASHOP_{name}" in line


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "short",
        SECRET[:31],
        "a" * 64,
        "abcabcabc" * 8,
        *(f"{s}-{SECRET}" for s in PUBLISHED_SECRETS),
    ],
)
def test_a_weak_secret_is_refused(secret: str) -> None:
    """SEC-5: outside demo mode no short, repeated or published secret, however it is written."""
    for text in (secret, secret.upper()):
        (line, *_) = wrong(TOKEN_SECRET=text)
        assert "DADASHOP_TOKEN_SECRET" in line


def test_a_missing_secret_is_refused() -> None:
    """SEC-5: there is no secret of our own to fall back on."""
    assert wrong(TOKEN_SECRET=None) == [
        "DADASHOP_TOKEN_SECRET is missing: key that signs tokens, at least 32 bytes"
    ]


def test_even_a_demo_needs_a_long_secret() -> None:
    """In demo mode a published secret may do, a short one may not."""
    assert wrong(TOKEN_SECRET="changeme", DEMO="1")
    demo = {"DADASHOP_DEMO": "1", "DADASHOP_TOKEN_SECRET": "changeme" * 4}
    assert Settings.from_environment(NEEDED | demo).demo


def test_any_origin_is_allowed_only_in_a_demo() -> None:
    """A shop that takes money names the pages that may call it."""
    assert wrong(HTTP_ORIGINS="*") == ["DADASHOP_HTTP_ORIGINS may be * only in demo mode"]
    assert wrong(HTTP_ORIGINS="https://a.example, *")
    names = {"DADASHOP_HTTP_ORIGINS": "*", "DADASHOP_DEMO": "true"}
    assert Settings.from_environment(NEEDED | names).http.origins == ("*",)


def test_lists_are_separated_by_commas() -> None:
    """Spaces and empty places do not count."""
    names = {"DADASHOP_HTTP_ORIGINS": " https://a.example,,https://b.example ,"}
    http = Settings.from_environment(NEEDED | names).http
    assert http.origins == ("https://a.example", "https://b.example")
    names = {"DADASHOP_HTTP_TRUSTED_PROXIES": ""}
    assert Settings.from_environment(NEEDED | names).http.trusted_proxies == ()


def test_secrets_do_not_show_themselves() -> None:
    """SEC-4: neither the secret nor a password stands in what a log or a traceback would show."""
    settings = Settings.from_environment(NEEDED)
    for shown in (repr(settings), f"{settings!r}", repr(settings.mysql.url.password)):
        for secret in (SECRET, "p%40ss", "p@ss", "hidden"):
            assert secret not in shown
    assert "db.example:3307" in repr(settings)
    assert settings.token_secret == Secret(SECRET)


def test_a_refusal_does_not_show_secrets() -> None:
    """A value that is refused is not repeated: it might be the password with a typing error."""
    text = "\n".join(wrong(MYSQL_URL="mysql//shop:hidden@host", TOKEN_SECRET="hidden"))
    assert "hidden" not in text


def test_an_address_falls_into_its_parts() -> None:
    """User and password may hold any character, quoted."""
    url = Settings.from_environment(NEEDED).mysql.url
    assert (url.host, url.port(3306), url.user, url.name) == (
        "db.example",
        3307,
        "shop",
        "dadashop",
    )
    assert str(url.password) == "p@ss"
    assert url.place == "db.example:3307"
    bare = Url("redis://h")
    assert (bare.port(6379), bare.user, str(bare.password), bare.name) == (6379, "", "", "")
    assert bare.place == "h"


def test_settings_do_not_change() -> None:
    """What was validated together stays together."""
    settings = Settings.from_environment(NEEDED)
    with pytest.raises(FrozenInstanceError):
        settings.mysql.pool_size = 1  # type: ignore[misc]


def test_the_table_of_the_readme_names_every_setting() -> None:
    """DOC-1: name, default and meaning, as the program itself describes them, and no other name."""
    text = Path(ROOT / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(DADASHOP_\w+)` \| (.+) \|$", text, re.MULTILINE))
    told = {each.name: each for each in described(Settings, PREFIX)}
    assert rows.keys() == told.keys()
    for name, each in told.items():
        default, says = rows[name].split(" | ", 1)
        assert says == each.says, name
        assert default.strip("`") == (each.default or "–"), name
