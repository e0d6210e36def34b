"""Which requests are traced."""

import random
from collections.abc import Callable

import pytest
from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.utils import is_instrumentation_enabled
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased

from webapp.infra.sampling import DrawnOrRatio, draw_reads

_FROM_ELSEWHERE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
Ask = Callable[..., list[str]]


def _asking(ratio: float) -> Ask:
    """What asks a small application and gives the names of the spans that came of it."""
    app, spans = Flask(__name__), InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(DrawnOrRatio(ratio)))
    provider.add_span_processor(SimpleSpanProcessor(spans))

    @app.route("/there", methods=["GET", "POST"])
    def there() -> str:
        return "traced" if is_instrumentation_enabled() else "left alone"

    plain = app.wsgi_app
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider)  # type: ignore[no-untyped-call]
    draw_reads(app, plain, ratio)

    def ask(method: str = "GET", **headers: str) -> list[str]:
        spans.clear()
        answer = app.test_client().open("/there", method=method, headers=headers)
        names = [span.name for span in spans.get_finished_spans()]
        assert answer.status_code == 200
        if method == "GET":
            assert answer.get_data(as_text=True) == ("traced" if names else "left alone")
        return names

    return ask


def test_everything_is_traced_with_a_share_of_one() -> None:
    ask = _asking(1)
    assert (ask(), ask("POST")) == (["GET /there"], ["POST /there"])


def test_nothing_is_traced_with_a_share_of_none() -> None:
    ask = _asking(0)
    assert (ask(), ask("POST")) == ([], [])


def test_a_read_that_is_drawn_is_traced_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = _asking(0.1)
    monkeypatch.setattr(random, "random", lambda: 0.09)
    assert [ask() for _ in range(20)] == [["GET /there"]] * 20, "no second draw"
    monkeypatch.setattr(random, "random", lambda: 0.11)
    assert [ask() for _ in range(20)] == [[]] * 20


def test_a_trace_that_began_elsewhere_is_followed_as_it_says() -> None:
    ask = _asking(0)
    assert ask(traceparent=_FROM_ELSEWHERE) == ["GET /there"]
    assert ask(traceparent=_FROM_ELSEWHERE.removesuffix("01") + "00", method="POST") == []
