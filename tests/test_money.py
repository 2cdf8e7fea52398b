"""Money is Decimal or whole fen: no float comes near it, in any module it passes through (WX-6)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.sources import ROOT, tree

PURE = (
    *("models/payments.py", "models/refunds.py", "models/alarms.py", "models/orders.py"),
    *("services/ports.py", "services/settlement.py", "services/refunds.py", "services/cashier.py"),
    *("services/pays.py", "services/drafts.py", "services/reconciliation.py", "services/shelf.py"),
    *("handlers/pays.py", "handlers/order_replies.py", "handlers/notices.py"),
)
TIMED = {
    "models/payments.py": {"pause"},
    "handlers/pays.py": {"BEAT_SECONDS", "LONGEST_SECONDS"},
}
"""Names of seconds, which may be parts of one."""
GATEWAYS = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("alipay*.py", "wechatpay*.py", "amounts.py")
    for path in (ROOT / "services" / "gateways").glob(pattern)
)
AMOUNTS = ("amount", "total", "price", "freight", "fen", "yuan", "money")


def floats(path: str) -> list[str]:
    """Return where a module names the type, writes a number of it, or divides."""
    spared = TIMED.get(path, set())
    looks = (_typed, _called, _divided, _written)
    return [
        f"{path}:{getattr(node, 'lineno', 0)} {found}"
        for node in ast.walk(tree(Path(path)))
        for look in looks
        if (found := look(node)) and found not in spared
    ]


def _typed(node: ast.AST) -> str:
    """Return the name of a parameter or variable whose type is a float."""
    if not isinstance(node, ast.arg | ast.AnnAssign) or node.annotation is None:
        return ""
    name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
    return name if "float" in ast.unparse(node.annotation) else ""


def _called(node: ast.AST) -> str:
    """Return a call that makes a float, or may."""
    named = isinstance(node, ast.Call) and ast.unparse(node.func) in {"float", "round"}
    return ast.unparse(node) if named else ""


def _divided(node: ast.AST) -> str:
    """Return a division of money."""
    text = ast.unparse(node) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else ""
    return text if any(word in text.lower() for word in AMOUNTS) else ""


def _written(node: ast.AST) -> str:
    """Return the name that is given a number with a point."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
        return ""
    return ast.unparse(node.targets[0]) if isinstance(node.value.value, float) else ""


@pytest.mark.parametrize("path", [*PURE, *GATEWAYS])
def test_no_float_comes_near_money(path: str) -> None:
    """Neither a type nor a number nor a division."""
    assert floats(path) == []


def test_the_net_has_no_holes() -> None:
    """What it should catch it catches, and every module of the providers is in it."""
    assert len(GATEWAYS) >= 8
    assert floats("tasks/pace.py")
    assert floats("services/attempts.py")


def test_no_column_of_money_is_a_float() -> None:
    """DECIMAL in every table, ours and the published ones."""
    sources = (ROOT / "models" / "migrations").rglob("*.py")
    texts = [path.read_text("utf-8").lower() for path in sources]
    assert not [text for text in texts if "` float" in text or "` double" in text]
    assert any("decimal(10,2)" in text for text in texts)
