"""Who may call a verb. Every verb says so, or the server refuses to start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from tornado.web import RequestHandler

Verb = Callable[..., Awaitable[None]]
VERBS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def public(verb: Verb) -> Verb:
    """Let anybody in; a bad token is as good as none."""
    verb.__dict__["access"] = "public"
    return verb


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
