"""A tool of the tests: the simulators of the third parties as their JSON shows them."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """A reply of the simulators."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class SandboxClient:
    """``url`` is ``http://host:port/sandbox``, of the simulators or through Nginx."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(
        self, path: str, method: str = "GET", *, body: Any = None, headers: Any = None
    ) -> Answer:
        """Ask once, following nothing; a ``body`` that is no bytes is sent as JSON."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            connection.request(method, parts.path + path, sent, kind | (headers or {}))
            reply = connection.getresponse()
            names = {name.lower(): text for name, text in reply.getheaders()}
            return Answer(reply.status, names, reply.read())
        finally:
            connection.close()

    def inbox(self, **query: str) -> list[dict[str, Any]]:
        """Return what arrived, newest first."""
        found = self.ask(f"/api/inbox?{urlencode(query)}").json
        assert isinstance(found, list)
        return found

    def books(self, provider: str) -> list[dict[str, Any]]:
        """Return what a provider believes."""
        found = self.ask(f"/api/books?provider={provider}").json
        assert isinstance(found, list)
        return found

    def fault(self, provider: str, **how: Any) -> None:
        """Let calls go wrong."""
        reply = self.ask("/api/faults", "POST", body={"provider": provider, **how})
        assert reply.status == 204, reply.text

    def mend(self) -> None:
        """Let everything go well again."""
        assert self.ask("/api/faults", "DELETE").status == 204

    def forget(self) -> None:
        """Begin new books."""
        assert self.ask("/api/books", "DELETE").status == 204

    def visit(self, address: str) -> Answer:
        """Open a whole address of the simulators, such as a ``pay_url``, as a browser would."""
        parts = urlsplit(address)
        path = parts.path.removeprefix(urlsplit(self.url).path)
        return self.ask(f"{path}?{parts.query}")

    def trade(self, provider: str, out_trade_no: str) -> dict[str, Any]:
        """Return what a provider believes of one trade."""
        found = [each for each in self.books(provider) if each["out_trade_no"] == out_trade_no]
        assert len(found) == 1, f"{provider} has {len(found)} trades {out_trade_no}"
        return found[0]

    def pay(self, provider: str, out_trade_no: str, outcome: str = "paid") -> dict[str, Any]:
        """Pay as the buyer, or decline; return the trade, which must be known and payable."""
        body = {"provider": provider, "out_trade_no": out_trade_no, "outcome": outcome}
        reply = self.ask("/api/pay", "POST", body=body)
        assert reply.status == 200, reply.text
        trade = reply.json
        assert isinstance(trade, dict)
        return trade

    def notices(
        self, provider: str, out_trade_no: str, how: str, times: int = 1, **more: Any
    ) -> dict[str, Any]:
        """Send notices now; return ``sent``, ``acknowledged`` and ``statuses``."""
        known = {"provider": provider, "out_trade_no": out_trade_no, "how": how, "times": times}
        reply = self.ask("/api/notices", "POST", body=known | more)
        assert reply.status == 200, reply.text
        answer = reply.json
        assert isinstance(answer, dict)
        return answer

    def agree(self, authorize_url: str, uid: str) -> dict[str, str]:
        """Consent at Weibo as somebody; return the query the browser is sent back with."""
        query = urlsplit(authorize_url).query
        reply = self.ask(f"/weibo/oauth2/authorize?{query}&as={uid}")
        assert reply.status == 302, reply.text
        found = parse_qs(urlsplit(reply.headers["location"]).query)
        return {name: values[0] for name, values in found.items()}
