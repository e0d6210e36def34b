"""One request that asks for a report is one trace over web and worker; a dead collector costs nothing."""

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.stack.live import LiveStack, free_port, launched
from tests.worker.conftest import wait_until


@dataclass(slots=True)
class Collector:
    """What a collector was sent: (trace id, span name, service, attributes)."""

    url: str
    spans: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def trace_of(self, name: str) -> str:
        return next((trace for trace, span, _ in self.spans if span == name), "")

    def names(self, trace: str) -> set[str]:
        return {span for belongs_to, span, _ in self.spans if belongs_to == trace}


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that takes OTLP over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        told = {item.key: item.value.string_value for item in span.attributes}
                        collector.spans.append((span.trace_id.hex(), span.name, told))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def call(stack: LiveStack, method: str, path: str, body: object = None) -> tuple[Any, float]:
    """The answer and how many seconds it took."""
    request = Request(
        f"{stack.url}/api/v2{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-API-Key": stack.api_key, "Content-Type": "application/json"},
    )
    begun = time.monotonic()
    with urlopen(request, timeout=30) as response:
        return json.load(response), time.monotonic() - begun


def ask_for_report(stack: LiveStack) -> str:
    document = {"name": "Traced", "region": "eu-west-1", "resources": []}
    scenario, _ = call(stack, "POST", "/scenarios", document)
    report, _ = call(stack, "POST", f"/scenarios/{scenario['id']}/reports", {"format": "csv"})

    def is_made() -> bool:
        return str(call(stack, "GET", f"/reports/{report['id']}")[0]["status"]) == "completed"

    assert wait_until(is_made, seconds=60)
    return str(report["id"])


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines()


def test_a_report_is_one_trace_from_the_request_to_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as collector:
        monkeypatch.setenv("OTLP_ENDPOINT", collector.url)
        with launched(tmp_path) as stack:
            ask_for_report(stack)
            assert wait_until(lambda: bool(collector.trace_of("run/reports.render")), seconds=20)
    trace = collector.trace_of("run/reports.render")
    names = collector.names(trace)
    assert "POST /api/v2/scenarios/<uuid:scenario_id>/reports" in names
    assert "apply_async/reports.render" in names
    assert any(name.startswith(("INSERT", "SELECT")) for name in names)
    assert "webapp.services.estimates.estimate_document" in names
    assert "webapp.services.report_csv.csv_report" in names
    named = {
        name: told.get("mockupaws.correlation_id")
        for belongs_to, name, told in collector.spans
        if belongs_to == trace
    }
    correlation = named["POST /api/v2/scenarios/<uuid:scenario_id>/reports"]
    assert correlation and named["run/reports.render"] == correlation
    lines = _lines(tmp_path / "log" / "worker.log")
    (done,) = [line for line in lines if "reports.render" in line and "succeeded" in line]
    assert f"[{correlation}]" in done
    told = " ".join(value for _, _, attributes in collector.spans for value in attributes.values())
    assert stack.api_key not in told
    assert "?" not in "".join(attributes.get("http.target", "") for _, _, attributes in collector.spans)


def test_a_dead_collector_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    with launched(tmp_path) as stack:
        times = sorted(call(stack, "GET", "/regions")[1] for _ in range(40))
        assert wait_until(lambda: "trace_exporter" in (tmp_path / "log" / "web.log").read_text(), seconds=20)
        time.sleep(6)
        begun = time.monotonic()
    assert times[20] < 0.1
    complaints = [line for line in _lines(tmp_path / "log" / "web.log") if "trace_exporter" in line]
    assert 0 < len(complaints) <= 2, "one of each web process, not one of each batch"
    assert time.monotonic() - begun < 20  # it stops like any other stack
