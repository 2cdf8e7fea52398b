"""The mail system is down for the whole run, then up: all arrive, in order of due time (OBX-1)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from environment import Url
from tests.faults.conftest import PROCESSES, FaultyShop
from tests.http import customer
from tests.sandbox import SandboxClient
from tests.tasks.rows import OwnDatabase, eventually

MANY = 12
LOOK = 1.5
"""Seconds: what is due between two looks of a relay (half a second, more when the machine is busy)
is taken together and may change places."""
MAILS = "SELECT id, attempts, due FROM tasks_outbox WHERE kind = 'mail.activation' ORDER BY due"
LEFT = """SELECT COUNT(*) FROM tasks_outbox
  WHERE kind = 'mail.activation' AND done_time IS NULL"""


@dataclass(frozen=True)
class Mails:
    """What waits for the mail system of a shop, and what has reached it."""

    shop: FaultyShop
    world: SandboxClient
    table: OwnDatabase

    async def open_account(self, number: int) -> None:
        """Register by way of one of the processes; an activation mail is due at once."""
        phone = f"1385555{number:04d}"
        async with customer(self.shop.ports[number % PROCESSES]) as client:
            assert (await client.post("/v1/users/sms/code", {"phone": phone})).code == 200
            await eventually(lambda: self.world.inbox(to=phone, kind="sms"), 30)
            form = {
                "uname": f"waits_{number}",
                "password": "secret12",
                "phone": phone,
                "email": f"waits{number}@example.com",
                "verify": self.world.inbox(to=phone, kind="sms")[0]["code"],
            }
            assert (await client.post("/v1/users/register", form)).code == 200

    def rows(self) -> dict[int, tuple[int, datetime]]:
        """Return attempts and due time of every mail, by its number, those first due first."""
        return {number: (attempts, due) for number, attempts, due in self.table.ask(MAILS)}

    def left(self) -> int:
        """Count the mails that are not done."""
        return int(self.table.ask(LEFT)[0][0])

    def arrived(self) -> list[dict[str, Any]]:
        """Return what the mail system took, in the order in which it did."""
        return sorted(self.world.books("smtp"), key=lambda delivery: int(delivery["id"]))


@pytest.fixture
def mails(shop: FaultyShop) -> Iterator[Mails]:
    """A shop of four processes whose mail system refuses everything for now."""
    world = SandboxClient(shop.stack.sandbox.url)
    url = Url(shop.stack.mariadb.url)
    world.fault("smtp", status=421, until_reset=True)
    yield Mails(shop, world, OwnDatabase(url, url.name))
    world.mend()


def number_of(delivery: dict[str, Any]) -> int:
    """Return the number of the task behind a delivery: it stands in the Message-ID."""
    return int(delivery["number"].strip("<>").partition("@")[0])


async def test_all_arrive_in_order_of_due_time(mails: Mails) -> None:
    """Each process fails, waits longer and longer, and none overtakes one due a look earlier."""
    for number in range(MANY):
        await mails.open_account(number)
    await eventually(lambda: min(attempts for attempts, _ in mails.rows().values()) >= 3, 60)
    assert mails.arrived() == []
    assert mails.left() == MANY
    mends = time.monotonic()
    mails.world.mend()
    await eventually(lambda: mails.left() == 0, 120)
    print(f"all {MANY} arrived {time.monotonic() - mends:.1f} s after the end of the trouble")
    # A task that is done keeps the due time of the try that reached the mail system.
    dues = {number: due.timestamp() for number, (_, due) in mails.rows().items()}
    arrived = [number_of(delivery) for delivery in mails.arrived()]
    assert sorted(arrived) == sorted(dues)
    assert {delivery["times"] for delivery in mails.arrived()} == {1}
    assert overtakings(arrived, dues) == []
    # The control: in the order in which they were posted they would have overtaken each other.
    assert overtakings(sorted(dues), dues) != []


def overtakings(arrived: list[int], dues: dict[int, float]) -> list[tuple[int, int]]:
    """Return the pairs of which the first was due a look later, and yet arrived before."""
    return [
        (before, after)
        for place, before in enumerate(arrived)
        for after in arrived[place + 1 :]
        if dues[before] - dues[after] > LOOK
    ]
