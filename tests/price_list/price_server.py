"""A price server on loopback: the file tree of the AWS Price List, with the faults real networks have."""

import gzip
import hashlib
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.price_list.offers import NOTE, Offer

_ROOT = "/offers/v1.0/aws"


class PriceServer:
    """Files by path, and what goes wrong with the next answers for a path.

    A fault is a status ("500"), "cut" (half of the body, though all was announced), "reset" (nothing), "slow"
    (silent for `slow_s`), or an address to redirect to.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: defaultdict[str, deque[str]] = defaultdict(deque)
        #: (path, headers) of every request.
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.packed = False
        self.slow_s = 1.0
        self.url = ""
        self._offers: dict[str, dict[str, str]] = {}

    def publish(self, offer: Offer, region: str = "us-east-1", *, as_csv: bool = False) -> str:
        """Put a new version of an offer file of `region` in place; the path of the JSON file."""
        path = f"{_ROOT}/{offer.code}/{offer.version}/{region}/index.json"
        self.files[path] = offer.json()
        if as_csv:
            self.files[path.replace(".json", ".csv")] = offer.csv()
        self._offers.setdefault(offer.code, {})[region] = path
        self._write_indexes(offer.published)
        return path

    def withdraw(self, code: str, region: str) -> None:
        """Stop selling an offer in a region."""
        del self._offers[code][region]
        self._write_indexes("2026-11-20T00:00:00Z")

    def asked_for(self, part: str) -> int:
        """How many requests had `part` in their path."""
        return sum(part in path for path, _ in self.asked)

    def _write_indexes(self, published: str) -> None:
        offers = {}
        for code, regions in self._offers.items():
            index = f"{_ROOT}/{code}/current/region_index.json"
            offers[code] = {
                "offerCode": code, "versionIndexUrl": f"{_ROOT}/{code}/index.json",
                "currentVersionUrl": f"{_ROOT}/{code}/current/index.json", "currentRegionIndexUrl": index,
            }  # fmt: skip
            found = {
                region: {"regionCode": region, "currentVersionUrl": path} for region, path in regions.items()
            }
            self.files[index] = _index(published, regions=found)
        self.files[f"{_ROOT}/index.json"] = _index(published, offers=offers)


def _index(published: str, **members: object) -> bytes:
    head = {"formatVersion": "v1.0", "disclaimer": NOTE, "publicationDate": published}
    return json.dumps(head | members).encode()


@contextmanager
def running() -> Iterator[PriceServer]:
    """A server on a free port of loopback until the block ends."""
    server = PriceServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            fault = server.faults[self.path].popleft() if server.faults[self.path] else ""
            if fault == "reset":
                self.close_connection = True
            elif fault == "slow":
                time.sleep(server.slow_s)
                self.close_connection = True
            elif fault.startswith("http"):
                self._answer(302, b"", {"Location": fault})
            elif fault.isdigit():
                self._answer(int(fault), b"broken", {"Retry-After": "0"})
            elif self.path not in server.files:
                self._answer(404, b"no such key")
            else:
                self._file(server.files[self.path], cut=fault == "cut")

        def _file(self, body: bytes, *, cut: bool) -> None:
            headers = {}
            if server.packed and "gzip" in self.headers.get("Accept-Encoding", ""):
                body, headers = gzip.compress(body, mtime=0), {"Content-Encoding": "gzip"}
            headers["ETag"] = etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self._answer(304, b"", headers)
                return
            asked = self.headers.get("Range", "")
            if asked and self.headers.get("If-Range") == etag:
                begun = int(asked.removeprefix("bytes=").removesuffix("-"))
                headers["Content-Range"] = f"bytes {begun}-{len(body) - 1}/{len(body)}"
                self._answer(206, body[begun:], headers, cut=cut)
            else:
                self._answer(200, body, headers, cut=cut)

        def _answer(
            self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False
        ) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            self.close_connection = cut or status >= 500

        def log_message(self, *_: object) -> None:
            """Tests look at `asked` instead."""

    class Listener(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Connections the client gave up are what some tests are about."""

    listener = Listener(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
