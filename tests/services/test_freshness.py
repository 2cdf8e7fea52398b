"""Whatever staff change, in any table: the pages that show it are fresh, the others untouched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import pytest

from handlers import goods_replies
from models.cards import Wanted
from models.errors import ShopError
from services import Services
from services.staff_goods import StaffGoodsService
from services.staff_skus import StaffSkuService
from tests.factories import Bags, Goods


class Idle(Bags):
    """The small shop with things nobody uses, which may be deleted."""

    def _fill(self, goods: Goods) -> None:
        super()._fill(goods)
        self.idle_brand, self.spare_brand = goods.brand("闲牌"), goods.brand("备牌")
        self.idle_spu = goods.spu(self.full, self.spare_brand, "闲品")
        self.idle_attribute, _ = goods.attribute(self.tote, "闲")
        self.idle_value = goods.value(self.colour, "闲色")
        self.idle_spec = goods.spec(self.tote, "闲项")


class Window:
    """Everything customers look at, and which of it had to be made anew."""

    def __init__(self, services: Services, bags: Bags) -> None:
        self._services = services
        goods, base = services.goods, "/media/"
        index = partial(goods_replies.index_body, base)
        listed = partial(goods_replies.list_body, base)
        detail = partial(goods_replies.detail_body, base)
        search = partial(
            goods.search, page=1, pagesize=9, shown=partial(goods_replies.search_body, base)
        )
        self.pages: dict[str, Callable[[], Awaitable[Any]]] = {
            "index": partial(goods.index, index),
            "full": partial(goods.catalog, Wanted(bags.full), listed),
            "by price": partial(goods.catalog, Wanted(bags.full, sort="price"), listed),
            "cheap": partial(goods.catalog, Wanted(bags.full, max_price=Decimal(50)), listed),
            "scarce": partial(goods.catalog, Wanted(bags.scarce), listed),
            "withdrawn": partial(goods.catalog, Wanted(bags.withdrawn), listed),
            "tote 0": partial(goods.detail, bags.skus[0], detail),
            "tote 1": partial(goods.detail, bags.skus[1], detail),
            "hidden": partial(goods.detail, bags.hidden, detail),
            "plain": partial(goods.detail, bags.plain, detail),
            "only": partial(goods.detail, bags.only, detail),
            "search 包": partial(search, "包"),
            "search 耳机": partial(search, "耳机"),
        }

    async def look(self) -> tuple[dict[str, bytes], set[str]]:
        """Look at everything; return what it shows, and the names of what was made for it."""
        shows: dict[str, bytes] = {}
        made: set[str] = set()
        for name, read in self.pages.items():
            before = self._services.pages.counts.rebuilt
            try:
                shows[name] = (await read()).body
            except ShopError as refusal:
                shows[name] = str(refusal.code).encode()
            if self._services.pages.counts.rebuilt > before:
                made.add(name)
        return shows, made

    async def truth(self) -> dict[str, bytes]:
        """Return what everything shows when no copy is left anywhere."""
        self._services.pages.memory.clear()
        await self._services.pages._pages._redis.flushdb()
        shows, made = await self.look()
        assert made == set(self.pages)
        return shows


class Edit(NamedTuple):
    """A use case, the pages it makes untrue, and whether any of them shows something else."""

    run: Callable[[Any, Idle], Awaitable[object]]
    made: set[str]
    visible: bool


def goods(run: Any, made: set[str], *, visible: bool = True) -> Edit:
    """Change catalogues, brands or products."""
    return Edit(lambda services, bags: run(services.staff_goods, bags), made, visible)


def sku(run: Any, made: set[str], *, visible: bool = True) -> Edit:
    """Change the first of the launched variants, or a new one."""
    return Edit(lambda services, bags: run(services.staff_skus, bags, bags.skus[0]), made, visible)


LISTS = {"full", "by price", "cheap"}
SHELF = {"index", *LISTS}
TOTES = {"tote 0", "tote 1"}
SEARCHES = {"search 包", "search 耳机"}
CARD = {"index", "full", "by price", "tote 0", "search 包"}
PRESENCE = SHELF | TOTES | SEARCHES
UNSEEN = {"cost_price": "1.00", "market_price": "2.00"}
NEW_SKU = {"name": "新包", "caption": "新", "price": "1.00", "default_image_url": "n.png"} | UNSEEN
NEW_BRAND = {"name": "新牌", "logo": "", "first_letter": "X"}
EDITS = {
    "open a catalogue": goods(lambda s, b: s.create_catalog("新"), {"index"}, visible=False),
    "rename a catalogue": goods(
        lambda s, b: s.rename_catalog(b.full, "包袋"), SHELF | TOTES | {"plain"}
    ),
    "close a catalogue": goods(lambda s, b: s.delete_catalog(b.empty), {"index"}, visible=False),
    "create a brand": goods(lambda s, b: s.create_brand(NEW_BRAND), set(), visible=False),
    "rename a brand": goods(
        lambda s, b: s.change_brand(b.brand, {"name": "青禾堂"}), {*LISTS, "scarce", "withdrawn"}
    ),
    "delete a brand": goods(lambda s, b: s.delete_brand(b.idle_brand), set(), visible=False),
    "create a product": goods(
        lambda s, b: s.create_spu({"name": "新", "catalog_id": b.full, "brand_id": b.idle_brand}),
        SHELF,
    ),
    "rename a product": goods(
        lambda s, b: s.change_spu(b.tote, {"name": "新名"}), set(), visible=False
    ),
    "give a product another brand": goods(
        lambda s, b: s.change_spu(b.clutch, {"brand_id": b.idle_brand}), SHELF
    ),
    "move a product": goods(
        lambda s, b: s.change_spu(b.tote, {"catalog_id": b.scarce}), SHELF | TOTES | {"scarce"}
    ),
    "delete a product": goods(lambda s, b: s.delete_spu(b.idle_spu), SHELF),
    "create an attribute": goods(
        lambda s, b: s.create_attribute(b.tote, "款式"), TOTES, visible=False
    ),
    "rename an attribute": goods(lambda s, b: s.rename_attribute(b.colour, "色彩"), TOTES),
    "delete an attribute": goods(
        lambda s, b: s.delete_attribute(b.idle_attribute), TOTES, visible=False
    ),
    "create a value": goods(lambda s, b: s.create_value(b.colour, "墨绿"), TOTES),
    "rename a value": goods(lambda s, b: s.rename_value(b.red, "大红"), TOTES),
    "delete a value": goods(lambda s, b: s.delete_value(b.idle_value), TOTES),
    "create a spec": goods(lambda s, b: s.create_spec(b.tote, "产地"), TOTES, visible=False),
    "rename a spec": goods(lambda s, b: s.rename_spec(b.weight, "净重"), TOTES),
    "delete a spec": goods(lambda s, b: s.delete_spec(b.idle_spec), TOTES, visible=False),
    "create a variant": sku(
        lambda s, b, _: s.create_sku(NEW_SKU | {"spu_id": b.tote}, value_ids=[b.idle_value]),
        PRESENCE,
    ),
    "rename a variant": sku(lambda s, b, n: s.change_sku(n, {"name": "耳机包"}), CARD | SEARCHES),
    "change a caption": sku(lambda s, b, n: s.change_sku(n, {"caption": "耳机"}), CARD | SEARCHES),
    "change a price": sku(lambda s, b, n: s.change_sku(n, {"price": "1.00"}), CARD | {"cheap"}),
    "change what it costs us": sku(lambda s, b, n: s.change_sku(n, UNSEEN), set(), visible=False),
    "change its picture": sku(lambda s, b, n: s.change_sku(n, {"default_image_url": "z"}), CARD),
    "withdraw a variant": sku(lambda s, b, n: s.withdraw_sku(n), PRESENCE),
    "launch a variant": sku(lambda s, b, _: s.launch_sku(b.hidden), PRESENCE | {"hidden"}),
    "delete a variant": sku(lambda s, b, n: s.delete_sku(n), PRESENCE),
    "change its values": sku(lambda s, b, n: s.set_sku_values(n, [b.red]), TOTES),
    "fill a spec": sku(lambda s, b, n: s.set_spec_value(n, b.weight, "1 kg"), {"tote 0"}),
    "empty a spec": sku(lambda s, b, n: s.set_spec_value(n, b.weight, ""), {"tote 0"}),
    "add a picture": sku(lambda s, b, n: s.add_image(n, "n.png"), {"tote 0"}),
    "remove a picture": sku(lambda s, b, _: s.remove_image(b.images[0]), {"tote 0"}),
    "move stock": sku(lambda s, b, n: s.move_stock(n, -2), {"tote 0"}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
async def test_a_change_reaches_exactly_the_pages_that_show_it(
    services: Services, goods: Goods, edit: Edit
) -> None:
    """CCH-2: afterwards every page shows what the tables hold, and no other copy was dropped."""
    idle = Idle(goods)
    window = Window(services, idle)
    before, made = await window.look()
    assert made == set(window.pages)
    assert (await window.look())[1] == set(), "not everything is kept"
    await edit.run(services, idle)
    after, made = await window.look()
    assert made == edit.made
    assert after == await window.truth()
    different = {name for name in after if after[name] != before[name]}
    assert different <= edit.made
    assert bool(different) is edit.visible


def test_every_use_case_of_the_staff_is_tried() -> None:
    """A use case that is added without a line above cannot hide."""
    tried = {
        name
        for edit in EDITS.values()
        for cell in edit.run.__closure__ or ()
        for name in cell.cell_contents.__code__.co_names
    }
    use_cases = {
        name
        for kind in (StaffGoodsService, StaffSkuService)
        for name in vars(kind)
        if not name.startswith("_")
    }
    assert use_cases <= tried
