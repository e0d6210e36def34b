"""HTTP as Prometheus sees it: how many, how long, how large, by route template and never by path."""

import time

from flask import Flask, Request, Response, g, request
from prometheus_client import CollectorRegistry
from prometheus_flask_exporter import PrometheusMetrics

from webapp.edge.asked import asked
from webapp.edge.headers import is_api
from webapp.infra import metrics

#: Anybody can invent a method, and each would make series of its own: others are timed by face alone.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_metrics(app: Flask) -> None:
    """Count and time every request: `mockupaws_http_request_*` by route, method and status.

    A registry of its own lets a process hold several applications. The page of metrics is a route of ours,
    which reads what all processes share (infra/exposition.py).
    """
    app.extensions["prometheus"] = _MetricsByRoute(
        app,
        path=None,
        # The times have the route like all the others (below); this is what they are grouped by beside it.
        group_by=face,
        defaults_prefix=metrics.PREFIX,
        # Buckets for every route and status would be thousands of series; there is a histogram by face.
        default_latency_as_histogram=False,
        registry=CollectorRegistry(),
    )
    app.before_request(_begin)
    app.after_request(_end)


class _RouteLabel:
    """What the exporter asks for the labels that all its metrics have."""

    def keys(self) -> tuple[str, ...]:
        return ("url_rule",)

    def values_for(self, response: object) -> dict[str, str]:
        return {"url_rule": url_rule()}


class _MetricsByRoute(PrometheusMetrics):  # type: ignore[misc]  # it has no types
    """The exporter, with the route on every metric: by itself it counts requests by method and status only.

    Its `default_labels` say the same, but look up the signature of a function twice for every request, which
    costs more than counting does.
    """

    def _get_combined_labels(self, labels: object) -> _RouteLabel:
        return _RouteLabel()


def _begin() -> None:
    g.metrics_began_s = time.perf_counter()
    if request.method not in _METHODS:
        request.prom_exclude_all = True  # type: ignore[attr-defined]


def _end(response: Response) -> Response:
    request = asked()
    if (began_s := g.get("metrics_began_s")) is not None:
        metrics.http_time(time.perf_counter() - began_s, face=face(request))
    if request.url_rule and (length := response.content_length) is not None:
        metrics.http_bytes(length, url_rule=request.url_rule.rule)
    return response


def url_rule() -> str:
    """The template of the route; all addresses where there is nothing are one."""
    rule = request.url_rule
    return rule.rule if rule else "None"


def face(request: Request) -> str:
    """What the address belongs to: `api`, `page` or `static`. Its name is that of the label."""
    if is_api(request.path):
        return "api"
    return "static" if request.endpoint == "static" else "page"
