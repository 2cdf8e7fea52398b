"""The JSON of the simulators, for tests and tools."""

from __future__ import annotations

from typing import Any

import msgspec

from scripts.sandbox.books import Delivery, Grant
from scripts.sandbox.desk import Desk
from scripts.sandbox.faults import PROVIDERS, Fault

SHOWN = ("id", "kind", "to", "subject", "text", "html", "code", "link", "at")
KEPT = ("id", "number", "to", "at", "times")
KINDS = {"smtp": "mail", "sms": "sms"}
MOST = 10_000


def shown(delivery: Delivery) -> dict[str, Any]:
    """Return a message as its receiver sees it."""
    return {name: getattr(delivery, name) for name in SHOWN}


def kept(delivery: Delivery) -> dict[str, Any]:
    """Return what the provider knows of a message."""
    return {name: getattr(delivery, name) for name in KEPT}


def granted(grant: Grant) -> dict[str, Any]:
    """Return what Weibo knows of a code, which is not shown."""
    return {"id": grant.id, "uid": grant.uid, "at": grant.at, "times": grant.times}


class InboxJsonHandler(Desk):
    """What arrived."""

    def get(self) -> None:
        """Return messages, newest first; ``to`` and ``kind`` choose, ``limit`` ends the list."""
        to, kind, limit = (self.get_query_argument(name, "") for name in ("to", "kind", "limit"))
        most = int(limit) if limit.isascii() and limit.isdecimal() else MOST
        self.reply([shown(each) for each in self.office.books.newest(to=to, kind=kind)[:most]])


class BooksHandler(Desk):
    """What the providers believe."""

    def get(self) -> None:
        """Return the book of one ``provider``, oldest first."""
        provider = self.get_query_argument("provider", "")
        books = self.office.books
        if provider == "weibo":
            self.reply([granted(each) for each in books.grants.values()])
        elif provider in KINDS:
            self.reply([kept(each) for each in reversed(books.newest(kind=KINDS[provider]))])
        else:
            self.reply({"error": f"provider is one of {', '.join(PROVIDERS)}"}, 400)

    def delete(self) -> None:
        """Begin new books, with the numbers of tasks free again."""
        self.office.books.forget()
        self.set_status(204)


class FaultsHandler(Desk):
    """Faults on demand."""

    def post(self) -> None:
        """Order one; JSON only, so that no page of another origin can."""
        if not self.request.headers.get("Content-Type", "").startswith("application/json"):
            self.reply({"error": "Content-Type must be application/json"}, 415)
            return
        try:
            self.office.faults.order(msgspec.json.decode(self.request.body, type=Fault))
        except (msgspec.DecodeError, ValueError) as fault:
            self.reply({"error": str(fault)}, 400)
        else:
            self.set_status(204)

    def delete(self) -> None:
        """Let everything go well again."""
        self.office.faults.reset()
        self.set_status(204)


ROUTES = [
    (r"/sandbox/api/inbox", InboxJsonHandler),
    (r"/sandbox/api/books", BooksHandler),
    (r"/sandbox/api/faults", FaultsHandler),
]
