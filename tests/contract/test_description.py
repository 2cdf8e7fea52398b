"""The description of the API holds against the routes, and the routes against the description."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as conformance

from handlers import ROUTES
from handlers.access import verbs_of
from handlers.description import answers_of
from handlers.openapi import described, docs_page, path_of
from scripts.stack.api import Api
from scripts.stack.job import run_verb
from settings import Settings
from tests.http import Client

FIXTURE = Path(__file__).parents[1] / "fixtures" / "shop.json"


def test_every_verb_of_every_route_is_described() -> None:
    """DOC-2: nothing is served that is not described, nothing described that is not served."""
    description = described(ROUTES)
    served = {
        (path_of(pattern, verb), name.lower())
        for pattern, handler in ROUTES
        for name, verb in verbs_of(handler)
    }
    told = {(path, verb) for path, verbs in description["paths"].items() for verb in verbs}
    assert told == served
    for path, _ in told:
        filled = re.sub(r"{\w+}", "1", path)
        assert any(re.fullmatch(pattern, filled) for pattern, _ in ROUTES), path


def test_every_refusal_is_told_with_its_code() -> None:
    """DOC-2: the codes a verb declares stand in its description."""
    description = described(ROUTES)
    for pattern, handler in ROUTES:
        for name, verb in verbs_of(handler):
            answers = answers_of(verb)
            assert answers is not None, (pattern, name)
            operation = description["paths"][path_of(pattern, verb)][name.lower()]
            for refusal in answers.refusals:
                assert str(refusal.code) in operation["responses"]["200"]["description"]


def test_the_page_for_people_shows_every_operation() -> None:
    """/docs is whole and its policy fits its style."""
    description = described(ROUTES)
    page, policy = docs_page(description)
    for verbs in description["paths"].values():
        for operation in verbs.values():
            assert f'id="{operation["operationId"]}"'.encode() in page
    assert b"<script" not in page
    assert "sha256-" in policy


async def test_it_is_served(client: Client) -> None:
    """Machines and people get it from the server itself."""
    reply = await client.get("/openapi.json")
    assert (reply.status, reply.json["openapi"]) == (200, "3.1.0")
    page = await client.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.fixture
def live(api: Callable[..., Api], migrated: Settings, environment: dict[str, str]) -> Api:
    """A process of the shop with the goods of our own fixture."""
    process = api()
    log = Path(environment["DADASHOP_MEDIA_ROOT"]).parent / "log" / "loaddata.log"
    run_verb("loaddata", environment, log=log, arguments=(str(FIXTURE),))
    return process


@pytest.fixture
def schema(live: Api) -> Any:
    """The description as the process serves it."""
    return schemathesis.openapi.from_url(f"{live.url}/openapi.json")


# One process of many: what these say depends on the moment, not on the request.
UNTRIED = {"/metrics", "/readyz"}
CHECKS = (
    schemathesis.checks.not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_schema_conformance,
)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_reply_is_undocumented(schema: Any, mode: GenerationMode) -> None:
    """Generated requests, good and bad, find no 5xx and no reply unknown to the description."""
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        nothing_to_spoil = not (operation.query or operation.body)
        if operation.path in UNTRIED or (mode is GenerationMode.NEGATIVE and nothing_to_spoil):
            continue

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        holds()
        tried += 1
    assert tried
