"""The house keeps its own rules: who imports whom, how long things are, what must be said."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from handlers import ROUTES
from handlers.access import access_of, verbs_of
from handlers.description import answers_of
from tests.sources import OWN, ROOT, functions, imported, modules, room_of, shipped, texts, tree

PARTS_OF_THE_ROOT = {"server", "gateways", "accounts", "ordering"}
# What a room may import of the project; a longer name wins over a shorter one.
ALLOWED = {
    "cache": {"cache"},
    "models": {"models"},
    "tasks": {"tasks"},
    "environment": set[str](),
    "keys": set[str](),
    "settings": {"environment", "keys"},
    "services": {"services", "models", "cache", "tasks", "settings", "environment", "keys"},
    "handlers": {"handlers", "services", "models"},
    "resources": OWN - {"scripts", "tests", "handlers", *PARTS_OF_THE_ROOT},
    "gateways": OWN - {"scripts", "tests", "handlers", "server", "accounts", "ordering"},
    "accounts": OWN - {"scripts", "tests", "handlers", "server", "ordering"},
    "ordering": OWN - {"scripts", "tests", "handlers", "server", "accounts"},
    "server": OWN - {"scripts", "tests", "server"},
    "scripts": OWN - {"tests"},
    "tests": OWN,
}
NAMED_BY_ALL = {"models.errors"}
STATEMENT = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE \S+ SET|DELETE FROM|CREATE TABLE|ALTER TABLE)\b",
    re.DOTALL,
)


def test_rooms_look_only_downwards() -> None:
    """models, cache and tasks know only errors; nobody but tests knows scripts or the server."""
    wrong = [
        f"{path} imports {name}"
        for path in modules()
        for node in ast.walk(tree(path))
        for name in imported(node)
        if (room := name.split(".")[0]) in OWN
        and room not in ALLOWED[room_of(path)]
        and name not in NAMED_BY_ALL
    ]
    assert not wrong


def test_the_rules_know_every_room() -> None:
    """A new folder or module at the root cannot escape these tests."""
    found = {path.parent.name for path in ROOT.glob("*/*.py")} | {
        path.stem for path in ROOT.glob("*.py")
    }
    assert found <= OWN | {"deploy", "frontend"}, found - OWN
    assert set(ALLOWED) == OWN


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides a dependency or a circle."""
    wrong = [
        f"{path}:{inner.lineno}"
        for path in modules()
        for function in functions(path)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not wrong


def test_only_the_cache_and_the_pages_speak_redis() -> None:
    """What is kept in Redis, and how, is known to the classes of cache; the server opens it."""
    allowed = {Path("services/pages.py"), Path("resources.py")}
    wrong = [
        str(path)
        for path in shipped()
        for node in ast.walk(tree(path))
        if any(name.split(".")[0] == "redis" for name in imported(node))
        and room_of(path) not in {"cache", "scripts"}
        and path not in allowed
    ]
    assert not wrong


def test_only_models_and_scripts_speak_sql() -> None:
    """Statements stand beside the rows they are about."""
    wrong = [
        f"{path}: {text[:60]}"
        for path in shipped()
        for text in texts(path)
        if STATEMENT.search(text) and room_of(path) not in {"models", "scripts"}
    ]
    assert not wrong


def test_only_settings_reads_the_environment() -> None:
    """No other room of the server knows a name DADASHOP_* that could be misspelt; messages may."""
    readers = ("environ", "getenv")
    wrong = [
        f"{path}:{node.lineno}"
        for path in shipped()
        if room_of(path) not in {"scripts", "server", "settings", "environment"}
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in readers)
        or (isinstance(node, ast.Constant) and "DADASHOP_" in str(node.value))
    ]
    assert not wrong


def test_every_verb_declares_access_and_answers() -> None:
    """Every verb of every route says who may call it and what it answers (SEC-8, DOC-2)."""
    silent = [
        f"{name} {pattern}"
        for pattern, handler in ROUTES
        for name, verb in verbs_of(handler)
        if access_of(verb) is None or answers_of(verb) is None
    ]
    assert not silent
    assert len(ROUTES) > 5


def test_every_room_of_handlers_is_served() -> None:
    """A module with a ROUTES table that nobody adds to the list would be dead."""
    tables = [path for path in modules() if room_of(path) == "handlers" and _has_routes(path)]
    named = {handler.__module__.rpartition(".")[2] for _, handler in ROUTES}
    assert {path.stem for path in tables} - {"__init__"} == named


def _has_routes(path: Path) -> bool:
    names = [n.id for n in ast.walk(tree(path)) if isinstance(n, ast.Name)]
    return "ROUTES" in names


@pytest.mark.parametrize("room", sorted(OWN - {"tests"}))
def test_every_room_has_tests(room: str) -> None:
    """tests/ mirrors the tree."""
    here = ROOT / "tests"
    assert list((here / room).glob("test_*.py")) or (here / f"test_{room}.py").is_file()
