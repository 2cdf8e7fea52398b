"""Notices on demand: forged ones are exactly as wrong as they claim to be, no more and no less."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.sandbox.forge import HOWS, WECHAT_ONLY
from tests.merchants import AMOUNT, NUMBER, Ear, Heard, form, opened, ordered, page, until
from tests.sandbox import SandboxClient
from tests.scripts.sandbox.conftest import CREDENTIALS, PROVIDERS, Opened

FORGED = [how for how in HOWS if how not in {"repeat", "reorder", "replay"}]
FRESH = {"notify_time", "sign"}
"""What differs between two genuine notices of the same thing."""
Told = Callable[..., list[Heard]]


@pytest.fixture
def told(payments: SandboxClient, ear: Ear, bought: Opened) -> Told:
    """Have a trade paid and acknowledged, then send notices about it; return those."""

    def tell(provider: str, how: str, times: int = 1, **more: Any) -> list[Heard]:
        if not ear.heard:
            bought(provider)
            ear.wait(1)
            until(lambda: payments.trade(provider, NUMBER)["notices_acknowledged"] == 1)
        before = len(ear.heard)
        answer = payments.notices(provider, NUMBER, how, times, **more)
        assert len(ear.heard) - before == answer["sent"]
        return ear.heard[before:]

    return tell


def believed(heard: Heard, shop: Any) -> dict[str, Any] | None:
    """Return what a notice of WeChat Pay is about if the library believes it."""
    said = shop.callback(heard.headers, heard.body)
    return said["resource"] if said else None


class TestAlipay:
    """Forged notices of Alipay."""

    @pytest.mark.parametrize("how", [how for how in FORGED if how not in WECHAT_ONLY])
    def test_they_are_wrong_in_one_way(
        self, alipay_shop: Any, told: Told, ear: Ear, how: str
    ) -> None:
        (heard,) = told("alipay", how)
        genuine, said = form(ear.heard[0]), form(heard)
        changed = {
            name for name in genuine.keys() | said.keys() if genuine.get(name) != said.get(name)
        }
        expected = {
            "forge_amount": {"total_amount"},
            "forge_app": {"app_id", "auth_app_id"},
            "forge_seller": {"seller_id"},
            "unknown_order": {"out_trade_no"},
            "forge_body": {"buyer_pay_amount"},
        }
        assert changed - FRESH == expected.get(how, set())
        sign = said.pop("sign", "")
        is_signed = bool(sign) and alipay_shop.verify(said, sign)
        assert is_signed == (how not in {"forge_key", "forge_body", "unsigned"})
        assert said["trade_status"] == "TRADE_SUCCESS"

    def test_the_order_of_events_is_wrong(self, alipay_shop: Any, told: Told) -> None:
        said = [form(each) for each in told("alipay", "reorder")]
        assert [each["trade_status"] for each in said] == [
            "TRADE_FINISHED",
            "TRADE_SUCCESS",
            "WAIT_BUYER_PAY",
        ]
        assert all(alipay_shop.verify(each, each.pop("sign")) for each in said)

    def test_a_replay_is_the_same_bytes(self, told: Told, ear: Ear) -> None:
        assert [each.body for each in told("alipay", "replay", 3)] == [ear.heard[0].body] * 3


class TestWechat:
    """Forged notices of WeChat Pay."""

    @pytest.mark.parametrize("how", FORGED)
    def test_they_are_wrong_in_one_way(
        self, wechat_shop: Any, told: Told, ear: Ear, how: str
    ) -> None:
        (heard,) = told("wechat", how)
        genuine = believed(ear.heard[0], wechat_shop)
        assert genuine is not None
        if how in {"forge_key", "forge_body", "unsigned", "wrong_serial", "wrong_secret"}:
            self.unbelieved(heard, wechat_shop, how)
            return
        about = believed(heard, wechat_shop)
        assert about is not None
        changed = {name for name in genuine if genuine[name] != about[name]}
        assert (
            changed
            == {
                "forge_amount": {"amount"},
                "forge_app": {"appid"},
                "forge_seller": {"mchid"},
                "unknown_order": {"out_trade_no"},
                "old": set(),
            }[how]
        )
        age = int(ear.heard[0].headers["Wechatpay-Timestamp"]) - int(
            heard.headers["Wechatpay-Timestamp"]
        )
        assert (age > 300) == (how == "old")

    def unbelieved(self, heard: Heard, shop: Any, how: str) -> None:
        """Check that a notice is refused for what it claims to be wrong with it."""
        serial = heard.headers.get("Wechatpay-Serial", "")
        assert (serial == CREDENTIALS.wechatpay_provider_serial) == (
            how not in {"unsigned", "wrong_serial"}
        )
        if how == "wrong_secret":
            assert shop._core._verify_signature(heard.headers, heard.body.decode())
            assert shop.decrypt_callback(heard.headers, heard.body) is None
        elif how == "unsigned":
            with pytest.raises(Exception, match="does not support this algorithm"):
                shop.callback(heard.headers, heard.body)
        else:
            assert believed(heard, shop) is None
        if how == "wrong_serial":
            right = {"Wechatpay-Serial": CREDENTIALS.wechatpay_provider_serial}
            assert believed(heard._replace(headers=heard.headers | right), shop)
        assert json.loads(heard.body)["event_type"] == "TRANSACTION.SUCCESS"

    def test_the_order_of_events_is_wrong(self, wechat_shop: Any, told: Told) -> None:
        said = [believed(each, wechat_shop) for each in told("wechat", "reorder")]
        assert [each and each["trade_state"] for each in said] == ["SUCCESS", "NOTPAY"]

    def test_a_replay_is_the_same_bytes(self, told: Told, ear: Ear) -> None:
        (again,) = told("wechat", "replay")
        names = [name for name in again.headers if name.startswith("Wechatpay")]
        assert len(names) == 5
        assert again.body == ear.heard[0].body
        assert all(again.headers[name] == ear.heard[0].headers[name] for name in names)


class TestBarrage:
    """How they are sent."""

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_repetition_is_counted_and_fresh(
        self, payments: SandboxClient, told: Told, provider: str, ear: Ear
    ) -> None:
        heard = told(provider, "repeat", 4, abreast=2)
        assert len(heard) == 4
        trade = payments.trade(provider, NUMBER)
        assert (trade["notices_sent"], trade["notices_acknowledged"]) == (5, 5)
        told(provider, "forge_key", 3)
        assert payments.trade(provider, NUMBER)["notices_sent"] == 5

    def test_they_are_spread_and_their_answers_counted(
        self, payments: SandboxClient, told: Told, ear: Ear
    ) -> None:
        told("alipay", "repeat")
        ear.answers = [(200, b"success"), (200, b"fail"), (400, b""), (400, b"")]
        with Ear().listening() as other:
            answer = payments.notices(
                "alipay",
                NUMBER,
                "repeat",
                9,
                to=[f"{ear.url}/a", f"{other.url}/b", "http://127.0.0.1:9/c"],
            )
            assert [each.path for each in other.heard] == ["/b"] * 3
        assert answer["sent"] == 9
        assert answer["statuses"] == {"200": 5, "400": 1, "none": 3}
        assert answer["acknowledged"] == 4
        assert [each.path for each in ear.heard[2:]] == ["/a"] * 3

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_nothing_true_is_said_of_what_is_not_paid(
        self, payments: SandboxClient, alipay_shop: Any, wechat_shop: Any, ear: Ear, provider: str
    ) -> None:
        """But a lie may be told of it."""
        opened(payments, page(alipay_shop))
        ordered(wechat_shop)
        known = {"provider": provider, "out_trade_no": NUMBER}
        for how in ("repeat", "reorder", "replay", "old"):
            reply = payments.ask("/api/notices", "POST", body=known | {"how": how})
            assert reply.status == 409
        assert ear.heard == []
        assert payments.notices(provider, NUMBER, "forge_amount", 2)["sent"] == 2
        assert payments.trade(provider, NUMBER)["state"] == "waiting"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"how": "politely"}, 400),
            ({"times": 0}, 400),
            ({"abreast": 0}, 400),
            ({"to": ["ftp://x"]}, 400),
            ({"provider": "sms"}, 400),
            ({"out_trade_no": "2"}, 404),
            ({"how": "old"}, 409),
            ({"how": "wrong_serial"}, 409),
        ],
        ids=str,
    )
    def test_nonsense_is_refused(
        self,
        payments: SandboxClient,
        bought: Opened,
        ear: Ear,
        body: dict[str, Any],
        status: int,
    ) -> None:
        bought("alipay")
        ear.wait(1)
        known = {"provider": "alipay", "out_trade_no": NUMBER, "how": "repeat"}
        reply = payments.ask("/api/notices", "POST", body=known | body)
        assert (reply.status, "error" in reply.json) == (status, True)
        assert len(ear.heard) == 1

    def test_one_fen_is_not_taken_for_one_fen(
        self, payments: SandboxClient, alipay_shop: Any, ear: Ear
    ) -> None:
        """A forged amount is never the right one."""
        opened(payments, page(alipay_shop, "1", "0.01"))
        payments.notices("alipay", "1", "forge_amount")
        assert form(ear.heard[0])["total_amount"] == "0.02"
        assert AMOUNT != "0.01"
