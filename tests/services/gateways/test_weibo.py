"""Sign-in by Weibo against its simulator."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from models.errors import RemoteFailed
from tests.sandbox import SandboxClient
from tests.services.gateways.conftest import CREDENTIALS, Adapters

STATE = "a b&c=d/é"


def test_the_address_holds_what_weibo_asks_for(adapters: Adapters) -> None:
    gateway, _ = adapters.weibo()
    parts = urlsplit(gateway.authorize_url(STATE))
    assert parts.path == "/sandbox/weibo/oauth2/authorize"
    assert parse_qs(parts.query) == {
        "client_id": [CREDENTIALS.weibo_client],
        "redirect_uri": [CREDENTIALS.weibo_back],
        "response_type": ["code"],
        "state": [STATE],
    }


async def test_a_code_names_its_user_and_the_state_passes(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    gateway, _ = adapters.weibo()
    back = sandbox.agree(gateway.authorize_url(STATE), "007")
    assert back["state"] == STATE
    user = await gateway.user_behind(back["code"])
    assert user.uid == "007"
    assert user.expires_in > 0
    assert user.access_token
    assert user.access_token not in repr(user)


async def test_a_code_is_good_once(adapters: Adapters, sandbox: SandboxClient) -> None:
    gateway, circuit = adapters.weibo()
    code = sandbox.agree(gateway.authorize_url("s"), "10001")["code"]
    await gateway.user_behind(code)
    with pytest.raises(RemoteFailed) as caught:
        await gateway.user_behind(code)
    assert caught.value.lasting
    assert circuit.outcomes["refused"] == 1
    assert [row["times"] for row in sandbox.books("weibo")] == [2]


async def test_a_lost_answer_is_not_asked_for_again(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    gateway, _ = adapters.weibo()
    code = sandbox.agree(gateway.authorize_url("s"), "10001")["code"]
    sandbox.fault("weibo", drop_after_accept=True)
    with pytest.raises(RemoteFailed):
        await gateway.user_behind(code)
    assert [row["times"] for row in sandbox.books("weibo")] == [1]


@pytest.mark.parametrize(
    "changes",
    [{"secret": "wrong"}, {"client": "wrong"}, {"back": "http://evil.example/callback.html"}],
    ids=lambda changes: next(iter(changes)),
)
async def test_another_client_secret_or_address_gets_nothing(
    adapters: Adapters, sandbox: SandboxClient, changes: dict[str, str]
) -> None:
    gateway, _ = adapters.weibo()
    code = sandbox.agree(gateway.authorize_url("s"), "10001")["code"]
    other, _ = adapters.weibo(**changes)
    with pytest.raises(RemoteFailed) as caught:
        await other.user_behind(code)
    assert caught.value.lasting


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client_id": "wrong"}, "invalid_client"),
        ({"redirect_uri": "http://evil.example/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_the_consent_page_sends_nobody_to_strangers(
    adapters: Adapters, sandbox: SandboxClient, changes: dict[str, str], says: str
) -> None:
    gateway, _ = adapters.weibo()
    query = parse_qs(urlsplit(gateway.authorize_url("s")).query)
    asked = {name: values[0] for name, values in query.items()} | changes | {"as": "10001"}
    reply = sandbox.ask(f"/weibo/oauth2/authorize?{urlencode(asked)}")
    assert reply.status == 400
    assert says in reply.text
    assert "location" not in reply.headers


def test_the_consent_page_asks_and_a_denial_keeps_the_state(
    adapters: Adapters, sandbox: SandboxClient
) -> None:
    gateway, _ = adapters.weibo()
    query = urlsplit(gateway.authorize_url('"><script>alert(1)</script>')).query
    page = sandbox.ask(f"/weibo/oauth2/authorize?{query}")
    assert page.status == 200
    assert "<script" not in page.text
    assert 'name="as"' in page.text
    assert "form-action 'self' http://shop.example;" in (
        page.headers["content-security-policy"] + ";"
    )
    denied = sandbox.ask(f"/weibo/oauth2/authorize?{query}&deny=1")
    back = parse_qs(urlsplit(denied.headers["location"]).query)
    assert back["error"] == ["access_denied"]
    assert back["state"] == ['"><script>alert(1)</script>']
    assert "code" not in back


def test_a_malformed_uid_gets_no_code(adapters: Adapters, sandbox: SandboxClient) -> None:
    gateway, _ = adapters.weibo()
    query = urlsplit(gateway.authorize_url("s")).query
    reply = sandbox.ask(f"/weibo/oauth2/authorize?{query}&as=a%20b")
    assert reply.status == 200
    assert sandbox.books("weibo") == []
