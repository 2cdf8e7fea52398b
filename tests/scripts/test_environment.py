"""What is written down for the other verbs, and the secrets of a private shop."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from scripts.environment import NoShop, read_environment, shop_environment, write_environment
from scripts.stack.passwords import Passwords


class TestEnvironment:
    """What is written down for the other verbs."""

    def test_is_read_back_and_private(self, tmp_path: Path) -> None:
        path = tmp_path / "environment"
        write_environment(path, {"DADASHOP_MYSQL_URL": "mysql://u:a=b@h/d", "DADASHOP_DEMO": "1"})
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert read_environment(path)["DADASHOP_MYSQL_URL"] == "mysql://u:a=b@h/d"

    def test_the_process_wins_over_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "var").mkdir()
        names = {"DADASHOP_DEMO": "true", "DADASHOP_LOG_LEVEL": "INFO"}
        write_environment(tmp_path / "var" / "environment", names)
        found = shop_environment({"DADASHOP_LOG_LEVEL": "DEBUG", "HOME": "/"}, tmp_path)
        assert found == {"DADASHOP_DEMO": "true", "DADASHOP_LOG_LEVEL": "DEBUG"}

    def test_without_both_it_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(NoShop, match=r"\./scripts/run first.*DADASHOP_MYSQL_URL"):
            shop_environment({"HOME": "/"}, tmp_path)

    def test_passwords_are_drawn_once(self, tmp_path: Path) -> None:
        first = Passwords.kept(tmp_path / "passwords")
        assert Passwords.kept(tmp_path / "passwords") == first
        assert Passwords.kept(tmp_path / "others").token != first.token
        assert stat.S_IMODE((tmp_path / "passwords").stat().st_mode) == 0o600
        assert first.token not in repr(first)

    def test_a_password_of_a_newer_version_is_added(self, tmp_path: Path) -> None:
        first = Passwords.kept(tmp_path / "passwords")
        write_environment(tmp_path / "passwords", {"token": first.token})
        assert Passwords.kept(tmp_path / "passwords").token == first.token
