"""Stand-ins for the API behind Nginx, and a client in front of it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scripts.stack.nginx import Nginx


@dataclass
class Upstream:
    """What the stand-ins of the API got; ``drops`` is how many requests they leave unanswered."""

    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    connections: int = 0
    drops: int = 0
    reply: tuple[int, Mapping[str, str]] = (200, {})


@dataclass(frozen=True)
class Reply:
    """A reply of Nginx."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def handler_of(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    """Return the handler of stand-ins that share one record."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            upstream.connections += 1
            super().setup()

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            upstream.seen.append((self.command, self.path, dict(self.headers)))
            if upstream.drops:
                upstream.drops -= 1
                self.close_connection = True
                return
            status, headers = upstream.reply
            body = b'{"code":200}'
            self.send_response(status)
            for name, text in ({"Content-Type": "application/json"} | dict(headers)).items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, *_: object) -> None: ...

    return Handler


@contextmanager
def serving(upstream: Upstream) -> Iterator[list[int]]:
    """Run two stand-ins; yields their ports."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler_of(upstream)) for _ in range(2)]
    threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield [server.server_port for server in servers]
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def ask(
    nginx: Nginx,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """Send one request."""
    connection = http.client.HTTPConnection("127.0.0.1", nginx.site.port, timeout=10)
    try:
        connection.request(method, path, body, dict(headers or {}))
        reply = connection.getresponse()
        return Reply(reply.status, dict(reply.getheaders()), reply.read())
    finally:
        connection.close()
