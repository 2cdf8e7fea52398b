"""Everything that differs between two installations: typed, read once, validated together.

The only reader of the names ``DADASHOP_*``. A group of fields is a frozen dataclass; the name of a
setting is the path to its field (``Settings.mysql.pool_size`` is ``DADASHOP_MYSQL_POOL_SIZE``).
``Settings.from_environment`` collects everything that is wrong into one ``BadSettings``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints
from urllib.parse import unquote, urlsplit

T = TypeVar("T")

PREFIX = "DADASHOP"
SHORTEST_SECRET = 32
PUBLISHED_SECRETS = frozenset({"changeme", "secret", "dadashop", "123456", "django-insecure"})


class BadSettings(Exception):
    """The environment does not describe a shop; ``wrong`` says everything that is wrong with it."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


class Secret(str):
    """A text that does not show itself in logs and tracebacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(***)"


class Url(str):
    """An address that may hold a password: ``scheme://user:password@host:port/name``."""

    __slots__ = ()

    def __new__(cls, text: str) -> Url:
        """Refuse what has no scheme, no host or an impossible port."""
        parts = urlsplit(text)
        if not parts.scheme or not parts.hostname or parts.port == 0:
            raise ValueError(text)
        return super().__new__(cls, text)

    def __repr__(self) -> str:
        return f"Url({self.scheme}://{self.place}/{self.name})"

    @property
    def scheme(self) -> str:
        """What is spoken there, such as ``mysql``."""
        return urlsplit(self).scheme

    @property
    def host(self) -> str:
        """The host, a name or an address."""
        return urlsplit(self).hostname or ""

    def port(self, default: int) -> int:
        """Return the port, or the default of the scheme."""
        return urlsplit(self).port or default

    @property
    def user(self) -> str:
        """The user to sign in as, or an empty text."""
        return unquote(urlsplit(self).username or "")

    @property
    def password(self) -> Secret:
        """The password, or an empty text."""
        return Secret(unquote(urlsplit(self).password or ""))

    @property
    def name(self) -> str:
        """The database: the path without its slash."""
        return urlsplit(self).path.strip("/")

    @property
    def place(self) -> str:
        """``host:port`` for people; never shows the password."""
        parts = urlsplit(self)
        return parts.hostname + (f":{parts.port}" if parts.port else "") if parts.hostname else ""


def setting(default: Any = MISSING, *, says: str, least: int | None = None) -> Any:
    """Declare a setting: its default, one line for people, and the least allowed number."""
    return field(default=default, metadata={"says": says, "least": least})


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
    log: Log = field(default_factory=Log)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``DADASHOP_*``; raise ``BadSettings`` with every fault at once."""
        left = {name: text for name, text in environment.items() if name.startswith(PREFIX + "_")}
        wrong: list[str] = []
        settings = _read(cls, PREFIX, left, wrong)
        wrong += [f"{name} is not a setting" for name in sorted(left)]
        if settings is not None:
            wrong += _contradictions(settings)
        if wrong or settings is None:
            raise BadSettings(wrong)
        return settings


@dataclass(frozen=True, slots=True)
class Described:
    """A setting as people read about it."""

    name: str
    default: str
    says: str


def described(kind: type[Any] = Settings, prefix: str = PREFIX) -> Iterator[Described]:
    """Name every setting with its default, in the order of the source."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        name, hint = f"{prefix}_{each.name.upper()}", hints[each.name]
        if is_dataclass(hint):
            yield from described(hint, name)  # type: ignore[arg-type]
        else:
            default = "required" if each.default is MISSING else _shown(each.default)
            yield Described(name, default, each.metadata["says"])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _truth(text: str) -> bool:
    return {"1": True, "true": True, "0": False, "false": False}[text.lower()]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


PARSERS: Mapping[object, Callable[[str], Any]] = {bool: _truth, tuple[str, ...]: _list}
KINDS: Mapping[object, str] = {bool: "true or false", int: "a whole number", Url: "an address"}


def _read(kind: type[T], prefix: str, left: dict[str, str], wrong: list[str]) -> T | None:
    values: dict[str, Any] = {}
    faults = len(wrong)
    hints = get_type_hints(kind)
    for each in fields(kind):  # type: ignore[arg-type]
        name, hint = f"{prefix}_{each.name.upper()}", hints[each.name]
        if isinstance(hint, type) and is_dataclass(hint):
            values[each.name] = _read(hint, name, left, wrong)
        elif name in left:
            values[each.name] = _parsed(left.pop(name), name, hint, each, wrong)
        elif each.default is MISSING:
            wrong.append(f"{name} is missing: {each.metadata['says']}")
    return kind(**values) if len(wrong) == faults else None


def _parsed(text: str, name: str, hint: Any, each: Field[Any], wrong: list[str]) -> Any:
    try:
        value = PARSERS.get(hint, hint)(text)
    except (KeyError, ValueError):
        wrong.append(f"{name} must be {KINDS.get(hint, 'valid')}: {each.metadata['says']}")
        return None
    least = each.metadata["least"]
    if least is not None and value < least:
        wrong.append(f"{name} must be at least {least}: {each.metadata['says']}")
    return value


def _contradictions(settings: Settings) -> list[str]:
    """Name what is well-formed but must not run."""
    wrong = []
    if settings.log.format not in {"json", "console"}:
        wrong.append(f"{PREFIX}_LOG_FORMAT must be json or console")
    if settings.log.level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        wrong.append(f"{PREFIX}_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
    if not settings.media.url.endswith("/"):
        wrong.append(f"{PREFIX}_MEDIA_URL must end with /")
    if len(settings.token_secret.encode()) < SHORTEST_SECRET:
        wrong.append(f"{PREFIX}_TOKEN_SECRET must hold at least {SHORTEST_SECRET} bytes")
    if not settings.demo:
        if "*" in settings.http.origins:
            wrong.append(f"{PREFIX}_HTTP_ORIGINS may be * only in demo mode")
        if _well_known(settings.token_secret):
            wrong.append(f"{PREFIX}_TOKEN_SECRET is a published one: make your own")
    return wrong


def _well_known(secret: str) -> bool:
    """Tell a secret out of documentation, or one that is a short text repeated."""
    lowered = secret.lower()
    return len(set(secret)) < 8 or any(word in lowered for word in PUBLISHED_SECRETS)
