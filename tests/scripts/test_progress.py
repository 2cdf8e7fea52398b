"""The steps on the terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from scripts.opening import progress_of
from scripts.options import Options
from scripts.progress import Progress, Step

STEPS = (Step("first", "The first", 20), Step("second", "The second", 30))


def test_the_first_time_the_estimates_hold(tmp_path: Path) -> None:
    out = io.StringIO()
    progress = Progress(STEPS, tmp_path / "times.json", out)
    with progress.step("first"):
        pass
    assert out.getvalue().startswith("[1/2] The first ... about 50 s left\n")
    assert "[1/2] The first: done in 0." in out.getvalue()


def test_later_the_last_times_hold(tmp_path: Path) -> None:
    (tmp_path / "times.json").write_text(json.dumps({"first": 2.0, "second": 3.0}), "utf-8")
    progress = Progress(STEPS, tmp_path / "times.json", io.StringIO())
    assert progress.left(0, 0.5) == 4.5
    assert progress.left(0, 60) == 3.0
    assert progress.left(1, 1) == 2.0


def test_a_failed_step_says_so_and_is_not_remembered(tmp_path: Path) -> None:
    out = io.StringIO()
    progress = Progress(STEPS, tmp_path / "times.json", out)
    with pytest.raises(OSError, match="full"), progress.step("second"):
        raise OSError("full")
    assert "[2/2] The second: failed after 0." in out.getvalue()
    assert not (tmp_path / "times.json").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"first": "x"}', "\ufffd"])
def test_a_broken_file_of_times_is_no_obstacle(tmp_path: Path, text: str) -> None:
    (tmp_path / "times.json").write_text(text, "utf-8")
    assert Progress(STEPS, tmp_path / "times.json", io.StringIO()).left(0, 0) == 50


def test_a_later_start_does_not_expect_the_times_of_the_first(tmp_path: Path) -> None:
    first = progress_of(Options(), tmp_path)
    assert first.left(0, 0) > 60
    (tmp_path / "first-times.json").write_text(json.dumps({"packages": 1, "demo": 80}), "utf-8")
    assert progress_of(Options(), tmp_path).left(0, 0) > 60  # that one was interrupted
    (tmp_path / "first-times.json").write_text(json.dumps({"demo": 80, "nginx": 1}), "utf-8")
    assert progress_of(Options(), tmp_path).left(0, 0) < 15
