"""What the simulators believe: deliveries, grants, trades, in memory and in a file that only grows.

The file holds one JSON object a line, ``{"table": {…}}``; a later row with the same id replaces the
earlier one. It is read again at the start, so a restart forgets nothing.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import msgspec

LINK = re.compile(r"https?://[^\s<>\"'（）()【】，。；]+")
CODE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}(?![0-9A-Za-z])")


class Delivery(msgspec.Struct, kw_only=True):
    """A mail or an SMS for one receiver.

    ``number`` is the Message-ID or the ``reqId``, ``day`` the day for which that is good (empty:
    for ever), ``times`` how often it arrived: the first time is the delivery, the others are
    repetitions that the receiver does not see.
    """

    id: int = 0
    kind: str
    number: str
    day: str = ""
    to: str
    subject: str
    text: str
    html: str | None = None
    code: str | None = None
    link: str | None = None
    at: str = ""
    times: int = 1


class Grant(msgspec.Struct, kw_only=True):
    """A code of Weibo, as a digest of it; ``times`` counts how often it was shown to us."""

    id: int = 0
    digest: str
    uid: str
    back: str
    at: str = ""
    times: int = 0


class Trade(msgspec.Struct, kw_only=True):
    """What a buyer is to pay at ``provider``; ``out_trade_no`` is the order, ``trade_no`` ours.

    ``amount`` is in yuan with two decimals, None until the shop has said it; ``state`` is
    ``waiting``, ``declined`` or ``paid``. ``times`` counts how often the shop asked; that alone is
    not worth a line of the file, because pages ask every few seconds.
    """

    id: int = 0
    provider: str
    out_trade_no: str
    trade_no: str = ""
    amount: str | None = None
    state: str = "waiting"
    at: str = ""
    times: int = 0
    notices_sent: int = 0
    notices_acknowledged: int = 0
    refunds: list[dict[str, str]] = []


class Line(msgspec.Struct, omit_defaults=True):
    """One line of the file."""

    delivery: Delivery | None = None
    grant: Grant | None = None
    trade: Trade | None = None


class Books:
    """Everything written down. ``folder`` is made; raises ``OSError`` when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.deliveries: dict[int, Delivery] = {}
        self._numbered: dict[tuple[str, str, str], list[Delivery]] = {}
        self.grants: dict[int, Grant] = {}
        self.trades: dict[tuple[str, str], Trade] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "books.jsonl"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "rb+", buffering=0)
        # What follows the last line break is half a line, left by a kill in the middle of writing.
        whole, line_break, _ = path.read_bytes().rpartition(b"\n")
        self._file.truncate(len(whole + line_break))
        for line in whole.splitlines():
            self._read(msgspec.json.decode(line, type=Line))
        for known in self.deliveries.values():
            self._keep(known)
        traded = [each.id for each in self.trades.values()]
        self._last = max([0, *self.deliveries, *self.grants, *traded])

    def deliver(self, delivery: Delivery) -> Delivery:
        """Write a delivery down, or that one arrived again; return the one in the books."""
        known = self.arrived(delivery)
        if known is not None:
            known.times += 1
            self._write(Line(delivery=known))
            return known
        delivery.id, delivery.at = self._next(), _now()
        plain = LINK.sub(" ", delivery.text)
        found = CODE.search(plain)
        delivery.code = found[0] if found else None
        linked = LINK.search(delivery.text) or LINK.search(unescape(delivery.html or ""))
        delivery.link = linked[0].rstrip(".,;:!?") if linked else None
        self._keep(delivery)
        self._write(Line(delivery=delivery))
        return delivery

    def arrived(self, delivery: Delivery) -> Delivery | None:
        """Return the delivery that this one repeats. What has no number repeats nothing.

        The same Message-ID over other contents is another mail, as it is for mail servers.
        """
        same = ("to", "subject", "text") if delivery.kind == "mail" else ("to",)
        for known in self.numbered(delivery):
            if all(getattr(known, name) == getattr(delivery, name) for name in same):
                return known
        return None

    def numbered(self, like: Delivery) -> list[Delivery]:
        """Return all deliveries with the number and day of this one."""
        return self._numbered.get(_key(like), []) if like.number else []

    def grant(self, grant: Grant) -> Grant:
        """Write down that a code was given, or shown to us."""
        if not grant.id:
            grant.id, grant.at = self._next(), _now()
            self.grants[grant.id] = grant
        self._write(Line(grant=grant))
        return grant

    def trade(self, trade: Trade) -> Trade:
        """Write down that a trade was opened, or what has become of it."""
        if not trade.id:
            trade.id, trade.at = self._next(), _now()
            trade.trade_no = f"{trade.at[:10].replace('-', '')}{trade.id:020d}"
        self.trades[trade.provider, trade.out_trade_no] = trade
        self._write(Line(trade=trade))
        return trade

    def newest(self, *, to: str = "", kind: str = "") -> list[Delivery]:
        """Return deliveries, newest first, for one receiver or of one kind when asked."""
        return [
            each
            for each in reversed(self.deliveries.values())
            if to in {"", each.to} and kind in {"", each.kind}
        ]

    def forget(self) -> None:
        """Begin new books."""
        self.deliveries.clear()
        self.grants.clear()
        self.trades.clear()
        self._numbered.clear()
        self._file.truncate(0)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _keep(self, delivery: Delivery) -> None:
        self.deliveries[delivery.id] = delivery
        if delivery.number:
            self._numbered.setdefault(_key(delivery), []).append(delivery)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _write(self, line: Line) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")

    def _read(self, row: Line) -> None:
        if row.delivery:
            self.deliveries[row.delivery.id] = row.delivery
        if row.grant:
            self.grants[row.grant.id] = row.grant
        if row.trade:
            self.trades[row.trade.provider, row.trade.out_trade_no] = row.trade


def _key(delivery: Delivery) -> tuple[str, str, str]:
    return delivery.kind, delivery.number, delivery.day


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
