"""What the handlers of all simulators share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from tornado.web import RequestHandler

from scripts.sandbox.books import Books
from scripts.sandbox.credentials import Credentials
from scripts.sandbox.faults import Fault, Faults
from scripts.sandbox.nonces import Nonces
from scripts.sandbox.notices import Notices

GARBAGE = "<html><body>\ufffd 502 but with status 200"


@dataclass(frozen=True, slots=True)
class Office:
    """The state of the process; ``clock`` returns the present moment with its zone."""

    books: Books
    faults: Faults
    credentials: Credentials
    clock: Callable[[], datetime]
    notices: Notices
    nonces: Nonces = field(default_factory=Nonces)


class Desk(RequestHandler):
    """A handler that knows the state and says nothing about the server."""

    def initialize(self, office: Office) -> None:
        """Take the state."""
        self.office = office

    def set_default_headers(self) -> None:
        """Forbid guessing and keeping."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")

    def data_received(self, chunk: bytes) -> None:
        """Nothing is streamed to us."""

    def reply(self, value: Any, status: int = 200, *, kind: str = "application/json") -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish(msgspec.json.encode(value))

    async def meet(self, provider: str) -> Fault | None:
        """Suffer the fault of this call; None when it has ended the call already."""
        fault = self.office.faults.take(provider)
        await fault.delay()
        if fault.timeout:
            self.hang_up()
        elif fault.status:
            self.set_status(fault.status)
            await self.finish("simulated")
        elif fault.garbage:
            await self.finish(GARBAGE)
        else:
            return fault
        return None

    def hang_up(self) -> None:
        """Close the connection without an answer."""
        self.detach().close()
