"""Signatures and secrets of WeChat Pay, interface version 3.

Source: pay.weixin.qq.com, "签名生成", "签名验证", "证书和回调报文解密". A request is signed with
our key over its method, its path with the query, a time, a nonce and its body; a reply or notice
with WeChat Pay's over a time, a nonce and its body; each part ends with a line feed.
"""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import KeyRing
from models.errors import NoticeRefused
from settings import Wechatpay

SCHEME = "WECHATPAY2-SHA256-RSA2048"
CIPHER = "AEAD_AES_256_GCM"
NONCE_BYTES = 12
FRESH_SECONDS = 300
STAMP = re.compile(r"[0-9]{1,12}")
PUBLIC_KEY_PREFIX = "PUB_KEY_ID_"
"""Begins the serial of a public key that stands for itself, without a certificate."""


class Sealed(msgspec.Struct):
    """What a notice holds, encrypted to us; ``ciphertext`` is Base64 and ends with the tag."""

    algorithm: str
    ciphertext: str
    nonce: str
    associated_data: str = ""


def authorization(account: Wechatpay, method: str, url: str, body: bytes, at: datetime) -> str:
    """Return the header ``Authorization`` for exactly these bytes."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    signature = account.key.sign(_lines(method, target, stamp, nonce) + body + b"\n")
    fields = {
        "mchid": account.merchant,
        "nonce_str": nonce,
        "signature": signature,
        "timestamp": stamp,
        "serial_no": account.serial,
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def fault_of(headers: Mapping[str, str], body: bytes, keys: KeyRing, now: datetime) -> str:
    """Return what is wrong with the signature over a body: ``time``, ``serial``, ``signature``.

    An empty text when nothing is. WeChat Pay sends wrong signatures on purpose, beginning with
    ``WECHATPAY/SIGNTEST/``, to see that they are refused like any other.
    """
    known = {name.lower(): value for name, value in headers.items()}
    stamp, nonce, serial, signature, kind = (
        known.get(f"wechatpay-{part}", "")
        for part in ("timestamp", "nonce", "serial", "signature", "signature-type")
    )
    if not signature or not STAMP.fullmatch(stamp) or kind not in {"", SCHEME}:
        return "signature"
    if abs(now.timestamp() - int(stamp)) > FRESH_SECONDS:
        return "time"
    if serial not in keys:
        return "serial"
    message = _lines(stamp, nonce) + body + b"\n"
    return "" if keys[serial].verifies(message, signature) else "signature"


def opened(sealed: Sealed, api_key: str) -> bytes:
    """Decrypt what a notice holds; raise ``NoticeRefused``."""
    nonce, more = sealed.nonce.encode(), sealed.associated_data.encode()
    if sealed.algorithm != CIPHER or len(nonce) != NONCE_BYTES:
        raise NoticeRefused("encryption")
    try:
        cipher = AESGCM(api_key.encode())
        return cipher.decrypt(nonce, b64decode(sealed.ciphertext, validate=True), more)
    except (InvalidTag, binascii.Error, ValueError):
        raise NoticeRefused("encryption") from None


def public_key_serial(keys: KeyRing) -> str:
    """Return the serial of a public key without a certificate, or an empty text.

    Asked for by name, it signs the reply; else a certificate may while both are in use.
    """
    return next((serial for serial in keys if serial.startswith(PUBLIC_KEY_PREFIX)), "")


def _lines(*parts: str) -> bytes:
    return "".join(f"{part}\n" for part in parts).encode()
