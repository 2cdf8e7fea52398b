"""The simulator of Weibo: a consent page, and codes that are good for one exchange.

Source: open.weibo.com/wiki, OAuth2/authorize, OAuth2/access_token, and its table of errors.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from scripts.sandbox.books import Grant
from scripts.sandbox.desk import Desk
from scripts.sandbox.pages import consent_page, refusal_page

CODE_LIFE = timedelta(minutes=10)
TOKEN_SECONDS = 157_679_999
"""Five years, as Weibo gives to the application's own developer."""
UID = re.compile(r"[0-9A-Za-z_-]{1,32}")
DENIED = {
    "error_uri": "/oauth2/authorize",
    "error": "access_denied",
    "error_description": "user denied your request.",
    "error_code": "21330",
}
ERRORS = {
    "redirect_uri_mismatch": 21322,
    "invalid_request": 21323,
    "invalid_client": 21324,
    "invalid_grant": 21325,
    "unsupported_grant_type": 21328,
    "unsupported_response_type": 21329,
}


def digest_of(code: str) -> str:
    """Return what the books keep of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def joined(back: str, query: dict[str, str]) -> str:
    """Add a query to the redirect address, which may have one."""
    return f"{back}{'&' if urlsplit(back).query else '?'}{urlencode(query)}"


class AuthorizeHandler(Desk):
    """Asks the customer for consent. ``as=<uid>`` agrees at once, ``deny=1`` denies."""

    def get(self) -> None:
        """Show the page, or send the browser back with a code or a denial, and the state."""
        error = self._error()
        if error:
            self.set_status(400)
            refusal_page(self, f"{error} ({ERRORS[error]})")
            return
        back = self.get_query_argument("redirect_uri")
        state = self.get_query_argument("state", "", strip=False)
        passed = {"state": state} if state else {}
        uid = self.get_query_argument("as", "")
        if self.get_query_argument("deny", ""):
            self.redirect(joined(back, DENIED | passed))
        elif UID.fullmatch(uid):
            code = secrets.token_hex(16)
            self.office.books.grant(Grant(digest=digest_of(code), uid=uid, back=back))
            self.redirect(joined(back, passed | {"code": code}))
        else:
            consent_page(self, back=back, state=state, wrong=bool(uid))

    def _error(self) -> str:
        """Name what is wrong with the request; an unknown address gets no redirect."""
        known = self.office.credentials
        back = self.get_query_argument("redirect_uri", "")
        is_address = urlsplit(back).scheme in {"http", "https"} and bool(urlsplit(back).netloc)
        if self.get_query_argument("client_id", "") != known.weibo_client:
            return "invalid_client"
        if not is_address or known.weibo_back not in {"", back}:
            return "redirect_uri_mismatch"
        if self.get_query_argument("response_type", "code") != "code":
            return "unsupported_response_type"
        return ""


class AccessTokenHandler(Desk):
    """Exchanges a code for the uid of the customer."""

    async def post(self) -> None:
        """Answer like Weibo: JSON that calls itself plain text."""
        fault = await self.meet("weibo")
        if fault is None:
            return
        grant = self._shown()
        error = "invalid_grant" if fault.refuse else self._error(grant)
        if fault.drop_after_accept:
            self.hang_up()
        elif error or grant is None:
            number = ERRORS[error]
            self.reply({"error": error, "error_code": number}, 400, kind="text/plain")
        else:
            answer = {
                "access_token": f"2.00{secrets.token_hex(14)}",
                "remind_in": str(TOKEN_SECONDS),
                "expires_in": TOKEN_SECONDS,
                "uid": grant.uid,
                "isRealName": "true",
            }
            self.reply(answer, kind="text/plain")

    def _shown(self) -> Grant | None:
        """Return the grant of the code and count the code as used."""
        digest = digest_of(self.get_body_argument("code", ""))
        for grant in self.office.books.grants.values():
            if grant.digest == digest:
                grant.times += 1
                return self.office.books.grant(grant)
        return None

    def _error(self, grant: Grant | None) -> str:
        known = self.office.credentials
        secret = self.get_body_argument("client_secret", "")
        client = self.get_body_argument("client_id", "")
        genuine = hmac.compare_digest(secret.encode(), known.weibo_secret.encode())
        if client != known.weibo_client or not genuine:
            return "invalid_client"
        if self.get_body_argument("grant_type", "") != "authorization_code":
            return "unsupported_grant_type"
        if grant is None or grant.times > 1 or self._is_old(grant):
            return "invalid_grant"
        if self.get_body_argument("redirect_uri", "") != grant.back:
            return "redirect_uri_mismatch"
        return ""

    def _is_old(self, grant: Grant) -> bool:
        return self.office.clock() - datetime.fromisoformat(grant.at) > CODE_LIFE


ROUTES = [
    (r"/sandbox/weibo/oauth2/authorize", AuthorizeHandler),
    (r"/sandbox/weibo/oauth2/access_token", AccessTokenHandler),
]
