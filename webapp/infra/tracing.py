"""Traces by OpenTelemetry, sent over OTLP/HTTP. Without an endpoint no instrument is loaded or paid for.

One request that asks for a report is one trace: the headers of its job carry the trace to the worker.
"""

import inspect
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import quote

from flask import Flask, request
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind

from webapp import __version__
from webapp.infra.logs import correlation_id
from webapp.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

P = ParamSpec("P")
T = TypeVar("T")

#: Probes and files would drown everything else.
_NOT_TRACED = "/health,/api/v2/health/.*,/static/.*"
#: Seconds the collector may take for a batch. Requests never wait for it: batches leave from a thread.
_PATIENCE_S = 3
#: Seconds between two lines about a collector that is away; it would be a line or two a second.
_COMPLAIN_EVERY_S = 60.0


def install_tracing(app: Flask, settings: Settings, shown_path: Callable[[], str]) -> None:
    """Trace requests, statements, Redis, jobs and outgoing HTTP of `app` when the settings name a collector.

    `shown_path` gives the path of the present request as it may be told: some paths are keys by themselves.
    """
    endpoint = settings.traces_endpoint
    if not endpoint:
        return
    provider = _provider(endpoint, settings)
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.instrumentation.redis import RedisInstrumentor
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
    from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor

    from webapp.infra.db import db
    from webapp.infra.sampling import draw_reads

    flask: Any = FlaskInstrumentor()
    untraced = app.wsgi_app
    flask.instrument_app(app, excluded_urls=_NOT_TRACED, tracer_provider=provider)
    app.before_request(partial(_tell_what_may_be_told, shown_path))
    draw_reads(app, untraced, settings.trace_sample_ratio)
    with app.app_context():
        engines = list(db.engines.values())
    SQLAlchemyInstrumentor().instrument(engines=engines, tracer_provider=provider)
    others: tuple[Any, ...] = (CeleryInstrumentor, RedisInstrumentor, URLLib3Instrumentor)
    for instrumentor in [kind() for kind in others]:
        if not instrumentor.is_instrumented_by_opentelemetry:
            instrumentor.instrument(tracer_provider=provider)


def _provider(endpoint: str, settings: Settings) -> "TracerProvider":
    """The provider of this process, the same for every application in it."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased

    from webapp.infra.sampling import DrawnOrRatio

    known = trace.get_tracer_provider()
    if isinstance(known, TracerProvider):
        return known
    about = {"service.name": settings.service_name, "service.version": settings.app_version or __version__}
    provider = TracerProvider(
        resource=Resource.create(about), sampler=ParentBased(DrawnOrRatio(settings.trace_sample_ratio))
    )
    logging.getLogger(OTLPSpanExporter.__module__).addFilter(_NowAndThen())
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_PATIENCE_S)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=2_000))
    trace.set_tracer_provider(provider)
    return provider


class _NowAndThen(logging.Filter):
    """Lets one line through, and the next after _COMPLAIN_EVERY_S."""

    next_at_s = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if time.monotonic() < self.next_at_s:
            return False
        self.next_at_s = time.monotonic() + _COMPLAIN_EVERY_S
        return True


def _tell_what_may_be_told(shown_path: Callable[[], str]) -> None:
    """Put our words about the request in place of the address as it was sent: no token, no search text."""
    span = trace.get_current_span()
    if not span.is_recording():
        return
    shown = quote(shown_path())
    for name in ("http.target", "url.path"):
        span.set_attribute(name, shown)
    for name in ("http.url", "url.full"):
        span.set_attribute(name, f"{request.scheme}://{request.host}{shown}")
    span.set_attribute("url.query", "")
    name_span()


def name_span() -> None:
    """Put the correlation id of this request or job on its span, by which its log lines are found."""
    trace.get_current_span().set_attribute("mockupaws.correlation_id", correlation_id())


def traced(function: Callable[P, T]) -> Callable[P, T]:
    """Give every call of `function` a span of its own, named after it. Its arguments are not told."""
    name = f"{function.__module__}.{function.__qualname__}"
    assert not inspect.iscoroutinefunction(function)

    @wraps(function)
    def spanned(*args: P.args, **kwargs: P.kwargs) -> T:
        with _tracer().start_as_current_span(name):
            return function(*args, **kwargs)

    return spanned


@contextmanager
def posting_to(host: str, port: int, headers: dict[str, str]) -> Iterator[Callable[[int], None]]:
    """A span for a POST that no instrument sees; gives what tells it the status of the answer.

    `headers` get the trace, which goes on at the receiver. Path and query are not told: they may be a key.
    """
    about = {"http.request.method": "POST", "server.address": host, "server.port": port}
    with _tracer().start_as_current_span("POST", kind=SpanKind.CLIENT, attributes=about) as span:
        inject(headers)
        yield partial(span.set_attribute, "http.response.status_code")


def _tracer() -> Any:
    return trace.get_tracer("mockupaws", __version__)
