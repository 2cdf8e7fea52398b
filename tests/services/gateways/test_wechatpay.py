"""WeChat Pay: signatures and secrets of notices, against an independent SDK."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from tornado.httputil import HTTPHeaders
from wechatpayv3.utils import aes_decrypt

from services.ports import PaymentProvider
from tests.services.gateways.desk import Pair
from tests.services.gateways.wechatpay_desk import (
    API_KEY,
    NEXT,
    NOW,
    PAID,
    PROVIDER,
    STRANGER,
    THEIR_NEXT_SERIAL,
    THEIR_SERIAL,
    gateway,
    notice,
    read,
    receiver,
    refused,
    sealed,
    settings,
    signed,
    transaction,
)

GOOD = notice(transaction())


def test_it_is_a_provider() -> None:
    provider: PaymentProvider = gateway()
    assert provider.name == "wechat"


def test_a_genuine_notice_is_read() -> None:
    """WX-1, WX-2: the SDK that is to receive it finds it genuine, and so do we."""
    theirs = receiver().callback(signed(GOOD), GOOD)
    assert theirs["resource"] == transaction()
    assert read(GOOD) == PAID


def test_while_keys_change_both_sign() -> None:
    """WX-1: the key is found by its serial; the old one does not sign for the new one."""
    assert receiver(NEXT, THEIR_NEXT_SERIAL).callback(
        signed(GOOD, by=NEXT, serial=THEIR_NEXT_SERIAL), GOOD
    )
    assert read(GOOD, by=NEXT, serial=THEIR_NEXT_SERIAL) == PAID
    refused(GOOD, "signature", signed(GOOD, by=PROVIDER, serial=THEIR_NEXT_SERIAL))


def test_names_of_headers_have_no_case() -> None:
    known = signed(GOOD)
    for headers in (
        {name.lower(): value for name, value in known.items()},
        {name.upper(): value for name, value in known.items()},
        HTTPHeaders(known),
    ):
        assert gateway().read_notice(headers, GOOD) == PAID


@pytest.mark.parametrize("seconds", [-299, -300, 0, 299, 300])
def test_a_notice_is_good_for_five_minutes(seconds: int) -> None:
    """WX-1: ±299 s are well."""
    assert read(GOOD, at=seconds) == PAID
    assert gateway(seconds).read_notice(signed(GOOD), GOOD) == PAID


@pytest.mark.parametrize("seconds", [-86400, -301, 301, 86400])
def test_an_old_notice_and_one_of_the_future_are_refused(seconds: int) -> None:
    """WX-1: ±301 s are not, so a notice cannot be replayed later."""
    refused(GOOD, "time", signed(GOOD, at=seconds))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Wechatpay-Serial": "PUB_KEY_ID_0000"}, "serial"),
        ({"Wechatpay-Serial": ""}, "serial"),
        ({"Wechatpay-Serial": THEIR_NEXT_SERIAL}, "signature"),
        ({"Wechatpay-Nonce": "593BEC0C930BF1AFEB40B4A08C8FB243"}, "signature"),
        ({"Wechatpay-Nonce": None}, "signature"),
        ({"Wechatpay-Timestamp": str(int(NOW.timestamp()) + 1)}, "signature"),
        ({"Wechatpay-Timestamp": None}, "signature"),
        ({"Wechatpay-Timestamp": "now"}, "signature"),
        ({"Wechatpay-Timestamp": f"+{int(NOW.timestamp())}"}, "signature"),
        ({"Wechatpay-Timestamp": "9" * 400}, "signature"),
        ({"Wechatpay-Signature": None}, "signature"),
        ({"Wechatpay-Signature": ""}, "signature"),
        ({"Wechatpay-Signature": "%%%"}, "signature"),
        ({"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}, "signature"),
    ],
)
def test_other_headers_prove_nothing(changes: dict[str, str | None], reason: str) -> None:
    """WX-1: serial, time, nonce and signature belong together."""
    whole = signed(GOOD) | changes
    refused(GOOD, reason, {name: value for name, value in whole.items() if value is not None})


def test_without_any_header_it_is_nobody() -> None:
    refused(GOOD, "signature", {})


@pytest.mark.parametrize("by", [STRANGER, NEXT], ids=["stranger", "other"])
def test_another_key_proves_nothing(by: Pair) -> None:
    """WX-1: signed by somebody else, under the serial of WeChat Pay."""
    assert not receiver()._verify_signature(signed(GOOD, by=by), GOOD.decode())
    refused(GOOD, "signature", signed(GOOD, by=by))


def test_a_probe_is_refused_like_any_forgery() -> None:
    """WX-1: WeChat Pay sends wrong signatures on purpose, to see whether anybody looks."""
    real = signed(GOOD)
    probe = "WECHATPAY/SIGNTEST/" + real["Wechatpay-Signature"][len("WECHATPAY/SIGNTEST/") :]
    refused(GOOD, "signature", real | {"Wechatpay-Signature": probe})


@pytest.mark.parametrize(
    "body",
    [GOOD + b" ", b" " + GOOD, GOOD.replace("支付成功".encode(), "支付失败".encode()), b"", b"{}"],
)
def test_the_signature_is_over_the_very_bytes(body: bytes) -> None:
    """WX-1: an altered body, even one that means the same."""
    refused(body, "signature", signed(GOOD))


def test_both_libraries_read_what_a_third_one_encrypted() -> None:
    """WX-2: AES-256-GCM with the key of 32 bytes, a nonce of 12 and what goes with it."""
    content = json.dumps(transaction()).encode()
    resource = sealed(content)
    names = ("nonce", "ciphertext", "associated_data")
    theirs = aes_decrypt(**{name: resource[name] for name in names}, apiv3_key=API_KEY)
    assert theirs.encode() == content
    assert read(notice(None, resource=resource)) == PAID


PLAIN = json.dumps(transaction()).encode()
SEALED = sealed(PLAIN)


def flipped(text: str) -> str:
    return ("A" if text[0] != "A" else "B") + text[1:]


@pytest.mark.parametrize(
    "resource",
    [
        sealed(PLAIN, nonce="of-sixteen-bytes"),
        sealed(PLAIN, key="another-key-of-the-test-01234567"),
        SEALED | {"associated_data": "refund"},
        SEALED | {"associated_data": ""},
        SEALED | {"nonce": "fdasflkja485"},
        SEALED | {"nonce": "fdasflkja48"},
        SEALED | {"nonce": ""},
        SEALED | {"ciphertext": flipped(SEALED["ciphertext"])},
        SEALED | {"ciphertext": SEALED["ciphertext"][:-24]},
        SEALED | {"ciphertext": b64encode(b"short").decode()},
        SEALED | {"ciphertext": "%%%"},
        SEALED | {"ciphertext": ""},
        SEALED | {"algorithm": "AEAD_AES_128_GCM"},
        SEALED | {"algorithm": ""},
    ],
)
def test_what_is_not_encrypted_to_us_is_refused(resource: dict[str, str]) -> None:
    """WX-2: another key, nonce, tag or what goes with it, though the envelope is signed."""
    refused(notice(None, resource=resource), "encryption")


def test_the_serials_of_the_test_are_of_both_kinds() -> None:
    """A public key that stands for itself, and one of a certificate."""
    assert THEIR_SERIAL.startswith("PUB_KEY_ID_")
    assert int(THEIR_NEXT_SERIAL, 16)
    assert set(settings().provider_keys) == {THEIR_SERIAL, THEIR_NEXT_SERIAL}
    assert PROVIDER != NEXT
