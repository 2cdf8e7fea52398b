"""Carts: what each user has put aside, in the Redis that forgets nothing.

Key ``carts:<user>``: a hash from SKU to ``count,selected,since``, kept for 90 days after its last
change. Every change is one script (``cache.cart_scripts``) and happens once: it leaves the mark
``carts:done:<user>:<digest>``, so that a change that is sent again, by a client that repeats it or
by our own that lost the answer, is answered and not made again. Without the server every method
raises ``Unavailable``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from cache import cart_scripts
from cache.away import away_as_unavailable
from cache.cart_scripts import LARGEST
from models.errors import BadCartParameter, CartFull, NoSuchCartSku, OverStock, ShopError

DAY = 24 * 3600
LIFE = 90 * DAY
KEY_LIFE = DAY
BOUGHT_LIFE = 7 * DAY
"""As long as done tasks are kept."""
TRY_LIFE = 60
"""Longer than a command is tried by our own client."""
REFUSALS: Mapping[bytes, type[ShopError]] = {
    b"missing": NoSuchCartSku,
    b"over": OverStock,
    b"full": CartFull,
    b"reused": BadCartParameter,
}
Packed = Mapping[bytes, bytes]
_LINE = re.compile(rb"([0-9]{1,10}),([01]),([0-9]{1,16})")
_SKU = re.compile(rb"[1-9][0-9]{0,9}")

log = structlog.get_logger("cache.carts")


class Line(msgspec.Struct, frozen=True):
    """So many pieces of one SKU."""

    sku_id: int
    count: int
    selected: bool


class Offered(msgspec.Struct, frozen=True):
    """A line that wants to be in a cart, and how many pieces there are."""

    sku_id: int
    count: int
    stock: int


class Once(msgspec.Struct, frozen=True):
    """The name under which a change happens once, and for how many seconds it is known."""

    name: str
    seconds: int


class Carts:
    """The carts of all users; changes return the lines as they are afterwards, newest first.

    ``stock`` is what there is of a SKU, ``NOT_FOR_SALE`` of one that cannot be bought. ``key`` is
    what a client calls its change: under the same one it happens once in a day, and another change
    is refused with ``BadCartParameter``.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._scripts = {
            text: redis.register_script(text)
            for text in (
                cart_scripts.ADD,
                cart_scripts.SET_COUNT,
                cart_scripts.STEP_DOWN,
                cart_scripts.SELECT,
                cart_scripts.SELECT_ALL,
                cart_scripts.REMOVE,
                cart_scripts.MERGE,
                cart_scripts.TAKE,
            )
        }

    async def lines(self, user_id: int) -> list[Line]:
        """Return the lines, newest first; what cannot be read is thrown away."""
        with away_as_unavailable():
            packed = cast(Packed, await self._redis.hgetall(_cart(user_id)))
        lines = _lines(packed)
        if len(lines) < len(packed):
            await self._discard(user_id, packed)
        return lines

    async def size(self, user_id: int) -> int:
        """Return how many SKUs there are."""
        with away_as_unavailable():
            return int(await self._redis.hlen(_cart(user_id)))

    async def add(
        self, user_id: int, sku_id: int, *, count: int, stock: int, key: str | None = None
    ) -> list[Line]:
        """Put pieces in; raise ``NoSuchCartSku``, ``OverStock`` or ``CartFull``.

        A new line is selected; one that is there keeps its place and whether it is selected.
        """
        once, says = _once(key), f"add {sku_id} {count}"
        return await self._change(
            cart_scripts.ADD, user_id, says=says, once=once, values=(sku_id, count, stock, 1)
        )

    async def step_up(
        self, user_id: int, sku_id: int, *, stock: int, key: str | None = None
    ) -> list[Line]:
        """Put one piece into a line that is there; raise ``NoSuchCartSku`` or ``OverStock``."""
        once, says = _once(key), f"step up {sku_id}"
        return await self._change(
            cart_scripts.ADD, user_id, says=says, once=once, values=(sku_id, 1, stock, 0)
        )

    async def step_down(self, user_id: int, sku_id: int, *, key: str | None = None) -> list[Line]:
        """Take one piece out, never the last one; raise ``NoSuchCartSku``."""
        once, says = _once(key), f"step down {sku_id}"
        return await self._change(
            cart_scripts.STEP_DOWN, user_id, says=says, once=once, values=(sku_id,)
        )

    async def set_count(
        self, user_id: int, sku_id: int, *, count: int, stock: int, key: str | None = None
    ) -> list[Line]:
        """Say how many pieces a line has; raise ``NoSuchCartSku`` or ``OverStock``."""
        once, says = _once(key), f"set {sku_id} {count}"
        return await self._change(
            cart_scripts.SET_COUNT, user_id, says=says, once=once, values=(sku_id, count, stock)
        )

    async def select(
        self, user_id: int, sku_id: int, *, selected: bool, key: str | None = None
    ) -> list[Line]:
        """Say whether a line is to be bought; raise ``NoSuchCartSku``."""
        once, says = _once(key), f"select {sku_id} {selected}"
        return await self._change(
            cart_scripts.SELECT, user_id, says=says, once=once, values=(int(selected), sku_id)
        )

    async def select_all(
        self, user_id: int, *, selected: bool, key: str | None = None
    ) -> list[Line]:
        """Say of every line whether it is to be bought."""
        once, says = _once(key), f"select all {selected}"
        return await self._change(
            cart_scripts.SELECT_ALL, user_id, says=says, once=once, values=(int(selected),)
        )

    async def remove(self, user_id: int, sku_ids: Iterable[int]) -> list[Line]:
        """Take lines out; those that are not there are as good as taken out."""
        return await self._change(
            cart_scripts.REMOVE, user_id, says="remove", once=_once(None), values=sku_ids
        )

    async def merge(self, user_id: int, lines: Sequence[Offered], *, name: str) -> list[Line]:
        """Let each SKU have the larger count of both sides, as far as there is stock.

        New lines are selected and stand in the order given; what cannot be bought, or finds a
        hundred lines, is left out. Under one ``name`` it happens once in a day.
        """
        values = (value for line in lines for value in msgspec.structs.astuple(line))
        once = Once(f"merge:{name}", KEY_LIFE)
        return await self._change(
            cart_scripts.MERGE, user_id, says="merge", once=once, values=values
        )

    async def take_bought(
        self, user_id: int, order_id: str, lines: Sequence[tuple[int, int]]
    ) -> int:
        """Take out what an order has bought, (SKU, pieces) each, once; return the size then.

        Pieces that were put in after the order was made stay.
        """
        values = (value for line in lines for value in line)
        once = Once(f"bought:{order_id}", BOUGHT_LIFE)
        return len(
            await self._change(cart_scripts.TAKE, user_id, says="take", once=once, values=values)
        )

    async def _change(
        self, script: str, user_id: int, *, says: str, once: Once, values: Iterable[int]
    ) -> list[Line]:
        keys = [_cart(user_id), f"carts:done:{user_id}:{_digest(once.name)}"]
        given = [_digest(says), once.seconds, LIFE, *values]
        with away_as_unavailable():
            outcome, flat = await self._run(script, keys, given)
        refusal = REFUSALS.get(outcome)
        if refusal is not None:
            raise refusal
        return _lines(dict(zip(flat[::2], flat[1::2], strict=True)))

    async def _run(self, text: str, keys: list[str], given: list[Any]) -> Any:
        """Run a script; when they are being thrown out all the time, send it as a whole."""
        try:
            return await self._scripts[text](keys=keys, args=given)
        except NoScriptError:
            return await self._redis.eval(text, len(keys), *keys, *given)

    async def _discard(self, user_id: int, packed: Packed) -> None:
        spoiled = [sku for sku, line in packed.items() if _line(sku, line) is None]
        log.error("lines of a cart cannot be read", user=user_id, lines=len(spoiled))
        with away_as_unavailable():
            await self._redis.hdel(_cart(user_id), *spoiled)


def _cart(user_id: int) -> str:
    return f"carts:{user_id}"


def _once(key: str | None) -> Once:
    if key is None:
        return Once(f"try:{secrets.token_hex(8)}", TRY_LIFE)
    return Once(f"key:{key}", KEY_LIFE)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _lines(packed: Packed) -> list[Line]:
    """Read the lines that can be read, the newest first."""
    found = [_line(sku, line) for sku, line in packed.items()]
    dated = sorted((each for each in found if each is not None), key=_newest_first)
    return [line for _, line in dated]


def _newest_first(dated: tuple[int, Line]) -> tuple[int, int]:
    return -dated[0], -dated[1].sku_id


def _line(sku: bytes, packed: bytes) -> tuple[int, Line] | None:
    """Read one line and since when it is there; None when it makes no sense."""
    found = _LINE.fullmatch(packed)
    if found is None or _SKU.fullmatch(sku) is None:
        return None
    count, sku_id = int(found[1]), int(sku)
    if not 1 <= count <= LARGEST or sku_id > LARGEST:
        return None
    return int(found[3]), Line(sku_id, count, found[2] == b"1")
