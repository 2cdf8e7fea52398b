"""The users module and its carts, put together; a piece of the composition root."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from cache.carts import Carts
from cache.codes import Codes
from cache.tickets import Tickets
from gateways import Gateways
from resources import Resources
from services import codes as sms_codes
from services import passwords as resets
from services.addresses import AddressService
from services.carts import CartService
from services.codes import CodeService
from services.hashing import Passwords
from services.passwords import PasswordService
from services.sessions import SessionService
from services.tokens import TokenService
from services.users import UserService
from services.weibo import WeiboService
from settings import Settings

TICKET_SECONDS = 600


class AccountServices(TypedDict):
    """The services of the users module and its carts, by their names in ``Services``."""

    users: UserService
    sessions: SessionService
    tokens: TokenService
    codes: CodeService
    passwords: PasswordService
    addresses: AddressService
    weibo: WeiboService
    carts: CartService


def account_services(
    settings: Settings, resources: Resources, gateways: Gateways, *, ring: Callable[[], object]
) -> AccountServices:
    """Build the users module; ``ring`` wakes the relay."""
    database, pages, limits = resources.database, resources.pages, resources.limits
    hashing = Passwords(resources.door)
    codes = Codes(
        resources.data, "register", life=sms_codes.MINUTES * 60, pause=sms_codes.PAUSE_SECONDS
    )
    carts = CartService(database=database, carts=Carts(resources.data), ring=ring)
    tokens = TokenService(secret=settings.token_secret, database=database, pages=pages)
    sessions = SessionService(
        database=database,
        pages=pages,
        tokens=tokens,
        passwords=hashing,
        limits=limits,
        carts=carts,
    )
    users = UserService(
        database=database,
        pages=pages,
        sessions=sessions,
        tokens=tokens,
        passwords=hashing,
        limits=limits,
        codes=codes,
        ring=ring,
    )
    return AccountServices(
        users=users,
        sessions=sessions,
        tokens=tokens,
        codes=_code_service(settings, resources, codes, ring=ring),
        passwords=_password_service(resources, hashing, ring=ring),
        addresses=AddressService(database=database),
        weibo=_weibo_service(resources, gateways, sessions=sessions, users=users),
        carts=carts,
    )


def _code_service(
    settings: Settings, resources: Resources, codes: Codes, *, ring: Callable[[], object]
) -> CodeService:
    return CodeService(
        database=resources.database,
        codes=codes,
        limits=resources.limits,
        per_phone=settings.accounts.sms_per_phone,
        per_address=settings.accounts.sms_per_address,
        ring=ring,
    )


def _password_service(
    resources: Resources, hashing: Passwords, *, ring: Callable[[], object]
) -> PasswordService:
    codes = Codes(resources.data, "reset", life=resets.MINUTES * 60, pause=resets.PAUSE_SECONDS)
    return PasswordService(
        database=resources.database,
        pages=resources.pages,
        passwords=hashing,
        limits=resources.limits,
        codes=codes,
        tickets=_tickets(resources, "reset"),
        ring=ring,
    )


def _weibo_service(
    resources: Resources, gateways: Gateways, *, sessions: SessionService, users: UserService
) -> WeiboService:
    return WeiboService(
        database=resources.database,
        provider=gateways.weibo,
        states=_tickets(resources, "weibo-state"),
        tickets=_tickets(resources, "weibo"),
        sessions=sessions,
        users=users,
    )


def _tickets(resources: Resources, kind: str) -> Tickets:
    return Tickets(resources.data, kind, life=TICKET_SECONDS)
