"""The composition root: builds the shop out of its parts and runs one process of it.

``python server.py --port 8000`` serves until SIGTERM or SIGINT, then stops accepting, says "not
ready", finishes what runs (at most ``DADASHOP_HTTP_DRAIN_SECONDS``), closes its pools and exits 0.
Exit code 2: the settings are wrong, or the port is taken.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import structlog
import uvloop
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler, url

from accounts import account_services
from gateways import Gateways
from handlers import ROUTES
from handlers.access import undeclared
from handlers.base import Surroundings, UnknownHandler
from handlers.metrics import open_registry
from handlers.openapi import documents_of, name_of
from handlers.traffic import AccessLog, Traffic
from ordering import order_services
from resources import open_resources
from services import Services
from services.goods import GoodsService
from services.health import HealthService
from services.outbox import OutboxService
from services.schedule import ScheduleService
from services.staff_goods import StaffGoodsService
from services.staff_skus import StaffSkuService
from services.stock_news import EVERY_SECONDS, StockNews
from settings import BadSettings, Log, Settings
from tasks.kinds import JOBS
from tasks.outside import Outside
from tasks.relay import Relay
from tasks.running import running
from tasks.schedule import Chore, Schedule

LARGEST_MESSAGE = 1024 * 1024
"""Bytes of a body that are read at all; above 64 KiB the answer is 413."""
LARGEST_HEADER = 16 * 1024
IDLE_SECONDS = 75
BODY_SECONDS = 15
BACKLOG = 1024
PRUNE_SECONDS = 3600
DRAIN_SECONDS = 10.0
"""How long tasks that run at SIGTERM have to end."""
log = structlog.get_logger("server")


class Shop(Application):
    """The routes of the shop, bound to its services."""

    def __init__(self, services: Services, settings: Settings) -> None:
        silent = [verb for _, handler in ROUTES for verb in undeclared(handler)]
        if silent:
            raise TypeError(f"no access declared for: {', '.join(silent)}")
        names = {handler: name_of(pattern, handler) for pattern, handler in reversed(ROUTES)}
        self.traffic = Traffic(names, AccessLog(console=settings.log.format == "console"))
        around = Surroundings(
            services=services,
            traffic=self.traffic,
            registry=open_registry(services, self.traffic),
            documents=documents_of(tuple(ROUTES)),
            origins=frozenset(settings.http.origins),
            trusted_proxies=frozenset(settings.http.trusted_proxies),
            media_url=settings.media.url,
            site=settings.accounts.site,
            legacy_codes=settings.legacy_codes,
            shortest_password=settings.accounts.shortest_password,
        )
        routes = [url(pattern, handler) for pattern, handler in ROUTES]
        super().__init__(
            routes,
            default_handler_class=UnknownHandler,
            around=around,
            log_function=_logged_elsewhere,
        )


def _logged_elsewhere(handler: RequestHandler) -> None:
    """Leave the access log to ``Traffic``: Tornado's own would tell addresses and queries."""
    del handler


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open every resource, build the services on them, and close them in reverse."""
    async with open_resources(settings) as resources:
        database, bell = resources.database, asyncio.Event()
        gateways = Gateways(settings, resources)
        accounts = account_services(settings, resources, gateways, ring=bell.set)
        orders = order_services(settings, resources, gateways, ring=bell.set)
        outside = Outside(
            mailer=gateways.mailer,
            sms=gateways.sms,
            carts=accounts["carts"],
            orders=orders["orders"],
            attempts=orders["attempts"],
            refunds=orders["refunds"],
            site=settings.accounts.site,
        )
        relay = Relay(OutboxService(database), JOBS, outside=outside, bell=bell)
        chores = [
            Chore("prune-tasks", every=PRUNE_SECONDS, run=OutboxService(database).prune),
            Chore("prune-keys", every=PRUNE_SECONDS, run=orders["checkout"].prune),
            Chore("stock-news", every=EVERY_SECONDS, run=StockNews(pages=resources.pages).tell),
        ]
        schedule = Schedule(ScheduleService(database), chores)
        yield Services(
            **accounts,
            **orders,
            goods=GoodsService(database=database, pages=resources.pages),
            staff_goods=StaffGoodsService(pages=resources.pages),
            staff_skus=StaffSkuService(pages=resources.pages),
            pages=resources.pages,
            health=HealthService(
                required={"mysql": database, "redis_data": resources.data},
                spare={"redis_pages": resources.copies, "mongo": resources.archive},
            ),
            database=database,
            relay=relay,
            schedule=schedule,
            door=resources.door,
            circuits=gateways.circuits,
        )


def configure_logging(settings: Log) -> None:
    """Write every event to standard output: one JSON object a line, or coloured text."""
    console = settings.format == "console"
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if console
        else structlog.processors.JSONRenderer(
            lambda event, **_: msgspec.json.encode(event).decode()
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            *([] if console else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


async def found_ready(services: Services, settings: Settings) -> bool:
    """Say what is missing for a start, and how to mend it."""
    healthy, databases = await services.health.check()
    places = {
        "mysql": ("DADASHOP_MYSQL_URL", settings.mysql.url.place),
        "redis_data": ("DADASHOP_REDIS_DATA_URL", settings.redis.data_url.place),
    }
    for name, (setting, place) in places.items():
        if not databases[name]:
            log.error("cannot start", missing=name, at=place, fix=f"start it, or correct {setting}")
    if healthy and not await services.database.migrated():
        log.error("cannot start", missing="tables", fix="run ./scripts/migrate")
        return False
    return healthy


def http_server(shop: Shop) -> HTTPServer:
    """Return a server that bears no endless headers, bodies or connections."""
    return HTTPServer(
        shop,
        max_header_size=LARGEST_HEADER,
        max_body_size=LARGEST_MESSAGE,
        max_buffer_size=LARGEST_MESSAGE + LARGEST_HEADER,
        idle_connection_timeout=IDLE_SECONDS,
        body_timeout=BODY_SECONDS,
    )


async def serve(settings: Settings, port: int) -> int:
    """Serve until told to stop, then finish what was begun; return the exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with open_services(settings) as services:
        if not await found_ready(services, settings):
            return 1
        shop = Shop(services, settings)
        server = http_server(shop)
        try:
            server.listen(port, settings.http.address, backlog=BACKLOG)
        except OSError as error:
            log.error("cannot listen", port=port, error=error.strerror, fix="choose another --port")
            return 2
        log.info("serving", address=settings.http.address, port=port, pid=os.getpid())
        work = (services.relay.run(), services.schedule.run(), services.watch.run())
        async with running(*work, patience=DRAIN_SECONDS):
            await stop.wait()
            server.stop()
            services.watch.close()
            finished = await shop.traffic.drained(settings.http.drain_seconds)
        await server.close_all_connections()
        shop.traffic.close()
        log.info("stopped", finished=finished)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and the environment, then serve."""
    parser = argparse.ArgumentParser(description="Serve the API of the shop in one process.")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
    except BadSettings as error:
        for line in error.wrong:
            sys.stderr.write(f"settings: {line}\n")
        return 2
    configure_logging(settings.log)
    return uvloop.run(serve(settings, options.port))


if __name__ == "__main__":
    sys.exit(main())
