"""A server that takes webhooks on loopback: keeps what came, answers as told, over http or https."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

from webapp.infra.webhook_post import Rules

#: What an operator sets who posts to this machine.
LOOPBACK = {"WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8", "WEBHOOK_ALLOW_HTTP": "true"}


@dataclass(frozen=True, slots=True)
class Post:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """What came, and what is answered: `answers` in their order, then 204. `drips`: a byte now and then."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    location: str = ""
    drips: bool = False
    posts: list[Post] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver while the block runs; it speaks TLS with a `context`."""
    told = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(told: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.posts.append(Post(self.path, dict(self.headers.items()), body))
            if told.drips:
                self._drip()
                return
            self.send_response(told.answers.pop(0) if told.answers else 204)
            if told.location:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            try:
                for letter in "HTTP/1.1 200 OK\r\nX-Slow: " + "x" * 200:
                    self.wfile.write(letter.encode())
                    time.sleep(0.1)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def loopback_rules() -> Rules:
    """The rules LOOPBACK makes."""
    return Rules((ip_network("127.0.0.0/8"),), allows_http=True)
