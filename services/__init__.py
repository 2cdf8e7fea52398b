"""The use cases of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.database import Database
from services.addresses import AddressService
from services.attempts import AttemptService
from services.carts import CartService
from services.cashier import Cashier
from services.checkout import CheckoutService
from services.codes import CodeService
from services.gateways.circuit import Circuit
from services.goods import GoodsService
from services.hashing import Door
from services.health import HealthService
from services.orders import OrderService
from services.pages import PageService
from services.passwords import PasswordService
from services.pays import PayService
from services.refunds import RefundService
from services.sessions import SessionService
from services.settlement import Settlement
from services.staff_goods import StaffGoodsService
from services.staff_skus import StaffSkuService
from services.tokens import TokenService
from services.users import UserService
from services.watching import Watch
from services.weibo import WeiboService
from tasks.relay import Relay
from tasks.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may ask for."""

    users: UserService
    sessions: SessionService
    tokens: TokenService
    codes: CodeService
    passwords: PasswordService
    addresses: AddressService
    weibo: WeiboService
    carts: CartService
    checkout: CheckoutService
    orders: OrderService
    attempts: AttemptService
    cashier: Cashier
    pays: PayService
    refunds: RefundService
    settlement: Settlement
    watch: Watch
    goods: GoodsService
    staff_goods: StaffGoodsService
    staff_skus: StaffSkuService
    pages: PageService
    health: HealthService
    database: Database
    relay: Relay
    schedule: Schedule
    door: Door
    circuits: Sequence[Circuit]
