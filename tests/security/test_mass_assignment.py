"""Fields nobody asked for: what decides about rights cannot be sent along."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.api.callers import DOCUMENT, Caller, pointers
from tests.web.conftest import PASSWORD, Person, Workshop
from webapp.infra.db import db
from webapp.models.scenario import Scenario
from webapp.models.user import User

RIGHTS: dict[str, object] = {
    "role": "admin",
    "plan": "enterprise",
    "is_admin": True,
    "disabled_at": None,
    "confirmed_at": "2026-01-01T00:00:00Z",
    "id": str(uuid4()),
}


def account(app: Flask, email: str) -> User:
    with app.app_context():
        user = db.session.scalar(select(User).where(User.email == email))
        assert user is not None
        db.session.expunge(user)
        return user


def stored(app: Flask, scenario_id: str) -> Scenario:
    with app.app_context():
        scenario = db.session.get(Scenario, UUID(scenario_id))
        assert scenario is not None
        db.session.expunge(scenario)
        return scenario


def test_a_form_cannot_make_an_administrator(app: Flask, visitor: Person) -> None:
    form = {"email": "new@example.com", "password": PASSWORD} | RIGHTS
    assert visitor.post("/sign-up", form).status_code == 303
    user = account(app, "new@example.com")
    assert (user.role, user.plan) == ("user", "free")
    assert str(user.id) != RIGHTS["id"]


@pytest.mark.parametrize("field", [*RIGHTS])
def test_the_api_refuses_rights_by_name(app: Flask, field: str) -> None:
    sent = {"email": "new@example.com", "password": PASSWORD, field: RIGHTS[field]}
    response = app.test_client().post("/api/v2/auth/register", json=sent)
    assert response.status_code == 422
    assert pointers(response) == {f"/{field}"}


@pytest.mark.parametrize("field", ["owner_id", "user_id", "catalog", "status", "created_by", "__class__"])
def test_a_new_scenario_takes_no_field_that_is_not_its_own(program: Caller, field: str) -> None:
    response = program.post("/scenarios", json=DOCUMENT | {field: "archived"})
    assert response.status_code == 422
    assert f"/{field}" in pointers(response)


def test_what_is_ours_is_left_aside_and_stays_ours(app: Flask, program: Caller) -> None:
    """An answer can be edited and sent back, so these are taken along; they set nothing."""
    ours: dict[str, Any] = {"id": str(uuid4()), "version": 99, "created_at": "1999-01-01T00:00:00Z"}
    made = program.post("/scenarios", json=DOCUMENT | ours).get_json()
    scenario = stored(app, made["id"])
    assert (str(scenario.id) == ours["id"], scenario.version == 99) == (False, False)
    assert scenario.owner_id == program.owner_id
    assert scenario.created_at.year > 2000
    program.patch(f"/scenarios/{made['id']}", json={"name": "Renamed"} | ours)
    assert stored(app, made["id"]).created_at == scenario.created_at


def test_a_change_cannot_give_a_scenario_away(app: Flask, program: Caller) -> None:
    scenario = program.new_scenario()
    response = program.patch(f"/scenarios/{scenario}", json={"owner_id": str(uuid4())})
    assert (response.status_code, pointers(response)) == (422, {"/owner_id"})
    assert stored(app, scenario).owner_id == program.owner_id


def test_a_form_cannot_give_a_scenario_away(app: Flask, ada: Person, stranger: Person) -> None:
    workshop = Workshop(app, ada.id)  # type: ignore[arg-type]  # somebody who signed in
    scenario = workshop.scenario()
    sent: dict[str, object] = {
        "name": "Mine",
        "region": "us-east-1",
        "owner_id": str(stranger.id),
        "version": 7,
        "free_tier": "none",
    }
    ada.post(f"/scenarios/{scenario.id}", sent)
    assert stored(app, str(scenario.id)).owner_id == ada.id


def test_a_key_cannot_be_made_for_somebody_else(app: Flask, ada: Person, stranger: Person) -> None:
    sent: dict[str, object] = {"name": "theirs", "scopes": "read", "owner_id": str(stranger.id)}
    assert ada.post("/keys", sent).status_code == 201
    assert "theirs" in ada.text("/keys")
    assert "theirs" not in stranger.text("/keys")
