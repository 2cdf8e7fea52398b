"""The use cases of the shop."""

from __future__ import annotations

from dataclasses import dataclass

from models.database import Database
from services.goods import GoodsService
from services.health import HealthService
from services.pages import PageService
from services.staff_goods import StaffGoodsService
from services.staff_skus import StaffSkuService


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may ask for."""

    goods: GoodsService
    staff_goods: StaffGoodsService
    staff_skus: StaffSkuService
    pages: PageService
    health: HealthService
    database: Database
