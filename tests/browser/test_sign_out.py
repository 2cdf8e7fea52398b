"""Signing out everywhere: asked first, then no device is signed in any more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from models.users import NewUser
from server import open_services
from tests.browser.storefront import Storefront
from tests.browser.tab import Tab
from tests.browser.test_accounts import Customer

PASSWORD = "秘密secret12"


@pytest.fixture(scope="module")
def lan(shop: Storefront) -> str:
    """The name of a customer of this module."""

    async def open_account() -> str:
        async with open_services(shop.settings) as services:
            new = NewUser("小兰同学", PASSWORD, "lan@example.com", "13912340001")
            return (await services.users.open(new)).username

    # In a thread of its own: the loop of the browser stands in the way of another.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, open_account()).result()


@contextmanager
def device(browser: Browser, shop: Storefront, name: str) -> Iterator[Tab]:
    """Another browser of the customer, signed in; nothing may have complained at the end."""
    context = browser.new_context(locale="zh-CN")
    tab = Tab(context.new_page(), shop)
    signed_in(tab, name)
    yield tab
    context.close()
    assert tab.problems == []


def signed_in(tab: Tab, name: str) -> None:
    """Sign in as a customer does."""
    tab.open("login")
    Customer(tab).send("login-form", username=name, password=PASSWORD)
    tab.page.wait_for_url("**/index.html")
    expect(tab.see("user-name")).to_contain_text(name)


def token_of(tab: Tab) -> str | None:
    """Return the token the browser keeps."""
    token: str | None = tab.page.evaluate("localStorage.getItem('dashop_token')")
    return token


def test_every_device_is_signed_out(
    tab: Tab, chromium: Browser, shop: Storefront, lan: str
) -> None:
    """This browser at once, its other tabs with it; another device at its next request."""
    signed_in(tab, lan)
    with device(chromium, shop, lan) as phone, tab.page.context.new_page() as beside:
        phone.open("addressAdmin")
        expect(phone.see("add-address")).to_be_visible()
        beside.goto(shop.page("addressAdmin"))
        expect(beside.get_by_test_id("add-address")).to_be_visible()
        tab.open("personal_password")
        tab.see("sign-out-everywhere").click()
        tab.see("confirm").click()
        tab.page.wait_for_url("**/login.html*")
        expect(tab.page.get_by_text("已退出所有设备")).to_be_visible()
        assert token_of(tab) is None
        beside.wait_for_url("**/login.html*")
        assert token_of(phone) is not None
        phone.page.reload()
        phone.page.wait_for_url("**/login.html*")
        expect(phone.page.get_by_text("登录状态已结束")).to_be_visible()
        assert token_of(phone) is None
    # The control: nothing but the tokens is dead.
    signed_in(tab, lan)


def test_nobody_is_signed_out_who_does_not_agree(tab: Tab, lan: str) -> None:
    """Leaving the dialog by its button or by Escape changes nothing."""
    signed_in(tab, lan)
    tab.open("personal_password")
    token = token_of(tab)
    for leave in ("button", "key"):
        tab.see("sign-out-everywhere").click()
        expect(tab.see("confirm-dialog")).to_contain_text("退出所有设备？")
        if leave == "button":
            tab.see("cancel").click()
        else:
            tab.page.keyboard.press("Escape")
        expect(tab.see("confirm-dialog")).to_have_count(0)
        expect(tab.see("sign-out-everywhere")).to_be_focused()
    tab.reload()
    expect(tab.see("user-name")).to_contain_text(lan)
    assert token_of(tab) == token


def test_a_failure_is_told_and_the_customer_stays(tab: Tab, shop: Storefront, lan: str) -> None:
    """Without the API nobody is told to be signed out who is not."""
    signed_in(tab, lan)
    tab.open("personal_password")
    token = token_of(tab)
    tab.page.route("**/tokens", lambda route: route.abort())
    tab.see("sign-out-everywhere").click()
    tab.see("confirm").click()
    expect(tab.see("toast")).to_be_visible()
    expect(tab.see("confirm-dialog")).to_have_count(0)
    assert token_of(tab) == token
    tab.page.unroute("**/tokens")
    tab.expected("ERR_FAILED")


def test_it_is_said_in_english(chromium: Browser, shop: Storefront, lan: str) -> None:
    """The words of the page, of the question and of the farewell."""
    with device(chromium, shop, lan) as tab:
        tab.page.evaluate("localStorage.setItem('dashop_language', 'en')")
        tab.open("personal_password")
        button = tab.see("sign-out-everywhere")
        expect(button).to_have_text("Sign out everywhere")
        button.click()
        expect(tab.see("confirm-dialog")).to_contain_text("Sign out everywhere?")
        tab.see("confirm").click()
        tab.page.wait_for_url("**/login.html*")
        expect(tab.page.get_by_text("You are signed out everywhere.")).to_be_visible()
