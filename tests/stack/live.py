"""The whole stack as `make run` starts it: web, worker, scheduler and Valkeys, in a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT

#: A suite asks for more in a minute than the people of an installation do.
_UNHURRIED = {"REPORTS_PER_MINUTE": "10000", "MAILS_PER_MINUTE": "10000", "RATE_LIMITS_ENABLED": "false"}


@dataclass(frozen=True, slots=True)
class LiveStack:
    """A running stack and the demo account's ways in."""

    url: str
    email: str
    password: str
    api_key: str
    state: Path
    launcher: subprocess.Popen[bytes]

    @property
    def terminal(self) -> str:
        """What the launcher has printed so far."""
        return (self.state / "terminal").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """One stack for the whole session; tests share it, so each makes what it needs."""
    with launched(tmp_path_factory.mktemp("live")) as stack:
        yield stack


@contextmanager
def launched(state: Path) -> Iterator[LiveStack]:
    """Run the launcher on a free port until the block ends."""
    port = free_port()
    with (state / "terminal").open("wb") as terminal:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.launch", "--state", str(state)],
            cwd=CHECKOUT, env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1"} | _UNHURRIED,
            stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for_greeting(state, launcher)
        demo = read_env(state / "demo.env")
        yield LiveStack(
            url=f"http://127.0.0.1:{port}",
            email=demo["MOCKUPAWS_EMAIL"],
            password=demo["MOCKUPAWS_PASSWORD"],
            api_key=demo["MOCKUPAWS_API_KEY"],
            state=state,
            launcher=launcher,
        )
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(60)


def free_port() -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_greeting(state: Path, launcher: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and launcher.poll() is None:
        if "Ctrl-C stops" in (state / "terminal").read_text(encoding="utf-8"):
            return
        time.sleep(0.05)
    logs = "\n".join(
        f"--- {path.name}\n{path.read_text()[-3000:]}" for path in sorted(state.glob("log/*.log"))
    )
    pytest.fail(f"The stack did not start: {(state / 'terminal').read_text(encoding='utf-8')}\n{logs}")


def read_env(path: Path) -> dict[str, str]:
    """What a file the launcher wrote puts in the environment: demo access, or settings of the stack."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)
    return {name: value.strip("'\"") for name, value in pairs}
