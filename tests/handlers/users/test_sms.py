"""Codes for phones: so many a day for one phone and for one client address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settings import Settings
from tests.handlers.users.people import Town
from tests.http import Reply

PATH = "/v1/users/sms/code"
PHONE, OTHER = "13612345678", "13612345679"
HOME, OFFICE = {"x_real_ip": "203.0.113.7"}, {"x_real_ip": "203.0.113.8"}
PER_PHONE, PER_ADDRESS = 3, 5
POSTED = "SELECT COUNT(*) FROM tasks_outbox"


@pytest.fixture
def shop_settings(shop_settings: Settings) -> Settings:
    """Settings of a shop that sends few codes."""
    few = replace(shop_settings.accounts, sms_per_phone=PER_PHONE, sms_per_address=PER_ADDRESS)
    return replace(shop_settings, accounts=few)


async def asked(town: Town, phone: str, **head: str) -> Reply:
    """Ask for a code as if the minute after the last one were over."""
    await town.services.codes._codes.withdraw(phone)
    return await town.client.post(PATH, {"phone": phone}, **head)


def refused(reply: Reply) -> bool:
    return reply.code == 10105 and 1 <= int(reply.headers["Retry-After"]) <= 24 * 3600


async def test_the_settings_of_the_shop_allow_more(settings: Settings) -> None:
    """What a day allows unless somebody sets it: ten to a phone, fifty for an address."""
    assert (settings.accounts.sms_per_phone, settings.accounts.sms_per_address) == (10, 50)


async def test_a_phone_gets_so_many_codes_a_day(town: Town) -> None:
    """From wherever they are asked for; another phone still gets its own."""
    for number in range(PER_PHONE):
        reply = await asked(town, PHONE, x_real_ip=f"203.0.113.{number}")
        assert reply.json == {"code": 200, "data": "发送成功"}
    before = town.snapshot()
    assert refused(await asked(town, PHONE, x_real_ip="203.0.113.99"))
    assert town.snapshot() == before
    assert (await asked(town, OTHER, x_real_ip="203.0.113.99")).code == 200
    assert town.goods.one(POSTED) == PER_PHONE + 1


async def test_a_client_address_sends_so_many_codes_a_day(town: Town) -> None:
    """To whichever phones; from elsewhere they still go."""
    phones = [f"1361234{number:04d}" for number in range(PER_ADDRESS + 1)]
    codes = [(await asked(town, phone, **HOME)).code for phone in phones[:-1]]
    assert codes == [200] * PER_ADDRESS
    before = town.snapshot()
    assert refused(await asked(town, phones[-1], **HOME))
    assert town.snapshot() == before
    assert (await asked(town, phones[-1], **OFFICE)).code == 200


async def test_a_repeat_within_the_minute_counts_for_nothing(town: Town) -> None:
    """It is answered, not sent: neither share gets smaller."""
    for _ in range(2 * PER_ADDRESS):
        reply = await town.client.post(PATH, {"phone": PHONE}, **HOME)
        assert reply.json == {"code": 200, "data": "发送成功"}
    assert town.goods.one(POSTED) == 1
    for _ in range(PER_PHONE - 1):
        assert (await asked(town, PHONE, **HOME)).code == 200
    assert refused(await asked(town, PHONE, **OFFICE))


async def test_a_refused_address_uses_up_nothing_of_a_phone(town: Town) -> None:
    """Or anybody could keep a phone from its codes, and send none of them."""
    for number in range(PER_ADDRESS):
        assert (await asked(town, f"1361234{number:04d}", **HOME)).code == 200
    for _ in range(2 * PER_PHONE):
        assert refused(await asked(town, PHONE, **HOME))
    for _ in range(PER_PHONE):
        assert (await asked(town, PHONE, **OFFICE)).code == 200


async def test_a_refusal_leaves_neither_code_nor_pause(town: Town) -> None:
    """Who is refused at one address is served at once at another."""
    for number in range(PER_ADDRESS):
        assert (await asked(town, f"1361234{number:04d}", **HOME)).code == 200
    assert refused(await asked(town, PHONE, **HOME))
    reply = await town.client.post(PATH, {"phone": PHONE}, **OFFICE)
    assert reply.code == 200
    assert town.goods.one(POSTED) == PER_ADDRESS + 1
