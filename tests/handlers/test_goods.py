"""/v1/goods as the interface document describes it, asked over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.factories import Bags, Goods
from tests.http import Client

CARD = {"skuid": int, "name": str, "caption": str, "price": str, "image": str}
ITEM = {
    "catalog_id": int,
    "catalog_name": str,
    "name": str,
    "caption": str,
    "price": str,
    "image": str,
    "spu": int,
    "detail_image": str,
    "images": list,
    "stock": int,
    "sales": int,
    "sku_sale_attr_id": list,
    "sku_sale_attr_names": list,
    "sku_sale_attr_val_id": list,
    "sku_sale_attr_val_names": list,
    "sku_all_sale_attr_vals_id": dict,
    "sku_all_sale_attr_vals_name": dict,
    "spec": dict,
}


def shaped(value: dict[str, Any], shape: dict[str, type]) -> bool:
    """Say whether a value has every published key with its type; more may be there."""
    return all(type(value.get(name)) is kind for name, kind in shape.items())


def ids(reply: Any) -> list[int]:
    """Return the SKUs of a list, whose cards have the published shape."""
    assert reply.code == 200, reply.body
    assert all(shaped(card, CARD) for card in reply.json["data"])
    return [card["skuid"] for card in reply.json["data"]]


async def test_the_index_shows_three_of_each_catalogue(client: Client, bags: Bags) -> None:
    """Trap C 19: scarce ones repeat up to three, one with nothing to sell is left out."""
    reply = await client.get("/v1/goods/index")
    assert reply.code == 200
    assert reply.json["base_url"] == "/media/"
    shelves = {shelf["catalog_id"]: shelf for shelf in reply.json["data"]}
    assert shelves.keys() == {bags.full, bags.scarce}
    for shelf in shelves.values():
        assert shaped(shelf, {"catalog_id": int, "catalog_name": str, "sku": list})
        assert len(shelf["sku"]) == 3
        assert all(shaped(card, CARD) for card in shelf["sku"])
    assert {card["skuid"] for card in shelves[bags.scarce]["sku"]} == {bags.only}
    full = [card["skuid"] for card in shelves[bags.full]["sku"]]
    assert len(set(full)) == 3
    assert bags.plain in full, "one of each product first"
    assert shelves[bags.full]["catalog_name"] == "手提包"


async def test_the_index_of_two_launched_skus_repeats_one(client: Client, goods: Goods) -> None:
    """Trap C 19: two make three; a withdrawn one is never the third."""
    spu = goods.spu(goods.catalog(), goods.brand())
    pair = [goods.sku(spu, "一"), goods.sku(spu, "二")]
    goods.sku(spu, "三", is_launched=False)
    (shelf,) = (await client.get("/v1/goods/index")).json["data"]
    assert [card["skuid"] for card in shelf["sku"]] == [*pair, pair[0]]


async def test_an_empty_shop_has_an_empty_index(client: Client) -> None:
    """No catalogue, no error."""
    assert (await client.get("/v1/goods/index")).json == {
        "code": 200,
        "data": [],
        "base_url": "/media/",
    }


async def test_goods_beyond_the_first_products_still_fill_a_shelf(
    client: Client, goods: Goods
) -> None:
    """A catalogue whose first products are all withdrawn shows the others."""
    catalog, brand = goods.catalog(), goods.brand()
    with goods.transaction():
        for _ in range(35):
            goods.sku(goods.spu(catalog, brand), is_launched=False)
        late = goods.sku(goods.spu(catalog, brand))
    (shelf,) = (await client.get("/v1/goods/index")).json["data"]
    assert [card["skuid"] for card in shelf["sku"]] == [late] * 3


async def test_a_catalogue_is_paged(client: Client, bags: Bags) -> None:
    """``total`` counts records; withdrawn ones are neither shown nor counted."""
    path = f"/v1/goods/catalogs/{bags.full}"
    reply = await client.get(path, query={"launched": "true", "page": 1, "pagesize": 9})
    assert ids(reply) == [*bags.skus, bags.plain]
    assert reply.json["paginator"] == {"pagesize": 9, "total": 4}
    assert reply.json["base_url"] == "/media/"
    assert reply.body == (await client.get(path)).body
    pages = [await client.get(path, query={"page": n, "pagesize": 3}) for n in (1, 2)]
    assert [ids(page) for page in pages] == [bags.skus, [bags.plain]]
    assert all(page.json["paginator"] == {"pagesize": 3, "total": 4} for page in pages)
    assert (await client.get(path, query={"page": 3, "pagesize": 3})).code == 10200
    assert (await client.get(path, query={"launched": "false"})).json["paginator"]["total"] == 4


async def test_page_one_of_an_empty_catalogue_is_empty(client: Client, bags: Bags) -> None:
    """Any other page of it is out of range."""
    for catalog in (bags.empty, bags.withdrawn):
        reply = await client.get(f"/v1/goods/catalogs/{catalog}")
        assert ids(reply) == []
        assert reply.json["paginator"] == {"pagesize": 9, "total": 0}
        assert (await client.get(f"/v1/goods/catalogs/{catalog}?page=2")).code == 10200
    assert (await client.get("/v1/goods/catalogs/987654")).code == 10204


async def test_a_page_holds_at_most_fifty(client: Client, bags: Bags) -> None:
    """PERF-2: 50 is allowed, 51 is refused."""
    path = f"/v1/goods/catalogs/{bags.full}"
    assert (await client.get(f"{path}?pagesize=50")).code == 200
    assert (await client.get(f"{path}?pagesize=51")).code == 10200
    assert (await client.get("/v1/goods/search?q=a&pagesize=50")).code == 200
    assert (await client.get("/v1/goods/search?q=a&pagesize=51")).code == 10200


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ({}, "0123"),
        ({"sort": "default"}, "0123"),
        ({"sort": "price"}, "3012"),
        ({"sort": "-price"}, "2103"),
        ({"sort": "sales"}, "3210"),
        ({"min_price": "89"}, "12"),
        ({"min_price": "88.00", "max_price": "89"}, "01"),
        ({"max_price": "9.89"}, ""),
        ({"max_price": "9.9", "sort": "price"}, "3"),
        ({"min_price": "", "max_price": "", "brand": ""}, "0123"),
    ],
)
async def test_a_catalogue_is_sorted_and_filtered(
    client: Client, bags: Bags, query: dict[str, str], order: str
) -> None:
    """Both ends of a price range are included; the total is that of the filtered list."""
    every = [*bags.skus, bags.plain]
    reply = await client.get(f"/v1/goods/catalogs/{bags.full}", query=query)
    assert ids(reply) == [every[int(n)] for n in order]
    assert reply.json["paginator"]["total"] == len(order)


async def test_a_catalogue_can_be_asked_for_one_brand(client: Client, bags: Bags) -> None:
    """The brands to choose from are told with the list, whichever is chosen."""
    path = f"/v1/goods/catalogs/{bags.full}"
    reply = await client.get(f"{path}?brand={bags.other_brand}")
    assert ids(reply) == [bags.plain]
    brands = [{"id": bags.brand, "name": "青禾"}, {"id": bags.other_brand, "name": "白露"}]
    assert reply.json["brands"] == brands
    assert reply.json["catalog"] == {"id": bags.full, "name": "手提包"}
    assert ids(await client.get(f"{path}?brand=987654")) == []


async def test_the_newest_come_first_when_asked(client: Client, goods: Goods) -> None:
    """``sort=new`` goes by the time of creation, then by id."""
    catalog = goods.catalog()
    spu = goods.spu(catalog, goods.brand())
    days = ("2026-01-02", "2026-01-03", "2026-01-01", "2026-01-03")
    skus = [goods.sku(spu, created_time=day) for day in days]
    reply = await client.get(f"/v1/goods/catalogs/{catalog}?sort=new")
    assert ids(reply) == [skus[3], skus[1], skus[0], skus[2]]


async def test_a_detail_has_everything(client: Client, bags: Bags) -> None:
    """Trap C 19: four aligned lists ordered by attribute; each attribute is a key of both maps."""
    reply = await client.get(f"/v1/goods/detail/{bags.skus[0]}")
    item = reply.json["data"]
    assert shaped(item, ITEM)
    assert reply.json["base_url"] == "/media/"
    assert (item["catalog_id"], item["catalog_name"]) == (bags.full, "手提包")
    assert (item["price"], item["stock"], item["sales"]) == ("88.00", 5, 0)
    assert item["spu"] == bags.tote
    assert item["sku_sale_attr_id"] == [bags.colour, bags.size]
    assert item["sku_sale_attr_names"] == ["颜色", "尺寸"]
    assert item["sku_sale_attr_val_id"] == [bags.red, bags.small]
    assert item["sku_sale_attr_val_names"] == ["绯红", "小号"]
    assert item["sku_all_sale_attr_vals_id"] == {
        str(bags.colour): [bags.red, bags.blue],
        str(bags.size): [bags.small, bags.large],
    }
    assert item["sku_all_sale_attr_vals_name"] == {
        str(bags.colour): ["绯红", "天蓝"],
        str(bags.size): ["小号", "大号"],
    }
    assert item["spec"] == {"重量": "500 g", "材质": "帆布"}
    assert item["images"] == ["sku/a0.png", "sku/a1.png"]
    assert item["detail_image"] == "sku/a0.png"


async def test_a_detail_without_pictures_or_attributes_is_whole(client: Client, bags: Bags) -> None:
    """The picture of the card stands in, lists and maps are empty, never missing."""
    item = (await client.get(f"/v1/goods/detail/{bags.only}")).json["data"]
    assert shaped(item, ITEM)
    assert (item["price"], item["name"]) == ("12345678.90", "iPhone 耳机 🎧")
    assert item["images"] == [item["detail_image"]] == [item["image"]] == ["sku/1.png"]
    assert item["sku_sale_attr_id"] == []
    assert item["sku_all_sale_attr_vals_id"] == item["spec"] == {}


async def test_what_is_not_for_sale_has_no_detail(client: Client, bags: Bags) -> None:
    """A withdrawn SKU is as unknown as one that never was."""
    for sku in (bags.hidden, bags.gone, 987654, 2**31 - 1):
        reply = await client.get(f"/v1/goods/detail/{sku}")
        assert (reply.code, reply.json["error"]) == (10201, "商品不存在")
    for word in ("0", str(2**31), "-1", ""):
        assert (await client.get(f"/v1/goods/detail/{word}")).code == 10200


async def test_a_slash_at_the_end_changes_nothing(client: Client, bags: Bags) -> None:
    """Every path, without a redirect."""
    pages = ["index", f"catalogs/{bags.full}", f"detail/{bags.only}", "search"]
    for page in pages:
        query = "?q=a&page=1"
        plain = await client.get(f"/v1/goods/{page}{query}")
        slashed = await client.get(f"/v1/goods/{page}/{query}")
        assert (plain.status, slashed.status) == (200, 200)
        assert slashed.body == plain.body
    choice = {"spuid": bags.tote, str(bags.size): bags.large, str(bags.colour): bags.red}
    assert (await client.post("/v1/goods/sku/", choice)).code == 200
    assert (await client.get("/v1/goods/sku/", query=choice)).code == 200


async def test_ids_may_be_written_in_any_way_of_a_path(client: Client, bags: Bags) -> None:
    """``%31`` is ``1``; what is no number in any script of ours is not."""
    sku = str(bags.only)
    encoded = "".join(f"%{ord(digit):02x}" for digit in sku)
    assert (await client.get(f"/v1/goods/detail/{encoded}")).code == 200
    assert (await client.get(f"/v1/goods/detail/0{sku}")).code == 200
    assert (await client.get(f"/v1/goods/detail/{quote('３')}")).code == 10200
