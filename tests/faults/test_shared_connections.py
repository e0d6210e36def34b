"""Connections that are kept: each web process has its share of them, also one that came later."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from flask import Flask

from tests.faults.web import WebServer, web_server
from tests.worker.conftest import wait_until
from webapp.settings import Settings

#: A share that is off by this many is even enough: two processes may take one at the same moment.
_TOLERANCE = 4


def _processes(server: WebServer) -> list[int]:
    return [child.pid for child in psutil.Process(server.process.pid).children()]


def _held(pid: int, port: int) -> int:
    """Connections to the server that the process holds."""
    known = psutil.Process(pid).net_connections("tcp4")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port for each in known)


@contextmanager
def _kept(server: WebServer, count: int) -> Iterator[None]:
    """`count` connections, opened all at once, asked one thing each and kept."""
    asking = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    with ExitStack() as opened:
        connections = [
            opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))
            for _ in range(count)
        ]
        for each in connections:
            each.sendall(asking)
        for each in connections:
            assert each.recv(65_536).startswith(b"HTTP/1.1 200")
        yield


def _shares(server: WebServer, count: int) -> list[int]:
    """How many of `count` connections each process holds."""
    processes = _processes(server)
    with _kept(server, count):
        return [_held(pid, server.port) for pid in processes]


def _wait_for_both(server: WebServer) -> None:
    """One process may take connections while the other still starts."""
    assert wait_until(lambda: len(_processes(server)) == 2 and all(_shares(server, 4)), 20)


def test_connections_are_shared_evenly(app: Flask, settings: Settings, tmp_path: Path) -> None:
    with web_server(settings, tmp_path) as server:
        _wait_for_both(server)
        rounds = [_shares(server, 40) for _ in range(5)]
        assert all(sum(held) == 40 for held in rounds)
        # A process that gets no processor for some milliseconds takes less this time, and not every time.
        assert sorted(max(held) - min(held) for held in rounds)[1] <= _TOLERANCE, rounds
        assert sum(min(held) for held in rounds) >= 25, rounds


def test_a_process_that_was_killed_is_not_waited_for(app: Flask, settings: Settings, tmp_path: Path) -> None:
    with web_server(settings, tmp_path) as server:
        _wait_for_both(server)
        killed, left = _processes(server)
        with _kept(server, 40):
            os.kill(killed, signal.SIGKILL)
            assert wait_until(lambda: killed not in _processes(server), 5)
            begun = time.monotonic()
            with _kept(server, 20):
                assert time.monotonic() - begun < 1
            # The one that is left holds half of the forty: its successor takes what comes next.
            _wait_for_both(server)
            held = dict(zip(_processes(server), _shares(server, 20), strict=True))
            assert sum(held.values()) >= 40 - _TOLERANCE
            assert held[left] < 40, held
