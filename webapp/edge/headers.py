"""Security headers: what a page, an answer of the API, a download and anything personal may do and be.

| context | policy | kept by a cache |
|---|---|---|
| page, also one under /api | its own files; scripts and styles by nonce | no, or asked again |
| answer of the API, also an empty one | nothing at all | no |
| download | nothing at all, in a sandbox without origin | no |
| static file | that of a page | yes |
"""

from collections.abc import Iterable
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, request
from flask_talisman import Talisman

from webapp.infra.caller import current_caller
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
#: What is saved is also safe where a browser shows it: no script, no form, no origin.
DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
#: What a bill has no use for.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)
_YEAR_S = 31_536_000
_JSON_HEADERS = (
    ("Content-Security-Policy", API_POLICY),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", _PERMISSIONS),
    # The filter this header steered was itself a hole and is gone from browsers; 0 switches off what is left.
    ("X-XSS-Protection", "0"),
    # No other site may embed what is here; scripts of allowed origins still read it by CORS.
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class PolicedResponse(Response):
    """A response with headers that are always the same beside its own.

    They are added when it is sent: Werkzeug goes through every letter of every header it holds, twice.
    """

    constant_headers: tuple[tuple[str, str], ...] = ()

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        body, status, headers = super().get_wsgi_response(environ)
        return body, status, [*headers, *self.constant_headers]


class _Policies(Talisman):  # type: ignore[misc]  # ships no types
    """Talisman, where it has something to decide: nonces and the policy of pages."""

    def _set_hsts_headers(self, headers: object) -> None:
        # It believes X-Forwarded-Proto from anybody; `_finish` asks the request, which knows the proxies.
        return

    def _force_https(self) -> None:
        # Asked of every request although it is switched off.
        return

    def _make_nonce(self) -> None:
        # Only pages have one: it is made when a template or the policy asks for it.
        return

    def _get_nonce(self) -> str:
        super()._make_nonce()
        nonce: str = super()._get_nonce()
        return nonce

    def _set_response_headers(self, response: PolicedResponse) -> PolicedResponse:
        if _is_json_of_api(response):
            response.constant_headers = _JSON_HEADERS
            return response
        self._get_nonce()
        finished: PolicedResponse = super()._set_response_headers(response)
        return finished


def init_headers(app: Flask, settings: Settings) -> None:
    """Give every answer its headers. HTTPS is the proxy's to enforce: a redirect here would break probes."""
    app.response_class = PolicedResponse
    app.config["SESSION_COOKIE_SECURE"] = settings.secure_cookies
    app.config["SESSION_COOKIE_NAME"] = "__Host-session" if settings.secure_cookies else "session"
    hsts = f"max-age={_YEAR_S}" + ("; includeSubDomains" if settings.hsts_include_subdomains else "")

    def finish(response: PolicedResponse) -> PolicedResponse:
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = hsts
        return _finish(response)

    # Hooks run in reverse order of registration: ours has the last word over Talisman's.
    app.after_request(finish)
    _Policies(
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
    # Registered last, it runs before those: they tell pages from other answers by their type.
    app.after_request(_without_type_of_nothing)


def is_api(path: str) -> bool:
    """Whether `path` belongs to the JSON face."""
    return path == "/api" or path.startswith("/api/")


def _without_type_of_nothing(response: Response) -> Response:
    """An empty answer of the API is of no type; Flask would call it HTML, and it would count as a page."""
    if is_api(request.path) and response.is_sequence and not any(response.response):
        response.headers.pop("Content-Type", None)
    return response


def _is_json_of_api(response: Response) -> bool:
    if not is_api(request.path) or response.mimetype == "text/html":
        return False
    return "Content-Disposition" not in response.headers


def _finish(response: PolicedResponse) -> PolicedResponse:
    headers = response.headers
    if response.constant_headers:
        headers.setdefault("Cache-Control", "no-store")
        return response
    headers["X-XSS-Protection"] = "0"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    is_page = response.mimetype == "text/html"
    if headers.get("Content-Disposition", "").startswith("attachment"):
        headers["Content-Security-Policy"] = DOWNLOAD_POLICY
        if "public" not in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "no-store"
    elif is_page:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        # Somebody's numbers stay in no cache, not even in that of the Back button of a shared machine. A page
        # for everybody still holds a nonce and a token: it is asked for again.
        headers.setdefault("Cache-Control", "no-store" if _is_personal() else "private, no-cache")
    return response


def _is_personal() -> bool:
    return current_caller().account_id is not None
