"""Customers for a load."""

from __future__ import annotations

import pytest
import uvloop

from scripts.load_test.customers import known, prepared
from server import open_services
from settings import Settings

FEW = 1200


@pytest.fixture
def shop_settings(shop, environment):
    return Settings.from_environment(environment | {"DADASHOP_MYSQL_URL": shop.url})


def test_everybody_can_buy_and_sign_in(shop, shop_settings):
    customers = prepared(shop_settings, FEW, "one password")
    assert len({each.id for each in customers}) == len(customers) == FEW
    assert shop.ask("SELECT COUNT(*), SUM(is_active) FROM users_user_profile") == [(FEW, FEW)]
    counted = shop.ask("SELECT kind, COUNT(*) FROM users_contact GROUP BY kind ORDER BY kind")
    assert counted == [("email", FEW), ("phone", FEW)]
    addresses = shop.ask("SELECT user_profile_id, id FROM users_address WHERE is_default")
    assert dict(addresses) == {each.id: each.address_id for each in customers}


def test_tokens_and_passwords_are_those_of_the_shop(shop_settings):
    customers = prepared(shop_settings, 3, "one password")

    async def recognized():
        async with open_services(shop_settings) as services:
            for each in customers:
                user = await services.tokens.user_behind(each.token, each.username)
                assert (user.id, user.is_active) == (each.id, True)
            signed = await services.sessions.recognized(
                customers[0].username, "one password", address="10.0.0.1"
            )
            assert signed.id == customers[0].id

    uvloop.run(recognized())


def test_made_again_they_stay_who_they_are(shop, shop_settings):
    first = prepared(shop_settings, 5, "one password")
    before = shop.ask("SELECT * FROM users_address ORDER BY id")
    again = prepared(shop_settings, 5, "another password")
    assert [each.id for each in again] == [each.id for each in first]
    assert shop.ask("SELECT * FROM users_address ORDER BY id") == before
    assert [each.id for each in known(shop_settings, 3)] == [each.id for each in first[:3]]


def test_somebody_else_with_such_a_name_is_left_alone(shop, shop_settings):
    shop.run(
        "INSERT INTO users_user_profile (username, password, email, phone, is_active)"
        " VALUES ('load000002', 'his own', 'he@example.com', '13900000000', 0)"
    )
    before = shop.ask("SELECT * FROM users_user_profile WHERE username = 'load000002'")
    customers = prepared(shop_settings, 3, "one password")
    assert [each.username for each in customers] == ["load000001", "load000003"]
    assert shop.ask("SELECT * FROM users_user_profile WHERE username = 'load000002'") == before
    assert shop.ask("SELECT COUNT(*) FROM users_address") == [(2,)]
