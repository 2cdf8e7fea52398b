"""/v1/users/<name>/address: where to send things."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from handlers.access import signed_in
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.forms import Id
from handlers.user_forms import Phone, TextReply, UserForm
from models.addresses import Address, AddressText
from models.errors import AddressNotFound, BadAddress, NotSignedIn, ShopError

PLAIN = r'^[^<>"&\x00-\x1f]*$(?!\n)'
Receiver = Annotated[str, msgspec.Meta(min_length=1, max_length=10, pattern=PLAIN)]
Street = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=PLAIN)]
Postcode = Annotated[str, msgspec.Meta(max_length=7, pattern=PLAIN)]
Tag = Annotated[str, msgspec.Meta(max_length=10, pattern=PLAIN)]


class AddressForm(UserForm, frozen=True, kw_only=True):
    """A new address; published pages send the phone under either name."""

    refusal: ClassVar[type[ShopError]] = BadAddress

    receiver: Receiver
    address: Street
    receiver_phone: Phone | None = None
    receiver_mobile: Phone | None = None
    postcode: Postcode = ""
    tag: Tag = ""


class AddressChanges(UserForm, frozen=True, kw_only=True):
    """Any of the fields of an address."""

    refusal: ClassVar[type[ShopError]] = BadAddress

    receiver: Receiver | None = None
    address: Street | None = None
    receiver_phone: Phone | None = None
    receiver_mobile: Phone | None = None
    postcode: Postcode | None = None
    tag: Tag | None = None


class DefaultForm(UserForm, frozen=True, kw_only=True):
    """Which address shall be the default."""

    refusal: ClassVar[type[ShopError]] = BadAddress

    id: Id


class AddressItem(msgspec.Struct, frozen=True):
    """One address of the list."""

    id: int
    receiver: str
    address: str
    receiver_mobile: str
    tag: str
    postcode: str
    is_default: bool


class AddressesReply(msgspec.Struct, frozen=True, kw_only=True):
    """All addresses, the default first."""

    code: int = 200
    addresslist: list[AddressItem]


class AddressesHandler(ApiHandler):
    """The addresses of the signed-in user."""

    private = True

    @signed_in
    @answers(AddressesReply, NotSignedIn)
    async def get(self, username: str) -> None:
        """List them."""
        del username
        found = await self.services.addresses.of_user(self.user.id)
        self.ok(AddressesReply(addresslist=[_item(each) for each in found]))

    @signed_in
    @answers(TextReply, NotSignedIn, BadAddress, body=AddressForm)
    async def post(self, username: str) -> None:
        """Add one; the first becomes the default."""
        del username
        form = self.form(AddressForm)
        mobile = form.receiver_mobile or form.receiver_phone
        if mobile is None:
            raise BadAddress
        text = AddressText(form.receiver, form.address, mobile, form.postcode, form.tag)
        await self.services.addresses.add(self.user.id, text)
        self.ok(TextReply(data="新增地址成功！"))


class AddressHandler(ApiHandler):
    """One address of the signed-in user."""

    private = True

    @signed_in
    @answers(TextReply, NotSignedIn, BadAddress, AddressNotFound, body=AddressChanges)
    async def put(self, username: str, address_id: str) -> None:
        """Change some of its fields."""
        del username
        number = self.path_id(address_id, AddressNotFound)
        await self.services.addresses.change(
            self.user.id, number, _changes(self.form(AddressChanges))
        )
        self.ok(TextReply(data="地址修改成功！"))

    @signed_in
    @answers(TextReply, NotSignedIn, AddressNotFound)
    async def delete(self, username: str, address_id: str) -> None:
        """Take it away."""
        del username
        number = self.path_id(address_id, AddressNotFound)
        await self.services.addresses.remove(self.user.id, number)
        self.ok(TextReply(data="删除地址成功"))


class DefaultHandler(ApiHandler):
    """The default address of the signed-in user."""

    private = True

    @signed_in
    @answers(TextReply, NotSignedIn, BadAddress, AddressNotFound, body=DefaultForm)
    async def post(self, username: str) -> None:
        """Choose it."""
        del username
        await self.services.addresses.prefer(self.user.id, int(self.form(DefaultForm).id))
        self.ok(TextReply(data="设为默认成功！"))


def _item(address: Address) -> AddressItem:
    return AddressItem(
        id=address.id,
        receiver=address.receiver,
        address=address.address,
        receiver_mobile=address.receiver_mobile,
        tag=address.tag,
        postcode=address.postcode,
        is_default=bool(address.is_default),
    )


def _changes(form: AddressChanges) -> dict[str, str]:
    """Return the fields that were sent, under the names of the model."""
    given = msgspec.structs.asdict(form)
    given["receiver_mobile"] = given["receiver_mobile"] or given.pop("receiver_phone")
    given.pop("receiver_phone", None)
    return {name: text for name, text in given.items() if text is not None}


ROUTES = [
    (r"/v1/users/([^/]+)/address/?", AddressesHandler),
    (r"/v1/users/([^/]+)/address/default/?", DefaultHandler),
    (r"/v1/users/([^/]+)/address/([^/]+)/?", AddressHandler),
]
