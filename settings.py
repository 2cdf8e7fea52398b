"""Everything that differs between two installations: typed, read once, validated together.

The only reader of the names ``DADASHOP_*``. A group of fields is a frozen dataclass; the name of a
setting is the path to its field (``Settings.mysql.pool_size`` is ``DADASHOP_MYSQL_POOL_SIZE``).
``Settings.from_environment`` collects everything that is wrong into one ``BadSettings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from environment import Secret, Url, read, setting
from keys import KeyRing, PrivateKey, PublicKey

PREFIX = "DADASHOP"
FORMATS = {"json", "console"}
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}
SECURITIES = {"none", "starttls", "tls"}
SHORTEST_SECRET = 32
API_KEY_BYTES = 32
PUBLISHED_SECRETS = frozenset({"changeme", "secret", "dadashop", "123456", "django-insecure"})


class BadSettings(Exception):
    """The environment does not describe a shop; ``wrong`` says everything that is wrong with it."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Http:
    """How the API is served."""

    address: str = setting("127.0.0.1", says="address to listen on")
    origins: tuple[str, ...] = setting(
        (), says="origins allowed to call the API, separated by commas; `*` only in demo mode"
    )
    trusted_proxies: tuple[str, ...] = setting(
        ("127.0.0.1", "::1"), says="peers whose X-Real-IP is believed"
    )
    drain_seconds: int = setting(25, says="longest wait for running requests at SIGTERM", least=0)


@dataclass(frozen=True, slots=True)
class Mysql:
    """The judge of everything that matters."""

    url: Url = setting(says="`mysql://user:password@host:port/database`")
    pool_size: int = setting(8, says="connections per process", least=1)
    acquire_ms: int = setting(1000, says="longest wait for a connection, then 503", least=1)
    statement_ms: int = setting(5000, says="longest wait for one statement, then 503", least=1)


@dataclass(frozen=True, slots=True)
class Redis:
    """Two servers: one forgets nothing, one may forget everything."""

    data_url: Url = setting(says="`redis://:password@host:port/0`, noeviction: what must stay")
    pages_url: Url = setting(says="`redis://:password@host:port/0`, allkeys-lru: ready pages")
    timeout_ms: int = setting(500, says="longest wait for one reply", least=1)


@dataclass(frozen=True, slots=True)
class Mongo:
    """What may be lost."""

    url: Url = setting(Url("mongodb://127.0.0.1:27017/dadashop"), says="`mongodb://host:port/name`")


@dataclass(frozen=True, slots=True)
class Pages:
    """Copies of catalogue pages."""

    memory_mb: int = setting(64, says="size of the copies kept in one process, MiB", least=1)
    memory_seconds: int = setting(60, says="life of a copy in memory", least=1)
    redis_seconds: int = setting(600, says="life of a copy in Redis", least=1)
    missing_seconds: int = setting(5, says="life of the knowledge that a page is missing", least=1)


@dataclass(frozen=True, slots=True)
class Media:
    """Pictures."""

    url: str = setting("/media/", says="`base_url` of replies: what pages put before a picture")
    root: Path = setting(Path("var/media"), says="folder that holds the pictures")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Users and their secrets."""

    site: str = setting(
        "http://127.0.0.1:7000/dadashop/templates/", says="address of the pages, for links in mails"
    )
    shortest_password: int = setting(6, says="characters a new password needs", least=6)
    hash_threads: int = setting(1, says="passwords hashed at once in one process", least=1)
    hash_queue: int = setting(16, says="passwords that may wait; more are refused", least=0)
    sms_per_phone: int = setting(10, says="codes sent to one phone in a day", least=1)
    sms_per_address: int = setting(50, says="codes sent for one client address in a day", least=1)


@dataclass(frozen=True, slots=True)
class Mail:
    """The SMTP server."""

    host: str = setting("127.0.0.1", says="SMTP server")
    port: int = setting(25, says="its port", least=1)
    security: str = setting("starttls", says="`none`, `starttls` or `tls`")
    user: str = setting("", says="user to sign in as; empty: no sign-in")
    password: Secret = setting(Secret(""), says="its password")
    sender: str = setting("no-reply@dadashop.example", says="address the mails come from")


@dataclass(frozen=True, slots=True)
class Sms:
    """The SMS gateway 容联云."""

    url: Url = setting(Url("https://app.cloopen.com:8883"), says="base address")
    account: str = setting("", says="account sid")
    token: Secret = setting(Secret(""), says="account token")
    app: str = setting("", says="application id")
    template: str = setting("1", says="template with two places: code and minutes")


@dataclass(frozen=True, slots=True)
class Weibo:
    """Sign-in by Weibo."""

    url: Url = setting(Url("https://api.weibo.com"), says="where our server asks")
    pages: str = setting("https://api.weibo.com", says="where the browser of the customer goes")
    client: str = setting("", says="client id")
    secret: Secret = setting(Secret(""), says="client secret")
    back: str = setting(
        "http://127.0.0.1:7000/dadashop/templates/callback.html", says="redirect address"
    )


@dataclass(frozen=True, slots=True)
class Order:
    """The terms of an order."""

    patience: int = setting(1800, says="seconds to pay an order, then it is closed", least=1)
    requires_activation: bool = setting(True, says="whether only activated accounts may order")
    freight: Decimal = setting(Decimal("10.00"), says="freight of every order, yuan", least=0)
    confirm_days: int = setting(10, says="days after which a shipped order has come", least=1)


@dataclass(frozen=True, slots=True)
class Pays:
    """What all payments have in common."""

    site: str = setting(
        "http://127.0.0.1:8000", says="address at which providers and buyers reach `/v1/pays/`"
    )
    asks_per_second: int = setting(
        20, says="how often one process may ask providers about waiting payments", least=1
    )


@dataclass(frozen=True, slots=True)
class Alipay:
    """Payment by Alipay."""

    app: str = setting("", says="application id; empty: no payment by Alipay")
    seller: str = setting("", says="seller id (PID) that notices must name")
    key: PrivateKey = setting(PrivateKey(), says="our key: PEM, Base64 or a file")
    provider_key: PublicKey = setting(PublicKey(), says="Alipay's public key, likewise")
    url: Url = setting(Url("https://openapi.alipay.com/gateway.do"), says="gateway our server asks")
    pages: str = setting(
        "https://openapi.alipay.com/gateway.do", says="gateway the browser of the buyer goes to"
    )


@dataclass(frozen=True, slots=True)
class Wechatpay:
    """Payment by WeChat Pay, interface version 3."""

    merchant: str = setting("", says="merchant id; empty: no payment by WeChat Pay")
    app: str = setting("", says="application id")
    serial: str = setting("", says="serial number of our certificate")
    key: PrivateKey = setting(PrivateKey(), says="our key: PEM, Base64 or a file")
    api_key: Secret = setting(Secret(""), says="APIv3 key, 32 bytes, that decrypts notices")
    provider_keys: KeyRing = setting(
        KeyRing(), says="WeChat Pay's keys: `serial=key`, or certificates, separated by commas"
    )
    url: Url = setting(Url("https://api.mch.weixin.qq.com"), says="where our server asks")


@dataclass(frozen=True, slots=True)
class Log:
    """What is written to standard output."""

    format: str = setting("json", says="`json` or `console`")
    level: str = setting("INFO", says="`DEBUG`, `INFO`, `WARNING` or `ERROR`")


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    mysql: Mysql
    redis: Redis
    token_secret: Secret = setting(says="key that signs tokens, at least 32 bytes")
    demo: bool = setting(False, says="a shop to try out: simulators allowed, any origin allowed")
    legacy_codes: bool = setting(False, says="send the older code numbers where there are any")
    http: Http = field(default_factory=Http)
    mongo: Mongo = field(default_factory=Mongo)
    pages: Pages = field(default_factory=Pages)
    media: Media = field(default_factory=Media)
    accounts: Accounts = field(default_factory=Accounts)
    mail: Mail = field(default_factory=Mail)
    sms: Sms = field(default_factory=Sms)
    weibo: Weibo = field(default_factory=Weibo)
    order: Order = field(default_factory=Order)
    pays: Pays = field(default_factory=Pays)
    alipay: Alipay = field(default_factory=Alipay)
    wechatpay: Wechatpay = field(default_factory=Wechatpay)
    log: Log = field(default_factory=Log)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``DADASHOP_*``; raise ``BadSettings`` with every fault at once."""
        left = {name: text for name, text in environment.items() if name.startswith(PREFIX + "_")}
        wrong: list[str] = []
        settings = read(cls, PREFIX, left, wrong)
        wrong += [f"{name} is not a setting" for name in sorted(left)]
        if settings is not None:
            wrong += _contradictions(settings)
        if wrong or settings is None:
            raise BadSettings(wrong)
        return settings


def _contradictions(settings: Settings) -> list[str]:
    """Name what is well-formed but must not run."""
    secret, origins = settings.token_secret, settings.http.origins
    rules = {
        "LOG_FORMAT must be json or console": settings.log.format in FORMATS,
        "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR": settings.log.level in LEVELS,
        "MAIL_SECURITY must be none, starttls or tls": settings.mail.security in SECURITIES,
        "MEDIA_URL must end with /": settings.media.url.endswith("/"),
        "ACCOUNTS_SITE must end with /": settings.accounts.site.endswith("/"),
        f"TOKEN_SECRET must hold at least {SHORTEST_SECRET} bytes": (
            len(secret.encode()) >= SHORTEST_SECRET
        ),
        "ORDER_FREIGHT must have no more than two decimals": (
            settings.order.freight == round(settings.order.freight, 2)
        ),
        "HTTP_ORIGINS may be * only in demo mode": settings.demo or "*" not in origins,
        "TOKEN_SECRET is a published one: make your own": settings.demo or not _well_known(secret),
        "PAYS_SITE must begin with https:// outside demo mode, and with http at all": (
            settings.pays.site.startswith(("https://", "http://") if settings.demo else "https://")
            or not (settings.alipay.app or settings.wechatpay.merchant)
        ),
        **(_alipay_rules(settings.alipay) if settings.alipay.app else {}),
        **(_wechatpay_rules(settings.wechatpay) if settings.wechatpay.merchant else {}),
    }
    return [f"{PREFIX}_{rule}" for rule, holds in rules.items() if not holds]


def _alipay_rules(alipay: Alipay) -> dict[str, bool]:
    """Judge the account at Alipay: half of one is none."""
    return {
        "ALIPAY_SELLER is needed beside ALIPAY_APP": bool(alipay.seller),
        "ALIPAY_KEY is needed beside ALIPAY_APP": bool(alipay.key),
        "ALIPAY_PROVIDER_KEY is needed beside ALIPAY_APP": bool(alipay.provider_key),
    }


def _wechatpay_rules(wechatpay: Wechatpay) -> dict[str, bool]:
    """Judge the account at WeChat Pay."""
    return {
        "WECHATPAY_APP is needed beside WECHATPAY_MERCHANT": bool(wechatpay.app),
        "WECHATPAY_SERIAL is needed beside WECHATPAY_MERCHANT": bool(wechatpay.serial),
        "WECHATPAY_KEY is needed beside WECHATPAY_MERCHANT": bool(wechatpay.key),
        f"WECHATPAY_API_KEY must hold exactly {API_KEY_BYTES} bytes": (
            len(wechatpay.api_key.encode()) == API_KEY_BYTES
        ),
        "WECHATPAY_PROVIDER_KEYS is needed beside WECHATPAY_MERCHANT": bool(
            wechatpay.provider_keys
        ),
    }


def _well_known(secret: str) -> bool:
    """Tell a secret out of documentation, or one that is a short text repeated."""
    lowered = secret.lower()
    return len(set(secret)) < 8 or any(word in lowered for word in PUBLISHED_SECRETS)
