"""Resources of a process: clients, pools and background work, each opened and closed as a context.

``server.py`` puts them together; nothing else opens them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from cache.generations import Generations
from cache.limits import Limits
from cache.link import Link
from cache.memory import Memory
from cache.order_news import OrderNews
from cache.pages import Pages
from cache.pool import pool_of
from environment import Url
from models.archive import Archive, open_archive
from models.database import Database, open_database
from services.gateways.remote import open_session
from services.hashing import Door
from services.pages import PageService
from settings import Pages as PageSettings
from settings import Settings
from tasks.running import running

MIB = 1024 * 1024

log = structlog.get_logger("resources")


@dataclass(frozen=True, slots=True)
class Resources:
    """Everything that has to be opened and closed."""

    database: Database
    data: Redis
    copies: Redis
    archive: Archive
    pages: PageService
    news: OrderNews
    limits: Limits
    door: Door
    http: aiohttp.ClientSession


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Open every resource in order and close them in reverse."""
    mysql, redis = settings.mysql, settings.redis
    async with AsyncExitStack() as stack:
        opened = stack.enter_async_context
        database = await opened(
            open_database(
                address=address_of(mysql.url),
                size=mysql.pool_size,
                acquire_seconds=mysql.acquire_ms / 1000,
                statement_seconds=mysql.statement_ms / 1000,
            )
        )
        data = await opened(open_redis(redis.data_url, redis.timeout_ms))
        copies = await opened(open_redis(redis.pages_url, redis.timeout_ms))
        listener, follower = [
            await opened(open_redis(redis.data_url, redis.timeout_ms, tries=1)) for _ in range(2)
        ]
        pages = open_pages(
            settings.pages, database=database, data=data, copies=copies, listener=listener
        )
        door = Door(threads=settings.accounts.hash_threads, queue=settings.accounts.hash_queue)
        stack.callback(door.close)
        limits = Limits(redis.data_url, timeout=redis.timeout_ms / 1000)
        stack.push_async_callback(limits.aclose)
        yield Resources(
            database=database,
            data=data,
            copies=copies,
            archive=await opened(open_archive(settings.mongo.url, settings.mongo.url.name)),
            pages=await opened(pages),
            news=OrderNews(data, subscriber=follower),
            limits=limits,
            door=door,
            http=await opened(open_session()),
        )


@asynccontextmanager
async def open_redis(url: Url, timeout_ms: int, *, tries: int = 2) -> AsyncIterator[Redis]:
    """Open a client of one Redis; a listener tries once: a lost connection is news to it."""
    seconds = timeout_ms / 1000
    client = Redis.from_pool(pool_of(url, seconds, retry=Retry(NoBackoff(), tries - 1)))
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def open_pages(
    settings: PageSettings, *, database: Database, data: Redis, copies: Redis, listener: Redis
) -> AsyncIterator[PageService]:
    """Open the copies of pages: ``data`` holds generations, ``listener`` follows the changes."""
    generations = Generations(data, life=settings.redis_seconds)
    pages = PageService(
        database=database,
        memory=Memory(settings.memory_mb * MIB),
        pages=Pages(copies, life=settings.redis_seconds),
        generations=generations,
        memory_seconds=settings.memory_seconds,
        missing_seconds=settings.missing_seconds,
    )
    link = Link(
        subscriber=listener,
        generations=generations,
        on_raised=pages.forget,
        on_open=pages.catch_up,
    )
    pages.follow(link)
    try:
        async with running(link.run(), pages.keep_sweeping()):
            yield pages
    finally:
        await link.leave()


def address_of(url: Url) -> dict[str, object]:
    """Return what the MySQL driver wants to know of an address."""
    return {
        "host": url.host,
        "port": url.port(3306),
        "user": url.user,
        "password": str(url.password),
        "db": url.name,
    }
