"""Credentials that must not open anything, made by hand, each wrong in one way (JWT-1)."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

from tests.handlers.users.people import Person, Town

ROW = dict[str, Any]


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(claims: ROW, key: bytes, *, alg: str = "HS256", digest: str = "sha256") -> str:
    """Make a token by hand, so that it can be as wrong as we like."""
    parts = [base64url(json.dumps(each).encode()) for each in ({"alg": alg, "typ": "JWT"}, claims)]
    text = ".".join(parts)
    return f"{text}.{base64url(hmac.digest(key, text.encode(), digest)) if digest else ''}"


def claims_of(person: Person, town: Town, **changes: object) -> ROW:
    """Return what a good token of somebody says, with changes; None takes a claim away."""
    now = int(time.time())
    version = town.user(person.name).token_version
    claims = {
        "username": person.name,
        "exp": now + 3600,
        "iat": now,
        "uid": person.id,
        "ver": version,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def spoiled_claims(anna: Person, town: Town) -> dict[str, ROW]:
    """Return claims that no good token makes."""
    now, version = int(time.time()), town.user(anna.name).token_version
    changes: dict[str, ROW] = {
        "older version": {"ver": version - 1},
        "newer version": {"ver": version + 1},
        "no exp": {"exp": None},
        "expired": {"exp": now - 120},
        "exp as text": {"exp": "tomorrow"},
        "no iat": {"iat": None},
        "future iat": {"iat": now + 600},
        "iat as text": {"iat": "now"},
        "no username": {"username": None},
        "username as number": {"username": 1},
        "no uid": {"uid": None},
        "uid as text": {"uid": str(anna.id)},
        "uid as bool": {"uid": True},
        "uid as float": {"uid": float(anna.id)},
        "uid as list": {"uid": [anna.id]},
        "huge uid": {"uid": 2**70},
        "no ver": {"ver": None},
        "ver as text": {"ver": str(version)},
        "ver as bool": {"ver": bool(version)},
        "name of another": {"username": "bob"},
        "name in another case": {"username": anna.name.upper()},
        "not yet": {"nbf": now + 600},
        "deleted user": {"uid": 2_000_000_000},
    }
    return {name: claims_of(anna, town, **each) for name, each in changes.items()}


def bad_headers(anna: Person, bob: Person, town: Town, key: bytes) -> dict[str, str | None]:
    """Return every header that must not open Anna's things, by what is wrong with it."""
    good = claims_of(anna, town)
    token = signed(good, key)
    head, payload, signature = token.split(".")
    other = base64url(json.dumps(good | {"username": "bob", "uid": bob.id}).encode())
    last = "A" if signature[-2] != "A" else "B"
    inner = hmac.digest(key, b"activation", "sha256")
    return {
        "anonymous": None,
        **{
            repr(text): text for text in ("null", "undefined", "", "Bearer", "Bearer null", "a.b.c")
        },
        "long": "x" * 5000,
        "basic": f"Basic {token}",
        "payload of another": f"{head}.{other}.{signature}",
        "tampered": f"{head}.{payload}.{signature[:-2]}{last}{signature[-1]}",
        "no signature": f"{head}.{payload}.",
        "alg none": signed(good, key, alg="none", digest=""),
        "alg nOnE": signed(good, key, alg="nOnE", digest=""),
        "HS512": signed(good, key, alg="HS512", digest="sha512"),
        "HS384": signed(good, key, alg="HS384", digest="sha384"),
        "RS256": signed(good, key, alg="RS256"),
        "wrong key": signed(good, b"another key that is long enough!"),
        "empty key": signed(good, b""),
        "key of activation": signed(good, inner),
        "activation link": town.services.tokens.activation_code(anna.id),
        **{name: signed(each, key) for name, each in spoiled_claims(anna, town).items()},
    }
