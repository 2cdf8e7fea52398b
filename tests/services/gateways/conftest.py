"""The adapters, pointed at simulators in a process of their own."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from scripts.stack.passwords import Passwords
from scripts.stack.ports import Ports
from scripts.stack.sandbox import Sandbox
from services.gateways.alipay import AlipayGateway
from services.gateways.beijing import BEIJING
from services.gateways.circuit import Circuit
from services.gateways.cloopen import CloopenSms
from services.gateways.remote import Patience, Remote, open_session
from services.gateways.smtp import SmtpMailer
from services.gateways.wechatpay import WechatpayGateway
from services.gateways.weibo import WeiboGateway
from services.ports import Bill, PaymentProvider, TradeState, WeiboProvider, WeiboUser
from settings import Alipay, Mail, Settings, Sms, Wechatpay, Weibo
from tasks.outside import Letter, Mailer, SmsSender
from tests.sandbox import SandboxClient
from tests.services.gateways import alipay_desk, wechatpay_desk
from tests.services.gateways.desk import SHORT, TWICE

SITE = "http://shop.example"
CREDENTIALS = replace(
    Passwords().credentials(), weibo_back="http://shop.example/dadashop/templates/callback.html"
)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """The simulators."""
    ports = Ports()
    with tempfile.TemporaryDirectory(prefix="dadashop-", ignore_cleanup_errors=True) as folder:
        server = Sandbox(Path(folder), ports.of("sandbox"), ports.of("sandbox-smtp"), CREDENTIALS)
        server.start()
        try:
            server.wait()
            yield server
        finally:
            server.stop()


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> SandboxClient:
    """The same, with empty books and no faults."""
    client = SandboxClient(sandbox_server.url)
    client.mend()
    client.forget()
    return client


@pytest.fixture
def gateways(sandbox_server: Sandbox) -> Settings:
    """Settings of a shop that uses the simulators."""
    needed = {
        "DADASHOP_DEMO": "true",
        "DADASHOP_TOKEN_SECRET": "x" * 32,
        "DADASHOP_MYSQL_URL": "mysql://nobody@127.0.0.1/none",
        "DADASHOP_REDIS_DATA_URL": "redis://127.0.0.1/0",
        "DADASHOP_REDIS_PAGES_URL": "redis://127.0.0.1/0",
    }
    known = sandbox_server.settings("http://shop.example")
    kept = {name: text for name, text in known.items() if "_CASHIER_" not in name}
    return Settings.from_environment(kept | needed)


@dataclass
class Time:
    """A clock that tests turn: seconds for circuits, moments for signatures."""

    seconds: float = 0.0
    moment: datetime | None = None

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.moment or datetime.now(UTC)


@dataclass
class Adapters:
    """Makes adapters; circuits open after three failures for ten seconds of ``time``."""

    settings: Settings
    session: aiohttp.ClientSession
    time: Time = field(default_factory=Time)

    def circuit(self, provider: str) -> Circuit:
        return Circuit(provider, failures=3, pause=10.0, clock=self.time.monotonic)

    def remote(self, provider: str, patience: Patience = SHORT) -> Remote:
        return Remote(provider, self.session, patience=patience, circuit=self.circuit(provider))

    def sms(self, patience: Patience = SHORT, **changes: str) -> tuple[SmsSender, Circuit]:
        settings: Sms = replace(self.settings.sms, **changes)  # type: ignore[arg-type]
        remote = self.remote("sms", patience)
        return CloopenSms(settings, remote, self.time.now), remote.circuit

    def mail(self, patience: Patience = SHORT, **changes: object) -> tuple[Mailer, Circuit]:
        settings: Mail = replace(self.settings.mail, **changes)  # type: ignore[arg-type]
        circuit = self.circuit("smtp")
        return SmtpMailer(settings, patience=patience, circuit=circuit), circuit

    def weibo(self, patience: Patience = SHORT, **changes: str) -> tuple[WeiboProvider, Circuit]:
        settings: Weibo = replace(self.settings.weibo, **changes)  # type: ignore[arg-type]
        remote = self.remote("weibo", patience)
        return WeiboGateway(settings, remote), remote.circuit

    def alipay(
        self, patience: Patience = SHORT, **changes: object
    ) -> tuple[PaymentProvider, Circuit]:
        settings: Alipay = replace(self.settings.alipay, **changes)  # type: ignore[arg-type]
        remote = self.remote("alipay", patience)
        return AlipayGateway(settings, remote, site=SITE, clock=self.time.now), remote.circuit

    def wechat(
        self, patience: Patience = SHORT, **changes: object
    ) -> tuple[PaymentProvider, Circuit]:
        settings: Wechatpay = replace(self.settings.wechatpay, **changes)  # type: ignore[arg-type]
        remote = self.remote("wechat", patience)
        return WechatpayGateway(settings, remote, site=SITE, clock=self.time.now), remote.circuit


@pytest.fixture
async def adapters(gateways: Settings) -> AsyncIterator[Adapters]:
    """The adapters of one test."""
    async with open_session() as session:
        yield Adapters(gateways, session)


NUMBERS = count(1)


def bill(number: int | str = 1, amount: str = "98.00", *, minutes: float = 30) -> Bill:
    """What is to be paid, for half an hour."""
    now = datetime.now(UTC).astimezone(BEIJING).replace(tzinfo=None)
    return Bill(
        out_trade_no=f"20261127test{number}",
        amount=Decimal(amount),
        subject="达达商城订单 1000000000000001",
        opened_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )


def letter(number: int = 1, **changes: str) -> Letter:
    """A mail."""
    given: dict[str, str] = {
        "to": "lan@example.com",
        "subject": "激活您的达达商城账号",
        "text": "请打开 http://shop.example/active.html?code=Ab1_-x 。",
        "html": '<p><a href="http://shop.example/active.html?code=Ab1_-x">激活</a></p>',
    }
    return Letter(number=number, **(given | changes))


class Party:
    """One adapter in the words of the contract: what it does, and what the other side saw."""

    def __init__(self, name: str, adapters: Adapters, sandbox: SandboxClient) -> None:
        self.name = name
        self.secrets = (
            *("13800138000", "lan@example.com", "246810"),
            *(CREDENTIALS.sms_token, CREDENTIALS.wechatpay_api_key),
        )
        self._sandbox = sandbox
        self.sms, self.mail, self.weibo = adapters.sms(), adapters.mail(), adapters.weibo()
        self.alipay, self.wechat = adapters.alipay(), adapters.wechat()
        chosen: dict[str, tuple[object, Circuit]] = {
            "sms": self.sms,
            "smtp": self.mail,
            "weibo": self.weibo,
            "alipay": self.alipay,
            "wechat": self.wechat,
        }
        self.circuit = chosen[name][1]

    async def call(self) -> None:
        """Make one call that should succeed."""
        calls: dict[str, Callable[[], object]] = {
            "sms": lambda: self.sms[0].send_code(next(NUMBERS), "13800138000", "246810", minutes=5),
            "smtp": lambda: self.mail[0].send(letter(next(NUMBERS))),
            "weibo": self._sign_in,
            "alipay": self._ask,
            "wechat": lambda: self.wechat[0].way(bill(next(NUMBERS))),
        }
        await calls[self.name]()  # type: ignore[misc]

    def seen(self) -> int:
        """Return how many calls the other side took for good."""
        return sum(each["times"] for each in self._sandbox.books(self.name))

    async def _sign_in(self) -> WeiboUser:
        gateway = self.weibo[0]
        back = self._sandbox.agree(gateway.authorize_url("state"), "10001")
        return await gateway.user_behind(back["code"])

    async def _ask(self) -> None:
        asked = bill(next(NUMBERS))
        gateway = self.alipay[0]
        assert self._sandbox.visit((await gateway.way(asked)).pay_url).status == 200
        trade = await gateway.query(asked.out_trade_no)
        assert trade.state is TradeState.WAITING


@pytest.fixture(params=["sms", "smtp", "weibo", "alipay", "wechat"])
def party(request: pytest.FixtureRequest, adapters: Adapters, sandbox: SandboxClient) -> Party:
    """Each adapter in turn."""
    return Party(request.param, adapters, sandbox)


@pytest.fixture
async def alipay() -> AsyncIterator[alipay_desk.Counter]:
    """Alipay, played by an independent SDK, and our adapter, which asks once."""
    async with alipay_desk.counter() as opened:
        yield opened


@pytest.fixture
async def patient_alipay() -> AsyncIterator[alipay_desk.Counter]:
    """The same, which asks twice what may be asked twice."""
    async with alipay_desk.counter(TWICE) as opened:
        yield opened


@pytest.fixture
async def wechat() -> AsyncIterator[wechatpay_desk.Counter]:
    """WeChat Pay, played by an independent SDK, and our adapter, which asks once."""
    async with wechatpay_desk.counter() as opened:
        yield opened


@pytest.fixture
async def patient_wechat() -> AsyncIterator[wechatpay_desk.Counter]:
    """The same, which asks twice what may be asked twice."""
    async with wechatpay_desk.counter(TWICE) as opened:
        yield opened
