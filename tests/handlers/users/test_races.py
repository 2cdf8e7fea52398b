"""What many do at the same moment happens once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.handlers.users.people import ADDRESS, PASSWORD, Person, Town, eventually
from tests.http import Reply

MANY = 100


def codes(replies: Sequence[Reply]) -> Counter[int]:
    """Count the codes of the envelopes."""
    return Counter(reply.code for reply in replies)


async def test_one_name_is_opened_once(town: Town) -> None:
    bodies = [await town.application(uname="Crowded") for _ in range(MANY)]
    replies = await asyncio.gather(
        *(town.ask("POST", "/v1/users/register", body) for body in bodies)
    )
    assert codes(replies) == {200: 1, 10101: MANY - 1}
    assert town.goods.one("SELECT COUNT(*) FROM users_user_profile") == 1
    assert town.goods.one("SELECT COUNT(*) FROM users_contact") == 2
    kinds = town.goods.ask("SELECT kind FROM tasks_outbox")
    assert [kind for (kind,) in kinds] == ["mail.activation"]


async def test_one_code_opens_one_account(town: Town) -> None:
    first = await town.application()
    bodies = [first | {"uname": f"twin_{n}", "email": f"twin{n}@example.com"} for n in range(5)]
    replies = await asyncio.gather(*(town.ask("POST", "/v1/users", body) for body in bodies))
    found = codes(replies)
    assert found[200] == 1
    assert set(found) <= {200, 10104, 10107}
    assert town.goods.one("SELECT COUNT(*) FROM users_user_profile") == 1


async def test_one_default_whoever_was_last(town: Town, anna: Person) -> None:
    for _ in range(10):
        assert (await town.ask("POST", f"{anna.path}/address", ADDRESS, who=anna)).code == 200
    ids = [row[0] for row in town.goods.ask("SELECT id FROM users_address ORDER BY id")]
    path = f"{anna.path}/address/default"
    replies = await asyncio.gather(
        *(town.ask("POST", path, {"id": ids[n % 10]}, who=anna) for n in range(MANY))
    )
    assert codes(replies) == {200: MANY}
    assert town.goods.one("SELECT SUM(is_default) FROM users_address") == 1


async def test_the_first_addresses_make_one_default(town: Town, anna: Person) -> None:
    replies = await asyncio.gather(
        *(town.ask("POST", f"{anna.path}/address", ADDRESS, who=anna) for _ in range(20))
    )
    assert codes(replies) == {200: 20}
    assert town.goods.ask("SELECT COUNT(*), SUM(is_default) FROM users_address") == [(20, 1)]


async def test_deleting_in_parallel_keeps_one_default(town: Town, anna: Person) -> None:
    for _ in range(10):
        await town.ask("POST", f"{anna.path}/address", ADDRESS, who=anna)
    ids = [row[0] for row in town.goods.ask("SELECT id FROM users_address ORDER BY id")]
    await asyncio.gather(
        *(town.ask("DELETE", f"{anna.path}/address/{n}", who=anna) for n in ids[:9])
    )
    assert town.goods.ask("SELECT id FROM users_address WHERE is_default = 1") == [(ids[9],)]


async def test_the_last_free_place_is_given_once(town: Town, anna: Person) -> None:
    """Fifty addresses, however many come at once."""
    replies = await asyncio.gather(
        *(town.ask("POST", f"{anna.path}/address", ADDRESS, who=anna) for _ in range(60))
    )
    assert codes(replies) == {200: 50, 10112: 10}
    assert town.goods.ask("SELECT COUNT(*), SUM(is_default) FROM users_address") == [(50, 1)]


async def test_one_sms_for_one_phone(town: Town) -> None:
    replies = await asyncio.gather(
        *(town.client.post("/v1/users/sms/code", {"phone": "13612345678"}) for _ in range(MANY))
    )
    assert codes(replies) == {200: MANY}
    assert town.goods.one("SELECT COUNT(*) FROM tasks_outbox") == 1
    await eventually(lambda: town.edge.outside.sms.codes)
    await asyncio.sleep(0.3)
    assert len(town.edge.outside.sms.codes) == 1


async def test_a_repeat_after_the_race_is_another_phone_s_business(town: Town) -> None:
    """The control: without the pause every request sends."""
    phones = [f"1361234{n:04d}" for n in range(20)]
    await asyncio.gather(*(town.client.post("/v1/users/sms/code", {"phone": p}) for p in phones))
    assert town.goods.one("SELECT COUNT(*) FROM tasks_outbox") == 20


async def test_five_wrong_codes_end_the_right_one(town: Town) -> None:
    body = await town.application()
    wrong = [body | {"verify": f"{n:06d}"} for n in range(200)]
    replies = await asyncio.gather(*(town.ask("POST", "/v1/users", each) for each in wrong))
    assert codes(replies) == {10104: 200}
    assert (await town.ask("POST", "/v1/users", body)).code == 10104
    assert town.goods.one("SELECT COUNT(*) FROM users_user_profile") == 0


async def test_four_wrong_codes_do_not(town: Town) -> None:
    body = await town.application()
    for n in range(4):
        assert (await town.ask("POST", "/v1/users", body | {"verify": f"{n:06d}"})).code == 10104
    assert (await town.ask("POST", "/v1/users", body)).code == 200


async def test_a_reset_code_gives_one_ticket(town: Town, anna: Person) -> None:
    await town.services.passwords._codes.place(anna.email, "135791")
    body = {"email": anna.email, "code": "135791"}
    path = "/v1/users/password/verification"
    replies = await asyncio.gather(*(town.client.post(path, body) for _ in range(10)))
    assert codes(replies) == {200: 1, 10113: 9}


async def test_a_reset_ticket_stores_one_password(town: Town, anna: Person) -> None:
    await town.services.passwords._codes.place(anna.email, "135791")
    proof = {"email": anna.email, "code": "135791"}
    reply = await town.client.post("/v1/users/password/verification", proof)
    bodies = [
        {"email": anna.email, "password1": f"secret-{n}", "password2": f"secret-{n}"}
        | {"ticket": reply.json["ticket"]}
        for n in range(10)
    ]
    replies = await asyncio.gather(
        *(town.client.post("/v1/users/password/new", body) for body in bodies)
    )
    assert codes(replies) == {200: 1, 10114: 9}
    assert town.user("anna").token_version == 1


async def test_one_weibo_binds_to_one_user(town: Town, anna: Person, bob: Person) -> None:
    tickets = [await town.ticket("wb1"), await town.ticket("wb1")]
    replies = await asyncio.gather(
        *(
            town.client.post(
                "/v1/users/weibo/users/binduser",
                {"uid": ticket, "username": who.name, "password": PASSWORD},
            )
            for ticket, who in zip(tickets, (anna, bob), strict=True)
        )
    )
    assert codes(replies) == {200: 1, 10117: 1}
    bound = town.goods.ask("SELECT user_profile_id FROM users_weibo_profile")
    assert len(bound) == 1
    assert bound[0][0] in {anna.id, bob.id}


async def test_one_ticket_binds_once(town: Town, anna: Person, bob: Person) -> None:
    ticket = await town.ticket("wb2")
    bodies = [{"uid": ticket, "username": w.name, "password": PASSWORD} for w in (anna, bob)]
    replies = await asyncio.gather(
        *(town.client.post("/v1/users/weibo/users/binduser", body) for body in bodies)
    )
    assert codes(replies)[200] == 1
    assert set(codes(replies)) <= {200, 10116, 10117}


async def test_a_password_is_changed_once_by_two_who_know_it(town: Town, anna: Person) -> None:
    bodies = [
        {"oldpassword": PASSWORD, "password1": f"secret-{n}", "password2": f"secret-{n}"}
        for n in range(5)
    ]
    replies = await asyncio.gather(
        *(town.ask("POST", f"{anna.path}/password", body, who=anna) for body in bodies)
    )
    assert codes(replies)[200] == 1
    assert set(codes(replies)) <= {200, 10108, 403}
    assert town.user("anna").token_version == 1
