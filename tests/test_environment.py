"""Values out of environment variables: what an address tells and hides, what a group reads."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from environment import Secret, Url, described, read, setting


@dataclass(frozen=True, slots=True)
class Inner:
    """A group inside a group."""

    most: int = setting(3, says="how many", least=1)


@dataclass(frozen=True, slots=True)
class Outer:
    """A group."""

    inner: Inner
    names: tuple[str, ...] = setting((), says="who")
    loud: bool = setting(False, says="how")


def test_an_address_is_taken_apart_and_hides_its_password() -> None:
    """Host, port, user, password and name; neither the place nor the repr shows the password."""
    url = Url("mysql://user:p%40ss@db.example:3307/shop")
    assert (url.host, url.port(3306), url.user, url.name) == ("db.example", 3307, "user", "shop")
    assert url.password == "p@ss"
    assert url.place == "db.example:3307"
    assert "p%40ss" not in repr(url)
    assert "p@ss" not in repr(url.password)
    assert repr(Secret("x")) == "Secret(***)"


@pytest.mark.parametrize("text", ["", "db", "mysql://", "mysql://db:0/x", "mysql://db:99999/x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """No scheme, no host, or a port that cannot be."""
    with pytest.raises(ValueError, match=r".*"):
        Url(text)


def test_names_are_paths_to_fields_and_are_used_up() -> None:
    """``X_INNER_MOST`` is ``inner.most``; what is left over is somebody else's to judge."""
    left = {"X_INNER_MOST": "7", "X_NAMES": "a, b", "X_LOUD": "true", "X_OTHER": "1"}
    wrong: list[str] = []
    assert read(Outer, "X", left, wrong) == Outer(Inner(7), ("a", "b"), loud=True)
    assert left == {"X_OTHER": "1"}
    assert wrong == []


def test_every_fault_is_told() -> None:
    """A group with faults is no group, and each fault has its name."""
    wrong: list[str] = []
    assert read(Outer, "X", {"X_INNER_MOST": "0", "X_LOUD": "perhaps"}, wrong) is None
    assert [line.split(" ")[0] for line in wrong] == ["X_INNER_MOST", "X_LOUD"]


def test_every_setting_is_described() -> None:
    """Names, defaults and words, in the order of the source."""
    told = [(each.name, each.default) for each in described(Outer, "X")]
    assert told == [("X_INNER_MOST", "3"), ("X_NAMES", ""), ("X_LOUD", "false")]
