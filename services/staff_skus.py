"""What staff do to SKUs: create, change, withdraw, delete, picture; stock by delta only.

A use case returns when no process shows the old pages.
"""

from __future__ import annotations

from collections.abc import Iterable

from models import skus
from models.database import Tables, repeatable
from models.errors import BadStaffParameter, ChoiceTaken, NotEnoughStock, NothingThere
from models.skus import Sku
from models.spus import Spu
from services.staff import StaffService, Values

FINDABLE = frozenset({"name", "caption"})
SHOWN = FINDABLE | {"price", "default_image_url"}
"""Columns that customers see wherever the variant stands."""


class StaffSkuService(StaffService):
    """Changes the variants."""

    @repeatable
    async def create_sku(self, values: Values, *, value_ids: Iterable[int] = ()) -> int:
        """Add a variant with its attribute values and no stock; return its id."""
        async with self._change() as (tables, tags):
            spu_id = values.get("spu_id")
            if not isinstance(spu_id, int):
                raise BadStaffParameter
            spu = await _locked(tables, spu_id)
            sku_id = await skus.EDITABLE.add(tables.connection, values)
            await _make_of(tables, spu.id, sku_id, value_ids)
            name, caption = str(values["name"]), str(values.get("caption", ""))
            await tables.skus.make_found(sku_id, name, caption)
            tags.update(_presence(sku_id, spu.id, spu.catalog_id))
        return sku_id

    @repeatable
    async def change_sku(self, sku_id: int, values: Values) -> None:
        """Change a variant; its product and its stock have ways of their own."""
        if "spu_id" in values:
            raise BadStaffParameter
        async with self._change() as (tables, tags):
            before = await _sku(tables, sku_id)
            await skus.EDITABLE.change(tables.connection, sku_id, values)
            if SHOWN & set(values):
                tags |= {f"sku:{sku_id}", f"card:{sku_id}"}
            if FINDABLE & set(values):
                name = str(values.get("name", before.name))
                caption = str(values.get("caption", before.caption))
                await tables.skus.make_found(sku_id, name, caption)
                tags.add("search")
            if "price" in values:
                tags.add(f"prices:{before.catalog_id}")
            if "is_launched" in values:
                tags.update(_presence(sku_id, before.spu_id, before.catalog_id))

    async def withdraw_sku(self, sku_id: int) -> None:
        """Take a variant out of the shop; orders of it stay."""
        await self.change_sku(sku_id, {"is_launched": False})

    async def launch_sku(self, sku_id: int) -> None:
        """Put a variant into the shop."""
        await self.change_sku(sku_id, {"is_launched": True})

    @repeatable
    async def set_sku_values(self, sku_id: int, value_ids: Iterable[int]) -> None:
        """Say which attribute values a variant is made of."""
        async with self._change() as (tables, tags):
            sku = await _sku(tables, sku_id)
            await _locked(tables, sku.spu_id)
            await _make_of(tables, sku.spu_id, sku_id, value_ids)
            tags |= {f"sku:{sku_id}", f"spu:{sku.spu_id}"}

    @repeatable
    async def set_spec_value(self, sku_id: int, spec_id: int, value: str) -> None:
        """Fill one line of specifications; an empty text removes it."""
        async with self._change() as (tables, tags):
            sku = await _sku(tables, sku_id)
            if await tables.spus.owner_of_spec(spec_id) != sku.spu_id:
                raise NothingThere
            await tables.skus.set_spec(sku_id, spec_id, value)
            tags.add(f"sku:{sku_id}")

    @repeatable
    async def delete_sku(self, sku_id: int) -> None:
        """Delete a variant that was never ordered."""
        async with self._change() as (tables, tags):
            sku = await _sku(tables, sku_id)
            await tables.skus.remove(sku_id)
            tags.update(_presence(sku_id, sku.spu_id, sku.catalog_id))

    @repeatable
    async def add_image(self, sku_id: int, path: str) -> int:
        """Add a picture, by its stored path."""
        async with self._change() as (tables, tags):
            await _sku(tables, sku_id)
            tags.add(f"sku:{sku_id}")
            return await skus.IMAGES.add(tables.connection, {"sku_id": sku_id, "image": path})

    @repeatable
    async def remove_image(self, image_id: int) -> None:
        """Remove a picture."""
        async with self._change() as (tables, tags):
            sku_id = await tables.skus.owner_of_image(image_id)
            await skus.IMAGES.remove(tables.connection, image_id)
            tags.add(f"sku:{sku_id}")

    @repeatable
    async def move_stock(self, sku_id: int, delta: int) -> None:
        """Put so many pieces on the shelf, or take them off; raise ``NotEnoughStock``."""
        async with self._change() as (tables, tags):
            if not await tables.stock.move(sku_id, delta):
                await _sku(tables, sku_id)
                raise NotEnoughStock
            tags.add(f"sku:{sku_id}")


def _presence(sku_id: int, spu_id: int, catalog_id: int) -> set[str]:
    """Return the tags of every page on which a SKU appears or disappears."""
    return {f"sku:{sku_id}", f"spu:{spu_id}", f"shelf:{catalog_id}", "search"}


async def _locked(tables: Tables, spu_id: int) -> Spu:
    """Let nobody else give this product a variant meanwhile."""
    await tables.spus.lock(spu_id)
    spu = await tables.spus.by_id(spu_id)
    if spu is None:
        raise NothingThere
    return spu


async def _sku(tables: Tables, sku_id: int) -> Sku:
    sku = await tables.skus.by_id(sku_id)
    if sku is None:
        raise NothingThere
    return sku


async def _make_of(tables: Tables, spu_id: int, sku_id: int, value_ids: Iterable[int]) -> None:
    """Link a SKU to values of its own product, one per attribute, as no other SKU has them."""
    wanted = set(value_ids)
    offered = {each.value_id: each.attribute_id for each in await tables.spus.offered(spu_id)}
    choice = frozenset((offered[value], value) for value in wanted if value in offered)
    if len({attribute for attribute, _ in choice}) != len(wanted):
        raise BadStaffParameter
    others = await tables.spus.choices(spu_id, withdrawn=True)
    if choice and any(made == choice for other, made in others.items() if other != sku_id):
        raise ChoiceTaken
    await tables.skus.make_of(sku_id, sorted(wanted))
