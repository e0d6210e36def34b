"""Where passwords, accounts and mails can be tried by nobody in particular, few tries are taken."""

from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from tests.stack.databases import make_settings
from webapp.api.contract import Operation
from webapp.edge.limits import BY_ADDRESS, BY_EMAIL, TRIED_AT
from webapp.settings import Settings

EMAIL = "grace@example.com"


@pytest.fixture
def settings(database_url: str, valkey_url: str, tmp_path: Path) -> Settings:
    with redis.Redis.from_url(valkey_url) as server:
        server.flushall()
    return make_settings(database_url, tmp_path, REDIS_URL=valkey_url, RATE_LIMITS_ENABLED=True)


def send(client: FlaskClient, path: str, sent: dict[str, Any], address: str) -> int:
    answer = client.post(
        f"/api/v2/auth/{path}", json=sent, environ_base={"REMOTE_ADDR": address, "wsgi.url_scheme": "http"}
    )
    if answer.status_code == 429:
        assert int(answer.headers["Retry-After"]) > 0 and "tries" in answer.get_json()["detail"]
    return answer.status_code


@pytest.mark.parametrize(
    ("path", "sent", "purpose"),
    [
        ("login", {"email": EMAIL, "password": "a guess, and another"}, "sign-in"),
        ("register", {"email": EMAIL, "password": "a long enough sentence"}, "register"),
        ("password/reset", {"email": EMAIL}, "reset"),
        ("confirm/resend", {"email": EMAIL}, "reset"),
    ],
)
def test_one_mail_address_is_not_tried_from_many_places(
    client: FlaskClient, path: str, sent: dict[str, Any], purpose: Any
) -> None:
    statuses = [send(client, path, sent, f"192.0.2.{n}") for n in range(BY_EMAIL[purpose].burst + 2)]
    assert 429 not in statuses[: BY_EMAIL[purpose].burst] and 429 in statuses
    assert send(client, path, sent | {"email": "other@example.com"}, "192.0.2.200") != 429


@pytest.mark.parametrize(
    ("path", "purpose"),
    [("login", "sign-in"), ("register", "register"), ("password/reset", "reset"), ("confirm", "reset")],
)
def test_one_place_does_not_try_many(client: FlaskClient, path: str, purpose: Any) -> None:
    statuses = [send(client, path, {"email": f"{n}@example.com"}, "192.0.2.7") for n in range(10)]
    assert 429 not in statuses[: BY_ADDRESS[purpose].burst] and 429 in statuses


def test_every_public_route_of_accounts_is_limited(app: Flask) -> None:
    public = set()
    for rule in app.url_map.iter_rules():
        said = getattr(app.view_functions[rule.endpoint], "operation", None)
        if rule.rule.startswith("/api/v2/auth/") and isinstance(said, Operation) and said.scope is None:
            public.add(rule.endpoint)
    assert public == {endpoint for endpoint in TRIED_AT if endpoint.startswith("api_v2.")}
