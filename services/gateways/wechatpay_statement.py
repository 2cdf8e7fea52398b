"""The bill of a day as WeChat Pay hands it out: a table in UTF-8.

Source: pay.weixin.qq.com, "下载交易账单". The first line names the columns; in all others each
field begins with a backquote; the last two sum up. Only payments and refunds are in it, in yuan.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from environment import Url
from services.gateways import amounts
from services.ports import StatementLine

LARGEST_BILL = 64 * 1024 * 1024
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:-]+/[!-~]*")
TRADE, ATTEMPT, STATE = "微信订单号", "商户订单号", "交易状态"
PAID, REPAID, REQUEST, REPAYMENT = "订单金额", "申请退款金额", "商户退款单号", "退款状态"
FAILED = frozenset({"FAIL", "CLOSED", "CHANGE", "ABNORMAL"})
"""States of refunds whose money has not arrived."""


class BillPlace(msgspec.Struct):
    """Where a bill lies, and the hash of the file."""

    download_url: str
    hash_type: str
    hash_value: str


def bill_address(url: str, provider: Url) -> str:
    """Return where to fetch a bill if it is on the very server we ask; else ``ValueError``.

    An answer, even a signed one, must not lead our server, and our signature, to another one.
    """
    if not ADDRESS.fullmatch(url) or _origin(url) != _origin(provider):
        raise ValueError("a foreign host")
    return url


def read_bill(table: bytes, place: BillPlace) -> Sequence[StatementLine]:
    """Return the rows of the file that was announced; raise ``ValueError`` for any other."""
    # SHA1 is what the interface has; the signed answer that holds the hash tells the file apart.
    found = hashlib.sha1(table, usedforsecurity=False).hexdigest()
    if place.hash_type != "SHA1" or place.hash_value.lower() != found:
        raise ValueError("another file")
    return read_table(table)


def read_table(table: bytes) -> Sequence[StatementLine]:
    """Return the rows of a file, whoever downloaded it; raise ``ValueError`` if it is no bill."""
    lines = [line.rstrip("\r") for line in table.decode("utf-8-sig").split("\n")]
    header = [name.strip() for name in lines[0].split(",")]
    if not {TRADE, ATTEMPT, STATE, PAID, REPAID, REQUEST, REPAYMENT} <= set(header):
        raise ValueError("no details")
    return tuple(_lines(header, lines[1:]))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _lines(header: list[str], lines: list[str]) -> Iterator[StatementLine]:
    for line in lines:
        if not line.startswith("`"):
            break  # the sums
        cells = dict(zip(header, line[1:].split(",`"), strict=True))
        is_payment = cells[STATE] == "SUCCESS"
        if not is_payment and cells[REPAYMENT] in FAILED:
            continue
        yield StatementLine(
            out_trade_no=cells[ATTEMPT],
            trade_no=cells[TRADE],
            request_no="" if is_payment else cells[REQUEST],
            amount=amounts.read(cells[PAID]) if is_payment else -amounts.read(cells[REPAID]),
        )
