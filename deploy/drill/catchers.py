"""What the drill runs in place of a mail catcher and a collector of traces: servers that keep what comes."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(slots=True)
class MailCatcher:
    """Takes every mail by SMTP and shows it to the drill, as the `mailcatcher` service does to people."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.taken if address in letter["To"]]


@dataclass(frozen=True, slots=True)
class Span:
    """One span of a trace; `begun_ns` since 1970."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    begun_ns: int
    ms: float


@dataclass(slots=True)
class Collector:
    """Takes traces as a collector does: OTLP over HTTP."""

    port: int
    spans: list[Span] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                collector.spans.extend(_spans(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()

    def trace_of(self, name: str) -> list[Span]:
        """All spans of the first trace that has a span of this name."""
        trace = next((span.trace for span in self.spans if span.name == name), "")
        return [span for span in self.spans if span.trace == trace]


def _spans(body: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        about = {item.key: item.value.string_value for item in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                begun, ended = span.start_time_unix_nano, span.end_time_unix_nano
                yield Span(
                    span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(),
                    about["service.name"], span.name, begun, (ended - begun) / 1e6,
                )  # fmt: skip


def tree_of(spans: list[Span]) -> list[str]:
    """One line a span, below its parent and in the order of their beginning; equal leaves are one line."""
    known = {span.id for span in spans}
    lines = list[str]()

    def add(parent: str, depth: int) -> None:
        below = [span for span in spans if (span.parent if span.parent in known else "") == parent]
        for same in _runs(sorted(below, key=lambda span: span.begun_ns), known_parents):
            first, times = same[0], f" × {len(same)}" if len(same) > 1 else ""
            ms = sum(span.ms for span in same)
            lines.append(f"{first.service:<17} {ms:8.1f} ms  {'  ' * depth}{first.name}{times}")
            add(first.id, depth + 1)

    known_parents = {span.parent for span in spans}
    add("", 0)
    return lines


def _runs(spans: list[Span], parents: set[str]) -> list[list[Span]]:
    """Neighbours without children that are called the same, together."""
    runs = list[list[Span]]()
    for span in spans:
        last = runs[-1][-1] if runs else None
        alike = last is not None and (last.service, last.name) == (span.service, span.name)
        if last is not None and alike and not {last.id, span.id} & parents:
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    """Whether `what` came true in time."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
