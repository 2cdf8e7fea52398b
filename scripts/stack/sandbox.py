"""The simulators of the third parties, as a process of the stack."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.environment import ROOT
from scripts.sandbox.credentials import Credentials
from scripts.stack.api import get
from scripts.stack.ports import LOOPBACK
from scripts.stack.process import Process


class Sandbox(Process):
    """A mail server on one port; the inbox, the SMS gateway, Weibo and the cashier on another."""

    def __init__(
        self,
        folder: Path,
        port: int,
        smtp_port: int,
        credentials: Credentials,
        *,
        name: str = "sandbox",
    ) -> None:
        super().__init__(name, folder)
        self.home = folder / name
        self.port = port
        self.smtp_port = smtp_port
        self.credentials = credentials

    @property
    def url(self) -> str:
        """``http://host:port/sandbox``; Nginx serves the same under the address of the shop."""
        return f"http://{LOOPBACK}:{self.port}/sandbox"

    def prepare(self) -> None:
        """Nothing: it makes the folder of its books itself."""

    def command(self) -> list[str]:
        """Return the simulators with their ports."""
        ports = ["--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        return [sys.executable, "-P", "-m", "scripts.sandbox", *ports, "--folder", str(self.home)]

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
        site = site or f"http://{LOOPBACK}:{self.port}"
        pages = f"{site}/dadashop/templates/"
        return {
            "DADASHOP_ACCOUNTS_SITE": pages,
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
            "DADASHOP_CASHIER_URL": f"{self.url}/cashier",
            "DADASHOP_CASHIER_PAGES": f"{site}/sandbox",
            "DADASHOP_CASHIER_SECRET": known.cashier_secret,
        }
