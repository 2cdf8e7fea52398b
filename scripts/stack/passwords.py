"""The secrets of a private shop: drawn once, kept in a file that only its owner may read."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

from scripts.environment import read_environment, write_environment
from scripts.sandbox.credentials import Credentials, draw_key


def _draw() -> str:
    """Draw 256 bits as letters, digits, ``-`` and ``_``: fit for addresses and configuration."""
    return secrets.token_urlsafe(32)


def _draw_api_key() -> str:
    """Draw the APIv3 key of WeChat Pay: exactly 32 bytes, letters and digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Passwords:
    """One secret for each purpose."""

    token: str = field(default_factory=_draw, repr=False)
    mariadb: str = field(default_factory=_draw, repr=False)
    redis_data: str = field(default_factory=_draw, repr=False)
    redis_pages: str = field(default_factory=_draw, repr=False)
    sms_token: str = field(default_factory=_draw, repr=False)
    weibo_secret: str = field(default_factory=_draw, repr=False)
    alipay_key: str = field(default_factory=draw_key, repr=False)
    alipay_provider_key: str = field(default_factory=draw_key, repr=False)
    wechatpay_key: str = field(default_factory=draw_key, repr=False)
    wechatpay_provider_key: str = field(default_factory=draw_key, repr=False)
    wechatpay_api_key: str = field(default_factory=_draw_api_key, repr=False)

    @classmethod
    def kept(cls, path: Path) -> Self:
        """Read the secrets of the last start, draw those that are missing, and keep all."""
        known = read_environment(path)
        names = [each.name for each in fields(cls)]
        passwords = cls(**{name: known[name] for name in names if known.get(name)})
        everything = {name: getattr(passwords, name) for name in names}
        if everything != known:
            write_environment(path, everything)
        return passwords

    def credentials(self) -> Credentials:
        """Return what the simulators of the third parties take for genuine."""
        names = {each.name for each in fields(Credentials)} & {each.name for each in fields(self)}
        return Credentials(**{name: getattr(self, name) for name in names})
