"""What was asked and what was answered: one JSON object a line, for the report and the auditor.

There is no token, password or contact in it. An entry without an answer says why in ``unanswered``:
its request may have been carried out or not. ``time`` is when the request was due, in seconds since
1970; ``latency_ms`` is counted from there, or up to the moment the client gave up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self

import msgspec

NAME = "requests.jsonl"
PLACE, PLACE_AGAIN = "order.place", "order.resend"
"""The kinds of requests that make an order."""
PAID = "pay.show"
"""The kind of request that asks whether an order is paid, after it was paid at the cashier."""
BUFFER = 256 * 1024
encode = msgspec.json.Encoder().encode


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One request; ``status`` and ``code`` are None when it was not answered.

    ``order_status`` is the state of the order as a payment told it; ``late_ms`` is how much later
    than due the client sent it, through no fault of the shop.
    """

    time: float
    client: str
    user_id: int
    kind: str
    method: str
    route: str
    idempotency_key: str | None
    body: dict[str, Any] | None
    status: int | None
    code: int | None
    order_id: str | None
    order_status: int | None
    latency_ms: float
    late_ms: float
    unanswered: str | None


class Journal:
    """A file that grows by a line for each entry; a context."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("ab", buffering=BUFFER)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, entry: Entry) -> None:
        """Add an entry; it is in the file at the latest when the journal is closed."""
        if self._file is not None:
            self._file.write(encode(entry) + b"\n")


def entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of a file; the last line may be half of one, left by a dead client."""
    decoder = msgspec.json.Decoder(Entry)
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield decoder.decode(line)


def open_creates(path: Path) -> list[Entry]:
    """Return the creates of a file that no request with their key has got an answer for."""
    creates: dict[str, Entry] = {}
    answered: set[str] = set()
    for entry in entries(path):
        if entry.kind in {PLACE, PLACE_AGAIN} and entry.idempotency_key:
            if entry.unanswered is None:
                answered.add(entry.idempotency_key)
            else:
                creates.setdefault(entry.idempotency_key, entry)
    return [entry for key, entry in creates.items() if key not in answered]


def discreet(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a body without what must not be written down."""
    if body is None:
        return None
    return {name: value for name, value in body.items() if name != "password"}
