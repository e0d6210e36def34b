"""Headers: pages run only their own scripts, the API runs none, TLS is promised only over TLS."""

import re
from uuid import UUID

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.edge.identity import current_account
from webapp.edge.setup import init_edge
from webapp.infra.cache import install_cache
from webapp.infra.db import db
from webapp.settings import Settings

HSTS = "Strict-Transport-Security"


def _edge(settings: Settings) -> FlaskClient:
    """A client of an application with these settings and one page."""
    app = Flask("headers")
    app.extensions["settings"] = settings
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    install_cache(app, settings.model_copy(update={"cache_disabled": True}))
    init_edge(app)
    app.add_url_rule("/page", view_func=lambda: "<p>A page</p>", endpoint="page")
    app.add_url_rule("/token", view_func=generate_csrf, endpoint="token")
    return app.test_client()


def test_a_page_allows_its_own_things_and_a_fresh_nonce(client: FlaskClient) -> None:
    policies = [client.get("/page").headers["Content-Security-Policy"] for _ in range(2)]
    parts = dict(part.split(" ", 1) for part in policies[0].split("; "))
    assert parts["default-src"] == parts["form-action"] == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    nonces = [re.findall(r"'nonce-([^']+)'", policy) for policy in policies]
    assert len(set(nonces[0])) == 1 and len(nonces[0]) == 2 and nonces[0] != nonces[1]
    assert "unsafe" not in policies[0]


def test_the_api_allows_nothing_and_is_not_kept(client: FlaskClient) -> None:
    headers = client.get("/api/v2/nothing").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "status"), [("DELETE", 204), ("OPTIONS", 200)])
def test_an_empty_answer_of_the_api_is_of_no_type_and_no_page(
    app: Flask, client: FlaskClient, method: str, status: int
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule(
        "/api/v2/thing", view_func=lambda: Response(status=204), methods=["DELETE"], endpoint="t"
    )
    response = client.open("/api/v2/thing", method=method)
    assert (response.status_code, response.get_data()) == (status, b"")
    assert "Content-Type" not in response.headers
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/page", "/nothing", "/api/v2/nothing"])
def test_every_answer_has_the_plain_protections(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-XSS-Protection"] == "0"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_for_everybody_is_never_shared_by_a_cache(client: FlaskClient) -> None:
    assert client.get("/page").headers["Cache-Control"] == "private, no-cache"


def test_a_page_of_somebody_is_kept_by_nobody(app: Flask, client: FlaskClient, owner_id: UUID) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/own", view_func=lambda: f"<p>{current_account()}</p>", endpoint="own")
    client.post("/sign-in", data={"email": "ada@example.com", "password": "correct horse"})
    response = client.get("/own")
    assert "ada@example.com" in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_page_is_alone_in_its_window_and_embedded_nowhere(client: FlaskClient) -> None:
    headers = client.get("/page").headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{feature}=()" in headers["Permissions-Policy"]


def test_a_page_under_api_has_the_policy_of_pages(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/api/docs", view_func=lambda: "<p>How to call</p>", endpoint="docs")
    policy = client.get("/api/docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; script-src 'self' 'nonce-") and "unsafe" not in policy


@pytest.mark.parametrize("path", ["/file", "/api/v2/file"])
def test_a_download_runs_nowhere_and_is_kept_nowhere(app: Flask, client: FlaskClient, path: str) -> None:
    def download() -> Response:
        sent = {"Content-Disposition": 'attachment; filename="a.html"', "Cache-Control": "private, no-cache"}
        return Response("<script>alert(1)</script>", headers=sent, content_type="text/html")

    app.add_url_rule(path, view_func=download)
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"


def test_hsts_is_sent_over_tls_only(client: FlaskClient) -> None:
    assert HSTS not in client.get("/page").headers
    for path in ("/page", "/api/v2/nothing"):
        assert client.get(path, base_url="https://localhost").headers[HSTS] == "max-age=31536000"


def test_tls_of_a_proxy_is_believed_from_a_trusted_one_only(settings: Settings) -> None:
    forwarded = {"X-Forwarded-Proto": "https"}
    assert HSTS not in _edge(settings).get("/page", headers=forwarded).headers
    behind = _edge(settings)
    behind.application.wsgi_app = ProxyFix(behind.application.wsgi_app, x_proto=1)  # type: ignore[method-assign]
    assert HSTS in behind.get("/page", headers=forwarded).headers


def test_subdomains_are_bound_to_tls_only_on_request(settings: Settings) -> None:
    client = _edge(settings.model_copy(update={"hsts_include_subdomains": True}))
    headers = client.get("/page", base_url="https://localhost").headers
    assert headers[HSTS] == "max-age=31536000; includeSubDomains"


def test_plain_http_is_not_redirected(client: FlaskClient) -> None:
    assert client.get("/page").status_code == 200


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-session"), (False, "session")])
def test_the_session_cookie_is_as_safe_as_the_transport(settings: Settings, secure: bool, name: str) -> None:
    client = _edge(settings.model_copy(update={"secure_cookies": secure}))
    cookie = client.get("/token", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert ("Secure" in cookie) is secure
