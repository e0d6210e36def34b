"""API keys over the API: told once, listed, expired, revoked, and never more than their maker."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.api.callers import Caller, MakeCaller, pointers, problem
from tests.api.people import Person
from tests.stack.application import Clock
from webapp.infra.db import db
from webapp.models.idempotency import IdempotentRequest

WANTED: dict[str, object] = {"name": "staging shipper", "scopes": ["ingest", "read"]}


@pytest.fixture
def grace(client: FlaskClient) -> Person:
    person = Person(client, "grace@example.com")
    person.register()
    assert person.sign_in().status_code == 200
    return person


def calls(client: FlaskClient, secret: str) -> int:
    return client.get("/api/v2/auth/me", headers={"X-API-Key": secret}).status_code


@pytest.mark.both_databases
def test_a_key_is_told_once_and_works(client: FlaskClient, grace: Person) -> None:
    answer = grace.post("/auth/api-keys", WANTED)
    made = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v2/auth/api-keys/{made['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (made["name"], made["scopes"], made["status"]) == (
        "staging shipper",
        ["read", "ingest"],
        "in_force",
    )
    assert made["secret"].startswith(made["prefix"]) and made["expires_at"] is None
    assert calls(client, made["secret"]) == 200
    card = grace.get(f"/auth/api-keys/{made['id']}").get_json()
    assert "secret" not in card and card["last_used_at"] is not None
    assert grace.get("/auth/api-keys").get_json() == {"items": [card]}


@pytest.mark.both_databases
def test_a_revoked_key_is_refused_by_the_next_request(client: FlaskClient, grace: Person) -> None:
    made = grace.post("/auth/api-keys", WANTED).get_json()
    assert calls(client, made["secret"]) == 200
    for _ in range(2):
        assert grace.call("DELETE", f"/auth/api-keys/{made['id']}").status_code == 204
    refused = client.get("/api/v2/auth/me", headers={"X-API-Key": made["secret"]})
    assert problem(refused) == (401, "This API key has been revoked.")
    assert grace.get(f"/auth/api-keys/{made['id']}").get_json()["status"] == "revoked"


def test_an_expired_key_says_so(client: FlaskClient, clock: Clock) -> None:
    person = Person(client, "grace@example.com")
    person.register()
    person.sign_in()
    end = clock.moment + timedelta(days=30)
    made = person.post("/auth/api-keys", WANTED | {"expires_at": end.isoformat()}).get_json()
    assert made["expires_at"] == "2026-04-13T09:26:00Z"
    clock.advance(days=30)
    refused = client.get("/api/v2/auth/me", headers={"X-API-Key": made["secret"]})
    assert problem(refused) == (401, "This API key expired on 2026-04-13. Make a new one.")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": ""}, {"/name"}),
        ({"name": None}, {"/name"}),
        ({"name": "x" * 81}, {"/name"}),
        ({"name": 7, "scopes": "read"}, {"/name", "/scopes"}),
        ({"scopes": []}, {"/scopes"}),
        ({"scopes": ["root"]}, {"/scopes"}),
        ({"scopes": ["read"] * 21}, {"/scopes"}),
        ({"scopes": [["read"]]}, {"/scopes"}),
        ({"scopes": ["admin"]}, {"/scopes"}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {"/expires_at"}),
        ({"expires_at": "2999-01-01T00:00:00"}, {"/expires_at"}),
        ({"expires_at": "tomorrow"}, {"/expires_at"}),
        ({"expires_at": 1}, {"/expires_at"}),
        ({"owner_id": str(uuid4()), "secret": "mk_mine"}, {"/owner_id", "/secret"}),
    ],
)
def test_what_is_wrong_is_named(grace: Person, changes: dict[str, object], named: set[str]) -> None:
    assert pointers(grace.post("/auth/api-keys", WANTED | changes)) == named
    assert grace.get("/auth/api-keys").get_json() == {"items": []}


@pytest.mark.both_databases
def test_a_key_sent_for_twice_is_made_once_and_told_once(app: Flask, ada: Caller) -> None:
    sent = {"json": WANTED, "headers": {"Idempotency-Key": "one-key"}}
    first, second = ada.post("/auth/api-keys", **sent), ada.post("/auth/api-keys", **sent)
    assert first.status_code == second.status_code == 201
    assert second.headers["Idempotent-Replayed"] == "true"
    made = first.get_json()
    assert second.get_json() == made | {"secret": None}
    assert second.headers["Location"] == first.headers["Location"]
    assert len(ada.get("/auth/api-keys").get_json()["items"]) == 2  # Ada's own and the new one
    with app.app_context():
        kept = db.session.scalars(select(IdempotentRequest.body)).one()
    assert made["secret"] not in kept


def test_a_key_passes_on_no_more_than_it_has(make_caller: MakeCaller) -> None:
    writer = make_caller("ada", "read", "write")
    assert writer.post("/auth/api-keys", json=WANTED | {"scopes": ["read"]}).status_code == 201
    status, detail = problem(writer.post("/auth/api-keys", json=WANTED))
    assert status == 403 and "read, write" in detail


def test_a_key_makes_none_that_lasts_longer(client: FlaskClient, clock: Clock) -> None:
    person = Person(client, "grace@example.com")
    person.register()
    person.sign_in()
    end = clock.moment + timedelta(days=7)
    wanted = {"name": "week", "scopes": ["read", "write"], "expires_at": end.isoformat()}
    week = {"X-API-Key": person.post("/auth/api-keys", wanted).get_json()["secret"]}

    def make(**changes: object) -> int:
        return client.post("/api/v2/auth/api-keys", json=wanted | changes, headers=week).status_code

    assert make() == 201
    assert make(expires_at=None) == 403
    assert make(expires_at=(end + timedelta(seconds=1)).isoformat()) == 403


def test_a_key_needs_the_scope(make_caller: MakeCaller) -> None:
    reader = make_caller("ada", "read")
    assert reader.get("/auth/api-keys").status_code == 200
    assert problem(reader.post("/auth/api-keys", json=WANTED))[0] == 403
    assert problem(reader.delete(f"/auth/api-keys/{reader.key_id}"))[0] == 403
    shipper = make_caller("ada", "ingest")
    assert problem(shipper.get("/auth/api-keys"))[0] == 403


def test_a_stranger_sees_and_ends_nobody_elses_key(client: FlaskClient, ada: Caller, eve: Caller) -> None:
    for act in (eve.get, eve.delete):
        for key_id in (ada.key_id, uuid4()):
            assert problem(act(f"/auth/api-keys/{key_id}"))[0] == 404
    assert str(ada.key_id) not in eve.get("/auth/api-keys").get_data(as_text=True)
    assert ada.get("/auth/me").status_code == 200


def test_a_key_may_end_itself(ada: Caller) -> None:
    assert ada.delete(f"/auth/api-keys/{ada.key_id}").status_code == 204
    assert problem(ada.get("/auth/me"))[0] == 401
