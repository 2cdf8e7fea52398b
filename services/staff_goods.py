"""What staff do to catalogues, brands and products: create, change, delete.

Variants are in ``services.staff_skus``. A use case returns when no process shows the old pages.
"""

from __future__ import annotations

from models import brands, catalogs, spus
from models.database import Tables, repeatable
from models.editable import Editable
from models.errors import NothingThere
from models.spus import Spu
from services.staff import StaffService, Values


class StaffGoodsService(StaffService):
    """Changes what the variants of the shop are part of."""

    @repeatable
    async def create_catalog(self, name: str) -> int:
        """Open a catalogue; return its id."""
        async with self._change() as (tables, tags):
            catalog_id = await catalogs.EDITABLE.add(tables.connection, {"name": name})
            tags |= {"index", f"catalog:{catalog_id}"}
        return catalog_id

    @repeatable
    async def rename_catalog(self, catalog_id: int, name: str) -> None:
        """Give a catalogue another name."""
        async with self._change() as (tables, tags):
            await catalogs.EDITABLE.change(tables.connection, catalog_id, {"name": name})
            tags.add(f"catalog:{catalog_id}")

    @repeatable
    async def delete_catalog(self, catalog_id: int) -> None:
        """Close a catalogue that holds no product."""
        async with self._change() as (tables, tags):
            await catalogs.EDITABLE.remove(tables.connection, catalog_id)
            tags |= {"index", f"catalog:{catalog_id}"}

    @repeatable
    async def create_brand(self, values: Values) -> int:
        """Add a brand: ``name, logo, first_letter``."""
        async with self._change() as (tables, _):
            return await brands.EDITABLE.add(tables.connection, values)

    @repeatable
    async def change_brand(self, brand_id: int, values: Values) -> None:
        """Change a brand."""
        async with self._change() as (tables, tags):
            await brands.EDITABLE.change(tables.connection, brand_id, values)
            tags.add(f"brand:{brand_id}")

    @repeatable
    async def delete_brand(self, brand_id: int) -> None:
        """Delete a brand that has no product."""
        async with self._change() as (tables, tags):
            await brands.EDITABLE.remove(tables.connection, brand_id)
            tags.add(f"brand:{brand_id}")

    @repeatable
    async def create_spu(self, values: Values) -> int:
        """Add a product: ``name, brand_id, catalog_id``."""
        async with self._change() as (tables, tags):
            spu_id = await spus.EDITABLE.add(tables.connection, values)
            tags |= {f"spu:{spu_id}", f"shelf:{values['catalog_id']}"}
        return spu_id

    @repeatable
    async def change_spu(self, spu_id: int, values: Values) -> None:
        """Change a product; moving it to another catalogue moves its SKUs."""
        async with self._change() as (tables, tags):
            before = await _spu(tables, spu_id)
            await spus.EDITABLE.change(tables.connection, spu_id, values)
            if "catalog_id" in values:
                tags |= {f"spu:{spu_id}", f"shelf:{values['catalog_id']}"}
            if {"brand_id", "catalog_id"} & set(values):
                tags.add(f"shelf:{before.catalog_id}")

    @repeatable
    async def delete_spu(self, spu_id: int) -> None:
        """Delete a product that has no SKU, with its sale attributes and specs."""
        async with self._change() as (tables, tags):
            before = await _spu(tables, spu_id)
            await tables.spus.remove(spu_id)
            tags |= {f"spu:{spu_id}", f"shelf:{before.catalog_id}"}

    @repeatable
    async def create_attribute(self, spu_id: int, name: str) -> int:
        """Give a product one more sale attribute."""
        return await self._create_part(spus.ATTRIBUTES, {"spu_id": spu_id, "name": name}, spu_id)

    @repeatable
    async def rename_attribute(self, attribute_id: int, name: str) -> None:
        """Give a sale attribute another name."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_attribute(attribute_id)))
            await spus.ATTRIBUTES.change(tables.connection, attribute_id, {"name": name})

    @repeatable
    async def delete_attribute(self, attribute_id: int) -> None:
        """Delete a sale attribute that has no value."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_attribute(attribute_id)))
            await spus.ATTRIBUTES.remove(tables.connection, attribute_id)

    @repeatable
    async def create_value(self, attribute_id: int, name: str) -> int:
        """Give a sale attribute one more value."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_attribute(attribute_id)))
            values = {"spu_sale_attr_id": attribute_id, "name": name}
            return await spus.VALUES.add(tables.connection, values)

    @repeatable
    async def rename_value(self, value_id: int, name: str) -> None:
        """Give a value another name."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_value(value_id)))
            await spus.VALUES.change(tables.connection, value_id, {"name": name})

    @repeatable
    async def delete_value(self, value_id: int) -> None:
        """Delete a value that no SKU has."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_value(value_id)))
            await spus.VALUES.remove(tables.connection, value_id)

    @repeatable
    async def create_spec(self, spu_id: int, name: str) -> int:
        """Give a product one more line of specifications."""
        return await self._create_part(spus.SPECS, {"spu_id": spu_id, "name": name}, spu_id)

    @repeatable
    async def rename_spec(self, spec_id: int, name: str) -> None:
        """Give a line of specifications another name."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_spec(spec_id)))
            await spus.SPECS.change(tables.connection, spec_id, {"name": name})

    @repeatable
    async def delete_spec(self, spec_id: int) -> None:
        """Delete a line of specifications that no SKU fills."""
        async with self._change() as (tables, tags):
            tags.add(_spu_tag(await tables.spus.owner_of_spec(spec_id)))
            await spus.SPECS.remove(tables.connection, spec_id)

    async def _create_part(self, table: Editable, values: Values, spu_id: int) -> int:
        async with self._change() as (tables, tags):
            await _spu(tables, spu_id)
            tags.add(f"spu:{spu_id}")
            return await table.add(tables.connection, values)


def _spu_tag(spu_id: int | None) -> str:
    if spu_id is None:
        raise NothingThere
    return f"spu:{spu_id}"


async def _spu(tables: Tables, spu_id: int) -> Spu:
    spu = await tables.spus.by_id(spu_id)
    if spu is None:
        raise NothingThere
    return spu
