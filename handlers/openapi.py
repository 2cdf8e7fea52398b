"""/openapi.json and /docs: the API described in OpenAPI 3.1, made from the handlers themselves.

Paths come from the route tables, forms and replies from their Structs, codes from the refusals
each verb declares. ``/docs`` is the same as a page for people: no script, nothing from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args

import msgspec
from tornado.template import Template
from tornado.web import RequestHandler

from handlers.access import access_of, public, verbs_of
from handlers.base import ApiHandler, Documents
from handlers.description import Answers, answers, answers_of
from handlers.faults import FAULTS
from handlers.forms import Form, schema_of_number
from models.errors import ShopError

Route = tuple[str, type[RequestHandler]]

TITLE = "达达商城 API"
VERSION = "1.0"
REF = "#/components/schemas/{name}"
ABOUT = """Business outcomes are HTTP 200 with a `code`; faults of the protocol bear their HTTP
status and the same envelope. Ids and counts may be numbers or decimal strings. Money is text."""
PAGE = Path(__file__).with_name("docs.html")
_GROUP = re.compile(r"\([^()]*\)")
_ENVELOPE = {
    "type": "object",
    "required": ["code", "error", "errmsg"],
    "properties": {
        "code": {"type": "integer"},
        "error": {"type": "string"},
        "errmsg": {"type": "string"},
        "data": {"type": "object"},
    },
}


@cache
def documents_of(routes: tuple[Route, ...]) -> Documents:
    """Return what is served of these routes; made once for a process."""
    description = described(routes)
    page, policy = docs_page(description)
    return Documents(msgspec.json.encode(description), page, policy)


def described(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the description of these routes."""
    operations = [
        (path_of(pattern, verb), name, verb, answers_of(verb))
        for pattern, handler in routes
        for name, verb in verbs_of(handler)
    ]
    spoken = [each for _, _, _, each in operations if each is not None]
    schemas = _schemas(spoken)
    paths: dict[str, dict[str, Any]] = {}
    for path, name, verb, each in operations:
        if each is not None:
            paths.setdefault(path, {})[name.lower()] = _operation(path, name, verb, each)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": {"Refusal": _ENVELOPE, **schemas},
            "responses": {f"Fault{code}": _fault(code) for code in (*FAULTS, 500)},
        },
    }


def path_of(pattern: str, verb: Any) -> str:
    """Turn a route pattern into a path with named parameters, named as the verb's arguments."""
    code = inspect.unwrap(verb).__code__
    names = iter(code.co_varnames[1 : code.co_argcount])
    path = _GROUP.sub(lambda _: "{" + next(names) + "}", pattern.removesuffix("/?"))
    return path.replace("\\", "")


def name_of(pattern: str, handler: type[RequestHandler]) -> str:
    """Name a route for logs and metrics: its path, parameters named by its first verb."""
    return path_of(pattern, next(verb for _, verb in verbs_of(handler)))


def _schemas(spoken: Iterable[Answers]) -> dict[str, Any]:
    kinds = {kind for each in spoken for kind in (*_replies(each), each.query, each.body) if kind}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(
        ordered, schema_hook=schema_of_number, ref_template=REF
    )
    return dict(schemas)


def _operation(path: str, name: str, verb: Any, spoken: Answers) -> dict[str, Any]:
    summary = (verb.__doc__ or "").strip().splitlines()
    operation: dict[str, Any] = {
        "operationId": f"{name.lower()}_{re.sub(r'[^a-z0-9]+', '_', path.lower()).strip('_')}",
        "summary": summary[0] if summary else "",
        "tags": [path.strip("/").split("/")[1] if path.startswith("/v1/") else "operations"],
        "x-access": access_of(verb),
        "parameters": [*_path_parameters(path), *_query_parameters(spoken.query)],
        "responses": _responses(spoken),
    }
    if spoken.body is not None:
        ref = {"schema": {"$ref": REF.format(name=spoken.body.__name__)}}
        operation["requestBody"] = {"content": dict.fromkeys(spoken.content, ref)}
    return operation


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(form: type[Form] | None) -> Iterator[dict[str, Any]]:
    if form is None:
        return
    _, schemas = msgspec.json.schema_components([form], schema_hook=schema_of_number)
    schema = schemas[form.__name__]
    required = schema.get("required", ())
    for name, kind in schema["properties"].items():
        yield {"name": name, "in": "query", "required": name in required, "schema": kind}


def _responses(spoken: Answers) -> dict[str, Any]:
    if spoken.reply is None:
        good: dict[str, Any] = {kind: {} for kind in spoken.content}
    else:
        refs = [{"$ref": REF.format(name=kind.__name__)} for kind in _replies(spoken)]
        refs += [{"$ref": REF.format(name="Refusal")}] if spoken.refusals else []
        good = {"application/json": {"schema": {"anyOf": refs} if refs[1:] else refs[0]}}
    codes = "; ".join(f"{each.code} {each.en}" for each in _by_code(spoken.refusals))
    faults = {str(code): {"$ref": f"#/components/responses/Fault{code}"} for code in (*FAULTS, 500)}
    usual = {"200": {"description": codes or "Done", "content": good}, **faults}
    return {**usual, **_special(spoken), **_others(spoken)}


def _replies(spoken: Answers) -> Sequence[type[msgspec.Struct]]:
    """Return the Structs a verb may answer with."""
    if spoken.reply is None:
        return ()
    return get_args(spoken.reply) or (spoken.reply,)


def _special(spoken: Answers) -> dict[str, Any]:
    """Return the replies that are neither success, refusal nor fault."""
    first = next(iter(_replies(spoken)), None)
    if first is not None and "ready" in first.__struct_fields__:
        ref = {"$ref": REF.format(name=first.__name__)}
        return {
            "503": {"description": "Not ready", "content": {"application/json": {"schema": ref}}}
        }
    return {"304": {"description": "The client has this page already"}}


def _others(spoken: Answers) -> dict[str, Any]:
    """Return the statuses a verb names itself; of their bodies only the type is told."""
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            **({"content": {kind: {}}} if kind else {}),
        }
        for status, kind in spoken.others.items()
    }


def _by_code(refusals: Iterable[type[ShopError]]) -> list[type[ShopError]]:
    return sorted(refusals, key=lambda refusal: refusal.code)


def _fault(code: int) -> dict[str, Any]:
    schema = {"$ref": REF.format(name="Refusal")}
    return {
        "description": HTTPStatus(code).phrase,
        "content": {"application/json": {"schema": schema}},
    }


def docs_page(description: dict[str, Any]) -> tuple[bytes, str]:
    """Return the page for people and the Content-Security-Policy that fits it."""
    text = Template(PAGE.read_text("utf-8")).generate(api=description, encode=_pretty)
    style = text.split(b"<style>")[1].split(b"</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    return text, f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


class OpenApiHandler(ApiHandler):
    """The description for machines."""

    @public
    @answers(None)
    async def get(self) -> None:
        """Return the description in OpenAPI 3.1."""
        await self.finish(self.around.documents.openapi)


class DocsHandler(ApiHandler):
    """The description for people."""

    @public
    @answers(None, content=("text/html",))
    async def get(self) -> None:
        """Return the description as a page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", self.around.documents.policy)
        await self.finish(self.around.documents.page)


ROUTES: list[Route] = [(r"/openapi\.json", OpenApiHandler), (r"/docs/?", DocsHandler)]
