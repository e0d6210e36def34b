"""API keys on the page."""

import re

from flask import Flask

from tests.web.conftest import Person
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
