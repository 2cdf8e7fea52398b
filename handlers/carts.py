"""/v1/carts/<name>: the cart of the signed-in user. Source: the interface document, "Carts"."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from handlers.access import signed_in
from handlers.base import ApiHandler
from handlers.cart_replies import CartReply, CartSize, CartSizeReply, cart_reply
from handlers.description import answers
from handlers.forms import Count, Form, Id
from models.errors import (
    BadCartParameter,
    CartFull,
    NoSuchCartSku,
    NotSignedIn,
    OverStock,
    ShopError,
)
from services.carts import CartItem


class CartForm(Form, frozen=True, kw_only=True):
    """A form of this module."""

    refusal: ClassVar[type[ShopError]] = BadCartParameter


class LineForm(CartForm, frozen=True, kw_only=True):
    """One line."""

    sku_id: Id


class CountForm(LineForm, frozen=True, kw_only=True):
    """So many pieces of one SKU."""

    count: Count


class ChangeForm(CartForm, frozen=True, kw_only=True):
    """What shall become of a line, or of all.

    ``selectall`` and ``unselectall`` need no ``sku_id``; only ``set`` minds ``count``, which
    published pages also send with ``add`` and ``del``.
    """

    state: Literal["add", "del", "select", "unselect", "selectall", "unselectall", "set"]
    sku_id: Id | None = None
    count: Any = None


class CartHandler(ApiHandler):
    """The cart of the signed-in user."""

    private = True

    @signed_in
    @answers(CartReply, NotSignedIn)
    async def get(self, username: str) -> None:
        """Show the cart, newest line first, at the prices of this moment."""
        del username
        self._show(await self.services.carts.listed(self.user.id))

    @signed_in
    @answers(
        CartSizeReply,
        NotSignedIn,
        NoSuchCartSku,
        BadCartParameter,
        CartFull,
        OverStock,
        body=CountForm,
    )
    async def post(self, username: str) -> None:
        """Put pieces of a SKU into the cart, on top of what is there."""
        del username
        form = self.form(CountForm)
        size = await self.services.carts.add(
            self.user.id,
            int(form.sku_id),
            count=int(form.count),
            key=self.idempotency_key(BadCartParameter),
        )
        self._tell(size)

    @signed_in
    @answers(CartReply, NotSignedIn, NoSuchCartSku, BadCartParameter, OverStock, body=ChangeForm)
    async def put(self, username: str) -> None:
        """Change one line, or select all or none."""
        del username
        form, key = self.form(ChangeForm), self.idempotency_key(BadCartParameter)
        if form.state in {"selectall", "unselectall"}:
            items = await self.services.carts.select_all(
                self.user.id, selected=form.state == "selectall", key=key
            )
        else:
            items = await self._change_line(form.state, key)
        self._show(items)

    @signed_in
    @answers(CartSizeReply, NotSignedIn, BadCartParameter, body=LineForm)
    async def delete(self, username: str) -> None:
        """Take a line out; one that is not there is as good as taken out."""
        del username
        form = self.form(LineForm)
        self._tell(await self.services.carts.remove(self.user.id, int(form.sku_id)))

    async def _change_line(self, state: str, key: str | None) -> list[CartItem]:
        carts, user_id = self.services.carts, self.user.id
        if state == "set":
            form = self.form(CountForm)
            return await carts.set_count(user_id, int(form.sku_id), count=int(form.count), key=key)
        sku_id = int(self.form(LineForm).sku_id)
        if state == "add":
            return await carts.step_up(user_id, sku_id, key=key)
        if state == "del":
            return await carts.step_down(user_id, sku_id, key=key)
        return await carts.select(user_id, sku_id, selected=state == "select", key=key)

    def _show(self, items: list[CartItem]) -> None:
        self.ok(cart_reply(self.around.media_url, items))

    def _tell(self, size: int) -> None:
        self.ok(CartSizeReply(data=CartSize(size), base_url=self.around.media_url))


ROUTES = [(r"/v1/carts/([^/]+)/?", CartHandler)]
