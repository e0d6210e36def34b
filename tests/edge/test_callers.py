"""Keys and tokens on a request: the right header, the right scope, and never a cookie."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.edge.callers import calling_identity
from webapp.infra.caller import current_caller
from webapp.infra.db import db, unit_of_work
from webapp.services.keys import NewKey, create_key, list_keys, revoke_key
from webapp.services.tokens import Tokens, issue_tokens


@pytest.fixture
def key(app: Flask, owner_id: UUID) -> NewKey:
    with app.app_context(), unit_of_work():
        return create_key(owner_id, "ci", ["read"])


@pytest.fixture
def tokens(app: Flask, owner_id: UUID) -> Tokens:
    with app.app_context(), unit_of_work():
        return issue_tokens(owner_id, "password")


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
        {"Authorization": "Bearer ma_nonsense"},
        {"Authorization": "Bearer \xff\xfe"},
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


def test_an_access_token_calls_for_its_account_with_every_scope(
    client: FlaskClient, tokens: Tokens, owner_id: UUID
) -> None:
    headers = {"Authorization": f"Bearer {tokens.access_token}"}
    assert client.get("/api/v2/owner", headers=headers).get_data(as_text=True) == str(owner_id)
    assert client.post("/api/v2/owner/write", headers=headers).get_data(as_text=True) == str(owner_id)
    session = client.get("/api/v2/session", headers=headers)
    assert session.get_data(as_text=True) == str(tokens.session_id)


def test_an_access_token_is_no_api_key(client: FlaskClient, tokens: Tokens) -> None:
    response = client.get("/api/v2/owner", headers={"X-API-Key": tokens.access_token})
    assert response.status_code == 401 and "not an API key" in response.get_json()["detail"]


def test_a_refresh_token_says_what_it_is_for(client: FlaskClient, tokens: Tokens) -> None:
    headers = {"Authorization": f"Bearer {tokens.refresh_token}"}
    response = client.get("/api/v2/owner", headers=headers)
    assert response.status_code == 401 and "/api/v2/auth/refresh" in response.get_json()["detail"]


def test_what_needs_a_sign_in_refuses_a_key(client: FlaskClient, key: NewKey) -> None:
    response = client.get("/api/v2/session", headers={"X-API-Key": key.secret})
    assert response.status_code == 403 and "access token" in response.get_json()["detail"]


@pytest.mark.parametrize("cut", [0, 1])
def test_a_caller_is_looked_up_once_a_request_refused_or_not(app: Flask, key: NewKey, cut: int) -> None:
    with app.test_request_context(headers={"X-API-Key": key.secret[cut:]}):
        outcomes = [_outcome(), _outcome()]
        with unit_of_work():
            db.session.execute(db.text("DELETE FROM api_keys"))
        outcomes.append(_outcome())
    assert len(set(outcomes)) == 1


def _outcome() -> str:
    try:
        return str(calling_identity())
    except Exception as error:
        return repr(error)


def test_logs_and_audit_know_who_was_recognised(app: Flask, key: NewKey, tokens: Tokens) -> None:
    for headers, caller in (
        ({"X-API-Key": key.secret}, ("key", key.card.id)),
        ({"Authorization": f"Bearer {tokens.access_token}"}, ("token", tokens.session_id)),
    ):
        with app.test_request_context(headers=headers):
            calling_identity()
            assert (current_caller().via, current_caller().credential_id) == caller
