"""Run the simulators: ``python -m scripts.sandbox --port P --smtp-port S --folder F``.

Listens on 127.0.0.1 only, until SIGTERM or SIGINT. The credentials come from ``SANDBOX_*``. Exit
code 2: a secret is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.web import Application

from scripts.sandbox import (
    alipay,
    api,
    ledger,
    pages,
    sms,
    wechat,
    wechat_phone,
    wechat_refunds,
    weibo,
)
from scripts.sandbox.books import Books
from scripts.sandbox.credentials import Credentials
from scripts.sandbox.desk import Office
from scripts.sandbox.faults import Faults
from scripts.sandbox.mail import serve_mail
from scripts.sandbox.notices import DEFAULT_SPEED, Notices
from scripts.stack.ports import LOOPBACK

PARTIES = (pages, ledger, api, sms, weibo, alipay, wechat, wechat_refunds, wechat_phone)


def application(office: Office) -> Application:
    """Return the web side of the simulators; it writes no log of requests: they hold codes."""
    tables = [party.ROUTES for party in PARTIES]
    routes = [
        (pattern, handler, {"office": office}) for table in tables for pattern, handler in table
    ]
    return Application(routes, log_function=lambda _: None)


async def serve(office: Office, port: int, smtp_port: int) -> None:
    """Serve until told to stop; HTTP comes last, so that who sees it can send mails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    mails = await serve_mail(office.books, office.faults, smtp_port)
    server = HTTPServer(application(office))
    async with office.notices.running():
        server.listen(port, LOOPBACK)
        await stop.wait()
        server.stop()
    mails.close()


def opened(folder: Path, credentials: Credentials, *, speed: float) -> Office:
    """Return the state of the process, with the books of an earlier one."""
    books, faults = Books(folder), Faults()
    notices = Notices(books, faults, credentials, clock=now, speed=speed)
    return Office(books, faults, credentials, now, notices)


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and the environment, then serve."""
    parser = argparse.ArgumentParser(prog="scripts.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port of the pages and gateways")
    parser.add_argument("--smtp-port", type=int, required=True, help="port of the mail server")
    parser.add_argument("--folder", type=Path, required=True, help="folder of the books")
    parser.add_argument(
        "--speed",
        type=float,
        default=DEFAULT_SPEED,
        help="how many times faster than at the providers a notice is sent again (default 60)",
    )
    options = parser.parse_args(arguments)
    try:
        credentials = Credentials.from_environment(os.environ)
    except TypeError as fault:
        print(f"SANDBOX_*: {fault}", file=sys.stderr)
        return 2
    office = opened(options.folder, credentials, speed=options.speed)
    try:
        asyncio.run(serve(office, options.port, options.smtp_port))
    finally:
        office.books.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
