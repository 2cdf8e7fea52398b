"""The yardstick: a Tornado handler that writes given bytes and does nothing else.

``python scripts/measure/bare.py PORT FILE`` answers every GET with the content of the file.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from tornado.web import Application, RequestHandler

BACKLOG = 1024


class BareHandler(RequestHandler):
    """Writes the bytes."""

    def initialize(self, body: bytes) -> None:
        """Take the bytes to write."""
        self.body = body

    async def get(self, *_: str) -> None:
        """Write them."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.write(self.body)


async def serve(port: int, body: bytes) -> None:
    """Serve until killed, under the path of the page that is measured beside it."""
    routes = [(r"/healthz", BareHandler), (r"/v1/goods/(.*)", BareHandler)]
    application = Application([(path, handler, {"body": body}) for path, handler in routes])
    application.listen(port, "127.0.0.1", backlog=BACKLOG)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
