"""A code whose COMMIT gets no answer may be on its way: no second one follows within the minute."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

import server
from environment import Url
from settings import Settings
from tests.cache.wire import Wire
from tests.factories import Goods
from tests.handlers.users.people import Edge, Town
from tests.http import Reply
from tests.shop import linked, served

PHONE = "13612345678"
COMMIT, POST = b"\x03COMMIT", b"INSERT INTO tasks_outbox"
"""What the driver sends: the byte of a query and its text; the text is enough where it is rare."""
POSTED = "SELECT COUNT(*) FROM tasks_outbox"


class BreakingWire(Wire):
    """A wire that goes dead at a word: it still ``arrives`` at the server, or it does not."""

    word = b""
    arrives = True

    def repair(self) -> None:
        """Carry everything again."""
        self.word = b""
        self.release()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, held: bool
    ) -> None:
        if held:
            await super()._pump(source, sink, held=held)
            return
        try:
            while part := await source.read(65536):
                if self.word and self.word in part:
                    self.hold()
                if self._open.is_set() or self.arrives:
                    sink.write(part)
                    await sink.drain()
        finally:
            sink.close()


@asynccontextmanager
async def breaking(target: Url) -> AsyncIterator[BreakingWire]:
    """Lay such a wire."""
    wire = BreakingWire(target)
    listening = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    wire.port = listening.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        wire.repair()
        listening.close()
        await wire.cut()
        await listening.wait_closed()


@pytest.fixture
async def wire(shop_settings: Settings) -> AsyncIterator[BreakingWire]:
    """The wire between the shop and MariaDB."""
    async with breaking(shop_settings.mysql.url) as wire:
        yield wire


@pytest.fixture
async def far(
    wire: BreakingWire, goods: Goods, edge: Edge, shop_settings: Settings
) -> AsyncIterator[Town]:
    """A shop at the other end of it, without a relay: what is posted stays in the table."""
    goods.run("DELETE FROM tasks_outbox")
    mysql = replace(shop_settings.mysql, url=wire.url, statement_ms=300)
    settings = replace(shop_settings, mysql=mysql)
    async with server.open_services(settings) as services, served(services, settings) as client:
        await linked(services)
        yield Town(client, services, goods, edge)


async def asked(town: Town) -> Reply:
    return await town.client.post("/v1/users/sms/code", {"phone": PHONE})


async def test_nothing_breaks(far: Town) -> None:
    """The control: one code is posted, a repeat is answered and posts nothing."""
    assert [(await asked(far)).code, (await asked(far)).code] == [200, 200]
    assert far.goods.one(POSTED) == 1


async def test_an_answer_lost_after_commit_sends_no_second_code(
    far: Town, wire: BreakingWire
) -> None:
    """The code is on its way; the customer is told to try again, and then gets none beside it."""
    wire.word, wire.arrives = COMMIT, True
    assert (await asked(far)).status == 503
    wire.repair()
    assert far.goods.one(POSTED) == 1
    assert (await asked(far)).code == 200
    assert far.goods.one(POSTED) == 1
    # The code that was posted is the one that opens an account.
    code = json.loads(far.goods.one("SELECT facts FROM tasks_outbox"))["code"]
    body = await far.application(phone=PHONE) | {"verify": code}
    assert (await far.ask("POST", "/v1/users", body)).code == 200


async def test_a_commit_that_never_arrives_costs_a_minute(far: Town, wire: BreakingWire) -> None:
    """Nobody can know that nothing was written: the pause stays, and after it all is well."""
    wire.word, wire.arrives = COMMIT, False
    assert (await asked(far)).status == 503
    wire.repair()
    assert (await asked(far)).code == 200
    assert far.goods.one(POSTED) == 0
    await far.services.codes._codes.withdraw(PHONE)  # the minute is over
    assert (await asked(far)).code == 200
    assert far.goods.one(POSTED) == 1


@pytest.mark.parametrize("arrives", [True, False])
async def test_what_fails_before_commit_costs_nothing(
    far: Town, wire: BreakingWire, arrives: bool
) -> None:
    """Nothing can have been written: the next try is served at once."""
    wire.word, wire.arrives = POST, arrives
    assert (await asked(far)).status == 503
    wire.repair()
    assert (await asked(far)).code == 200
    assert far.goods.one(POSTED) == 1
