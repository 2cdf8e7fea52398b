"""The story of a customer, from nothing: registration to sign-in by Weibo, in a real browser."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.tab import Tab
from tests.sandbox import SandboxClient

NAME, PHONE, EMAIL = "买家小王", "13912345678", "wang@example.com"
FIRST, SECOND, THIRD = "秘密secret12", "nouveau77", "encore88"
PATIENCE_SECONDS = 20


class Customer:
    """Somebody with a phone, a mailbox and a tab."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self._world = SandboxClient(f"{tab.shop.url}/sandbox")

    def received(self, to: str, part: str) -> str:
        """Wait for a message that holds a code or a link; return the newest."""
        latest = time.monotonic() + PATIENCE_SECONDS
        while True:
            found: list[dict[str, Any]] = self._world.inbox(to=to)
            for message in found:
                if message[part]:
                    return str(message[part])
            assert time.monotonic() < latest, f"no {part} arrived"
            time.sleep(0.1)

    def fill(self, form: str, **fields: str) -> Locator:
        """Fill a form."""
        shown = self.tab.see(form)
        for name, text in fields.items():
            shown.locator(f"[name={name}]").fill(text)
        return shown

    def send(self, form: str, **fields: str) -> None:
        """Fill a form and send it."""
        self.fill(form, **fields).locator("button[type=submit]").click()

    def sign_in(self, password: str) -> None:
        """Sign in on the page that is open."""
        self.send("login-form", username=NAME, password=password)
        self.tab.page.wait_for_url("**/index.html")
        expect(self.tab.see("user-name")).to_contain_text(NAME)

    def sign_out(self) -> None:
        """Sign out by the menu."""
        self.tab.see("user-menu").click()
        self.tab.see("logout").click()
        expect(self.tab.see("login-link").first).to_be_visible()

    def add_address(self, receiver: str) -> None:
        """Write down one more address."""
        self.tab.see("add-address").click()
        form = self.fill("address-form", receiver=receiver, receiver_mobile=PHONE)
        form.locator("[name=province]").select_option("广东省")
        form.locator("[name=city]").select_option("深圳市")
        form.locator("[name=district]").select_option("南山区")
        self.send("address-form", address="科技园 1 号")


def test_the_story_of_a_customer(tab: Tab) -> None:
    """Register, activate, sign out and in, addresses, password, reset, Weibo and binding."""
    customer = Customer(tab)
    _registers(customer)
    customer.sign_out()
    tab.open("login")
    customer.sign_in(FIRST)
    _keeps_addresses(customer)
    _changes_the_password(customer)
    _forgets_the_password(customer)
    customer.sign_out()
    _comes_by_weibo(customer)


def _registers(customer: Customer) -> None:
    tab = customer.tab
    tab.open("register")
    customer.fill("register-form", uname=NAME, password=FIRST, email=EMAIL, phone=PHONE)
    tab.see("send-code").click()
    customer.send("register-form", verify=customer.received(PHONE, "code"))
    tab.page.wait_for_url("**/index.html")
    expect(tab.see("user-name")).to_contain_text(NAME)
    tab.page.goto(customer.received(EMAIL, "link"))
    expect(tab.see("activated")).to_be_visible()


def _keeps_addresses(customer: Customer) -> None:
    tab = customer.tab
    tab.open("addressAdmin")
    for count, receiver in enumerate(("王一", "王二"), 1):
        customer.add_address(receiver)
        expect(tab.see("address-card")).to_have_count(count)
    other = tab.page.locator("[data-testid=address-card][data-default=false]")
    other.get_by_test_id("make-default").click()
    expect(tab.see("address-card").first).to_contain_text("王二")
    tab.reload()
    expect(tab.page.locator("[data-default=true]")).to_have_count(1)
    expect(tab.see("address-card").first).to_contain_text("王二")


def _changes_the_password(customer: Customer) -> None:
    tab = customer.tab
    with tab.page.context.new_page() as old:
        old.goto(tab.shop.page("addressAdmin"))
        expect(old.get_by_test_id("address-card")).to_have_count(2)
        tab.open("personal_password")
        customer.send("password-form", oldpassword=FIRST, password1=SECOND, password2=SECOND)
        tab.page.wait_for_url("**/login.html*")
        old.wait_for_url("**/login.html*")
    customer.sign_in(SECOND)


def _forgets_the_password(customer: Customer) -> None:
    tab = customer.tab
    customer.sign_out()
    tab.open("findPass")
    customer.send("reset-form", email=EMAIL)
    expect(tab.page.locator("[name=code]")).to_be_visible()
    customer.send("reset-form", code=customer.received(EMAIL, "code"))
    expect(tab.page.locator("[name=password1]")).to_be_visible()
    customer.send("reset-form", password1=THIRD, password2=THIRD)
    tab.page.wait_for_url("**/login.html*")
    customer.sign_in(THIRD)


def _comes_by_weibo(customer: Customer) -> None:
    tab = customer.tab
    tab.open("login")
    tab.see("weibo-login").click()
    tab.page.get_by_role("button", name="同意").click()
    tab.page.wait_for_url("**/callback.html*")
    customer.send("bind-form", username=NAME, password=THIRD)
    tab.page.wait_for_url("**/index.html")
    expect(tab.see("user-name")).to_contain_text(NAME)
