"""Hears of requests that look like attacks: an audit entry and a line on the security log, and nothing else.

It looks when the answer is made, at what the request was understood as; bodies of recorded events are not
looked at. Each process counts for itself and tells at most MOST_PER_CALLER of one caller, and MOST_IN_ALL,
a minute, so that nobody can fill the audit this way.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from threading import Lock

from flask import Flask, Response, current_app, g, request

from webapp.domain.activities import SuspiciousInput
from webapp.domain.suspicion import Suspicion, examine, shown_name, texts_of
from webapp.edge.current_request import current_request
from webapp.infra.caller import current_caller
from webapp.infra.clock import now
from webapp.infra.db import unit_of_work
from webapp.services.activities import record

MOST_PER_CALLER, MOST_IN_ALL = 10, 300
#: Headers that hold whatever their sender likes, and that programs behind a service like to log.
_HEADERS = {
    name: f"HTTP_{name.upper().replace('-', '_')}"
    for name in ("User-Agent", "Referer", "X-Forwarded-For", "Idempotency-Key")
}

_log = logging.getLogger(__name__)
_security = logging.getLogger("webapp.security")


class _Counts:
    """How often somebody was told of in the present minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._told: Counter[str] = Counter()
        self._lock = Lock()

    def admits(self, caller: str) -> bool:
        """Whether `caller` may be told of once more; counts it."""
        minute = int(now().timestamp() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._told.clear()
            if self._told[caller] >= MOST_PER_CALLER or self._told.total() >= MOST_IN_ALL:
                return False
            self._told[caller] += 1
            return True


def init_suspicion(app: Flask) -> None:
    """Look at every request once it is answered."""
    app.extensions["suspicion"] = _Counts()
    app.after_request(_look)


def note_json(value: object) -> None:
    """The body of this request was understood as `value`."""
    g.sent_json = value


def _look(response: Response) -> Response:
    try:
        suspicion = examine(_texts())
        if suspicion is not None:
            _tell(suspicion)
    except Exception:  # the answer is made and right; it must not be lost over this
        _log.exception("A request could not be looked at for attacks")
    return response


def _texts() -> Iterator[tuple[str, str]]:
    request = current_request()
    yield "path", request.path
    if request.query_string:
        for name, value in request.args.items(multi=True):
            yield from _field("query", name, value)
    for name, variable in _HEADERS.items():
        if sent := request.environ.get(variable):
            yield f"header {name}", sent
    # Only a form that was read by whoever answered: looking must not be what reads a body.
    if "form" in request.__dict__:
        for name, value in request.form.items(multi=True):
            yield from _field("form", name, value)
    if (body := g.get("sent_json")) is not None:
        for pointer, value in texts_of(body):
            yield f"body {pointer}" if pointer else "body", value


def _field(kind: str, name: str, value: str) -> Iterator[tuple[str, str]]:
    yield f"{kind} (name)", name
    yield f"{kind} {shown_name(name)}", value


def _tell(suspicion: Suspicion) -> None:
    caller = current_caller()
    counts: _Counts = current_app.extensions["suspicion"]
    if not counts.admits(str(caller.account_id or caller.address)):
        return
    rule = request.url_rule.rule if request.url_rule else "(no route)"
    where = f"{request.method} {rule}, {suspicion.where}"[:300]
    _security.warning(
        "Suspicious input: %s in %s from %s", ", ".join(suspicion.patterns), where, caller.address or "?"
    )
    with unit_of_work():
        record(SuspiciousInput(suspicion.patterns, where))
