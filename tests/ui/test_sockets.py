"""Answers leave at once: on a port that Streamlit has opened, also for connections that come later."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui import sockets


def prompt(connection: socket.socket) -> bool:
    """Whether Nagle's algorithm is off."""
    return bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port as Streamlit opens it: the socket names no protocol."""
    with socket.socket(socket.AF_INET) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server


def accepted(server: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Both ends of a new connection, the server's first."""
    client = socket.create_connection(server.getsockname())
    return server.accept()[0], client


def test_connections_of_the_port_hurry_also_those_to_come(listening):
    early, first = accepted(listening)
    with early, first:
        assert not prompt(early)
        assert sockets.hurry(listening.getsockname()[1]) == 2
        late, second = accepted(listening)
        with late, second:
            assert prompt(early)
            assert prompt(late)
            assert not prompt(second)  # the other end of the wire is not ours


def test_other_ports_and_files_stay_as_they_are(listening, tmp_path):
    open_before = len(list(Path("/dev/fd").iterdir()))
    with socket.socket(socket.AF_INET) as other, (tmp_path / "file").open("w"):
        other.bind(("127.0.0.1", 0))
        other.listen()
        sockets.hurry(listening.getsockname()[1])
        assert prompt(listening)
        assert not prompt(other)
    assert len(list(Path("/dev/fd").iterdir())) == open_before  # no descriptor is left behind


def test_a_system_that_does_not_tell_what_is_open_changes_nothing(listening, monkeypatch, tmp_path):
    monkeypatch.setattr(sockets, "_OPEN", tmp_path / "none")
    assert sockets.hurry(listening.getsockname()[1]) == 0
    assert not prompt(listening)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """The system gives a free port again and again."""
    sockets.hurry.cache_clear()
