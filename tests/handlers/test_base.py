"""Parts of the base that no route shows by itself yet."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from handlers import ROUTES, forms
from handlers.access import public, undeclared, verbs_of
from handlers.base import ApiHandler
from handlers.forms import Count, Form, Id, Money, PageSize
from models.errors import BadGoodsParameter, NotSignedIn
from server import Shop
from services import Services
from settings import Settings


class Numbers(Form, frozen=True, kw_only=True):
    """One of each kind of number."""

    refusal = BadGoodsParameter

    id: Id
    count: Count = Count(7)
    size: PageSize = PageSize(9)
    money: Money | None = None


class Unguarded(ApiHandler):
    """A handler whose author forgot who may call it."""

    async def get(self) -> None:
        """Show everything to everybody."""

    @public
    async def post(self) -> None:
        """Let anybody in on purpose."""


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[ApiHandler]], None]:
    """Serve one more route."""

    def add(handler: type[ApiHandler]) -> None:
        monkeypatch.setattr("server.ROUTES", [*ROUTES, (r"/unguarded", handler)])

    return add


async def test_a_verb_without_declared_access_stops_the_server(
    services: Services, shop_settings: Settings, routes: Callable[[type[ApiHandler]], None]
) -> None:
    """SEC-8: guarded by default; the message names the verb."""
    routes(Unguarded)
    with pytest.raises(TypeError, match="GET Unguarded"):
        Shop(services, shop_settings)
    assert undeclared(Unguarded) == ["GET Unguarded"]
    assert [name for name, _ in verbs_of(Unguarded)] == ["GET", "POST"]


def asked_by(services: Services, settings: Settings, peer: str, **headers: str) -> ApiHandler:
    """Return a handler for a request from this peer."""
    context = SimpleNamespace(remote_ip=peer, protocol="http")
    connection = SimpleNamespace(context=context, set_close_callback=lambda _: None)
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"),
        headers=HTTPHeaders({n.replace("_", "-"): v for n, v in headers.items()} | {"Host": "x"}),
        connection=connection,  # type: ignore[arg-type]
    )
    return ApiHandler(Shop(services, settings), request)


@pytest.mark.parametrize(
    ("peer", "told", "believed"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "not an address", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("127.0.0.2", "203.0.113.9", "127.0.0.2"),
    ],
)
async def test_only_our_proxy_is_believed_where_a_client_sits(
    services: Services, shop_settings: Settings, peer: str, told: str | None, believed: str
) -> None:
    """Anybody else would choose the address under which he is counted."""
    headers = {} if told is None else {"X_Real_IP": told}
    asked = asked_by(services, shop_settings, peer, **headers, X_Forwarded_For="192.0.2.1")
    assert asked.client_address == believed


async def test_not_signed_in_carries_an_empty_object(
    services: Services, shop_settings: Settings
) -> None:
    """Published pages read ``data`` even then."""
    asked = asked_by(services, shop_settings, "127.0.0.1")
    written: list[bytes] = []
    asked.finish = written.append  # type: ignore[assignment,method-assign]
    asked.refuse(NotSignedIn())
    assert written == ['{"code":403,"error":"请登录","errmsg":"请登录","data":{}}'.encode()]


@pytest.mark.parametrize("value", [1, "1", 2**31 - 1, str(2**31 - 1), "007"])
def test_ids_are_numbers_or_digits(value: object) -> None:
    """1 to 2^31-1, as a number or in decimal digits; leading noughts change nothing."""
    form = forms.converted(Numbers, {"id": value, "other": [1, {}]})
    assert form.id == int(str(value))
    assert (form.count, form.size, form.money) == (7, 9, None)


WRONG = [
    *(0, -1, 2**31, 10**30, 2.0, 2.5, True, False, None, [], [1], {}, {"a": 1}),
    *("", " ", "0", "-1", "+1", "2.0", "1e3", "0x1", "１", "٣", "1 ", " 1", "1_0", "\x001", "²"),
    *("2147483648", "00000000001", "9" * 10_000, "null", "undefined", "true", "NaN"),
]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
def test_nothing_else_is_a_number(value: object) -> None:
    """Contract §1: 2.5, "1e3", true, null, -1 and "" are refused with the code of the module."""
    for name in ("id", "count", "size"):
        with pytest.raises(BadGoodsParameter):
            forms.converted(Numbers, {"id": 1} | {name: value})


@pytest.mark.parametrize("value", [0, 88, "88", "88.0", "88.00", "0.01", "99999999.99"])
def test_money_is_exact(value: object) -> None:
    """Text or a whole number, at most two decimals, never a float."""
    money = forms.converted(Numbers, {"id": 1, "money": value}).money
    assert str(money) == str(value)


@pytest.mark.parametrize(
    "value",
    [-1, 0.1, 88.0, True, "-1", "1.234", ".5", "1.", "1e2", "NaN", "Infinity", "1,5", "", "１"],
)
def test_nothing_else_is_money(value: object) -> None:
    """No float, no sign, no exponent, nothing that is no number."""
    with pytest.raises(BadGoodsParameter):
        forms.converted(Numbers, {"id": 1, "money": value})


def test_limits_of_counts() -> None:
    """A page holds at most fifty, a count is at most a million."""
    assert forms.converted(Numbers, {"id": 1, "size": 50, "count": 1_000_000}).size == 50
    for wrong in ({"size": 51}, {"count": 1_000_001}):
        with pytest.raises(BadGoodsParameter):
            forms.converted(Numbers, {"id": 1} | wrong)


def test_of_a_repeated_parameter_the_last_counts() -> None:
    """In a query and in a form, as everywhere."""
    assert forms.read_pairs(Numbers, {"id": [b"1", b"2"]}).id == 2
    assert forms.read_urlencoded(Numbers, b"id=1&id=2").id == 2
    with pytest.raises(BadGoodsParameter):
        forms.read_urlencoded(Numbers, b"id=1&" + b"a=1&" * 200)
