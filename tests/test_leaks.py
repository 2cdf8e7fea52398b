"""The search for secrets in logs finds them, and only them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.leaks import leaked

LINE = '{"event":"request","route":"/v1/users/{username}","status":200,"code":10200,"ms":1.39}'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LINE, []),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJ1aWQiOjEyMzR9.x", ["a token"]),
        ("$argon2id$v=19$m=19456", ["a hash of a password"]),
        ("to 13912345678 now", ["a phone number"]),
        ("to wang@example.com", ["an e-mail address"]),
        ("password secret12", ["a password of the tests"]),
        ('{"verify": "123456"}', ["a code beside its name"]),
        ("request_id 5f139123456789ab", []),
    ],
)
def test_what_leaks_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    """Each kind of secret, and lines that hold none."""
    log = tmp_path / "log"
    log.write_text(text)
    assert leaked(log) == found
