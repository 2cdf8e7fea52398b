"""Who may call a verb. Every verb says so, or the server refuses to start."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator
from functools import wraps
from typing import Any

from tornado.web import RequestHandler

Verb = Callable[..., Awaitable[None]]
VERBS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def public(verb: Verb) -> Verb:
    """Let anybody in; a bad token is as good as none."""
    verb.__dict__["access"] = "public"
    return verb


def provider(verb: Verb) -> Verb:
    """Let in a payment provider, who proves himself by the signature under what he says."""
    verb.__dict__["access"] = "provider"
    return verb


def signed_in(verb: Verb) -> Verb:
    """Let in only a user whose token is good; where the path names a user, only that one."""
    code = inspect.unwrap(verb).__code__
    named = code.co_varnames[1:2] == ("username",)

    @wraps(verb)
    async def guarded(self: Any, *arguments: str) -> None:
        await self.recognize(arguments[0] if named else None)
        await verb(self, *arguments)

    guarded.__dict__["access"] = "signed in, the user of the path" if named else "signed in"
    return guarded


def access_of(verb: Any) -> str | None:
    """Return what a verb declares, or None."""
    return getattr(verb, "access", None)


def verbs_of(handler: type[RequestHandler]) -> Iterator[tuple[str, Any]]:
    """Return the verbs a handler implements, with their functions."""
    for name in VERBS:
        verb = getattr(handler, name.lower())
        if verb is not RequestHandler._unimplemented_method:  # noqa: SLF001 - Tornado's own marker
            yield name, verb


def undeclared(handler: type[RequestHandler]) -> list[str]:
    """Name the verbs that forgot to say who may call them."""
    return [
        f"{name} {handler.__name__}" for name, verb in verbs_of(handler) if access_of(verb) is None
    ]
