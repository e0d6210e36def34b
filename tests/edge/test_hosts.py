"""The Host header: names of our own are answered, others are not, and no answer repeats one."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.stack.databases import make_settings
from webapp.settings import Settings


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "production"))


@pytest.fixture
def settings(tmp_path: Path, environment: str) -> Settings:
    others = {
        "MOCKUPAWS_ENV": environment,
        "PUBLIC_URL": "https://bills.example.com",
        "ALLOWED_HOSTS": "bills.internal, .corp.example",
        "RATE_LIMITS_ENABLED": False,
        "AUDIT_LOGGING_ENABLED": False,
    }
    return make_settings(f"sqlite:///{tmp_path}/edge.db", tmp_path, **others)


def status(client: FlaskClient, host: str, path: str = "/page") -> int:
    return client.get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize(
    "host",
    ["bills.example.com", "bills.example.com:8443", "BILLS.example.com", "bills.internal", "eu.corp.example"],
)
def test_our_own_names_are_answered(client: FlaskClient, host: str) -> None:
    assert status(client, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "bills.example.com.evil.example",
        "evil.example#bills.example.com",
        "bills.example.com@evil.example",
        "sub.bills.example.com",
        "localhost",
        "127.0.0.1",
        "192.0.2.7",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/page", "/api/v2/caller", "/nothing"])
def test_another_name_is_refused(client: FlaskClient, host: str, path: str) -> None:
    response = client.get(path, headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.get_data(as_text=True)


def test_a_forwarded_host_is_not_believed_from_anybody(client: FlaskClient) -> None:
    sent = {"Host": "bills.example.com", "X-Forwarded-Host": "evil.example"}
    assert client.get("/page", headers=sent).status_code == 200


@pytest.mark.parametrize("environment", ["local", "test"], indirect=True)
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.1.5:8000"])
def test_a_machine_answers_to_its_own_names_and_numbers(client: FlaskClient, host: str) -> None:
    assert status(client, host) == 200


@pytest.mark.parametrize("environment", ["local"], indirect=True)
def test_a_name_made_to_point_at_this_machine_is_refused(client: FlaskClient) -> None:
    """DNS rebinding: a page of theirs would otherwise read a local installation."""
    assert status(client, "rebound.evil.example:8000") == 400


def test_probes_are_answered_under_any_name(app: Flask) -> None:
    app.add_url_rule("/health", "health.live", lambda: "ok")
    assert status(app.test_client(), "10.1.2.3:8000", "/health") == 200
