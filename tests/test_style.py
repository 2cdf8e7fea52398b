"""The code keeps to the ceilings of the house and says what it is for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.sources import ROOT, Function, functions, modules, room_of, shipped, tree

LONGEST_MODULE, LONGEST_FUNCTION, MOST_PARAMETERS = 300, 40, 5
VAGUE = re.compile(r"(util|helper|common|manager|misc|data|info)s?", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
LOGGERS = {"log", "encode", "_encode", "revision", "down_revision", "__all__"}
"""Lower-case names at the top: loggers, encoders, and what alembic looks for."""
RUN_BY_ALEMBIC = Path("models/migrations/env.py")


def test_modules_and_functions_are_short() -> None:
    """At most 300 lines a module, 40 a function (its docstring and decorators apart)."""
    wrong = []
    for path in modules():
        if (lines := len((ROOT / path).read_text("utf-8").splitlines())) > LONGEST_MODULE:
            wrong.append(f"{path}: {lines} lines")
        for function in functions(path):
            assert function.end_lineno is not None
            first = function.body[0]
            begin = first.end_lineno if ast.get_docstring(function) else function.lineno
            if function.end_lineno - (begin or 0) > LONGEST_FUNCTION:
                wrong.append(f"{path}:{function.lineno} {function.name}")
    assert not wrong


def test_functions_take_few_things_by_position() -> None:
    """At most five parameters without their names; more are given by name."""
    wrong = []
    for path in shipped():
        for function in functions(path):
            arguments = function.args
            count = len([a for a in arguments.posonlyargs + arguments.args if a.arg != "self"])
            if count > MOST_PARAMETERS:
                wrong.append(f"{path}:{function.lineno} {function.name}")
    assert not wrong


def test_everything_public_says_what_it_is_for() -> None:
    """Every module, class and public function has a docstring; in tests the name may be enough."""
    wrong = []
    for path in modules():
        for outer, node in _with_outer(tree(path)):
            name = getattr(node, "name", "module")
            spared = isinstance(outer, Function) or name.startswith("_")
            if room_of(path) == "tests":
                spared = spared or isinstance(node, Function)
            if not spared and not ast.get_docstring(node):
                wrong.append(f"{path}: {name}")
    assert not wrong


Documented = ast.Module | ast.ClassDef | Function


def _with_outer(module: ast.Module) -> Iterator[tuple[ast.AST | None, Documented]]:
    """Everything that may have a docstring, with what it stands in."""
    yield None, module
    for outer in ast.walk(module):
        for node in ast.iter_child_nodes(outer):
            if isinstance(node, ast.ClassDef | Function):
                yield outer, node


def test_nothing_is_created_at_import() -> None:
    """At the top of a module stand constants, types and loggers, no variables and no actions."""
    allowed = (
        ast.Import | ast.ImportFrom | ast.ClassDef | Function | ast.Assign | ast.AnnAssign | ast.If
    )
    wrong = []
    for path in shipped():
        if path == RUN_BY_ALEMBIC:
            continue
        for node in tree(path).body:
            remark = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not isinstance(node, allowed) and not remark:
                wrong.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.If) and "__main__" not in ast.dump(node.test):
                wrong.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Assign | ast.AnnAssign):
                wrong += [f"{path}:{node.lineno} {name}" for name in _variables(node)]
        wrong += [
            f"{path}:{node.lineno} global"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Global)
        ]
    assert not wrong


def _variables(node: ast.Assign | ast.AnnAssign) -> list[str]:
    """The names assigned at the top that are neither constants, types, loggers nor markers."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    flat = [each for target in targets for each in getattr(target, "elts", [target])]
    names = [each.id for each in flat if isinstance(each, ast.Name)]
    return [n for n in names if not CONSTANT.fullmatch(n) and n not in LOGGERS and n.islower()]


def test_nothing_prints_and_nothing_is_left_unfinished() -> None:
    """The server logs; what is still to be done stands in an issue."""
    wrong = [
        f"{path}:{node.lineno} print"
        for path in shipped()
        if room_of(path) != "scripts"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and node.id == "print"
    ]
    wrong += [
        str(path) for path in modules() if UNFINISHED.search((ROOT / path).read_text("utf-8"))
    ]
    assert not wrong


def test_names_of_files_say_something() -> None:
    """Nothing is called utils, helpers, common, manager, data or info."""
    wrong = [
        str(path)
        for path in shipped()
        if any(
            VAGUE.fullmatch(word) for part in path.with_suffix("").parts for word in part.split("_")
        )
    ]
    assert not wrong


def test_a_noun_has_one_name() -> None:
    """What is singular in one room is not plural in another: ``order.py`` beside ``orders.py``."""
    stems = {path.stem for path in shipped() if path.name != "__init__.py"}
    doubled = {stem for stem in stems if f"{stem}s" in stems}
    # Pages are served, one base page is drawn; nothing else has two names.
    assert not doubled - {"migrate", "stack"}


def test_python_is_the_one_promised() -> None:
    """The shop runs on Python 3.11 of Debian 12: nothing newer may be needed."""
    assert sys.version_info >= (3, 11)
    for path in modules():
        ast.parse((ROOT / path).read_text("utf-8"), feature_version=(3, 11))
