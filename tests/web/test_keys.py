"""API keys on the page."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from tests.stack.application import Clock
from tests.web.conftest import Person
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.models.api_key import ApiKey
from webapp.models.user import User
from webapp.services.keys import list_keys


def test_a_key_is_shown_once_and_works(ada: Person) -> None:
    answer = ada.post("/keys", {"name": "laptop", "scopes": ["read"]})
    assert answer.status_code == 201
    found = re.search(r'id="secret">(mk_\w+)<', answer.get_data(as_text=True))
    assert found is not None
    assert found[1] not in ada.text("/keys")
    listed = ada.client.get("/api/v2/scenarios", headers={"X-API-Key": found[1]})
    assert listed.status_code == 200


def test_a_key_without_name_or_scope_is_refused(ada: Person) -> None:
    answer = ada.post("/keys", {"name": ""})
    assert answer.status_code == 422
    assert "Give the key a name" in answer.get_data(as_text=True)
    assert "Choose at least one" in answer.get_data(as_text=True)


def test_revoking_asks_first_and_ends_the_key(app: Flask, ada: Person) -> None:
    ada.post("/keys", {"name": "laptop", "scopes": ["read"]})
    assert ada.id is not None
    with app.app_context():
        (key,) = list_keys(ada.id)
    assert "Revoke “laptop”?" in ada.text(f"/keys/{key.id}/revoke")
    assert ada.post(f"/keys/{key.id}/revoke").location == "/keys"
    assert "Revoked" in ada.text("/keys")


def test_a_key_ends_after_the_time_chosen(app: Flask, ada: Person, clock: Clock) -> None:
    assert ada.id is not None
    for lifetime, days in (("30", 30), ("365", 365), ("never", None)):
        answer = ada.post("/keys", {"name": lifetime, "scopes": ["read"], "expires_at": lifetime})
        assert answer.status_code == 201
        with app.app_context():
            key = next(key for key in list_keys(ada.id) if key.name == lifetime)
        assert key.expires_at == (None if days is None else clock.moment + timedelta(days=days))
        told = "It works until it is revoked." if days is None else "It works until "
        assert told in answer.get_data(as_text=True)
    text = ada.text("/keys")
    assert "13 Apr 2026" in text and "14 Mar 2027" in text


def test_a_lifetime_that_was_not_offered_is_refused_with_what_was_typed(ada: Person) -> None:
    answer = ada.post("/keys", {"name": "laptop", "scopes": ["read"], "expires_at": "9999999"})
    assert answer.status_code == 422
    assert "Choose how long the key works." in answer.get_data(as_text=True)
    assert 'value="laptop"' in answer.get_data(as_text=True)


def test_an_expired_key_is_marked(app: Flask, ada: Person) -> None:
    ada.post("/keys", {"name": "laptop", "scopes": ["read"]})
    with app.app_context(), unit_of_work():
        db.session.execute(update(ApiKey).values(expires_at=now() - timedelta(seconds=1)))
    assert "Expired" in ada.text("/keys")


def test_only_an_administrator_is_offered_the_scope_admin(app: Flask, ada: Person) -> None:
    assert 'value="admin"' not in ada.text("/keys")
    refused = ada.post("/keys", {"name": "ops", "scopes": ["admin"]})
    assert refused.status_code == 422 and "administrators" in refused.get_data(as_text=True)
    with app.app_context(), unit_of_work():
        db.session.execute(update(User).values(role="admin"))
    assert 'value="admin"' in ada.text("/keys")
    assert ada.post("/keys", {"name": "ops", "scopes": ["admin"]}).status_code == 201


def test_a_stranger_cannot_reach_the_question_about_a_key(app: Flask, ada: Person, stranger: Person) -> None:
    ada.post("/keys", {"name": "laptop", "scopes": ["read"]})
    assert ada.id is not None
    with app.app_context():
        (key,) = list_keys(ada.id)
    assert stranger.get(f"/keys/{key.id}/revoke").status_code == 404
    assert stranger.post(f"/keys/{key.id}/revoke").status_code == 404
    with app.app_context():
        assert list_keys(ada.id)[0].revoked_at is None
