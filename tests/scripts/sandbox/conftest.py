"""The simulators of the payment providers, and the shop as others have written it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.sandbox import Sandbox
from tests.merchants import NUMBER, Ear, alipay_of, opened, ordered, page, wechat_of
from tests.sandbox import SandboxClient

Opened = Callable[[str], dict[str, Any]]
PROVIDERS = ("alipay", "wechat")
CREDENTIALS = Passwords().credentials()
SPEED = 600.0
"""A notice of Alipay that nobody hears comes again after 0.4 s, one of WeChat Pay after 25 ms."""


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Simulators that are never stopped."""
    ports, folder = Ports(), tmp_path_factory.mktemp("providers")
    process = Sandbox(folder, ports.of("sandbox"), ports.of("smtp"), CREDENTIALS, speed=SPEED)
    process.start()
    try:
        process.wait()
        yield process
    finally:
        process.stop()


@pytest.fixture
def payments(providers: Sandbox) -> SandboxClient:
    """The same, with empty books and no faults."""
    client = SandboxClient(providers.url)
    client.mend()
    client.forget()
    return client


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Where the shop would listen."""
    with Ear().listening() as ear:
        yield ear


@pytest.fixture
def alipay_shop(providers: Sandbox, payments: SandboxClient, ear: Ear) -> Any:
    """The shop as Alipay's customer."""
    return alipay_of(CREDENTIALS, providers.url, notify_url=f"{ear.url}/v1/pays/notify_url")


@pytest.fixture
def wechat_shop(providers: Sandbox, payments: SandboxClient, ear: Ear) -> Any:
    """The shop as WeChat Pay's customer."""
    return wechat_of(CREDENTIALS, providers.url, notify_url=f"{ear.url}/v1/pays/wechat/notify")


@pytest.fixture
def bought(payments: SandboxClient, alipay_shop: Any, wechat_shop: Any) -> Opened:
    """Open a trade at a provider and pay it."""

    def buy(provider: str) -> dict[str, Any]:
        if provider == "alipay":
            assert opened(payments, page(alipay_shop)).status == 200
        else:
            ordered(wechat_shop)
        return payments.pay(provider, NUMBER)

    return buy
