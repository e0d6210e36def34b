"""API keys on a request: either header, the right scope, and never a cookie."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.infra.db import unit_of_work
from webapp.services.keys import NewKey, create_key, list_keys, revoke_key


@pytest.fixture
def key(app: Flask, owner_id: UUID) -> NewKey:
    with app.app_context(), unit_of_work():
        return create_key(owner_id, "ci", ["read"])


@pytest.mark.parametrize("header", ["X-API-Key: {}", "Authorization: Bearer {}", "Authorization: bearer  {}"])
def test_a_key_is_taken_from_either_header(
    client: FlaskClient, key: NewKey, owner_id: UUID, header: str
) -> None:
    name, _, value = header.format(key.secret).partition(": ")
    assert client.get("/api/v2/owner", headers={name: value}).get_data(as_text=True) == str(owner_id)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "mk_nonsense"},
        {"X-API-Key": "\xff\xfe"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
    ],
)
def test_without_a_key_in_force_nobody_is_calling(client: FlaskClient, headers: dict[str, str]) -> None:
    response = client.get("/api/v2/owner", headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_revoked_key_is_refused(app: Flask, client: FlaskClient, key: NewKey, owner_id: UUID) -> None:
    with app.app_context(), unit_of_work():
        revoke_key(owner_id, key.card.id)
    response = client.get("/api/v2/owner", headers={"X-API-Key": key.secret})
    assert (response.status_code, response.get_json()["detail"]) == (401, "This API key has been revoked.")


def test_a_key_without_the_scope_is_forbidden(client: FlaskClient, key: NewKey) -> None:
    response = client.post("/api/v2/owner/write", headers={"X-API-Key": key.secret})
    assert response.status_code == 403
    assert "write" in response.get_json()["detail"]


def test_a_call_without_a_key_may_be_anonymous_but_not_with_a_wrong_one(
    client: FlaskClient, key: NewKey
) -> None:
    assert client.get("/api/v2/caller").get_data(as_text=True) == "None"
    assert client.get("/api/v2/caller", headers={"X-API-Key": key.secret[:-1]}).status_code == 401


def test_a_session_is_no_key(app: Flask, client: FlaskClient, owner_id: UUID) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/sign-in", data={"email": "ada@example.com", "password": "correct horse"})
    assert client.get("/mine").status_code == 200
    assert client.get("/api/v2/owner").status_code == 401


def test_use_is_noted_for_its_owner(app: Flask, client: FlaskClient, key: NewKey, owner_id: UUID) -> None:
    client.get("/api/v2/owner", headers={"X-API-Key": key.secret})
    with app.app_context():
        assert list_keys(owner_id)[0].last_used_at is not None
