"""What the services need from third parties, said as small as possible.

Adapters (``services.gateways``) raise ``models.errors.RemoteFailed`` for anything that goes wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WeiboUser:
    """Who agreed at Weibo. ``expires_in`` is the life of the access token in seconds."""

    uid: str
    access_token: str = field(repr=False)
    expires_in: int


class WeiboProvider(Protocol):
    """Sign-in by Weibo."""

    def authorize_url(self, state: str) -> str:
        """Return the address of the consent page; Weibo hands ``state`` back unchanged."""

    async def user_behind(self, code: str) -> WeiboUser:
        """Exchange a code, good for one use; raise ``RemoteFailed``, ``lasting`` for a bad one."""
