"""/v1/users/sms/code: a code for a phone."""

from __future__ import annotations

from handlers.access import public
from handlers.base import ApiHandler
from handlers.description import answers
from handlers.user_forms import Phone, TextReply, UserForm
from models.errors import BadUserParameter, TooManyTries


class PhoneForm(UserForm, frozen=True, kw_only=True):
    """Exactly one number: the gateway would take a list of them."""

    phone: Phone


class SmsCodeHandler(ApiHandler):
    """Codes for phones."""

    private = True

    @public
    @answers(TextReply, BadUserParameter, TooManyTries, body=PhoneForm)
    async def post(self) -> None:
        """Send a code, at most once a minute to one phone."""
        form = self.form(PhoneForm)
        await self.services.codes.send(form.phone, address=self.client_address)
        self.ok(TextReply(data="发送成功"))


ROUTES = [(r"/v1/users/sms/code/?", SmsCodeHandler)]
