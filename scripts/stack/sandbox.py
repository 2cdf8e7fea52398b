"""The simulators of the third parties, as a process of the stack."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.environment import ROOT
from scripts.sandbox.credentials import Credentials, loaded
from scripts.sandbox.notices import DEFAULT_SPEED
from scripts.stack.api import get
from scripts.stack.ports import LOOPBACK
from scripts.stack.process import Process

SHOP = f"http://{LOOPBACK}:8000"
"""Where the shop answers when nobody says."""


class Sandbox(Process):
    """A mail server on one port; the others on another: inbox, SMS, Weibo, Alipay, WeChat Pay.

    ``speed`` is how many times faster than at the providers a notice of payment is sent again.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        smtp_port: int,
        credentials: Credentials,
        *,
        name: str = "sandbox",
        speed: float = DEFAULT_SPEED,
    ) -> None:
        super().__init__(name, folder)
        self.home = folder / name
        self.port = port
        self.smtp_port = smtp_port
        self.credentials = credentials
        self.speed = speed

    @property
    def url(self) -> str:
        """``http://host:port/sandbox``; Nginx serves the same under the address of the shop."""
        return f"http://{LOOPBACK}:{self.port}/sandbox"

    def prepare(self) -> None:
        """Nothing: it makes the folder of its books itself."""

    def command(self) -> list[str]:
        """Return the simulators with their ports."""
        ports = ["--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        rest = ["--folder", str(self.home), "--speed", str(self.speed)]
        return [sys.executable, "-P", "-m", "scripts.sandbox", *ports, *rest]

    def environment(self) -> Mapping[str, str]:
        """Return our environment with the credentials."""
        return {
            **super().environment(),
            **self.credentials.environment(),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def ready(self) -> bool:
        """Tell whether it answers."""
        return get(self.port, "/sandbox/api/inbox?limit=1") == 200

    def settings(self, site: str) -> dict[str, str]:
        """Return the ``DADASHOP_*`` names of a shop that uses these third parties.

        ``site`` is the address browsers reach the shop at, such as ``http://127.0.0.1:7000``;
        without one they have to come here.
        """
        known = self.credentials
        shop = site or SHOP
        site = site or f"http://{LOOPBACK}:{self.port}"
        pages = f"{site}/dadashop/templates/"
        return {
            "DADASHOP_ACCOUNTS_SITE": pages,
            "DADASHOP_PAYS_SITE": shop,
            "DADASHOP_MAIL_HOST": LOOPBACK,
            "DADASHOP_MAIL_PORT": str(self.smtp_port),
            "DADASHOP_MAIL_SECURITY": "none",
            "DADASHOP_SMS_URL": f"{self.url}/sms",
            "DADASHOP_SMS_ACCOUNT": known.sms_account,
            "DADASHOP_SMS_TOKEN": known.sms_token,
            "DADASHOP_SMS_APP": known.sms_app,
            "DADASHOP_WEIBO_URL": f"{self.url}/weibo",
            "DADASHOP_WEIBO_PAGES": f"{site}/sandbox/weibo",
            "DADASHOP_WEIBO_CLIENT": known.weibo_client,
            "DADASHOP_WEIBO_SECRET": known.weibo_secret,
            "DADASHOP_WEIBO_BACK": known.weibo_back or f"{pages}callback.html",
            **self._payments(site),
        }

    def _payments(self, site: str) -> dict[str, str]:
        """Return the names of the accounts at Alipay and WeChat Pay."""
        known = self.credentials
        alipay, wechat = (
            loaded(text).public.text()
            for text in (known.alipay_provider_key, known.wechatpay_provider_key)
        )
        return {
            "DADASHOP_ALIPAY_APP": known.alipay_app,
            "DADASHOP_ALIPAY_SELLER": known.alipay_seller,
            "DADASHOP_ALIPAY_KEY": known.alipay_key,
            "DADASHOP_ALIPAY_PROVIDER_KEY": alipay,
            "DADASHOP_ALIPAY_URL": f"{self.url}/alipay/gateway.do",
            "DADASHOP_ALIPAY_PAGES": f"{site}/sandbox/alipay/gateway.do",
            "DADASHOP_WECHATPAY_MERCHANT": known.wechatpay_merchant,
            "DADASHOP_WECHATPAY_APP": known.wechatpay_app,
            "DADASHOP_WECHATPAY_SERIAL": known.wechatpay_serial,
            "DADASHOP_WECHATPAY_KEY": known.wechatpay_key,
            "DADASHOP_WECHATPAY_API_KEY": known.wechatpay_api_key,
            "DADASHOP_WECHATPAY_PROVIDER_KEYS": f"{known.wechatpay_provider_serial}={wechat}",
            "DADASHOP_WECHATPAY_URL": f"{self.url}/wechat",
        }
