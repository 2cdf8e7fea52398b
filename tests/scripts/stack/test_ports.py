"""Which ports are chosen and which are refused."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from scripts.stack.ports import LAST, PortForbidden, Ports, PortTaken, require_free


class TestPorts:
    """Which ports are chosen."""

    def test_are_different_and_below_those_of_outgoing_connections(self) -> None:
        ports = Ports()
        chosen = {ports.of(str(number)) for number in range(300)}
        assert len(chosen) == 300
        assert max(chosen) <= LAST == 32767

    def test_are_remembered(self, tmp_path: Path) -> None:
        port = Ports(tmp_path / "ports").of("mariadb")
        assert Ports(tmp_path / "ports").of("mariadb") == port

    def test_are_chosen_anew_when_taken(self, tmp_path: Path) -> None:
        port = Ports(tmp_path / "ports").of("mariadb")
        with socket.create_server(("127.0.0.1", port)):
            other = Ports(tmp_path / "ports").of("mariadb")
        assert other != port
        assert Ports(tmp_path / "ports").of("mariadb") == other

    def test_survive_a_broken_file(self, tmp_path: Path) -> None:
        (tmp_path / "ports").write_text('{"mariadb": [', "utf-8")
        assert Ports(tmp_path / "ports").of("mariadb") <= LAST

    def test_a_listener_takes_a_port_and_a_closed_connection_does_not(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(PortTaken, match=str(port)):
                require_free(port)
            client = socket.create_connection(("127.0.0.1", port))
            server.accept()[0].close()  # the side that closes first keeps the port in TIME_WAIT
            client.close()
        require_free(port)

    def test_an_address_of_another_machine_is_refused(self) -> None:
        with pytest.raises(PortForbidden, match=r"203\.0\.113\.1"):
            require_free(7000, "203.0.113.1")
