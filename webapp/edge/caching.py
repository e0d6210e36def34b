"""What the cache did for an answer, told in a header; what it did at all, told to the other processes."""

import time

from flask import Flask, Response, current_app, request

from webapp.edge.headers import is_api
from webapp.infra.cache import forget_outcome, outcome, tiers
from webapp.infra.cache_stats import tell_counts

HEADER = "X-Cache"
#: Seconds between two tellings of one process.
_TELL_EVERY_S = 5.0


def init_caching(app: Flask) -> None:
    """Say `X-Cache: HIT; tier=L1` or `MISS; tier=...` on API answers that were looked for in a cache.

    A refusal is not kept, so nothing is said of what was looked for before it.
    """
    app.before_request(forget_outcome)
    app.after_request(_say)
    app.teardown_appcontext(_tell_now_and_then)
    app.extensions["cache_told_at_s"] = time.monotonic()


def _say(response: Response) -> Response:
    told = outcome()
    if told and response.status_code < 400 and is_api(request.path):
        response.headers[HEADER] = told
    return response


def _tell_now_and_then(error: BaseException | None) -> None:
    moment = time.monotonic()
    if tiers().disabled or moment - current_app.extensions["cache_told_at_s"] < _TELL_EVERY_S:
        return
    current_app.extensions["cache_told_at_s"] = moment
    tell_counts()
