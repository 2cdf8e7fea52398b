"""What the simulators take for genuine: handed over by the environment, drawn by the stack."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Self

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys import PrivateKey

PREFIX = "SANDBOX_"
EXPONENT, BITS = 65537, 2048


def draw_key() -> str:
    """Draw an RSA key; return it as ``PrivateKey`` reads it, one line of Base64."""
    key = rsa.generate_private_key(EXPONENT, BITS)
    form = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(key.private_bytes(*form)).decode()


@lru_cache(maxsize=16)
def loaded(text: str) -> PrivateKey:
    """Return the key in a text; reading one costs much more than signing with it."""
    return PrivateKey(text)


@lru_cache(maxsize=1)
def key_of_a_stranger() -> PrivateKey:
    """Return a key that belongs to nobody: it signs what is forged."""
    return PrivateKey(draw_key())


@dataclass(frozen=True, slots=True)
class Credentials:
    """The accounts of the shop at its third parties.

    ``weibo_back`` is the registered redirect address; while it is empty any will do.
    ``alipay_key`` and ``wechatpay_key`` are the shop's keys, of which the simulators use the public
    halves; the ``provider`` keys are theirs. ``wechatpay_api_key`` is of 32 bytes.
    ``shop_pages`` is where a buyer who leaves the cashier finds the shop: a whole address, or a
    path of the host the cashier was reached at.
    """

    sms_token: str = field(repr=False)
    weibo_secret: str = field(repr=False)
    alipay_key: str = field(repr=False)
    alipay_provider_key: str = field(repr=False)
    wechatpay_key: str = field(repr=False)
    wechatpay_provider_key: str = field(repr=False)
    wechatpay_api_key: str = field(repr=False)
    sms_account: str = "sandbox-account"
    sms_app: str = "sandbox-app"
    weibo_client: str = "sandbox-client"
    weibo_back: str = ""
    alipay_app: str = "9021000100000001"
    alipay_seller: str = "2088721000000001"
    wechatpay_merchant: str = "1900000001"
    wechatpay_app: str = "wxdadashop00000001"
    wechatpay_serial: str = "5D0A0000000000000000000000000000000000A1"
    wechatpay_provider_serial: str = "PUB_KEY_ID_0119000000012026113000000001"
    shop_pages: str = "/dadashop/templates/"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read ``SANDBOX_*``; raises ``TypeError`` when a secret is missing."""
        names = {each.name: f"{PREFIX}{each.name.upper()}" for each in fields(cls)}
        return cls(
            **{field: environment[name] for field, name in names.items() if name in environment}
        )

    def environment(self) -> dict[str, str]:
        """Return the names ``from_environment`` reads."""
        return {f"{PREFIX}{each.name.upper()}": getattr(self, each.name) for each in fields(self)}
