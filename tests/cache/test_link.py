"""The link: a writer returns when nobody trusts the old copies any more, and not much later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from cache.generations import Generations
from cache.link import DEAF, LEASE, Link, NotCaughtUp
from scripts.stack.redis import RedisServer
from scripts.stack.stack import Stack
from tasks.running import running
from tests.cache.conftest import Clients
from tests.cache.wire import wired
from tests.conftest import PrivateServers


class Peer:
    """One process: its link, what it was told, and how often it began anew."""

    def __init__(self, data: Redis, listener: Redis) -> None:
        self.told: list[list[str]] = []
        self.opened = 0
        self.obstacle: Exception | None = None
        self.generations = Generations(data, life=600)
        self.link = Link(
            subscriber=listener,
            generations=self.generations,
            on_raised=self.told.append,
            on_open=self._open,
        )

    async def _open(self) -> None:
        self.opened += 1
        if self.obstacle:
            raise self.obstacle

    @property
    def trusted(self) -> bool:
        """Whether its memory may be used now."""
        return self.link.trusted(time.monotonic())


Peers = Callable[..., Awaitable[Peer]]


async def until(holds: Callable[[], bool], *, seconds: float = 5) -> float:
    """Wait until it holds; return how long that took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.002)
    return time.monotonic() - began


@asynccontextmanager
async def peers_of(url: str, client_of: Clients) -> AsyncIterator[Peers]:
    """Start processes that follow each other; ``listen_at`` may lead over a wire."""
    async with AsyncExitStack() as over:

        async def start(*, listen_at: str = url) -> Peer:
            data = await client_of(url)
            peer = Peer(data, await client_of(listen_at, tries=1))
            await over.enter_async_context(running(peer.link.run()))
            await until(lambda: peer.trusted)
            return peer

        yield start


@pytest.fixture
async def peers(stack: Stack, redis: Redis, client_of: Clients) -> AsyncIterator[Peers]:
    """Processes on the shared Redis."""
    async with peers_of(stack.redis_data.url.removesuffix("/0") + "/6", client_of) as start:
        yield start


async def told(peer: Peer, *tags: str) -> float:
    """Let a process tell of a change; return how long that took."""
    began = time.monotonic()
    await peer.link.tell(tags)
    return time.monotonic() - began


async def test_a_writer_returns_when_everybody_has_dropped_the_copies(peers: Peers) -> None:
    """CCH-1: told by the first, applied by all before ``tell`` returns, itself included."""
    group = [await peers() for _ in range(4)]
    for number in range(20):
        took = await told(group[number % 4], f"sku:{number}")
        assert took < LEASE / 2, "nobody was waited for in vain"
        assert all(peer.told[-1] == [f"sku:{number}"] for peer in group)
        assert all(peer.link.applied == number + 1 for peer in group)


async def test_changes_at_once_do_not_disturb_each_other(peers: Peers) -> None:
    """Fifty writers in three processes: each waits for its own acknowledgements only."""
    group = [await peers() for _ in range(3)]
    took = await asyncio.gather(*(told(group[n % 3], f"sku:{n}") for n in range(50)))
    assert max(took) < LEASE
    for peer in group:
        assert sorted(peer.told) == sorted([f"sku:{n}"] for n in range(50))
        assert not peer.link._waiting


async def test_a_silent_reader_delays_a_writer_by_its_lease(peers: Peers) -> None:
    """Frozen, killed, or cut off without a word: one lease, then nobody can be trusting it."""
    writer = await peers()
    await writer.generations.beat("frozen")
    assert LEASE * 0.9 < await told(writer, "sku:1") < LEASE * 1.5


async def test_a_reader_that_left_delays_nobody(peers: Peers) -> None:
    """An orderly end says goodbye."""
    writer, leaving = await peers(), await peers()
    await leaving.link.leave()
    assert not leaving.trusted
    assert await told(writer, "sku:1") < LEASE / 2


async def test_a_writer_alone_waits_for_nobody_else(peers: Peers) -> None:
    """Its own memory counts too: it hears its own message."""
    writer = await peers()
    assert await told(writer, "sku:1") < LEASE / 2
    assert writer.told == [["sku:1"]]


async def test_what_was_changed_since_is_known(peers: Peers) -> None:
    """A page that was being made is kept only if none of its tags was raised meanwhile."""
    peer = await peers()
    link, since, session = peer.link, peer.link.applied, peer.link.session
    assert link.unchanged(["sku:1"], since=since, session=session)
    await told(peer, "sku:1", "index")
    assert not link.unchanged(["sku:1"], since=since, session=session)
    assert not link.unchanged(["x", "index"], since=since, session=session)
    assert link.unchanged(["sku:2"], since=since, session=session)
    assert link.unchanged(["sku:1"], since=link.applied, session=session)
    assert not link.unchanged(["sku:2"], since=since, session=session - 1)


async def test_more_changes_than_are_remembered_count_as_a_change(
    peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who made a page so slowly that the list ran over cannot know, and does not keep it."""
    monkeypatch.setattr("cache.link.REMEMBERED", 3)
    peer = await peers()
    since, session = peer.link.applied, peer.link.session
    for number in range(4):
        assert peer.link.unchanged(["x"], since=since, session=session)
        await told(peer, f"sku:{number}")
    assert not peer.link.unchanged(["x"], since=since, session=session)


@pytest.fixture
def own_redis(private: PrivateServers) -> RedisServer:
    """A Redis that may be frozen and killed."""
    return private.redis(durable=True)


async def test_a_frozen_redis_ends_the_trust_and_a_thawed_one_restores_it(
    own_redis: RedisServer, client_of: Clients
) -> None:
    """F-06: within one lease memory is not trusted; afterwards it begins anew by itself."""
    async with peers_of(own_redis.url, client_of) as peers:
        peer = await peers()
        session = peer.link.session
        own_redis.pause()
        try:
            assert await until(lambda: not peer.trusted) < LEASE * 1.2
            await until(lambda: not peer.link.up)
            with pytest.raises((RedisError, OSError, TimeoutError)):
                await peer.link.tell(["sku:1"])
        finally:
            own_redis.resume()
        await until(lambda: peer.trusted)
        assert peer.link.session > session
        assert peer.opened > 1
        assert await told(peer, "sku:1") < LEASE / 2


async def test_a_killed_redis_is_noticed_at_once(
    own_redis: RedisServer, client_of: Clients
) -> None:
    """F-06: trust ends with the connection, before the lease does; a restart is a new session."""
    async with peers_of(own_redis.url, client_of) as peers:
        peer = await peers()
        session = peer.link.session
        own_redis.kill()
        assert await until(lambda: not peer.trusted) < LEASE / 2
        own_redis.start()
        own_redis.wait()
        await until(lambda: peer.trusted)
        assert peer.link.session == session + 1
        assert not peer.link.unchanged([], since=peer.link.applied, session=session)


async def test_nothing_is_trusted_before_the_process_has_caught_up(
    own_redis: RedisServer, client_of: Clients
) -> None:
    """While what was missed cannot be made up for, the link stays closed and tries again."""
    async with peers_of(own_redis.url, client_of) as peers:
        peer = await peers()
        peer.obstacle = NotCaughtUp()
        own_redis.kill()
        own_redis.start()
        own_redis.wait()
        await until(lambda: peer.opened >= 3)
        assert not peer.trusted
        assert not peer.link.up
        peer.obstacle = None
        await until(lambda: peer.trusted)


async def test_trust_never_overtakes_a_change(stack: Stack, client_of: Clients) -> None:
    """CCH-3: news held up on the way arrive before the sign of life that renews the lease."""
    async with (
        wired(stack.redis_data.url) as wire,
        peers_of(stack.redis_data.url, client_of) as peers,
    ):
        writer, reader = await peers(), await peers(listen_at=wire.url)
        wire.hold()
        took = await told(writer, "sku:1")
        assert took > LEASE * 0.9
        assert not reader.trusted
        assert reader.told == []
        wire.release()
        await until(lambda: reader.trusted)
        assert reader.told == [["sku:1"]]


async def test_a_deaf_subscription_is_opened_anew(stack: Stack, client_of: Clients) -> None:
    """A connection that is dead without being broken is replaced, as often as it takes."""
    async with (
        wired(stack.redis_data.url) as wire,
        peers_of(stack.redis_data.url, client_of) as peers,
    ):
        reader = await peers(listen_at=wire.url)
        accepted = wire.accepted
        wire.hold()
        await until(lambda: not reader.trusted)
        await until(lambda: wire.accepted > accepted, seconds=DEAF + LEASE)
        await until(lambda: wire.accepted > accepted + 2)
        wire.release()
        await until(lambda: reader.trusted)
        assert reader.opened == 2
