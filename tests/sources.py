"""The sources of the project, for the tests that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("cache", "handlers", "models", "scripts", "services", "tasks", "tests")
ALONE = {
    *("accounts", "environment", "gateways", "keys", "ordering", "resources"),
    *("server", "settings"),
}
OWN = {*ROOMS, *ALONE}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the project, relative to its root."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    found += [ROOT / f"{name}.py" for name in ALONE]
    return tuple(sorted(path.relative_to(ROOT) for path in found))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a module."""
    return ast.parse((ROOT / path).read_text("utf-8"))


def room_of(path: Path) -> str:
    """The room a module stands in, or its own name."""
    return path.parts[0].removesuffix(".py")


def imported(node: ast.AST) -> list[str]:
    """The modules a node imports, none if it is no import."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports hide where a thing comes from"
        return [node.module or ""]
    return []


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a module."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, FUNCTIONS))


def shipped() -> list[Path]:
    """The modules that are no tests."""
    return [path for path in modules() if room_of(path) != "tests"]


def texts(path: Path) -> Iterator[str]:
    """Every string of a module that is no docstring and no remark beside a constant."""
    remarks = {id(n.value) for n in ast.walk(tree(path)) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree(path)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in remarks
        ):
            yield node.value
