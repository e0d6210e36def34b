"""Other sites' scripts: a listed origin may call the API, no other is told anything."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from tests.stack.databases import make_settings
from webapp.settings import Settings

OURS, THEIRS = "https://app.example.com", "https://evil.example"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture
def origins(request: pytest.FixtureRequest) -> str:
    """What CORS_ALLOWED_ORIGINS holds."""
    return str(getattr(request, "param", OURS))


@pytest.fixture
def settings(tmp_path: Path, origins: str) -> Settings:
    others = {"CORS_ALLOWED_ORIGINS": origins, "AUDIT_LOGGING_ENABLED": False}
    return make_settings(f"sqlite:///{tmp_path}/edge.db", tmp_path, **others)


def preflight(
    client: FlaskClient, origin: str, method: str = "PATCH", header: str = "X-API-Key"
) -> dict[str, str]:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
    response = client.options("/api/v2/caller", headers={"Origin": origin} | asked)
    assert response.status_code == 200
    return dict(response.headers)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_listed_origin_may_use_every_method(client: FlaskClient, method: str) -> None:
    answer = preflight(client, OURS, method)
    assert answer[ALLOW] == OURS
    assert method in answer["Access-Control-Allow-Methods"].split(", ")
    assert "TRACE" not in answer["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "header",
    [
        "Authorization",
        "X-API-Key",
        "X-Correlation-ID",
        "If-Match",
        "Idempotency-Key",
        "Content-Type",
        "Prefer",
    ],
)
def test_a_listed_origin_may_send_our_headers(client: FlaskClient, header: str) -> None:
    allowed = preflight(client, OURS, header=header.lower())["Access-Control-Allow-Headers"]
    assert header.lower() in allowed.lower()


def test_a_header_that_is_not_ours_is_not_allowed(client: FlaskClient) -> None:
    allowed = preflight(client, OURS, header="X-Evil").get("Access-Control-Allow-Headers", "")
    assert "x-evil" not in allowed.lower()


def test_a_listed_origin_may_read_what_an_answer_says_of_itself(client: FlaskClient) -> None:
    response = client.get("/api/v2/caller", headers={"Origin": OURS})
    assert response.headers[ALLOW] == OURS
    read = response.headers["Access-Control-Expose-Headers"].split(", ")
    for name in ("X-RateLimit-Remaining", "ETag", "Location", "Link", "Retry-After", "X-Correlation-ID"):
        assert name in read
    assert {"Deprecation", "Sunset", "X-RateLimit-Limit", "X-RateLimit-Reset"} <= set(read)


@pytest.mark.parametrize("path", ["/api/v2/owner", "/api/v9/nothing"])
def test_refusals_can_be_read_too(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Origin": OURS}).headers[ALLOW] == OURS


@pytest.mark.parametrize(
    "origin",
    [
        THEIRS,
        "null",
        "http://app.example.com",
        f"{OURS}.evil.example",
        f"{OURS}:444",
        "https://appxexample.com",
    ],
)
def test_any_other_origin_is_told_nothing(client: FlaskClient, origin: str) -> None:
    assert ALLOW not in client.get("/api/v2/caller", headers={"Origin": origin}).headers
    assert ALLOW not in preflight(client, origin)


def test_cookies_are_never_asked_for(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Credentials" not in preflight(client, OURS)


@pytest.mark.parametrize("origins", [OURS, f"{OURS}, https://two.example.com"], indirect=True)
@pytest.mark.parametrize("origin", [OURS, THEIRS, None])
def test_a_cache_keeps_origins_apart(client: FlaskClient, origin: str | None) -> None:
    response = client.get("/api/v2/caller", headers={"Origin": origin} if origin else {})
    assert "Origin" in response.vary


def test_pages_are_for_nobody_else(client: FlaskClient) -> None:
    assert ALLOW not in client.get("/page", headers={"Origin": OURS}).headers


@pytest.mark.parametrize("origins", [""], indirect=True)
def test_without_the_setting_no_origin_is_allowed(client: FlaskClient) -> None:
    assert ALLOW not in client.get("/api/v2/caller", headers={"Origin": OURS}).headers


@pytest.mark.parametrize(
    "origins", ["app.example.com", f"{OURS}/", "https://*.example.com", "javascript:alert(1)"]
)
def test_what_is_no_origin_is_refused_at_the_start(tmp_path: Path, origins: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        make_settings("sqlite://", tmp_path, CORS_ALLOWED_ORIGINS=origins)


def test_every_origin_at_once_is_refused_in_production(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="name each origin"):
        make_settings("sqlite://", tmp_path, CORS_ALLOWED_ORIGINS="*", MOCKUPAWS_ENV="production")
    assert make_settings("sqlite://", tmp_path, CORS_ALLOWED_ORIGINS="*").cors_origins == ("*",)
