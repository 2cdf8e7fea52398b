"""Offers: SKUs straight from their rows, with attributes in the order of their ids."""

from __future__ import annotations

from decimal import Decimal

from models.database import Database
from models.offers import Offer, names_of
from tests.factories import Bags, Goods


async def test_offers_are_the_rows_of_this_moment(database: Database, bags: Bags) -> None:
    """Trap 19: names and values are aligned, though the links stand the other way round."""
    async with database.read() as tables:
        found = await tables.offers.of([bags.skus[0], bags.plain, bags.hidden, 2_000_000_000])
        assert tables.connection.statements == 1
    assert found[bags.skus[0]] == Offer(
        id=bags.skus[0],
        name="托特包 0",
        price=Decimal("88.00"),
        image="sku/1.png",
        stock=5,
        is_launched=True,
        attribute_names=["颜色", "尺寸"],
        attribute_values=["绯红", "小号"],
    )
    assert found[bags.plain].attribute_names == []
    assert not found[bags.hidden].is_launched
    assert set(found) == {bags.skus[0], bags.plain, bags.hidden}


async def test_texts_survive_the_way_through_json(
    database: Database, goods: Goods, bags: Bags
) -> None:
    odd = "a\"b\\c/😀'"
    goods.run("UPDATE goods_sale_attr_value SET name = %s WHERE id = %s", odd, bags.red)
    async with database.read() as tables:
        found = await tables.offers.of(bags.skus)
    assert found[bags.skus[0]].attribute_values == [odd, "小号"]


async def test_no_ids_ask_nothing(database: Database) -> None:
    async with database.read() as tables:
        assert await tables.offers.of([]) == {}
        assert tables.connection.statements == 0


def test_no_list_is_an_empty_one() -> None:
    assert names_of(None) == names_of("") == names_of("[]") == []
