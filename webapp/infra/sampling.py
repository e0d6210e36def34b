"""Which requests are traced, drawn before anything of a trace is made.

OpenTelemetry's instruments collect what they would tell about a request and then ask the sampler: a request
that is not traced costs them half of one that is. Reads are most of the requests and start nothing that goes
on elsewhere, so they are drawn here. Requests that write, and those that come with a trace, take the common
way: their jobs must know whether they are traced.
"""

import random
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import Flask
from opentelemetry.context import attach, detach, get_current
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler, SamplingResult, TraceIdRatioBased

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_READS = ("GET", "HEAD")
with suppress_instrumentation():
    #: What a request runs in that is not traced; made once, for making it takes as long as the rest of this.
    _SUPPRESSED = get_current()
_is_drawn: ContextVar[bool] = ContextVar("is_drawn", default=False)
_is_left_out: ContextVar[bool] = ContextVar("is_left_out", default=False)


class DrawnOrRatio(Sampler):
    """Takes what was drawn, and of everything else the share `ratio` (0 to 1)."""

    def __init__(self, ratio: float) -> None:
        self._ratio = TraceIdRatioBased(ratio)

    def should_sample(self, *args: Any, **options: Any) -> SamplingResult:
        sampler = ALWAYS_ON if _is_drawn.get() else self._ratio
        return sampler.should_sample(*args, **options)

    def get_description(self) -> str:
        return f"DrawnOrRatio{{{self._ratio.rate}}}"


def draw_reads(app: Flask, untraced: Callable[..., Iterable[bytes]], ratio: float) -> None:
    """Let only the share `ratio` of reads through to the instrument of Flask, which `app` has already.

    `untraced` is the application as it was without.
    """
    traced = app.wsgi_app
    # Where the instrument leaves its hooks.
    _only_for_traced(app.before_request_funcs[None], app._before_request)  # type: ignore[attr-defined]
    _only_for_traced(app.teardown_request_funcs[None], app._teardown_request)  # type: ignore[attr-defined]

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in _READS or "HTTP_TRACEPARENT" in environ:
            return traced(environ, start_response)
        if random.random() < ratio:  # noqa: S311 - a sample, no secret
            drawn = _is_drawn.set(True)
            try:
                return traced(environ, start_response)
            finally:
                _is_drawn.reset(drawn)
        token = attach(_SUPPRESSED)  # nothing is being traced here that it could take the place of
        left_out = _is_left_out.set(True)
        try:
            return untraced(environ, start_response)
        finally:
            _is_left_out.reset(left_out)
            detach(token)

    app.wsgi_app = answer  # type: ignore[method-assign]


def _only_for_traced(hooks: list[Callable[..., Any]], hook: Callable[..., Any]) -> None:
    """Put a hook that leaves untraced requests alone in the place of `hook`."""

    def called(*args: Any) -> Any:
        return None if _is_left_out.get() else hook(*args)

    hooks[hooks.index(hook)] = called
