"""Security headers: a strict policy with nonces for pages, nothing at all for the API."""

from flask import Flask, Response, request
from flask_talisman import Talisman

from webapp.settings import Settings

PAGE_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: What a bill has no use for.
_PERMISSIONS = dict.fromkeys(("camera", "geolocation", "microphone", "payment", "usb"), "()")


def init_headers(app: Flask, settings: Settings) -> None:
    """Give every answer its headers. HTTPS is the proxy's to enforce: a redirect here would break probes."""
    app.config["SESSION_COOKIE_SECURE"] = settings.secure_cookies
    app.config["SESSION_COOKIE_NAME"] = "__Host-session" if settings.secure_cookies else "session"
    # Hooks run in reverse order of registration: ours has the last word over Talisman's.
    app.after_request(_finish)
    Talisman(
        app,
        force_https=False,
        session_cookie_secure=settings.secure_cookies,
        session_cookie_samesite="Lax",
        content_security_policy=PAGE_POLICY,
        content_security_policy_nonce_in=["script-src", "style-src"],
        permissions_policy=_PERMISSIONS,
        frame_options="DENY",
        # Same-origin requests keep their referrer: the CSRF check over TLS needs it.
        referrer_policy="same-origin",
    )


def is_api(path: str) -> bool:
    """Whether `path` belongs to the JSON face."""
    return path == "/api" or path.startswith("/api/")


def _finish(response: Response) -> Response:
    # The filter this header steered was itself a hole and is gone from browsers; 0 switches off what is left.
    response.headers["X-XSS-Protection"] = "0"
    if is_api(request.path):
        response.headers["Content-Security-Policy"] = API_POLICY
        response.headers.setdefault("Cache-Control", "no-store")
    elif response.mimetype == "text/html":
        # A page holds a nonce and somebody's numbers: no cache may hand it to anybody else.
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
