"""The accounts a stack gives its shop at the payment providers."""

from __future__ import annotations

from pathlib import Path

from keys import PrivateKey
from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.stack import Stack
from settings import Settings


def test_a_stack_hands_its_payment_providers_to_the_shop(tmp_path: Path) -> None:
    stack = Stack(tmp_path, Ports(), Passwords(), site="http://127.0.0.1:7000")
    settings, known = Settings.from_environment(stack.environment()), stack.sandbox.credentials
    alipay, wechat = settings.alipay, settings.wechatpay
    assert alipay.url == f"{stack.sandbox.url}/alipay/gateway.do"
    assert alipay.pages == "http://127.0.0.1:7000/sandbox/alipay/gateway.do"
    assert (alipay.app, alipay.seller) == (known.alipay_app, known.alipay_seller)
    assert wechat.url == f"{stack.sandbox.url}/wechat"
    assert wechat.serial == known.wechatpay_serial
    assert len(wechat.api_key) == 32
    assert settings.pays.site == "http://127.0.0.1:7000"
    signed = PrivateKey(known.alipay_provider_key).sign(b"hello")
    assert alipay.provider_key.verifies(b"hello", signed)
    signed = PrivateKey(known.wechatpay_provider_key).sign(b"hello")
    assert wechat.provider_keys[known.wechatpay_provider_serial].verifies(b"hello", signed)
    keys = {known.alipay_key, known.wechatpay_key, alipay.key.text(), wechat.key.text()}
    assert len(keys) == 2
    assert not any(key in repr(known) for key in keys)


def test_keys_are_drawn_once(tmp_path: Path) -> None:
    first = Passwords.kept(tmp_path / "passwords")
    assert Passwords.kept(tmp_path / "passwords") == first
    alone = Stack(tmp_path, Ports(), first).environment()
    assert alone["DADASHOP_PAYS_SITE"] == "http://127.0.0.1:8000"
