"""What the drill proves, one function a step. Each raises StepFailed with what it found instead."""

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from deploy.drill.catchers import Collector, MailCatcher
from deploy.drill.client import CLIENT_ADDRESS, Client
from deploy.drill.compose import read_env_file
from deploy.drill.processes import StepFailed
from deploy.drill.stack import Stack

_EMAIL, _PASSWORD = "operator@example.com", "a password only this drill knows"
_SCENARIO = {
    "name": "Drill",
    "region": "eu-west-1",
    "traffic": {"volume": 20_000_000, "unit": "events"},
    "resources": [{"service": "sqs", "usage": {"requests": {"per": "chunks_64kb", "factor": 3}}}],
}
_EVENTS = 20_000


@dataclass(slots=True)
class Drill:
    """What the steps share: the stack, the world's way in, and what was made so far."""

    stack: Stack
    outside: Client
    mails: MailCatcher
    traces: Collector
    key: str = ""
    scenario: str = ""
    made: dict[str, str] = field(default_factory=dict)

    def check(self, holds: bool, expected: str, found: object) -> None:
        if not holds:
            raise StepFailed(f"expected {expected}, found {found}")

    def env(self, name: str) -> dict[str, str]:
        return read_env_file(self.stack.root / "env" / f"{name}.env")

    def flask(self, *command: str) -> str:
        return self.stack.run("web", ["flask", *command])

    def log(self, name: str) -> str:
        return self.stack.programs[name].log.read_text(encoding="utf-8", errors="replace")


def tls_and_headers(drill: Drill) -> str:
    plain = Client(drill.stack.ports["nginx-plain"])
    moved = plain.expect(301, "GET", "/scenarios?x=1")
    drill.check(moved.headers["location"].startswith("https://"), "a redirect to https", moved.headers)
    page = drill.outside.expect(200, "GET", "/sign-in")
    wanted = {
        "strict-transport-security": "max-age=31536000",
        "content-security-policy": "default-src 'self'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
    }
    for name, value in wanted.items():
        drill.check(value in page.headers.get(name, ""), f"{name}: {value}", page.headers.get(name))
    cookie = page.headers.get("set-cookie", "")
    drill.check("__Host-session" in cookie and "Secure" in cookie, "a __Host- cookie that is Secure", cookie)
    drill.outside.expect(400, "GET", "/sign-in", headers={"Host": "evil.example.com"})
    return "http goes to https; HSTS, CSP and Secure cookies reach the browser; other hosts get 400"


def flower_asks(drill: Drill) -> str:
    drill.outside.expect(401, "GET", "/flower/")
    drill.outside.expect(401, "GET", "/flower/api/workers")
    drill.outside.expect(301, "GET", "/flower")
    name = drill.env("flower")["FLOWER_BASIC_AUTH"]
    basic = {"Authorization": "Basic " + base64.b64encode(name.encode()).decode()}
    page = drill.outside.expect(200, "GET", "/flower/workers", headers=basic)
    found = re.findall(rb"celery@[\w.-]+", page.body)
    drill.check(bool(found), "the worker on Flower's page", page.body[:200])
    return f"401 without the password; with it, it shows {found[0].decode()}"


def account_and_key(drill: Drill) -> str:
    drill.flask("users", "create", _EMAIL, "--password", _PASSWORD, "--plan", "enterprise")
    scopes = [part for scope in ("read", "write", "ingest") for part in ("--scope", scope)]
    drill.key = drill.flask("keys", "create", _EMAIL, "drill", *scopes).split()[-1]
    return f"{_EMAIL} and a key that begins with {drill.key[:6]}"


def scenario_and_events(drill: Drill) -> str:
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example.com"}
    made = drill.outside.expect(
        201, "POST", "/api/v2/scenarios", key=drill.key, document=_SCENARIO, headers=headers
    )
    drill.scenario = made.json["id"]
    begun = time.monotonic()
    receipt = drill.outside.expect(
        202, "POST", f"/api/v2/scenarios/{drill.scenario}/ingest", key=drill.key, chunks=_events(),
        headers={"Content-Type": "application/x-ndjson"},
    ).json  # fmt: skip
    drill.check(receipt["accepted"] == _EVENTS, f"{_EVENTS} events", receipt)
    return f"{_EVENTS:,} events, sent in pieces through nginx in {time.monotonic() - begun:.1f} s"


def _events() -> Iterator[bytes]:
    line = json.dumps({"level": "info", "message": "order placed " * 20}).encode() + b"\n"
    for _ in range(_EVENTS // 200):
        yield line * 200


def sizes(drill: Drill) -> str:
    path = f"/api/v2/scenarios/{drill.scenario}"
    too_large = drill.outside.expect(
        413, "POST", f"{path}/ingest", key=drill.key, headers={"Content-Length": str(52 * 1024 * 1024)}
    )
    by_us = drill.outside.expect(413, "PATCH", path, key=drill.key, document={"name": "x" * 1_500_000})
    drill.check("problem+json" in by_us.headers["content-type"], "the application's own 413", by_us.headers)
    return f"52 MB are refused ({too_large.status}), 1.5 MB of JSON by the application in its own words"


def report(drill: Drill) -> str:
    begun = time.monotonic()
    path = f"/api/v2/scenarios/{drill.scenario}"
    total = drill.outside.expect(200, "GET", f"{path}/estimate", key=drill.key).json["total_usd"]
    asked = drill.outside.expect(202, "POST", f"{path}/reports", key=drill.key, document={"format": "pdf"})
    report_id = asked.json["id"]
    _await_report(drill, report_id)
    file = drill.outside.expect(200, "GET", f"/api/v2/reports/{report_id}/download", key=drill.key)
    drill.check(file.body.startswith(b"%PDF-"), "a PDF", file.body[:20])
    pdf = drill.stack.root / "report.pdf"
    pdf.write_bytes(file.body)
    shown = f"{float(total):,.2f}"
    drill.check(shown in _text_of(drill, pdf), f"the total {shown} in the report", "a report without it")
    return (
        f"{len(file.body):,} bytes of PDF that say ${shown}, {time.monotonic() - begun:.1f} s after the wish"
    )


def _await_report(drill: Drill, report_id: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state: dict[str, Any] = drill.outside.expect(
            200, "GET", f"/api/v2/reports/{report_id}/status", key=drill.key
        ).json
        if state["status"] == "completed":
            return
        if state["status"] == "failed":
            raise StepFailed(f"the report failed: {state['reason']}")
        time.sleep(0.25)
    raise StepFailed(f"the report was not made within {seconds:.0f} s: {drill.log('worker')[-1500:]}")


def _text_of(drill: Drill, pdf: Path) -> str:
    environment = drill.stack.environment(drill.stack.service("web"))
    program = shutil.which("pdftotext", path=environment["PATH"])
    if program is None:
        raise StepFailed("pdftotext is missing, which reads the report: install poppler-utils")
    done = subprocess.run([program, str(pdf), "-"], env=environment, capture_output=True, text=True)
    return done.stdout


def addresses_and_logs(drill: Drill) -> str:
    shared = drill.outside.expect(
        201, "POST", f"/api/v2/scenarios/{drill.scenario}/share-links", key=drill.key, document={"name": "x"}
    ).json["url"]
    path = "/" + shared.split("/", 3)[3]
    drill.outside.expect(200, "GET", path)
    drill.outside.send("GET", f"/sign-in?secret=in-a-query&back={path}")
    token = path.rsplit("/", 1)[1]
    found = drill.flask("audit", "search")
    drill.check(CLIENT_ADDRESS in found, f"{CLIENT_ADDRESS} in the audit", found)
    drill.check("203.0.113.7" not in found, "no address a client claimed", "203.0.113.7")
    for name in ("nginx", "web"):
        text = drill.log(name)
        for secret in (token, "in-a-query", drill.key, _PASSWORD):
            drill.check(secret not in text, f"no secret in the log of {name}", secret[:8])
    drill.check(f'"client":"{CLIENT_ADDRESS}"' in drill.log("nginx"), "the client in nginx's log", "another")
    return f"the audit names {CLIENT_ADDRESS}, not what the client claimed; no log holds token, query or key"


def memories(drill: Drill) -> str:
    cache: Any = redis.Redis(port=drill.stack.ports["cache"], socket_timeout=5)
    broker: Any = redis.Redis(port=drill.stack.ports["broker"], socket_timeout=5)
    kept: dict[str, Any] = {**cache.info("memory")}
    drill.check(kept["maxmemory_policy"] == "volatile-lru", "volatile-lru", kept["maxmemory_policy"])
    drill.check(kept["maxmemory"] == 512 * 2**20, "512 MB", kept["maxmemory"])
    promised: dict[str, Any] = {**broker.info("memory"), **broker.info("persistence")}
    drill.check(promised["maxmemory_policy"] == "noeviction", "noeviction", promised["maxmemory_policy"])
    drill.check(promised["aof_enabled"] == 1, "an append-only file", promised["aof_enabled"])
    # The sums of what the tiers did, three small hashes, are meant to stay.
    keys = [key for key in cache.scan_iter(count=500) if not key.startswith(b"mockupaws:counts:")]
    endless = [key.decode() for key in keys if cache.ttl(key) == -1]
    drill.check(not endless, "a time to live on every key of the cache", endless)
    return (
        f"cache volatile-lru, 512 MB, all {len(keys)} keys end by themselves; broker noeviction, append-only"
    )


def few_connections(drill: Drill) -> str:
    """Many requests at once hold few connections of PostgreSQL."""
    path = f"/api/v2/scenarios/{drill.scenario}/estimate"
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: drill.outside.send("GET", path, key=drill.key).status, range(200)))
    drill.check(set(answers) <= {200, 429}, "only 200 (or 429 past the plan)", sorted(set(answers)))
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'mockupaws' AND pid <> pg_backend_pid()"
    held = int(_ask_postgres(drill, count))
    drill.check(0 < held <= 25, "at most 25 connections of the server", held)
    time.sleep(1)  # on a quick machine this was all that the plan allows in a second
    return (
        f"200 requests, 16 at a time: {answers.count(200)} answered 200 over {held} connections of PostgreSQL"
    )


def _ask_postgres(drill: Drill, query: str) -> str:
    said = drill.env("database")["POSTGRES_PASSWORD"]
    where = f"host=127.0.0.1 port={drill.stack.ports['postgres']} user=mockupaws dbname=mockupaws"
    with psycopg.connect(where, password=said) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return str(row[0])


def worker_drains(drill: Drill) -> str:
    path = f"/api/v2/scenarios/{drill.scenario}/reports"
    report_id = drill.outside.expect(202, "POST", path, key=drill.key, document={"format": "pdf"}).json["id"]
    _await_state(drill, report_id, ("running", "completed"))
    _stop(drill, "worker")
    _await_report(drill, report_id, seconds=5)
    return "SIGTERM while it made a report: the report is whole, exit code 0"


def _await_state(drill: Drill, report_id: str, states: tuple[str, ...]) -> None:
    for _ in range(400):
        path = f"/api/v2/reports/{report_id}/status"
        if drill.outside.expect(200, "GET", path, key=drill.key).json["status"] in states:
            return
        time.sleep(0.05)
    raise StepFailed(f"no worker took the report: {drill.log('worker')[-1500:]}")


def web_drains(drill: Drill) -> str:
    path = f"/api/v2/scenarios/{drill.scenario}/ingest"
    headers = {"Content-Type": "application/x-ndjson"}
    with ThreadPoolExecutor(1) as sender:
        upload = sender.submit(
            drill.outside.send, "POST", path, key=drill.key, chunks=_slow_events(), headers=headers
        )
        time.sleep(1)
        _stop(drill, "web")
        answer = upload.result()
    drill.check(answer.status == 202, "202 for the upload that was under way", answer.status)
    drill.check(answer.json["accepted"] == 30, "30 events counted", answer.json)
    drill.outside.expect(502, "GET", "/health")
    return "SIGTERM during a slow upload: 202 with every event, exit code 0"


def _slow_events() -> Iterator[bytes]:
    for _ in range(30):
        yield b'{"message": "slow"}\n'
        time.sleep(0.1)


def rest_ends(drill: Drill) -> str:
    watcher = ("prometheus",) if "prometheus" in drill.stack.programs else ()
    order = ("beat", "flower", "nginx", *watcher, "pgbouncer", "cache", "broker", "postgres")
    for name in order:
        _stop(drill, name)
    return f"{', '.join(order)}: all ended by themselves"


def _stop(drill: Drill, name: str) -> None:
    service = drill.stack.service(name)
    code = drill.stack.programs[name].stop(service.stop_signal, service.grace_s)
    drill.check(code == 0, f"exit code 0 of {name}", f"{code}\n{drill.stack.programs[name].last_lines()}")
