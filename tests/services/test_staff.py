"""What staff may not do changes nothing; what two do at once happens once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.errors import (
    BadStaffParameter,
    ChoiceTaken,
    NotEnoughStock,
    NothingThere,
    StaffError,
    StillUsed,
)
from services import Services
from tests.factories import Bags, Goods
from tests.services.test_freshness import NEW_SKU

NONE = 999_999
Refused = Callable[[Any, Bags], Awaitable[object]]
NEW_SPU = {"name": "新", "catalog_id": NONE, "brand_id": NONE}

GOODS: list[tuple[type[StaffError], Refused]] = [
    (NothingThere, lambda s, b: s.rename_catalog(NONE, "x")),
    (NothingThere, lambda s, b: s.delete_catalog(NONE)),
    (StillUsed, lambda s, b: s.delete_catalog(b.full)),
    (BadStaffParameter, lambda s, b: s.create_brand({"name": "x", "id": 1})),
    (NothingThere, lambda s, b: s.change_brand(NONE, {"name": "x"})),
    (BadStaffParameter, lambda s, b: s.change_brand(b.brand, {"name` = 'x' -- ": "x"})),
    (BadStaffParameter, lambda s, b: s.change_brand(b.brand, {})),
    (NothingThere, lambda s, b: s.delete_brand(NONE)),
    (StillUsed, lambda s, b: s.delete_brand(b.brand)),
    (NothingThere, lambda s, b: s.create_spu(NEW_SPU)),
    (NothingThere, lambda s, b: s.create_spu(NEW_SPU | {"catalog_id": b.full})),
    (NothingThere, lambda s, b: s.change_spu(NONE, {"name": "x"})),
    (NothingThere, lambda s, b: s.change_spu(b.tote, {"catalog_id": NONE})),
    (BadStaffParameter, lambda s, b: s.change_spu(b.tote, {"sales": 1})),
    (NothingThere, lambda s, b: s.delete_spu(NONE)),
    (StillUsed, lambda s, b: s.delete_spu(b.tote)),
    (NothingThere, lambda s, b: s.create_attribute(NONE, "x")),
    (NothingThere, lambda s, b: s.rename_attribute(NONE, "x")),
    (NothingThere, lambda s, b: s.delete_attribute(NONE)),
    (StillUsed, lambda s, b: s.delete_attribute(b.colour)),
    (NothingThere, lambda s, b: s.create_value(NONE, "x")),
    (NothingThere, lambda s, b: s.rename_value(NONE, "x")),
    (NothingThere, lambda s, b: s.delete_value(NONE)),
    (StillUsed, lambda s, b: s.delete_value(b.red)),
    (NothingThere, lambda s, b: s.create_spec(NONE, "x")),
    (NothingThere, lambda s, b: s.rename_spec(NONE, "x")),
    (NothingThere, lambda s, b: s.delete_spec(NONE)),
    (StillUsed, lambda s, b: s.delete_spec(b.weight)),
]
SKUS: list[tuple[type[StaffError], Refused]] = [
    (BadStaffParameter, lambda s, b: s.create_sku(NEW_SKU)),
    (BadStaffParameter, lambda s, b: s.create_sku(NEW_SKU | {"spu_id": "1"})),
    (NothingThere, lambda s, b: s.create_sku(NEW_SKU | {"spu_id": NONE})),
    (BadStaffParameter, lambda s, b: s.create_sku(NEW_SKU | {"spu_id": b.tote, "stock": 9})),
    (BadStaffParameter, lambda s, b: s.create_sku(NEW_SKU | {"spu_id": b.tote, "version": 9})),
    (ChoiceTaken, lambda s, b: s.create_sku(
        NEW_SKU | {"spu_id": b.tote}, value_ids=[b.red, b.small])),
    (ChoiceTaken, lambda s, b: s.create_sku(
        NEW_SKU | {"spu_id": b.tote}, value_ids=[b.large, b.blue])),
    (BadStaffParameter, lambda s, b: s.create_sku(
        NEW_SKU | {"spu_id": b.tote}, value_ids=[b.red, b.blue])),
    (BadStaffParameter, lambda s, b: s.create_sku(NEW_SKU | {"spu_id": b.tote}, value_ids=[NONE])),
    (BadStaffParameter, lambda s, b: s.create_sku(
        NEW_SKU | {"spu_id": b.clutch}, value_ids=[b.red])),
    (BadStaffParameter, lambda s, b: s.change_sku(b.skus[0], {"stock": 9})),
    (BadStaffParameter, lambda s, b: s.change_sku(b.skus[0], {"name": "x", "stock": 9})),
    (BadStaffParameter, lambda s, b: s.change_sku(b.skus[0], {"sales": 9})),
    (BadStaffParameter, lambda s, b: s.change_sku(b.skus[0], {"spu_id": b.clutch})),
    (BadStaffParameter, lambda s, b: s.change_sku(b.skus[0], {"stock = 9 --": 9})),
    (BadStaffParameter, lambda s, b: s.change_sku(b.skus[0], {})),
    (NothingThere, lambda s, b: s.change_sku(NONE, {"name": "x"})),
    (NothingThere, lambda s, b: s.withdraw_sku(NONE)),
    (NothingThere, lambda s, b: s.launch_sku(NONE)),
    (NothingThere, lambda s, b: s.set_sku_values(NONE, [])),
    (ChoiceTaken, lambda s, b: s.set_sku_values(b.skus[0], [b.large, b.red])),
    (BadStaffParameter, lambda s, b: s.set_sku_values(b.skus[0], [b.small, b.large])),
    (NothingThere, lambda s, b: s.set_spec_value(NONE, b.weight, "x")),
    (NothingThere, lambda s, b: s.set_spec_value(b.plain, b.weight, "x")),
    (NothingThere, lambda s, b: s.set_spec_value(b.skus[0], NONE, "x")),
    (NothingThere, lambda s, b: s.delete_sku(NONE)),
    (StillUsed, lambda s, b: s.delete_sku(b.skus[1])),
    (NothingThere, lambda s, b: s.add_image(NONE, "x.png")),
    (NothingThere, lambda s, b: s.remove_image(NONE)),
    (NotEnoughStock, lambda s, b: s.move_stock(b.skus[0], -6)),
    (NothingThere, lambda s, b: s.move_stock(NONE, 1)),
]  # fmt: skip


async def test_a_refusal_changes_nothing(services: Services, goods: Goods, bags: Bags) -> None:
    """Every row of every table is as it was, no page is outdated, no connection is kept."""
    goods.order(bags.skus[1])
    before = goods.contents()
    cases = [(services.staff_goods, case) for case in GOODS]
    cases += [(services.staff_skus, case) for case in SKUS]
    for number, (staff, (refusal, use_case)) in enumerate(cases):
        with pytest.raises(StaffError) as refused:
            await use_case(staff, bags)
        assert type(refused.value) is refusal, number
        assert goods.contents() == before, number
    assert services.pages.counts.raised == 0
    assert services.database.in_use == 0


async def warm(services: Services) -> None:
    """Open every connection of the pool, so that nobody waits for his while others are done."""
    everybody = asyncio.Barrier(services.database.size)

    async def hold() -> None:
        async with services.database.read():
            await everybody.wait()

    await asyncio.gather(*(hold() for _ in range(services.database.size)))


async def test_two_variants_of_one_choice_cannot_be_made_at_once(
    services: Services, goods: Goods, bags: Bags
) -> None:
    """Eight ask for the same values at the same moment: one gets them."""
    await services.staff_skus.delete_sku(bags.hidden)
    new = NEW_SKU | {"spu_id": bags.tote}
    await warm(services)
    results = await asyncio.gather(
        *(services.staff_skus.create_sku(new, value_ids=[bags.large, bags.blue]) for _ in range(8)),
        return_exceptions=True,
    )
    made = [result for result in results if isinstance(result, int)]
    assert len(made) == 1
    assert sum(isinstance(result, ChoiceTaken) for result in results) == 7
    assert goods.one("SELECT COUNT(*) FROM goods_sku WHERE spu_id = %s", bags.tote) == 4
    choice = frozenset({(bags.colour, bags.blue), (bags.size, bags.large)})
    assert await services.goods.choose(bags.tote, choice) == made[0]


async def test_stock_is_taken_as_often_as_there_is_some(
    services: Services, goods: Goods, bags: Bags
) -> None:
    """STK-1: twenty take one of five at the same moment: five get it, none goes below zero."""
    await warm(services)
    results = await asyncio.gather(
        *(services.staff_skus.move_stock(bags.skus[0], -1) for _ in range(20)),
        return_exceptions=True,
    )
    assert results.count(None) == 5
    assert sum(isinstance(result, NotEnoughStock) for result in results) == 15
    assert goods.one("SELECT stock FROM goods_sku WHERE id = %s", bags.skus[0]) == 0


async def test_a_change_of_other_columns_never_writes_stock(
    services: Services, goods: Goods, bags: Bags
) -> None:
    """STK-4: prices change while stock moves: no movement is lost."""
    moves = [services.staff_skus.move_stock(bags.skus[0], 1) for _ in range(10)]
    prices = [services.staff_skus.change_sku(bags.skus[0], {"price": f"{n}.00"}) for n in range(10)]
    await asyncio.gather(*moves, *prices)
    assert goods.one("SELECT stock FROM goods_sku WHERE id = %s", bags.skus[0]) == 15


async def test_a_new_variant_can_be_found_bought_and_taken_away(
    services: Services, goods: Goods, bags: Bags
) -> None:
    """Created without stock, found by its words, renamed, deleted with all that is its own."""
    skus = services.staff_skus
    before = goods.contents()
    new = await skus.create_sku(NEW_SKU | {"spu_id": bags.clutch, "name": "银河包"})
    assert goods.ask("SELECT stock, sales, is_launched FROM goods_sku WHERE id = %s", new) == [
        (0, 0, 1)
    ]

    async def found(text: str) -> list[int]:
        async with services.database.read() as tables:
            return [c.id for c in (await tables.cards.search(text, page=1, pagesize=9))[1]]

    assert await found("银河") == [new]
    await skus.change_sku(new, {"name": "流星包"})
    assert await found("银河") == []
    assert await found("流星 新") == [new]
    await skus.change_sku(new, {"caption": "彗星"})
    assert await found("流星 彗星") == [new]
    await skus.add_image(new, "x.png")
    await skus.set_spec_value(new, await services.staff_goods.create_spec(bags.clutch, "重"), "1")
    await skus.delete_sku(new)
    assert await found("流星") == []
    after = goods.contents()
    del before["goods_spu_spec"], after["goods_spu_spec"]
    assert after == before
