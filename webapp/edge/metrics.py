"""HTTP as Prometheus sees it: how many, how long, how large, by route template and never by path."""

import time
from typing import Any

from flask import Flask, Request, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Summary
from prometheus_flask_exporter import PrometheusMetrics

from webapp.edge.current_request import current_request
from webapp.edge.headers import is_api
from webapp.infra import metrics
from webapp.infra.metrics import CountingMetric, SizeMetric

#: Anybody can invent a method, and each would make series of its own: others are timed by face alone.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_metrics(app: Flask) -> None:
    """Count and time every request: `mockupaws_http_request_*` by route, method and status.

    Times begin where the request was named (edge/correlation.py). A registry of its own lets a process hold
    several applications. The page of metrics is a route of ours, which reads what all processes share
    (infra/exposition.py).
    """
    app.extensions["prometheus"] = _MetricsByRoute(app, path=None, registry=CollectorRegistry())


class _MetricsByRoute(PrometheusMetrics):  # type: ignore[misc]  # it has no types
    """The exporter with its default metrics by route, told by hooks of ours.

    Its own know no route; and they ask a request four times for marks that nobody sets, and look up each
    series by the names of its labels: measured, a tenth of all that a cached answer takes.
    """

    def export_defaults(self, *_: Any, app: Flask, **__: Any) -> None:
        of_route = ("method", "status", "url_rule")
        prefix, mine = f"{metrics.PREFIX}_http_request", {"registry": self.registry}
        self.requests = CountingMetric(Counter(prefix, "Requests by route.", of_route, **mine))
        self.exceptions = CountingMetric(
            Counter(f"{prefix}_exceptions", "Requests that ended in a mistake of ours.", of_route, **mine)
        )
        self.times = SizeMetric(
            Summary(f"{prefix}_duration_seconds", "Times by route.", ("face", *of_route), **mine)
        )
        app.after_request(self._count)
        app.teardown_request(self._count_exception)

    def _count(self, response: Response) -> Response:
        request = current_request()
        seconds, of_face = time.perf_counter() - g.started_s, face(request)
        metrics.http_time(seconds, face=of_face)
        rule = _rule_of(request)
        if request.method in _METHODS:
            told = {"method": request.method, "status": str(response.status_code), "url_rule": rule}
            self.requests(1, **told)
            self.times(seconds, face=of_face, **told)
        if request.url_rule and (length := response.content_length) is not None:
            metrics.http_bytes(length, url_rule=rule)
        return response

    def _count_exception(self, error: BaseException | None) -> None:
        """A mistake of ours, which has been answered, and counted, by now."""
        if error is not None and request.method in _METHODS:
            self.exceptions(1, method=request.method, status="500", url_rule=_rule_of(request))


def _rule_of(request: Request) -> str:
    """The template of the route; all addresses where there is nothing are one."""
    rule = request.url_rule
    return rule.rule if rule else "None"


def face(request: Request) -> str:
    """What the address belongs to: `api`, `page` or `static`."""
    if is_api(request.path):
        return "api"
    return "static" if request.endpoint == "static" else "page"
