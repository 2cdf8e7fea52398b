"""What every endpoint shares: the envelope, the error mapping, CORS, the request id, the limits.

Handlers never catch. A ``ShopError`` becomes HTTP 200 with its code, a fault of the protocol its
real status with the same envelope, ``Unavailable`` 503 with ``Retry-After``, a defect 500.
Source: the interface document, "Rules for every route".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
import structlog
from prometheus_client import CollectorRegistry
from tornado.netutil import is_valid_ip
from tornado.web import HTTPError, RequestHandler

from handlers import forms
from handlers.access import verbs_of
from handlers.faults import fault_text
from handlers.forms import FormT, NotJson
from handlers.language import preferred
from handlers.traffic import Finished, Traffic
from models.errors import BadUserParameter, ShopError, Unavailable
from services import Services

log = structlog.get_logger("handlers")

JSON = "application/json; charset=utf-8"
LARGEST_BODY = 64 * 1024
METHODS = "GET, POST, PUT, DELETE, PATCH, OPTIONS"
ALLOWED_HEADERS = "authorization, content-type, idempotency-key, x-request-id, accept-language"
EXPOSED_HEADERS = "x-request-id, retry-after"
PREFLIGHT_SECONDS = "7200"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
KEY = re.compile(r"[!-~]{1,200}", re.ASCII)
encode = msgspec.json.Encoder(decimal_format="string").encode


@dataclass(frozen=True, slots=True)
class Documents:
    """The description of the API: for machines, for people, and the policy of the page."""

    openapi: bytes
    page: bytes
    policy: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the server gives to every handler, as the application setting ``around``."""

    services: Services
    traffic: Traffic
    registry: CollectorRegistry
    documents: Documents
    origins: frozenset[str]
    trusted_proxies: frozenset[str]
    media_url: str
    site: str
    legacy_codes: bool
    shortest_password: int


class ReadyPage(Protocol):
    """A reply that was made before: its bytes, and their quoted ETag."""

    @property
    def body(self) -> bytes:
        """The whole body."""

    @property
    def etag(self) -> str:
        """The strong ETag."""


def refusal_body(code: int, text: str, **beside: object) -> bytes:
    """Encode the envelope of a refusal."""
    return encode({"code": code, "error": text, "errmsg": text, **beside})


class ApiHandler(RequestHandler):
    """An endpoint that speaks the envelope."""

    private = False
    """Whether replies are about one user and must not be stored anywhere."""

    old = False
    """Whether only old pages ask, which know the older numbers of refusals."""

    request_id = ""
    business_code = HTTPStatus.OK.value

    def initialize(self) -> None:
        """Note the beginning of the request."""
        self.services = self.around.services
        self.request._parse_body = _left_alone  # type: ignore[method-assign] # noqa: SLF001 - the body is ours to parse, whatever its label says
        self.around.traffic.begin()

    @property
    def around(self) -> Surroundings:
        """What the server gives to every handler."""
        return self.application.settings["around"]  # type: ignore[no-any-return]

    def set_default_headers(self) -> None:
        """Put the headers that every reply bears, errors included."""
        headers = self._headers
        headers["Server"] = "dadashop"
        headers["Content-Type"] = JSON
        headers["X-Content-Type-Options"] = "nosniff"
        self.request_id = headers["X-Request-Id"] = self.request_id or self._request_id()
        if self.private:
            headers["Cache-Control"] = "no-store"
        headers["Vary"] = "Origin"
        origin = self.request.headers.get("Origin")
        if origin is not None:
            self._allow(origin)

    def prepare(self) -> None:
        """Refuse a body that is too large."""
        if len(self.request.body) > LARGEST_BODY:
            raise HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self.around.traffic.draining:
            self.set_header("Connection", "close")

    async def options(self, *_: str) -> None:
        """Answer a preflight: every path, no token."""
        self.set_header("Access-Control-Allow-Methods", METHODS)
        self.set_header("Access-Control-Allow-Headers", ALLOWED_HEADERS)
        self.set_header("Access-Control-Max-Age", PREFLIGHT_SECONDS)
        self.set_status(HTTPStatus.NO_CONTENT)
        await self.finish()

    async def head(self, *arguments: str) -> None:
        """Answer like GET, without the body."""
        await self.get(*arguments)  # type: ignore[misc]

    async def recognize(self, username: str | None) -> None:
        """Find the user of the token, who must be the one of the path; raise ``NotSignedIn``."""
        header = self.request.headers.get("Authorization", "")
        self.user = await self.services.tokens.user_behind(header, username)

    def form(self, kind: type[FormT]) -> FormT:
        """Read the JSON body; raise the form's refusal."""
        return forms.read_json(kind, self.request.body)

    def query(self, kind: type[FormT]) -> FormT:
        """Read the query parameters; raise the form's refusal."""
        return forms.read_pairs(kind, self.request.query_arguments)

    def refuse_short(self, password: str) -> None:
        """Raise ``BadUserParameter`` for a new password below the shop's minimum."""
        if len(password) < self.around.shortest_password:
            raise BadUserParameter

    def path_id(self, text: str, refusal: type[ShopError]) -> int:
        """Read an id of the path; raise the refusal."""
        return forms.read_id(text, refusal)

    def idempotency_key(self, refusal: type[ShopError]) -> str | None:
        """Return what the client calls its change; raise the refusal for no good name."""
        key = self.request.headers.get("Idempotency-Key")
        if key is not None and not KEY.fullmatch(key):
            raise refusal
        return key

    def ok(self, reply: msgspec.Struct) -> None:
        """Answer with a reply Struct, whose first field is ``code``."""
        self.finish(encode(reply))

    def page(self, page: ReadyPage) -> None:
        """Answer with a ready page, or 304 when the client has it."""
        self._headers["Cache-Control"] = "no-cache"
        self._headers["Etag"] = page.etag
        # A proxy that compresses makes the tag weak (W/"…"), and the header may list several.
        if page.etag in self.request.headers.get("If-None-Match", ""):
            self.set_status(HTTPStatus.NOT_MODIFIED)
            self.finish()
        else:
            self.finish(page.body)

    @property
    def language(self) -> str:
        """The language of texts for people: ``zh``, or ``en`` when it is preferred."""
        return preferred(self.request.headers.get("Accept-Language", ""))

    @property
    def client_address(self) -> str:
        """The address of the client, as told by X-Real-IP if a trusted proxy sent the request."""
        peer = self.request.remote_ip or ""
        if peer not in self.around.trusted_proxies:
            return peer
        told = self.request.headers.get("X-Real-IP", peer)
        return told if is_valid_ip(told) else peer

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Decode a part of the path; what is not UTF-8 will not be a good id either."""
        del name
        return value.decode("utf-8", "replace")

    def compute_etag(self) -> None:
        """Leave ETags to pages, which bring their own."""

    def on_finish(self) -> None:
        """Count and log the request; the client may have invented its method."""
        method = self.request.method or ""
        self.around.traffic.end(
            Finished(
                handler=type(self),
                method=method if method in self.SUPPORTED_METHODS else "OTHER",
                status=self._status_code,
                code=self.business_code,
                seconds=self.request.request_time(),
                request_id=self.request_id,
            )
        )

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log defects with their traceback, everything expected with one line."""
        if isinstance(value, ShopError | HTTPError | NotJson):
            return
        if isinstance(value, Unavailable):
            log.warning("unavailable", what=str(value), request_id=self.request_id)
        else:
            log.error("defect", request_id=self.request_id, exc_info=(typ, value, tb))

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer a refusal with its own status; everything else as Tornado does."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, ShopError):
            status_code = HTTPStatus.OK
        elif isinstance(error, NotJson):
            status_code = HTTPStatus.BAD_REQUEST
        elif isinstance(error, Unavailable):
            status_code = HTTPStatus.SERVICE_UNAVAILABLE
        self.business_code = int(status_code)
        super().send_error(status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the envelope of a refusal, a fault of the protocol or a defect."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, ShopError):
            self.refuse(error)
            return
        if isinstance(error, Unavailable):
            self.set_header("Retry-After", str(error.retry_after))
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            verbs = [name for name, _ in verbs_of(type(self))]
            head = ["HEAD"] if "GET" in verbs else []
            self.set_header("Allow", ", ".join([*verbs, *head, "OPTIONS"]))
        self.finish(refusal_body(status_code, fault_text(status_code, self.language)))

    def refuse(self, refusal: ShopError, data: object = None) -> None:
        """Answer a refusal, with ``data`` or what it brings itself."""
        legacy = (self.old or self.around.legacy_codes) and refusal.legacy
        data = refusal.data if data is None else data
        beside = {} if data is None else {"data": data}
        text = refusal.text(self.language)
        if refusal.retry_after is not None:
            self.set_header("Retry-After", str(refusal.retry_after))
        self.business_code = refusal.code
        self.finish(refusal_body(legacy or refusal.code, text, **beside))

    def _allow(self, origin: str) -> None:
        origins = self.around.origins
        if "*" in origins:
            self._headers["Access-Control-Allow-Origin"] = "*"
        elif origin in origins:
            self._headers["Access-Control-Allow-Origin"] = origin
        else:
            return
        self._headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS

    def _request_id(self) -> str:
        given = self.request.headers.get("X-Request-Id")
        if given is not None and REQUEST_ID.fullmatch(given):
            return given
        return self.around.traffic.next_id()


class UnknownHandler(ApiHandler):
    """Answers for every address nobody lives at."""

    def prepare(self) -> None:
        """Refuse, except for a preflight."""
        if self.request.method != "OPTIONS":
            raise HTTPError(HTTPStatus.NOT_FOUND)


def _left_alone() -> None:
    """Stand in for Tornado's parsing of labelled bodies."""
