"""Headers: pages run only their own scripts, the API runs none, TLS is promised only over TLS."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from webapp.edge.setup import init_edge
from webapp.infra.db import db
from webapp.settings import Settings


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


@pytest.mark.parametrize("path", ["/page", "/nothing", "/api/v2/nothing"])
def test_every_answer_has_the_plain_protections(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-XSS-Protection"] == "0"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_is_never_shared_by_a_cache(client: FlaskClient) -> None:
    assert client.get("/page").headers["Cache-Control"] == "private, no-cache"


def test_hsts_is_sent_over_tls_only(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/page").headers
    assert (
        "max-age=" in client.get("/page", base_url="https://localhost").headers["Strict-Transport-Security"]
    )


def test_plain_http_is_not_redirected(client: FlaskClient) -> None:
    assert client.get("/page").status_code == 200


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-session"), (False, "session")])
def test_the_session_cookie_is_as_safe_as_the_transport(settings: Settings, secure: bool, name: str) -> None:
    app = Flask("cookies")
    app.extensions["settings"] = settings.model_copy(update={"secure_cookies": secure})
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    init_edge(app)
    app.add_url_rule("/token", view_func=generate_csrf, endpoint="token")
    cookie = app.test_client().get("/token", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert ("Secure" in cookie) is secure
