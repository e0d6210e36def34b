"""`make run` as a person meets it: its sentences when it cannot start, and how it ends and mends itself."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.install import pip_trouble
from deploy.local.places import CHECKOUT, LONGEST_SOCKET_PATH, Places, socket_folder
from tests.stack.live import LiveStack, free_port, launched


def _launch(state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local.launch", "--state", str(state)]
    return subprocess.run(
        command, cwd=CHECKOUT, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_one_sentence(tmp_path: Path, taken_port: int) -> None:
    done = _launch(tmp_path, PORT=str(taken_port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Port {taken_port} on 127.0.0.1 cannot be used (Address already in use): "
        f"choose another, for example PORT={taken_port + 1} make run.\n"
    )


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8000 "])
def test_a_port_that_is_none_is_one_sentence(tmp_path: Path, port: str) -> None:
    done = _launch(tmp_path, PORT=port)
    assert (done.returncode, done.stderr) == (
        1,
        f"PORT is {port!r}: it has to be a number from 1 to 65535.\n",
    )


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file stands where the folder should")
    done = _launch(tmp_path / "state", PORT=str(free_port()))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot write to {tmp_path}/state")
    assert done.stderr.count("\n") == 1


def test_an_old_python_is_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo Python 3.9.2; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    finder = CHECKOUT / "deploy/local/find-python.sh"
    done = subprocess.run(
        [finder], env={"PATH": os.environ["PATH"], "PYTHON": str(old)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"mockupAWS needs Python 3.11 or newer ({old} is Python 3.9.2): "
        "install it, or name one with PYTHON=/path/to/python.\n"
    )


@pytest.mark.parametrize(
    ("said_by_pip", "told"),
    [
        ("NewConnectionError('<pip>: Failed to establish a new connection')", "check the network"),
        ("error: command 'gcc' failed: No such file or directory", "no C compiler"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: No matching distribution found for greenlet==3.5.6", "does not exist for this Python"),
        ("ERROR: something nobody foresaw", "pip stopped with an error"),
    ],
)
def test_what_pip_says_is_told_in_words(tmp_path: Path, said_by_pip: str, told: str) -> None:
    (tmp_path / "pip.log").write_text(f"Collecting greenlet\n{said_by_pip}\n")
    assert told in pip_trouble(tmp_path / "pip.log")


def test_sockets_of_a_deep_checkout_get_a_short_folder(tmp_path: Path) -> None:
    deep = Places(tmp_path / ("d" * 60) / ("e" * 60))
    folder = socket_folder(deep)
    assert len(os.fsencode(folder / "broker.sock")) <= LONGEST_SOCKET_PATH
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_ctrl_c_stops_every_child(tmp_path: Path) -> None:
    with launched(tmp_path) as stack:
        children = psutil.Process(stack.launcher.pid).children(recursive=True)
        assert len(children) >= 5
        stack.launcher.send_signal(signal.SIGINT)
        assert stack.launcher.wait(30) == 0
        assert [child for child in children if child.is_running()] == []
        assert list((tmp_path / "run").glob("*.sock")) == []


def test_a_killed_launcher_takes_its_children_along(tmp_path: Path) -> None:
    with launched(tmp_path) as stack:
        children = psutil.Process(stack.launcher.pid).children(recursive=True)
        stack.launcher.kill()
        _, left = psutil.wait_procs(children, timeout=20)
        assert left == []


def test_a_crashed_child_is_named_and_started_again(tmp_path: Path) -> None:
    with launched(tmp_path) as stack:
        scheduler = _child(stack, "beat")
        scheduler.kill()
        assert _eventually(lambda: "scheduler started again." in stack.terminal)
        assert "scheduler stopped (killed by SIGKILL)" in stack.terminal
        assert _child(stack, "beat").pid != scheduler.pid


def test_a_second_start_keeps_the_secret_and_a_third_at_once_is_refused(tmp_path: Path) -> None:
    with launched(tmp_path):
        secret = tmp_path / "secret.key"
        first = secret.read_text()
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    with launched(tmp_path) as stack:
        assert secret.read_text() == first
        refused = _launch(tmp_path, PORT=str(free_port()))
        assert refused.returncode == 1
        assert refused.stderr == (
            f"mockupAWS is already running from {tmp_path} (process {stack.launcher.pid}): stop it first.\n"
        )


def test_the_shell_settings_let_flask_speak_to_the_stack(live_server: LiveStack) -> None:
    listed = subprocess.run(
        ["sh", "-c", '. "$1/env" && "$2" -m flask services', "sh", live_server.state, sys.executable],
        cwd=CHECKOUT, capture_output=True, text=True,
    )  # fmt: skip
    assert listed.returncode == 0, listed.stderr
    assert "lambda" in listed.stdout


def _child(stack: LiveStack, word: str) -> psutil.Process:
    children = psutil.Process(stack.launcher.pid).children()
    return next(child for child in children if word in child.cmdline())


def _eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False
