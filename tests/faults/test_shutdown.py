"""The web server told to end while it answers: what was begun is answered, nothing new is taken."""

import signal
import socket
import time
from pathlib import Path

from tests.faults.conftest import Owner
from tests.faults.web import Caller, load, web_server, worst
from webapp.settings import Settings

#: gunicorn gives requests this long (`graceful_timeout`), and itself a moment.
PATIENCE_S = 10 + 3


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def test_requests_under_way_are_answered_before_the_end(
    settings: Settings, owner: Owner, tmp_path: Path
) -> None:
    with web_server(settings, tmp_path) as server:
        caller = Caller(server, owner.key)
        head = (
            f"POST /api/v2/scenarios/{owner.scenario}/ingest HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"X-API-Key: {owner.key}\r\nContent-Type: application/x-ndjson\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port), 20) as slow:
            slow.sendall(head.encode() + _chunk(b'{"n": 1}\n'))
            time.sleep(0.5)
            with load(*[lambda: caller.get("/scenarios")] * 3) as heard:
                time.sleep(0.5)
                told_at = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
                time.sleep(2.5)
            assert server.process.poll() is None, "it waits for the request under way"
            assert server.ask("GET", "/health", {}).status == 0, "a new one is refused"
            slow.sendall(_chunk(b'{"n": 2}\n') + b"0\r\n\r\n")
            # Head and body may come one after the other; the connection ends with the server.
            answer = b"".join(iter(lambda: slow.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 202") and b'"accepted":2' in answer.replace(b" ", b""), answer
        assert server.process.wait(PATIENCE_S) == 0
        assert time.monotonic() - told_at < PATIENCE_S
        # Either a whole answer, or a connection that was not taken: never a broken one.
        assert {each.status for each in heard} == {200, 0}, worst(heard)
