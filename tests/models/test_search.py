"""Searches in the real index: what is typed by people, and what is typed by attackers."""

from __future__ import annotations

import pytest

from models.database import Database
from models.words import LONGEST_QUERY
from tests.factories import Goods

NAMES = (
    "通勤托特包",
    "iPhone 15 Pro Max 手机壳",
    "Straße Café 杯子",
    "耳机 🎧 降噪",
    "１００％ 纯棉 T恤",
    "a",
    "机场 手提箱",
    "long" * 12,
)
OPERATORS = "+-><()~*\"@'%_\\;`#&|/"


@pytest.fixture
def stocked(goods: Goods) -> dict[int, str]:
    """SKUs of these names, beside one of each that is withdrawn."""
    with goods.transaction():
        spu = goods.spu(goods.catalog(), goods.brand())
        for name in NAMES:
            goods.sku(spu, name, caption="赠品 gift", is_launched=False)
        return {goods.sku(spu, name, caption="常备 stock"): name for name in NAMES}


async def found(database: Database, stocked: dict[int, str], text: str) -> set[str]:
    """Return the names that are found; every one of them is launched and counted once."""
    async with database.read() as tables:
        total, cards = await tables.cards.search(text, page=1, pagesize=50)
    assert total == len(cards) == len({card.id for card in cards})
    return {stocked[card.id] for card in cards}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("托", {NAMES[0]}),
        ("包", {NAMES[0]}),
        ("特包", {NAMES[0]}),
        ("通勤托特包", {NAMES[0]}),
        ("机", {NAMES[1], NAMES[3], NAMES[6]}),
        ("手机", {NAMES[1]}),
        ("hone", {NAMES[1]}),
        ("IPHONE", {NAMES[1]}),
        ("ｉｐｈｏｎｅ　１５", {NAMES[1]}),
        ("15 iphone", {NAMES[1]}),
        ("手机 pro", {NAMES[1]}),
        ("手机 降噪", set()),
        ("iPhoneX", set()),
        ("strasse", {NAMES[2]}),
        ("café", {NAMES[2]}),
        ("cafe\u0301", {NAMES[2]}),
        ("🎧", {NAMES[3]}),
        ("耳机🎧", set()),
        ("耳机 🎧", {NAMES[3]}),
        ("100", {NAMES[4]}),
        ("100%", {NAMES[4]}),
        ("A", {NAMES[1], NAMES[2], NAMES[5]}),
        ("机手", set()),
        ("longlong", {NAMES[7]}),
        ("long" * 12, {NAMES[7]}),
        ("long" * 13, set()),
        ("赠品", set()),
        ("常备", set(NAMES)),
        ("stock", set(NAMES)),
        ("the", set()),
        ("%", set()),
        ("_", set()),
        ("\x00", set()),
        ("手\x00机", {NAMES[1], NAMES[6]}),
        ("", set()),
    ],
)
async def test_what_is_found(
    database: Database, stocked: dict[int, str], text: str, names: set[str]
) -> None:
    """Parts of Chinese and Latin words, every width and case, all words together, only launched."""
    assert await found(database, stocked, text) == names


async def test_operators_are_only_punctuation(database: Database, stocked: dict[int, str]) -> None:
    """SEC-6: every operator of boolean mode, before, behind, within and alone."""
    for sign in OPERATORS:
        for text in (f"{sign}手机", f"手机{sign}", f"{sign}手机{sign} {sign}pro{sign}"):
            assert await found(database, stocked, text) == {NAMES[1]}, text
        assert await found(database, stocked, sign * 3) == set()
    assert await found(database, stocked, '"手机" OR 1=1 -- ') == set()
    assert await found(database, stocked, "手机') UNION SELECT 1,2,3,4,5,6 #") == set()


async def test_a_very_long_text_is_a_search_like_any_other(
    database: Database, stocked: dict[int, str]
) -> None:
    """10,000 characters: only the beginning is looked for."""
    assert await found(database, stocked, "包" * 10_000) == set()
    assert await found(database, stocked, "托特包" + " " * 100 + "x" * 10_000) == {NAMES[0]}
    assert await found(database, stocked, "a " * 5_000) == {NAMES[1], NAMES[2], NAMES[5]}
    assert LONGEST_QUERY < 10_000


async def test_pages_of_a_search_are_in_order_and_complete(
    database: Database, goods: Goods
) -> None:
    """What sells best first; page by page every card once; behind the last page the total stays."""
    spu = goods.spu(goods.catalog(), goods.brand())
    skus = [goods.sku(spu, f"托特包 {n}", sales=n % 3) for n in range(7)]
    seen: list[int] = []
    async with database.read() as tables:
        for page in (1, 2, 3, 4):
            total, cards = await tables.cards.search("托特", page=page, pagesize=3)
            assert total == 7
            assert len(cards) == (3, 3, 1, 0)[page - 1]
            seen += [card.id for card in cards]
    assert seen == sorted(skus, key=lambda sku: (-(skus.index(sku) % 3), sku))
