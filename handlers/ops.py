"""/healthz, /readyz, /metrics: for supervisors and monitors, on the port of each process."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from handlers.access import public
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.metrics import exposition


class HealthReply(msgspec.Struct, frozen=True, kw_only=True):
    """The process lives."""

    code: int = 200
    data: str = "OK"


class ReadyReply(msgspec.Struct, frozen=True, kw_only=True):
    """Whether requests should be sent here, and which databases answer."""

    code: int
    ready: bool
    draining: bool
    databases: dict[str, bool]


class HealthHandler(ApiHandler):
    """Liveness."""

    @public
    @answers(HealthReply)
    async def get(self) -> None:
        """Say that the process lives."""
        self.ok(HealthReply())


class ReadyHandler(ApiHandler):
    """Readiness."""

    @public
    @answers(ReadyReply)
    async def get(self) -> None:
        """Say whether the databases answer and the process is not about to end; 503 if not."""
        healthy, databases = await self.services.health.check()
        draining = self.around.traffic.draining
        ready = healthy and not draining
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        self.set_status(status)
        self.business_code = status.value
        self.ok(ReadyReply(code=status.value, ready=ready, draining=draining, databases=databases))


class MetricsHandler(ApiHandler):
    """Numbers for Prometheus."""

    @public
    @answers(None, content=("text/plain",))
    async def get(self) -> None:
        """Return the numbers of this process."""
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        await self.finish(exposition(self.around.registry))


ROUTES = [
    (r"/healthz", HealthHandler),
    (r"/readyz", ReadyHandler),
    (r"/metrics", MetricsHandler),
]
