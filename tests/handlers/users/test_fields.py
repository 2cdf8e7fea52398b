"""Every field of the users module at its limits; a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.users.people import ADDRESS, HASH, PASSWORD, Person, Town

RESERVED = [
    "register",
    "login",
    "activation",
    "sms",
    "password",
    "weibo",
    "check",
    "address",
    "default",
    "advance",
    "result",
    "processing",
    "success",
    "tokens",
    "null",
    "undefined",
    "admin",
]
GOOD_NAMES = ["abc", "a" * 11, "A_9", "___", "123", "小明你好"[:3], "王" * 11]
BAD_NAMES: list[Any] = [
    "", "ab", "a" * 12, "a b c", "abc\n", "\nabc", "ab\x00c", "a<b>c", 'a"bc', "a&bc", "a-bc",
    "a.bc", "a/bc", "小明🎧", "ábc", "ａｂｃ", "١٢٣", None, 123, True, ["abc"], {"a": 1},
]  # fmt: skip
BAD_FIELDS: list[tuple[str, list[Any]]] = [
    ("uname", BAD_NAMES),
    ("password", ["", "12345", "x" * 65, "密" * 65, None, 123456, ["123456"]]),
    (
        "phone",
        ["", "1361234567", "136123456789", "13612345678,13912345678", "13612345678\n",
         "03612345678", "12612345678", " 13612345678", "+8613612345678", "１３６１２３４５６７８",
         13612345678, None],
    ),
    (
        "email",
        ["", "a", "a@b", "@b.cn", "a@b.cn,c@d.cn", "a@b.cn\n", "a b@c.cn", "<a@b.cn>", 'a"@b.cn',
         "a&b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "a" * 65 + "@b.cn", "a@" + "b" * 300 + ".cn", None],
    ),
    ("verify", ["", "12345", "1234567", "12345a", "123456\n", 246810, None]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values"), BAD_FIELDS, ids=[each[0] for each in BAD_FIELDS])
async def test_a_bad_field_opens_no_account(town: Town, name: str, values: list[Any]) -> None:
    body = await town.application()
    before = town.snapshot()
    found = {}
    for value in values:
        reply = await town.ask("POST", "/v1/users/register", body | {name: value})
        found[repr(value)] = reply.code
    assert {value: code for value, code in found.items() if code != 10100} == {}
    body.pop(name)
    assert (await town.ask("POST", "/v1/users/register", body)).code == 10100
    assert town.snapshot() == before


async def test_names_at_their_limits_are_free(town: Town) -> None:
    for name in GOOD_NAMES:
        reply = await town.client.get("/v1/users/check", query={"uname": name})
        assert (name, reply.json) == (name, {"code": 200, "message": "OK"})
    for name in ("ab", "a" * 12, "abc\n", "小明🎧", ""):
        assert (await town.client.get("/v1/users/check", query={"uname": name})).code == 10100
    assert (await town.client.get("/v1/users/check")).code == 10100


async def test_reserved_and_taken_names_are_taken(town: Town, anna: Person) -> None:
    shaped = [name for name in RESERVED if 3 <= len(name) <= 11]
    for name in [*shaped, *(name.upper() for name in shaped), "ANNA", "Anna"]:
        head = {"x_real_ip": f"203.0.113.{len(name)}"}
        reply = await town.client.get("/v1/users/check", query={"uname": name}, **head)
        assert (name, reply.code) == (name, 10101)
    before = town.snapshot()
    for name in ("Admin", "TOKENS", "aNNa"):
        body = await town.application(uname=name)
        assert (await town.ask("POST", "/v1/users", body)).code == 10101
    assert town.snapshot() == before


async def test_names_are_checked_sixty_times_a_minute(town: Town) -> None:
    ask = {"query": {"uname": "nobody"}}
    codes = [(await town.client.get("/v1/users/check", **ask)).code for _ in range(61)]
    assert codes == [200] * 60 + [10105]
    reply = await town.client.get("/v1/users/check", **ask, x_real_ip="203.0.113.9")
    assert reply.code == 200


@pytest.mark.parametrize("password", ["123456", "密" * 64, "🎧 " * 32, " " * 6, "\x00\n<>&\"'"])
async def test_a_password_is_any_text_and_never_cut(town: Town, password: str) -> None:
    body = await town.application(password=password)
    assert (await town.ask("POST", "/v1/users", body)).code == 200
    login = {"username": body["uname"], "password": password}
    assert (await town.ask("POST", "/v1/users/login", login)).code == 200
    for wrong in (password[:-1], password + " ", password.strip() + "x"):
        assert (await town.ask("POST", "/v1/tokens", login | {"password": wrong})).code in {
            10100,
            10102,
        }


async def test_contacts_belong_to_one_account(town: Town, anna: Person) -> None:
    before = town.snapshot()
    taken = await town.application(email=anna.email.upper())
    assert (await town.ask("POST", "/v1/users", taken)).code == 10106
    taken = await town.application(phone=anna.phone)
    assert (await town.ask("POST", "/v1/users", taken)).code == 10107
    assert town.snapshot() == before


async def test_members_we_do_not_know_are_ignored(town: Town) -> None:
    extra = {"is_active": 1, "is_disabled": 1, "token_version": 9, "id": 77, "is_default": True}
    body = await town.application()
    assert (await town.ask("POST", "/v1/users", body | extra)).code == 200
    row = town.user(body["uname"])
    assert (row.is_active, row.is_disabled, row.token_version) == (0, 0, 0)
    assert row.id != 77


BAD_ADDRESS: list[tuple[str, list[Any]]] = [
    ("receiver", ["", "x" * 11, "<b>", 'a"b', "a&b", "a>b", "a\nb", "ab\n", None, 1, ["a"]]),
    ("address", ["", "x" * 101, "<b>", "a&b", 'a"b', "a\n", None, 1]),
    ("receiver_phone", ["", "123", "13612345678,13912345678", "13612345678\n", 13612345678]),
    ("postcode", ["12345678", "<", "1\n", 100080]),
    ("tag", ["x" * 11, '"', "a\n", 5]),
]


@pytest.mark.parametrize(("name", "values"), BAD_ADDRESS, ids=[each[0] for each in BAD_ADDRESS])
async def test_a_bad_field_changes_no_address(
    town: Town, anna: Person, name: str, values: list[Any]
) -> None:
    path = f"{anna.path}/address"
    assert (await town.ask("POST", path, ADDRESS, who=anna)).code == 200
    number = town.goods.one("SELECT id FROM users_address")
    before = town.snapshot()
    for value in values:
        reply = await town.ask("POST", path, ADDRESS | {name: value}, who=anna)
        assert (value, reply.code) == (value, 10112)
        if value is not None:
            reply = await town.ask("PUT", f"{path}/{number}", {name: value}, who=anna)
            assert (value, reply.code) == (value, 10112)
    assert town.snapshot() == before


async def test_addresses_as_pages_read_them(town: Town, anna: Person) -> None:
    path = f"{anna.path}/address"
    assert (await town.ask("GET", path, who=anna)).json == {"code": 200, "addresslist": []}
    second = {"receiver": "x" * 10, "address": "y" * 100, "receiver_mobile": "13912345678"}
    for body in (ADDRESS, second | {"postcode": "", "tag": "", "is_default": True, "user_id": 1}):
        reply = await town.ask("POST", path, body, who=anna)
        assert reply.json == {"code": 200, "data": "新增地址成功！"}
    first, other = (await town.ask("GET", path, who=anna)).json["addresslist"]
    expected = {k: v for k, v in ADDRESS.items() if k != "receiver_phone"}
    assert first == expected | {
        "id": first["id"],
        "receiver_mobile": ADDRESS["receiver_phone"],
        "is_default": True,
    }
    assert (other["is_default"], other["tag"], other["postcode"]) == (False, "", "")
    reply = await town.ask("POST", f"{path}/default", {"id": str(other["id"])}, who=anna)
    assert reply.json == {"code": 200, "data": "设为默认成功！"}
    reply = await town.ask("PUT", f"{path}/{first['id']}", {"tag": "公司"}, who=anna)
    assert reply.json == {"code": 200, "data": "地址修改成功！"}
    listed = (await town.ask("GET", path + "/", who=anna)).json["addresslist"]
    assert [each["id"] for each in listed] == [other["id"], first["id"]]
    assert listed[1] == first | {"tag": "公司", "is_default": False}
    await town.ask("DELETE", f"{path}/{other['id']}", who=anna)
    listed = (await town.ask("GET", path, who=anna)).json["addresslist"]
    assert [(each["id"], each["is_default"]) for each in listed] == [(first["id"], True)]


async def test_fifty_addresses_are_enough(town: Town, anna: Person, bob: Person) -> None:
    path = f"{anna.path}/address"
    for _ in range(50):
        assert (await town.ask("POST", path, ADDRESS, who=anna)).code == 200
    before = town.snapshot()
    assert (await town.ask("POST", path, ADDRESS, who=anna)).code == 10112
    assert town.snapshot() == before
    # Hers alone are counted, and only those that are still there.
    assert (await town.ask("POST", f"{bob.path}/address", ADDRESS, who=bob)).code == 200
    listed = (await town.ask("GET", path, who=anna)).json["addresslist"]
    assert (await town.ask("DELETE", f"{path}/{listed[7]['id']}", who=anna)).code == 200
    assert (await town.ask("POST", path, ADDRESS, who=anna)).code == 200
    assert (await town.ask("POST", path, ADDRESS, who=anna)).code == 10112


async def test_a_profile_holds_no_secret(town: Town, anna: Person) -> None:
    """Four members and no more; contacts are masked, so a stolen token does not tell them."""
    carl = town.person("carl", active=False)
    for who, active in ((anna, True), (carl, False)):
        reply = await town.ask("GET", who.path, who=who)
        assert reply.json == {
            "code": 200,
            "data": {
                "username": who.name,
                "email": "u***@example.com",
                "phone": f"139****{who.phone[7:]}",
                "is_active": active,
            },
        }
        assert reply.headers["Cache-Control"] == "no-store"
        for secret in (who.phone, who.email, who.token, HASH, PASSWORD):
            assert secret.encode() not in reply.body


@pytest.mark.parametrize("number", ["0", "-1", "x", "undefined", "2.5", "99999999999", "999999"])
async def test_an_address_that_is_not_there(town: Town, anna: Person, number: str) -> None:
    path = f"{anna.path}/address"
    assert (await town.ask("PUT", f"{path}/{number}", {"tag": "x"}, who=anna)).code == 10111
    assert (await town.ask("DELETE", f"{path}/{number}", who=anna)).code == 10111
    found = (await town.ask("POST", f"{path}/default", {"id": number}, who=anna)).code
    assert found == (10111 if number == "999999" else 10112)


async def test_a_password_is_changed_by_who_knows_it(town: Town, anna: Person) -> None:
    path, new = f"{anna.path}/password", "next secret"
    body = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    before = town.snapshot()
    for changes, code in (
        ({"oldpassword": "wrong"}, 10108),
        ({"password2": "other secret"}, 10109),
        ({"password1": PASSWORD, "password2": PASSWORD}, 10110),
        ({"password1": "short", "password2": "short"}, 10100),
        ({"password1": None}, 10100),
    ):
        assert (await town.ask("POST", path, body | changes, who=anna)).code == code
    assert town.snapshot() == before
    assert (await town.ask("POST", path, body, who=anna)).json == {"code": 200, "data": "修改成功"}
    assert (await town.ask("GET", anna.path, who=anna)).code == 403
