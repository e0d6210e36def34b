"""An authenticated, limited, cached list of scenarios, against bare Flask routes on the same server.

    python -m tests.bench.bench_api

Starts the stack as `make run` does and a second web server with the same settings, which has bare routes
beside the application: one that says the same rows by `jsonify`, one that says next to nothing. Requests come
over kept connections, with keys enough that no plan refuses one. The promise: no less than a third of the
throughput of the bare route with the same rows. Exits 1 when it is broken.
"""

import itertools
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.places import CHECKOUT
from tests.reports.scenarios import SHOP
from tests.stack.live import LiveStack, free_port, launched, read_env
from webapp.factory import create_app
from webapp.infra.db import db, unit_of_work
from webapp.models.user import User
from webapp.pricing.document import parse_document
from webapp.services.accounts import find_account
from webapp.services.keys import create_key
from webapp.services.scenarios import create_scenario
from webapp.settings import Settings

PROMISE = 1 / 3
#: Which web process takes a connection is chance, and one that takes nearly all has one processor only: many
#: short rounds give each route one in which both work.
KEYS, CONNECTIONS, WARM_S, MEASURED_S, ROUNDS = 16, 32, 2.0, 2.0, 8
#: Worker and scheduler are still starting when the web server answers; they want the processors too.
SETTLING_S = 5
LIST = "/api/v2/scenarios?limit=20"
SAME_ROWS, NEXT_TO_NOTHING = "/bare/rows", "/bare/ok"


@dataclass(slots=True)
class Connection:
    """One kept connection that asks again and again."""

    socket: socket.socket
    requests: Iterator[bytes]
    received: bytes = b""

    def ask(self) -> None:
        self.socket.sendall(next(self.requests))

    def has_answer(self) -> bool:
        """Take what has come; whether it is a whole answer. Raises AssertionError unless it is a 200."""
        self.received += self.socket.recv(262_144)
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return False
        assert head.startswith(b"HTTP/1.1 200"), head.decode() + body.decode()
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) < length:
            return False
        self.received = b""
        return True


def per_second(port: int, path: str, keys: list[str], seconds: float) -> float:
    """Answers a second over all connections; the keys take turns."""
    requests = itertools.cycle(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n\r\n".encode() for key in keys
    )
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            each = Connection(socket.create_connection(("127.0.0.1", port), 10), requests)
            selector.register(each.socket, selectors.EVENT_READ, each)
            each.ask()
        answers, begun = 0, time.perf_counter()
        while (spent := time.perf_counter() - begun) < seconds:
            for chosen, _ in selector.select(1):
                if chosen.data.has_answer():
                    answers += 1
                    chosen.data.ask()
        for chosen in list(selector.get_map().values()):
            chosen.data.socket.close()
    return answers / spent


def prepare(stack: LiveStack) -> list[str]:
    """Give the demo account a plan that takes this, and twenty scenarios; gives the keys."""
    app = create_app(Settings())
    with app.app_context():
        account = find_account(stack.email)
        assert account is not None
        with unit_of_work():
            user = db.session.get(User, account.id)
            assert user is not None
            user.plan = "enterprise"
            for number in range(20):
                create_scenario(account.id, parse_document({**SHOP, "name": f"Shop {number}"}))
            return [create_key(account.id, f"bench {n}", ["read"]).secret for n in range(KEYS)]


def _rows(stack: LiveStack, key: str) -> bytes:
    request = urllib.request.Request(stack.url + LIST, headers={"X-API-Key": key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        rows: bytes = answer.read()
        return rows


@contextmanager
def second_server(state: Path) -> Iterator[int]:
    """A web server with the bare route, beside that of the stack; its port."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn_conf.py", "tests.bench.bare_wsgi:app"],
        cwd=CHECKOUT, env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1"},
        stdout=subprocess.DEVNULL, stderr=(state / "bench.log").open("wb"),
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def measure(port: int, keys: list[str]) -> bool:
    """Print all, best of their rounds, which take turns; whether the promise held."""
    paths = (SAME_ROWS, NEXT_TO_NOTHING, LIST)
    for path in paths:
        per_second(port, path, keys, WARM_S)
    found = [{path: per_second(port, path, keys, MEASURED_S) for path in paths} for _ in range(ROUNDS)]
    rows, nothing, listed = (max(each[path] for each in found) for path in paths)
    print(f"a bare route, the same rows     {rows:7,.0f} answers a second")
    print(f"a bare route, next to nothing   {nothing:7,.0f} answers a second")
    print(f"GET {LIST}  {listed:7,.0f} answers a second", end=": ")
    print(f"{listed / rows:.2f} of the first, {listed / nothing:.2f} of the second")
    return listed / rows >= PROMISE


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, launched(Path(folder)) as stack:
        os.environ.update(read_env(stack.state / "env"))
        keys = prepare(stack)
        rows = stack.state / "rows.json"
        rows.write_bytes(_rows(stack, keys[0]))
        os.environ["BENCH_ROWS"] = str(rows)
        time.sleep(SETTLING_S)
        with second_server(stack.state) as port:
            return 0 if measure(port, keys) else 1


if __name__ == "__main__":
    sys.exit(main())
