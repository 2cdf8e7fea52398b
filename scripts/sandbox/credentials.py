"""What the simulators take for genuine: handed over by the environment, drawn by the stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Self

PREFIX = "SANDBOX_"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The accounts of the shop at its third parties.

    ``weibo_back`` is the registered redirect address; while it is empty any will do.
    ``cashier_back`` is the page buyers return to: a whole address, or a path of the host they
    reach the cashier at.
    """

    sms_token: str = field(repr=False)
    weibo_secret: str = field(repr=False)
    cashier_secret: str = field(repr=False)
    sms_account: str = "sandbox-account"
    sms_app: str = "sandbox-app"
    weibo_client: str = "sandbox-client"
    weibo_back: str = ""
    cashier_back: str = "/dadashop/templates/gopay.html"

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
