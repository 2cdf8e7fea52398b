"""Sign-in by Weibo: OAuth 2 with an authorization code.

Source: open.weibo.com/wiki/授权机制, OAuth2/authorize and OAuth2/access_token.
"""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from models.errors import RemoteFailed
from services.gateways.remote import Question, Remote
from services.ports import WeiboUser
from settings import Weibo


class Granted(msgspec.Struct):
    """The answer to a code.

    Weibo calls it ``text/plain`` and writes ids and seconds as texts or as numbers.
    """

    access_token: str
    uid: str | int
    expires_in: str | int


class WeiboGateway:
    """Fulfils ``services.ports.WeiboProvider``."""

    def __init__(self, settings: Weibo, remote: Remote) -> None:
        self._settings = settings
        self._remote = remote

    def authorize_url(self, state: str) -> str:
        """Return the address of the consent page, on the host that browsers reach."""
        query = {
            "client_id": self._settings.client,
            "redirect_uri": self._settings.back,
            "response_type": "code",
            "state": state,
        }
        return f"{self._settings.pages.rstrip('/')}/oauth2/authorize?{urlencode(query)}"

    async def user_behind(self, code: str) -> WeiboUser:
        """Exchange a code. Asked once only: the code is gone with the first attempt."""
        form = {
            "client_id": self._settings.client,
            "client_secret": str(self._settings.secret),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.back,
        }
        question = Question(
            url=f"{self._settings.url.rstrip('/')}/oauth2/access_token",
            body=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        granted = await self._remote.ask(question, Granted)
        uid, life = str(granted.uid), str(granted.expires_in)
        if not uid or not granted.access_token or not life.isascii() or not life.isdecimal():
            raise RemoteFailed(self._remote.provider, "the answer names nobody")
        return WeiboUser(uid=uid, access_token=granted.access_token, expires_in=int(life))
