"""A real web server of the test's own, and people and programs that keep asking it."""

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from deploy.local.places import CHECKOUT
from deploy.local.supervisor import die_with_parent
from tests.stack.live import free_port
from tests.worker.conftest import wait_until, worker_environment
from webapp.settings import Settings

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
#: A client that hears nothing for so long gives up: longer than any answer may take.
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer and the seconds it took; status 0 when the connection ended without one."""

    asked: str
    status: int
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.body)
        return document


@dataclass(slots=True)
class WebServer:
    """gunicorn with the settings of `deploy/gunicorn_conf.py`, as `make run` starts it."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Heard:
        """One request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)
        begun = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            return Heard(f"{method} {path}", 0, time.monotonic() - begun)
        finally:
            connection.close()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Heard(f"{method} {path}", response.status, time.monotonic() - begun, told, content)


@contextmanager
def web_server(settings: Settings, folder: Path, **environment: str) -> Iterator[WebServer]:
    """A server on a free port until the block ends; nothing of it is left running."""
    port, log = free_port(), folder / "web.log"
    others = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "RATE_LIMITS_ENABLED": "true",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECURE_COOKIES": "false",
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn_conf.py", "wsgi:app"],
            cwd=CHECKOUT, env=worker_environment(settings) | others | environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, start_new_session=True, preexec_fn=die_with_parent,  # noqa: PLW1509
        )  # fmt: skip
    server = WebServer(port, process, log)
    try:
        assert wait_until(lambda: server.ask("GET", "/health", {}).status == 200, 60), log.read_text()
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@dataclass(slots=True)
class Caller:
    """A program with an API key. Paths are below /api/v2."""

    server: WebServer
    key: str

    def get(self, path: str) -> Heard:
        return self.server.ask("GET", f"/api/v2{path}", {"X-API-Key": self.key})

    def send(self, method: str, path: str, document: object = None) -> Heard:
        headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
        return self.server.ask(method, f"/api/v2{path}", headers, json.dumps(document or {}).encode())


@dataclass(slots=True)
class Person:
    """Somebody signed in with a browser."""

    server: WebServer
    cookie: str

    def get(self, path: str) -> Heard:
        return self.server.ask("GET", path, {"Cookie": self.cookie})


def sign_in(server: WebServer, email: str, password: str) -> Person:
    """Sign in through the form. Raises AssertionError when it is refused."""
    page = server.ask("GET", "/sign-in", {})
    found = _TOKEN.search(page.body.decode())
    assert found is not None, page
    form = urlencode({"csrf_token": unescape(found[1]), "email": email, "password": password}).encode()
    headers = {"Cookie": _cookie(page), "Content-Type": "application/x-www-form-urlencoded"}
    done = server.ask("POST", "/sign-in", headers, form)
    assert done.status == 303, done
    return Person(server, _cookie(done))


def _cookie(heard: Heard) -> str:
    return heard.headers["set-cookie"].partition(";")[0]


@contextmanager
def load(*asking: Callable[[], Heard], pause_s: float = 0.05) -> Iterator[list[Heard]]:
    """A thread for each of `asking`, which asks again and again until the block ends; what all have heard."""
    heard, over = list[Heard](), threading.Event()

    def keep_asking(ask: Callable[[], Heard]) -> None:
        while not over.wait(pause_s):
            heard.append(ask())

    threads = [threading.Thread(target=keep_asking, args=(ask,)) for ask in asking]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        over.set()
        for thread in threads:
            thread.join()


def worst(heard: list[Heard]) -> str:
    """What went wrong most, for the message of a failed test."""
    bad = [
        f"{each.asked} {each.status} {each.seconds:.2f} s" for each in heard if each.status not in (200, 201)
    ]
    slow = sorted(heard, key=lambda each: -each.seconds)[:5]
    return f"{bad[:10]} slowest {[f'{each.asked} {each.seconds:.2f} s' for each in slow]} of {len(heard)}"
