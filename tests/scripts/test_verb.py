"""The file behind every verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.environment import ROOT
from tests.checkout import Checkout, copied, run

VERBS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_symlink())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the checkout."""
    return copied(tmp_path_factory.mktemp("checkout") / "copy")


def test_through_a_link_from_another_folder(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "open-the-shop").symlink_to(checkout.root / "scripts" / "run")
    done = run(["./open-the-shop", "--help"], cwd=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "--api-port" in done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_each_explains_itself(verb: str) -> None:
    done = run([str(ROOT / "scripts" / verb), "--help"])
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout


def test_an_unknown_one_names_the_others(checkout: Checkout) -> None:
    link = checkout.root / "scripts" / "fly"
    link.symlink_to("verb")
    done = run([str(link)])
    link.unlink()
    assert done.returncode == 2
    assert all(verb in done.stderr for verb in VERBS)


def test_a_module_of_the_current_folder_is_not_taken_for_ours(
    checkout: Checkout, tmp_path: Path
) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "__init__.py").write_text("raise SystemExit(77)", "utf-8")
    done = run([str(checkout.root / "scripts" / "run"), "--help"], cwd=str(tmp_path))
    assert done.returncode == 0
