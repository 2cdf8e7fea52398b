"""Keys as settings: every shape providers hand them out in, and nothing weaker."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import pkcs1_15
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from keys import KeyRing, PrivateKey, PublicKey
from settings import BadSettings, Settings, Wechatpay
from tests.test_settings import NEEDED

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - refused below
CURVE = ec.generate_private_key(ec.SECP256R1())
SERIAL = 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1
MESSAGE = "金额=98.00\n".encode()

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def private(
    key: Key = KEY,
    encoding: Encoding = Encoding.PEM,
    form: PrivateFormat = PrivateFormat.PKCS8,
    password: bytes = b"",
) -> bytes:
    hidden = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(encoding, form, hidden)


def public(
    key: Key = KEY,
    encoding: Encoding = Encoding.PEM,
    form: PublicFormat = PublicFormat.SubjectPublicKeyInfo,
) -> bytes:
    return key.public_key().public_bytes(encoding, form)


def certificate(key: Key = KEY, serial: int = SERIAL) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com Root CA")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), serial)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(OTHER, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def one_line(der: bytes) -> str:
    return b64encode(der).decode()


def folded(der: bytes) -> str:
    text = one_line(der)
    return "\n".join(text[at : at + 64] for at in range(0, len(text), 64)) + "\n"


PRIVATE_TEXTS = {
    "pem": private().decode(),
    "pem-pkcs1": private(form=PrivateFormat.TraditionalOpenSSL).decode(),
    "line": one_line(private(encoding=Encoding.DER)),
    "line-pkcs1": one_line(private(encoding=Encoding.DER, form=PrivateFormat.TraditionalOpenSSL)),
    "folded": folded(private(encoding=Encoding.DER)),
}
PUBLIC_TEXTS = {
    "pem": public().decode(),
    "pem-pkcs1": public(form=PublicFormat.PKCS1).decode(),
    "line": one_line(public(encoding=Encoding.DER)),
    "folded": folded(public(encoding=Encoding.DER)),
    "certificate": certificate(),
}


@pytest.mark.parametrize("shape", PRIVATE_TEXTS)
@pytest.mark.parametrize("in_a_file", [False, True], ids=["text", "file"])
def test_a_private_key_signs_in_any_shape(shape: str, in_a_file: bool, tmp_path: Path) -> None:
    """An independent library finds the signature good."""
    text = PRIVATE_TEXTS[shape]
    if in_a_file:
        file = tmp_path / "apiclient_key.pem"
        file.write_text(text, "ascii")
        text = str(file)
    key = PrivateKey(text)
    assert key
    assert key.public.verifies(MESSAGE, key.sign(MESSAGE))
    assert key.text() == PRIVATE_TEXTS["line"]
    theirs = RSA.import_key(PRIVATE_TEXTS["pem"])
    mine = pkcs1_15.new(theirs).sign(SHA256.new(MESSAGE))
    assert key.sign(MESSAGE) == b64encode(mine).decode()


@pytest.mark.parametrize("shape", PUBLIC_TEXTS)
@pytest.mark.parametrize("in_a_file", [False, True], ids=["text", "file"])
def test_a_public_key_verifies_in_any_shape(shape: str, in_a_file: bool, tmp_path: Path) -> None:
    """An independent library has signed."""
    text = PUBLIC_TEXTS[shape]
    if in_a_file:
        file = tmp_path / "key.pem"
        file.write_text(text, "ascii")
        text = str(file)
    key = PublicKey(text)
    signature = pkcs1_15.new(RSA.import_key(PRIVATE_TEXTS["pem"])).sign(SHA256.new(MESSAGE))
    assert key
    assert key.verifies(MESSAGE, b64encode(signature).decode())
    assert not key.verifies(MESSAGE + b" ", b64encode(signature).decode())
    assert key.text() == PUBLIC_TEXTS["line"]
    assert key.serial == (f"{SERIAL:X}" if shape == "certificate" else "")


def test_nothing_else_is_a_signature() -> None:
    key, good = PublicKey(PUBLIC_TEXTS["pem"]), PrivateKey(PRIVATE_TEXTS["pem"]).sign(MESSAGE)
    weak = pkcs1_15.new(RSA.import_key(private(OTHER))).sign(SHA256.new(MESSAGE))
    wrong = ("", "%%%", "é", good[:-4], good + "AAAA", f" {good}", f"{good}\n", good[::-1])
    assert key.verifies(MESSAGE, good)
    assert not [text for text in (*wrong, b64encode(weak).decode()) if key.verifies(MESSAGE, text)]
    assert not PublicKey().verifies(MESSAGE, good)


def test_no_key_is_false_and_does_nothing() -> None:
    assert not PrivateKey("")
    assert not PublicKey("")
    assert not KeyRing("")
    for act in (lambda: PrivateKey().sign(b""), PrivateKey().text, PublicKey().text):
        with pytest.raises(ValueError, match="no key"):
            act()


@pytest.mark.parametrize(
    "text",
    [
        "no-such-file.pem",
        "x" * 300 + "/",
        "A" * 300,
        "-----BEGIN {0}-----\nAAAA\n-----END {0}-----".format("PRIVATE KEY"),
        private(WEAK).decode(),
        private(CURVE).decode(),
        private(password=b"secret").decode(),
        PUBLIC_TEXTS["pem"],
        PUBLIC_TEXTS["line"],
        PUBLIC_TEXTS["certificate"],
    ],
    ids=lambda text: text[:20],
)
def test_nothing_else_is_a_private_key(text: str) -> None:
    """No file, no key, too short, on a curve, locked, or the wrong half."""
    with pytest.raises(ValueError):  # noqa: PT011 - settings tell its kind, whatever was wrong
        PrivateKey(text)


@pytest.mark.parametrize(
    "text",
    [
        "no-such-file.pem",
        "A" * 300,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        public(WEAK).decode(),
        public(CURVE).decode(),
        certificate(WEAK),
        certificate(CURVE),
        PRIVATE_TEXTS["pem"],
        PRIVATE_TEXTS["line"],
    ],
    ids=lambda text: text[:20],
)
def test_nothing_else_is_a_public_key(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - settings tell its kind, whatever was wrong
        PublicKey(text)


def test_a_private_key_does_not_show_itself() -> None:
    key = PrivateKey(PRIVATE_TEXTS["pem"])
    assert repr(key) == str(key) == f"{key}" == "PrivateKey(***)"
    assert repr(PrivateKey()) == "PrivateKey()"
    assert str(PrivateKey()) == str(PublicKey()) == str(KeyRing()) == ""
    assert PRIVATE_TEXTS["line"][:40] not in repr(Wechatpay(key=key))


def test_a_ring_finds_keys_by_serial(tmp_path: Path) -> None:
    """Named keys, certificates and files, side by side while a provider changes them."""
    file = tmp_path / "pub_key.pem"
    file.write_bytes(public(OTHER))
    named, bare = f"PUB_KEY_ID_01={PUBLIC_TEXTS['line']}", certificate(OTHER, 0xABCDEF)
    ring = KeyRing(f"{named}, {bare}\n,PUB_KEY_ID_02={file},")
    assert list(ring) == ["PUB_KEY_ID_01", "ABCDEF", "PUB_KEY_ID_02"]
    assert len(ring) == 3
    ours, theirs = PrivateKey(PRIVATE_TEXTS["pem"]), PrivateKey(private(OTHER).decode())
    assert ring["PUB_KEY_ID_01"].verifies(MESSAGE, ours.sign(MESSAGE))
    for serial in ("ABCDEF", "PUB_KEY_ID_02"):
        assert ring[serial].verifies(MESSAGE, theirs.sign(MESSAGE))
        assert not ring[serial].verifies(MESSAGE, ours.sign(MESSAGE))
    assert "nobody" not in ring
    assert PUBLIC_TEXTS["line"][:40] not in repr(ring)


def test_a_name_wins_over_the_serial_of_a_certificate() -> None:
    assert list(KeyRing(f"NAMED={PUBLIC_TEXTS['certificate']}")) == ["NAMED"]


@pytest.mark.parametrize("text", [PUBLIC_TEXTS["pem"], PUBLIC_TEXTS["line"], "A=no-such-file.pem"])
def test_a_key_in_a_ring_needs_a_serial(text: str) -> None:
    with pytest.raises(ValueError, match=r"serial|file"):
        KeyRing(text)


def test_settings_read_keys_and_say_what_they_wanted() -> None:
    """A wrong key is told with all other faults, and not repeated."""
    good = {
        "DADASHOP_ALIPAY_KEY": PRIVATE_TEXTS["line"],
        "DADASHOP_ALIPAY_PROVIDER_KEY": PUBLIC_TEXTS["pem"],
        "DADASHOP_WECHATPAY_PROVIDER_KEYS": PUBLIC_TEXTS["certificate"],
    }
    settings = Settings.from_environment(NEEDED | good)
    assert settings.alipay.key.text() == PRIVATE_TEXTS["line"]
    assert list(settings.wechatpay.provider_keys) == [f"{SERIAL:X}"]
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment(NEEDED | dict.fromkeys(good, "secret-of-the-test"))
    assert len(refused.value.wrong) == 3
    for line, kind in zip(refused.value.wrong, (PrivateKey, PublicKey, KeyRing), strict=True):
        assert kind.kind in line
        assert "secret-of-the-test" not in line
