"""Accounts at payment providers: whole or not at all, with keys that are read at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys import PrivateKey
from settings import Settings
from tests.test_settings import NEEDED, wrong

FORM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PEM = rsa.generate_private_key(65537, 2048).private_bytes(*FORM).decode()
KEY = PrivateKey(PEM)
PUBLIC = KEY.public.text()
ALIPAY = {
    "PAYS_SITE": "https://shop.example",
    "ALIPAY_APP": "2021000000000000",
    "ALIPAY_SELLER": "2088000000000000",
    "ALIPAY_KEY": PEM,
    "ALIPAY_PROVIDER_KEY": PUBLIC,
}
WECHATPAY = {
    "PAYS_SITE": "https://shop.example",
    "WECHATPAY_MERCHANT": "1900000001",
    "WECHATPAY_APP": "wx0000000000000001",
    "WECHATPAY_SERIAL": "1A2B",
    "WECHATPAY_KEY": PEM,
    "WECHATPAY_API_KEY": "k" * 32,
    "WECHATPAY_PROVIDER_KEYS": f"PUB_KEY_ID_01={PUBLIC}",
}


def settings(**names: str) -> Settings:
    """Return the settings of a shop with these names beside what every shop needs."""
    return Settings.from_environment(
        NEEDED | {f"DADASHOP_{name}": text for name, text in names.items()}
    )


def test_a_shop_without_accounts_needs_no_keys() -> None:
    """Nobody is asked for what he does not use."""
    found = Settings.from_environment(NEEDED)
    assert not found.alipay.key
    assert not found.wechatpay.provider_keys


def test_whole_accounts_are_fine(tmp_path: Path) -> None:
    """Keys may be PEM texts, Base64, or files with either."""
    found = settings(**ALIPAY | WECHATPAY)
    assert found.alipay.provider_key.verifies(b"text", found.alipay.key.sign(b"text"))
    assert list(found.wechatpay.provider_keys) == ["PUB_KEY_ID_01"]
    path = tmp_path / "key.pem"
    path.write_text(PEM, "ascii")
    assert settings(**ALIPAY | {"ALIPAY_KEY": str(path)}).alipay.key.sign(b"x") == KEY.sign(b"x")
    assert settings(**ALIPAY | {"ALIPAY_KEY": KEY.text()}).alipay.key.sign(b"x") == KEY.sign(b"x")


@pytest.mark.parametrize("account", [ALIPAY, WECHATPAY])
def test_half_an_account_is_refused(account: dict[str, str]) -> None:
    """Every part that is missing is named."""
    first = next(name for name in account if name.endswith(("_APP", "_MERCHANT")))
    for name in account:
        if name not in {first, "PAYS_SITE"}:
            left = {key: text for key, text in account.items() if key != name}
            (line,) = wrong(**left)
            assert line.startswith(f"DADASHOP_{name}"), line


@pytest.mark.parametrize("bits", [1024, 0])
def test_keys_that_cannot_sign_are_refused(bits: int) -> None:
    """A short one, one of another kind, no key at all, a file that is not there."""
    bad = (
        rsa.generate_private_key(65537, bits).private_bytes(*FORM).decode()
        if bits
        else ec.generate_private_key(ec.SECP256R1()).private_bytes(*FORM).decode()
    )
    for text in (bad, "nonsense", "/no/such/file.pem", "A" * 400):
        (line,) = wrong(**ALIPAY | {"ALIPAY_KEY": text})
        assert line.startswith("DADASHOP_ALIPAY_KEY must be an RSA private key"), line
        assert "PRIVATE KEY---" not in line
    (line,) = wrong(**ALIPAY | {"ALIPAY_PROVIDER_KEY": "nonsense"})
    assert line.startswith("DADASHOP_ALIPAY_PROVIDER_KEY must be an RSA public key")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_the_key_of_notices_has_32_bytes(length: int) -> None:
    """WX-2: its length is checked at the start."""
    (line,) = wrong(**WECHATPAY | {"WECHATPAY_API_KEY": "k" * length})
    assert line.startswith("DADASHOP_WECHATPAY_API_KEY must hold exactly 32 bytes")


def test_money_comes_over_https_only() -> None:
    """ALI-8: outside a demo providers reach us over TLS."""
    (line,) = wrong(**ALIPAY | {"PAYS_SITE": "http://shop.example"})
    assert line.startswith("DADASHOP_PAYS_SITE must begin with https://")
    demo = ALIPAY | {"PAYS_SITE": "http://127.0.0.1:7000", "DEMO": "true"}
    assert settings(**demo).pays.site == "http://127.0.0.1:7000"


def test_keys_do_not_show_themselves() -> None:
    """SEC-4: neither in a repr nor in what is printed."""
    found = settings(**ALIPAY | WECHATPAY)
    body = PEM.splitlines()[1]
    for shown in (repr(found), str(found.alipay.key), str(found), repr(found.wechatpay)):
        assert body not in shown
        assert "k" * 32 not in shown
