"""People of a shop under test: accounts, what third parties were told, and what the tables hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from models.errors import RemoteFailed
from models.users import User
from services import Services
from services.carts import CartService
from services.guest_cart import GuestLine
from services.hashing import ARGON2
from services.ports import WeiboUser
from tasks.outside import Letter
from tests.factories import Goods
from tests.fakes import RecordingOutside
from tests.http import Client, Reply

PASSWORD = "correct horse 电池"
HASH = ARGON2.hash(PASSWORD)
REFUSED = {"code": 403, "error": "请登录", "errmsg": "请登录", "data": {}}
NUMBERS = count(1)
TABLES = (
    "users_user_profile",
    "users_contact",
    "users_address",
    "users_weibo_profile",
)
ADDRESS = {
    "receiver": "王小明",
    "address": "北京市海淀区中关村大街 1 号",
    "receiver_phone": "13800138000",
    "postcode": "100080",
    "tag": "家",
}


@dataclass
class RecordingCarts:
    """Keeps what is merged, as one cart a user would."""

    merges: list[tuple[int, list[GuestLine]]] = field(default_factory=list)

    async def merge(self, user_id: int, lines: Sequence[GuestLine]) -> int:
        """Keep it; the cart holds what came."""
        self.merges.append((user_id, list(lines)))
        return len(lines)


class RecordedCarts(CartService):
    """Carts whose merges are only written down; everything else is real."""

    def __init__(self, record: RecordingCarts, **parts: Any) -> None:
        super().__init__(**parts)
        self._record = record

    async def merge(self, user_id: int, lines: Sequence[GuestLine]) -> int:
        """Write it down."""
        return await self._record.merge(user_id, lines)


@dataclass
class AgreeingWeibo:
    """Vouches for whoever the code names; a code that begins with ``bad`` fails."""

    asked: list[str] = field(default_factory=list)

    def authorize_url(self, state: str) -> str:
        """Return an address that carries the state."""
        return f"https://weibo.test/oauth2/authorize?client_id=1&state={state}"

    async def user_behind(self, code: str) -> WeiboUser:
        """Vouch for ``code`` itself."""
        self.asked.append(code)
        if code.startswith("bad"):
            raise RemoteFailed("weibo", "refused", lasting=True)
        return WeiboUser(uid=code, access_token=f"weibo-token-of-{code}", expires_in=3600)


@dataclass
class Edge:
    """Everything that is not ours."""

    outside: RecordingOutside = field(default_factory=RecordingOutside)
    carts: RecordingCarts = field(default_factory=RecordingCarts)
    weibo: AgreeingWeibo = field(default_factory=AgreeingWeibo)


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a good token."""

    id: int
    name: str
    phone: str
    email: str
    token: str
    password: str = PASSWORD

    @property
    def path(self) -> str:
        """``/v1/users/<name>``."""
        return f"/v1/users/{quote(self.name)}"


async def eventually(found: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Wait until something is found; return it."""
    async with asyncio.timeout(seconds):
        while not (value := found()):
            await asyncio.sleep(0.01)
        return value


class Town:
    """A shop with people in it, asked over HTTP, looked at behind its back."""

    def __init__(self, client: Client, services: Services, goods: Goods, edge: Edge) -> None:
        self.client = client
        self.services = services
        self.goods = goods
        self.edge = edge

    def snapshot(self) -> dict[str, Any]:
        """Return what must not change on a refusal."""
        rows = {table: self.goods.ask(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
        rows["tasks"] = self.goods.ask("SELECT id, kind, once FROM tasks_outbox ORDER BY id")
        rows["merges"] = list(self.edge.carts.merges)  # type: ignore[assignment]
        return rows

    def user(self, name: str) -> User:
        """Return the row of an account."""
        ((*values,),) = self.goods.ask(
            "SELECT id, username, password, email, phone, is_active, is_disabled, token_version"
            " FROM users_user_profile WHERE username = %s",
            name,
        )
        return User(*values)

    def person(self, name: str | None = None, *, stored: str = HASH, active: bool = True) -> Person:
        """Put an account into the tables, with a token of now."""
        number = next(NUMBERS)
        name, phone = name or f"user_{number}", f"139{number:08d}"
        email = f"u{number}@example.com"
        user_id = self.goods.add(
            "users_user_profile",
            username=name,
            password=stored,
            email=email,
            phone=phone,
            is_active=active,
            created_time="2026-01-01",
            updated_time="2026-01-01",
        )
        for kind, value in (("email", email), ("phone", phone)):
            self.goods.run("INSERT INTO users_contact VALUES (%s, %s, %s)", kind, value, user_id)
        return Person(user_id, name, phone, email, self.token(name))

    def token(self, name: str) -> str:
        """Return a token of the account as it is now."""
        return self.services.tokens.issued(self.user(name))

    async def ask(
        self, method: str, path: str, value: Any = None, *, who: Person | None = None, **head: str
    ) -> Reply:
        """Ask as somebody, or as nobody."""
        if who is not None:
            head["authorization"] = who.token
        if value is None:
            return await self.client.send(method, path, **head)
        return await self.client.send(method, path, json.dumps(value).encode(), **head)

    async def sms_code(self, phone: str, **head: str) -> str:
        """Ask for a code and read it on the phone."""
        reply = await self.client.post("/v1/users/sms/code", {"phone": phone}, **head)
        assert reply.json == {"code": 200, "data": "发送成功"}
        codes = self.edge.outside.sms.codes
        sent = await eventually(lambda: [each for each in codes if each.phone == phone])
        return sent[-1].code

    async def letter(self, to: str, *, after: int = 0) -> Letter:
        """Return the newest letter to an address, when more than ``after`` have come."""
        letters = self.edge.outside.mailer.letters
        found = await eventually(lambda: [each for each in letters if each.to == to][after:])
        return found[-1]

    async def application(self, **changes: Any) -> dict[str, Any]:
        """Return a body that opens an account, with a code that waits for the phone."""
        number = next(NUMBERS)
        given = {
            "uname": f"new_{number}",
            "password": PASSWORD,
            "phone": f"137{number:08d}",
            "email": f"n{number}@example.com",
            "verify": "246810",
        } | changes
        if isinstance(given["phone"], str) and given["phone"].isdigit():
            await self.services.users._codes.place(given["phone"], "246810")
        return given

    async def ticket(self, wuid: str) -> str:
        """Come back from Weibo as somebody not bound; return the ticket."""
        reply = await self.came_back(wuid)
        assert reply.code == 201
        return str(reply.json["uid"])

    async def came_back(self, code: str, **head: str) -> Reply:
        """Come back from Weibo with a fresh state."""
        reply = await self.client.get("/v1/users/weibo/authorization")
        state = parse_qs(urlsplit(reply.json["oauth_url"]).query)["state"][0]
        query = {"code": code, "state": state}
        return await self.client.get("/v1/users/weibo/users", query=query, **head)
