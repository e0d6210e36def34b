"""What gunicorn itself has to say stands in the log as everything else: one JSON object a line."""

import json
import signal
from pathlib import Path

from tests.faults.web import web_server
from tests.worker.conftest import wait_until
from webapp.settings import Settings


def test_every_line_of_the_web_server_is_one_of_ours(settings: Settings, tmp_path: Path) -> None:
    with web_server(settings, tmp_path, JSON_LOGGING="true") as server:

        def said(sentence: str) -> bool:
            return sentence in server.log.read_text()

        query = "/api/v2/prices?search="
        # Ours up to the most that gunicorn takes; a text has its own limit there.
        assert (
            server.ask("GET", query + "a" * 8_000, {}).headers["content-type"] == "application/problem+json"
        )
        assert server.ask("GET", query + "a" * 8_192, {}).status == 414
        server.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: said("Worker exiting"), 30), server.log.read_text()
        assert wait_until(lambda: server.ask("GET", "/health", {}).status == 200, 30)
        assert server.ask("GET", query + "a" * 8_192, {}).status == 414
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert all({"timestamp", "level", "logger", "message"} <= set(line) for line in lines)
    assert {line["logger"] for line in lines} <= {"gunicorn.error", "webapp.request"}, (
        "nothing else has to be said"
    )
    heard = [line["message"] for line in lines if line["logger"] == "gunicorn.error"]
    for sentence in ("Starting gunicorn", "Listening at", "Booting worker", "Handling signal: hup",
                     "Worker exiting", "Handling signal: term", "Shutting down"):  # fmt: skip
        assert any(sentence in message for message in heard), (sentence, heard)
    refused = [message for message in heard if message.startswith("Invalid request from ip=127.0.0.1")]
    assert len(refused) == 2, heard
