"""Other sites' scripts: those of listed origins may call the API, with a key or token, never a cookie."""

from flask import Flask, Response, request
from flask_cors import CORS

from webapp.edge.headers import is_api
from webapp.settings import Settings

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SENT = (
    "Authorization",
    "X-API-Key",
    "X-Correlation-ID",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Content-Type",
    "Content-Encoding",
    "Prefer",
)
_READ = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "ETag",
    "Location",
    "Link",
    "Content-Disposition",
    "Content-Range",
    "Idempotent-Replayed",
    "Preference-Applied",
    "X-Cache",
    "X-Correlation-ID",
    "Deprecation",
    "Sunset",
)
_PREFLIGHT_KEPT_S = 600


def init_cors(app: Flask, settings: Settings) -> None:
    """Let the origins of CORS_ALLOWED_ORIGINS call what is under /api. Without any, browsers allow none."""
    origins = settings.cors_origins
    if not origins:
        return
    app.after_request(_vary)
    CORS(
        app,
        resources={
            r"/api(/.*)?": {
                "origins": list(origins),
                "methods": list(_METHODS),
                "allow_headers": list(_SENT),
                "expose_headers": list(_READ),
                "supports_credentials": False,
                "max_age": _PREFLIGHT_KEPT_S,
            }
        },
    )


def _vary(response: Response) -> Response:
    """No cache may hand one origin the permission of another; of a single origin Flask-CORS says nothing."""
    if is_api(request.path):
        response.vary.add("Origin")
    return response
