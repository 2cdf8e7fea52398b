"""Generations: which copies are still true, whatever happens to Redis in between."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from redis.asyncio import Redis

from cache.generations import CLOCK, RAISED, Generations, Raised, acks_of
from tests.cache.conftest import Clients
from tests.conftest import PrivateServers

LIFE = 600


@pytest.fixture
async def generations(redis: Redis) -> Generations:
    """Generations in an empty Redis."""
    made = Generations(redis, life=LIFE)
    await made.meet()
    return made


async def test_a_copy_is_true_until_one_of_its_tags_is_raised(generations: Generations) -> None:
    """Other tags do not matter, later copies are true again."""
    before = await generations.now()
    assert await generations.true(before, ["sku:1", "spu:1"])
    await generations.raise_tags(["sku:1", "sku:9"], writer="w", window=0)
    assert not await generations.true(before, ["sku:1", "spu:1"])
    assert await generations.true(before, ["sku:2", "spu:1"])
    after = await generations.now()
    assert await generations.true(after, ["sku:1", "spu:1"])
    assert await generations.true(before, [])


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("copy"), st.sets(st.sampled_from("abc"))),
            st.tuples(st.just("raise"), st.sets(st.sampled_from("abc"), min_size=1)),
        ),
        max_size=12,
    )
)
@examples(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_copy_is_true_exactly_while_nothing_it_shows_changed(
    generations: Generations, redis: Redis, steps: list[tuple[str, set[str]]]
) -> None:
    """CCH-3: in any order of copies and changes, the judgement is that of a plain model."""
    await redis.flushdb()
    copies = []
    for kind, tags in steps:
        if kind == "copy":
            copies.append((await generations.now(), tags, []))
        else:
            await generations.raise_tags(tags, writer="w", window=0)
            for _, shown, changed in copies:
                changed.extend(shown & tags)
    for stamp, tags, changed in copies:
        assert await generations.true(stamp, sorted(tags)) is (not changed)


async def test_a_flush_makes_every_copy_untrue(generations: Generations, redis: Redis) -> None:
    """F-07: when the clock begins again at zero, no copy of the old days becomes true once more."""
    for _ in range(3):
        await generations.raise_tags(["sku:1"], writer="w", window=0)
    old = await generations.now()
    await redis.flushdb()
    assert not await generations.true(old, ["sku:1"])
    for _ in range(3):
        await generations.raise_tags(["sku:2"], writer="w", window=0)
    assert int(await redis.get(CLOCK)) == old.tick
    await generations.now()
    assert not await generations.true(old, ["sku:1"])


async def test_a_restart_makes_every_copy_untrue(
    private: PrivateServers, client_of: Clients
) -> None:
    """F-07: what was raised in the last second may be lost with a crash: copies are not trusted."""
    server = private.redis(durable=True)
    generations = Generations(await client_of(server.url), life=LIFE)
    await generations.meet()
    old = await generations.now()
    assert await generations.true(old, ["sku:1"])
    server.kill()
    server.start()
    server.wait()
    await generations.meet()
    assert not await generations.true(old, ["sku:1"])
    assert await generations.true(await generations.now(), ["sku:1"])


async def test_generations_outlive_every_copy_but_not_for_ever(
    generations: Generations, redis: Redis
) -> None:
    """A raised tag is remembered for twice the life of a copy; Redis does not fill up."""
    await generations.raise_tags(["sku:1"], writer="w", window=0)
    assert LIFE < await redis.ttl("pages:gen:sku:1") <= 2 * LIFE


async def test_a_lost_script_is_loaded_again(generations: Generations, redis: Redis) -> None:
    """``SCRIPT FLUSH`` costs one more round, nothing else."""
    await generations.raise_tags(["sku:1"], writer="w", window=0)
    await redis.script_flush()
    tick, _ = await generations.raise_tags(["sku:1"], writer="w", window=0)
    assert tick == 2
    await redis.script_flush()
    await generations.beat("r")


async def test_only_the_living_are_waited_for(generations: Generations, redis: Redis) -> None:
    """Readers count by the time of the server; who said goodbye or was silent is left out."""
    for reader in ("alive", "leaving", "silent"):
        await generations.beat(reader)
    await generations.leave("leaving")
    seconds, micros = await redis.time()
    await redis.zadd("pages:readers", {"silent": seconds + micros / 1e6 - 5})
    assert (await generations.raise_tags(["a"], writer="w", window=2))[1] == {"alive"}
    assert (await generations.raise_tags(["a"], writer="w", window=9))[1] == {"alive", "silent"}
    await redis.zadd("pages:readers", {"silent": seconds - 61})
    await generations.beat("alive")
    assert await redis.zrange("pages:readers", 0, -1) == [b"alive"]


async def test_everybody_is_told_and_can_answer(generations: Generations, redis: Redis) -> None:
    """The message names the tags, the tick and the writer, who hears the answers."""
    async with redis.pubsub() as heard:
        await heard.subscribe(RAISED, acks_of("writer"))
        await heard.get_message(timeout=1)
        await heard.get_message(timeout=1)
        tick, _ = await generations.raise_tags(["sku:1", "index"], writer="writer", window=0)
        message = await heard.get_message(timeout=1)
        raised = msgspec.json.decode(message["data"], type=Raised)
        assert raised == Raised(tick, ["sku:1", "index"], "writer")
        await generations.acknowledge(raised, "reader")
        answer = await heard.get_message(timeout=1)
        assert answer["data"] == f"{tick} reader".encode()
