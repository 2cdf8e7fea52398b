"""The bill of a day as Alipay hands it out: a ZIP archive with tables in GBK.

Source: opendocs.alipay.com, alipay.data.dataservice.bill.downloadurl.query and "业务明细".
Lines that begin with ``#`` are remarks; long numbers end with a tab; refunds have negative amounts.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from environment import Url
from services.gateways import amounts
from services.ports import StatementLine

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, csv.Error),
    *(EOFError, OSError, RuntimeError, NotImplementedError),
)
"""What the readers raise, beside ``ValueError``, for what they cannot read."""
LARGEST_ARCHIVE = 16 * 1024 * 1024
LARGEST_TABLE = 128 * 1024 * 1024
MOST_TABLES = 16
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[!-~]*)?")
OWN_HOST = re.compile(r"([a-z0-9-]+\.)+(alipay\.com|alipayobjects\.com)")
TRADE, ATTEMPT, KIND = "支付宝交易号", "商户订单号", "业务类型"
AMOUNT, REQUEST = "订单金额", "退款批次号/请求号"
REFUND = "退款"
UNIT = re.compile(r"[（(].*")


def bill_address(url: str, gateway: Url) -> str:
    """Return where to fetch a bill: a host of Alipay, by TLS, or the gateway; else ``ValueError``.

    An answer, even a signed one, must not lead our server to another one.
    """
    parts = ADDRESS.fullmatch(url)
    if parts is None:
        raise ValueError("not an address")
    if _origin(url) == _origin(gateway):
        return url
    if not OWN_HOST.fullmatch(parts[1].lower()) or parts[2]:
        raise ValueError("a foreign host")
    return re.sub(r"^https?:", "https:", url)


def read_bill(archive: bytes) -> Sequence[StatementLine]:
    """Return the rows of the table with details; raise ``ValueError`` when there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as tables:
            for name in tables.namelist()[:MOST_TABLES]:
                with tables.open(name) as table:
                    contents = table.read(LARGEST_TABLE + 1)
                if len(contents) > LARGEST_TABLE:
                    raise ValueError("too large")
                lines = _details(contents.decode("gb18030"))
                if lines is not None:
                    return lines
    except BROKEN as fault:
        raise ValueError("not an archive") from fault
    raise ValueError("no details")


def read_file(contents: bytes) -> Sequence[StatementLine]:
    """Return the rows of a file a person has downloaded: the archive, or the table out of it."""
    if zipfile.is_zipfile(io.BytesIO(contents)):
        return read_bill(contents)
    try:
        lines = _details(contents.decode("gb18030"))
    except csv.Error as fault:
        raise ValueError("not a table") from fault
    if lines is None:
        raise ValueError("no details")
    return lines


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _details(text: str) -> Sequence[StatementLine] | None:
    """Return the rows if it is the table with details; the other one sums up by shop."""
    lines = (line.rstrip("\r") for line in text.split("\n"))
    rows = csv.reader(line for line in lines if line.strip() and line[0] != "#")
    header = [UNIT.sub("", cell).strip() for cell in next(rows, [])]
    if not {TRADE, ATTEMPT, KIND, AMOUNT, REQUEST} <= set(header):
        return None
    return tuple(_lines(header, rows))


def _lines(header: list[str], rows: Iterator[list[str]]) -> Iterator[StatementLine]:
    for row in rows:
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        amount = amounts.read(cells[AMOUNT])
        yield StatementLine(
            out_trade_no=cells[ATTEMPT],
            trade_no=cells[TRADE],
            request_no=cells[REQUEST],
            amount=-abs(amount) if REFUND in cells[KIND] else amount,
        )
