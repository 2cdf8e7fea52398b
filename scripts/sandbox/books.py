"""What the simulators believe: deliveries, grants, trades, notices.

They are in memory and in a file that only grows, of one JSON object a line, ``{"table": {…}}``; a
later row with the same id replaces the earlier one. The file is read again at the start, so a
restart forgets nothing.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import msgspec

from scripts.sandbox.moments import beijing, stamp

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


class Refund(msgspec.Struct, kw_only=True):
    """Money that goes back to a buyer; ``refund_id`` is the provider's number of it.

    It is done when ``pending`` is 0: so often the shop will still hear that it is not.
    ``notify_url`` is told at WeChat Pay with every refund.
    """

    request_no: str
    amount: str
    at: str
    refund_id: str = ""
    pending: int = 0
    done_at: str = ""
    notify_url: str = ""


class Trade(msgspec.Struct, kw_only=True):
    """What a buyer is to pay at ``provider``; ``out_trade_no`` is the shop's number of it.

    ``trade_no`` is the provider's. ``amount`` is in yuan with two decimals. ``state`` is
    ``waiting``, ``declined`` (may still be paid), ``paid``, ``closed`` (never paid), or
    ``refunded`` when all of the money has gone back. Times are ISO 8601 with their zone, empty
    while there is none. ``request`` is what the shop ordered with, to know a repetition by;
    ``code_until`` is when the code of WeChat Pay cannot be scanned any more. ``times`` counts how
    often the shop asked, or ordered a code; that alone is not worth a line of the file, because it
    asks often.
    """

    id: int = 0
    provider: str
    out_trade_no: str
    amount: str
    trade_no: str = ""
    state: str = "waiting"
    subject: str = ""
    at: str = ""
    paid_at: str = ""
    closed_at: str = ""
    expires_at: str = ""
    notify_url: str = ""
    return_url: str = ""
    request: str = ""
    code_url: str = ""
    code_until: str = ""
    times: int = 0
    notices_sent: int = 0
    notices_acknowledged: int = 0
    refunds: list[Refund] = []

    def refund(self, request_no: str) -> Refund | None:
        """Return the refund with this number."""
        return next((each for each in self.refunds if each.request_no == request_no), None)


class Notice(msgspec.Struct, kw_only=True):
    """What a provider has to tell the shop until it is acknowledged, or for the last time.

    ``event`` is ``paid``, ``closed`` or ``refunded``, the latter with its ``request_no``. ``due``
    is the moment of the next sending, ``headers`` and ``body`` are those of the last one.
    """

    id: int = 0
    provider: str
    out_trade_no: str
    event: str
    url: str
    request_no: str = ""
    number: str = ""
    due: str = ""
    sent: int = 0
    acknowledged: bool = False
    is_over: bool = False
    headers: dict[str, str] = {}
    body: str = ""


class Line(msgspec.Struct, omit_defaults=True):
    """One line of the file."""

    delivery: Delivery | None = None
    grant: Grant | None = None
    trade: Trade | None = None
    notice: Notice | None = None


class Books:
    """Everything written down. ``folder`` is made; raises ``OSError`` when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.deliveries: dict[int, Delivery] = {}
        self._numbered: dict[tuple[str, str, str], list[Delivery]] = {}
        self.grants: dict[int, Grant] = {}
        self.trades: dict[tuple[str, str], Trade] = {}
        self.notices: dict[int, Notice] = {}
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
        self._last = max([0, *self.deliveries, *self.grants, *traded, *self.notices])

    def deliver(self, delivery: Delivery) -> Delivery:
        """Write a delivery down, or that one arrived again; return the one in the books."""
        known = self.arrived(delivery)
        if known is not None:
            known.times += 1
            self._write(Line(delivery=known))
            return known
        delivery.id, delivery.at = self.next_number(), _now()
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
            grant.id, grant.at = self.next_number(), _now()
            self.grants[grant.id] = grant
        self._write(Line(grant=grant))
        return grant

    def trade(self, trade: Trade) -> Trade:
        """Write down that a trade was opened, or what has become of it."""
        if not trade.id:
            trade.id, trade.at = self.next_number(), _now()
            day = beijing(trade.at, "%Y%m%d")
            form = {"wechat": f"420000{day}{trade.id:014d}"}
            trade.trade_no = form.get(trade.provider, f"{day}22001{trade.id:015d}")
        self.trades[trade.provider, trade.out_trade_no] = trade
        self._write(Line(trade=trade))
        return trade

    def notice(self, notice: Notice) -> Notice:
        """Write down that there is something to tell, or how telling it went."""
        if not notice.id:
            notice.id = self.next_number()
        self.notices[notice.id] = notice
        self._write(Line(notice=notice))
        return notice

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
        self.notices.clear()
        self._numbered.clear()
        self._file.truncate(0)

    def next_number(self) -> int:
        """Return a number that nothing else in these books has."""
        self._last += 1
        return self._last

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _keep(self, delivery: Delivery) -> None:
        self.deliveries[delivery.id] = delivery
        if delivery.number:
            self._numbered.setdefault(_key(delivery), []).append(delivery)

    def _write(self, line: Line) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")

    def _read(self, row: Line) -> None:
        if row.delivery:
            self.deliveries[row.delivery.id] = row.delivery
        if row.grant:
            self.grants[row.grant.id] = row.grant
        if row.trade:
            self.trades[row.trade.provider, row.trade.out_trade_no] = row.trade
        if row.notice:
            self.notices[row.notice.id] = row.notice


def _key(delivery: Delivery) -> tuple[str, str, str]:
    return delivery.kind, delivery.number, delivery.day


def _now() -> str:
    return stamp(datetime.now(UTC))
