"""What Alipay calls RSA2: signatures under requests, notices, return addresses and replies.

Source: opendocs.alipay.com, "签名" and "异步通知验签". A text under a signature is made of
the parameters ``name=value``, not encoded, sorted by name, joined by ``&``, without ``sign``; in a
notice without ``sign_type`` too, but with those that are empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec

from keys import PrivateKey, PublicKey
from models.errors import NoticeRefused

SIGN_TYPE = "RSA2"
CHARSET = "utf-8"
MOST_PARAMETERS = 100
UNSIGNED = frozenset({"sign", "sign_type"})


def signed(parameters: Mapping[str, str], key: PrivateKey) -> dict[str, str]:
    """Return the parameters of a request, sorted, with our signature at the end."""
    ordered = dict(sorted(parameters.items()))
    return {**ordered, "sign": key.sign(_text(ordered))}


def verified_parameters(text: str, key: PublicKey) -> dict[str, str]:
    """Return what a form or query says if Alipay has signed all of it, every name once.

    Raises ``NoticeRefused``: a name that comes twice may be read differently by two readers, and
    another charset or way to sign would be checked against something else than what was signed.
    """
    pairs = _pairs(text)
    parameters = dict(pairs)
    if len(parameters) != len(pairs) or parameters.get("charset", CHARSET).lower() != CHARSET:
        raise NoticeRefused("shape")
    covered = {name: value for name, value in parameters.items() if name not in UNSIGNED}
    sign = parameters.get("sign", "")
    if parameters.get("sign_type") != SIGN_TYPE or not key.verifies(_text(covered), sign):
        raise NoticeRefused("signature")
    return covered


def verified_answer(body: bytes, name: str, key: PublicKey) -> bytes | None:
    """Return the member of a reply that holds the answer if it is signed as it stands, else None.

    Raises ``msgspec.DecodeError`` when the reply is no object of JSON. Alipay signs the very bytes
    between the colon and the comma, sometimes before it wrote ``\\/`` for ``/``; what is returned
    is what was verified, and means the same.
    """
    reply = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if name not in reply or "sign" not in reply:
        return None
    sign = msgspec.json.decode(reply["sign"], type=str)
    plain = bytes(reply[name])
    for signed_bytes in (plain, plain.replace(rb"\/", b"/")):
        if key.verifies(signed_bytes, sign):
            return signed_bytes
    return None


def _pairs(text: str) -> list[tuple[str, str]]:
    if not text.isascii():
        raise NoticeRefused("shape")
    try:
        return parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            encoding=CHARSET,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise NoticeRefused("shape") from None  # its text repeats what was sent


def _text(parameters: Mapping[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in sorted(parameters.items())).encode()
