"""The snippets of docs/ run as they are printed: against the whole stack, and against one that says no."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright._impl._driver import compute_driver_executable

from deploy.local.places import CHECKOUT
from tests.stack.live import LiveStack

#: The browser driver brings a Node of its own, so that a machine needs none.
_SNIPPETS = {".sh": "/bin/sh", ".py": sys.executable, ".mjs": compute_driver_executable()[0]}


@pytest.mark.parametrize("suffix", list(_SNIPPETS))
def test_a_snippet_prices_a_document_and_saves_its_report(
    live_server: LiveStack, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / "orders.pdf"
    done = _run(suffix, file, live_server.url, live_server.api_key)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("USD a month: 2.4")
    assert file.read_bytes().startswith(b"%PDF")


#: What a server answers, call by call: status and document.
Answers = list[tuple[int, dict[str, object]]]
_MADE = (201, {"id": "7", "total_usd": "2.4", "status": "queued", "reason": None})
_LATER = (429, {"detail": "Wait a moment."})


@pytest.mark.parametrize("suffix", list(_SNIPPETS))
@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ([(403, {"detail": "This key may only read."})], "This key may only read."),
        ([_MADE, (503, {"detail": "Prices are away."})], "Prices are away."),
        ([_LATER, _MADE, _LATER, _MADE, _MADE, (404, {"detail": "No such report."})], "No such report."),
        ([_MADE] * 3 + [(200, {"status": "cancelled", "reason": None})], "The report was cancelled."),
        ([_MADE] * 3 + [(200, {"status": "failed", "reason": "No disk."})], "The report failed: No disk."),
        ([_MADE] * 3 + [(200, {"status": "completed"}), (409, {"detail": "It is gone."})], "It is gone."),
    ],
)
def test_a_snippet_ends_with_the_sentence_of_a_refusal(
    tmp_path: Path, suffix: str, answers: Answers, complaint: str
) -> None:
    file = tmp_path / "orders.pdf"
    with _server(answers) as (url, left):
        done = _run(suffix, file, url, "mk_any")
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr and "Report:" not in done.stdout
    assert not file.exists() and left == []


@contextmanager
def _server(answers: Answers) -> Iterator[tuple[str, Answers]]:
    """A server that gives these answers in their order; yields its address and what is left of them."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = left.pop(0)
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", left
        server.shutdown()


def _run(suffix: str, file: Path, url: str, api_key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_SNIPPETS[suffix], str(CHECKOUT / f"docs/snippets/estimate_and_report{suffix}"), str(file)],
        env=os.environ | {"MOCKUPAWS_URL": url, "MOCKUPAWS_API_KEY": api_key},
        capture_output=True,
        text=True,
        timeout=60,
    )
