"""`Idempotency-Key`: a request that comes twice acts once, also at the same moment, also after a failure."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from tests.api.callers import DOCUMENT, Caller, MakeCaller, pointers, problem
from tests.stack.application import Clock
from webapp.api.v2 import scenarios as scenario_routes
from webapp.infra.db import db, unit_of_work
from webapp.models.idempotency import IdempotentRequest
from webapp.models.scenario import Scenario
from webapp.services import idempotency
from webapp.services.idempotency import forget_old_requests

KEY = {"Idempotency-Key": "order-7f3a"}


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.both_databases
def test_a_request_sent_again_acts_once_and_is_answered_the_same(app: Flask, ada: Caller) -> None:
    first = ada.post("/scenarios", json=DOCUMENT, headers=KEY)
    again = ada.post("/scenarios", json=DOCUMENT, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_data() == first.get_data()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert again.headers["X-Correlation-ID"] != first.headers["X-Correlation-ID"]
    assert count(app, Scenario) == 1


def test_an_answer_without_a_body_is_repeated_without_one(ada: Caller) -> None:
    first, again = (
        ada.post("/scenarios", json=DOCUMENT, headers=KEY | {"Prefer": "return=minimal"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code, again.get_data()) == (201, 201, b"")
    for name in ("Location", "ETag", "Preference-Applied", "Content-Type"):
        assert first.headers.get(name) == again.headers.get(name)
    assert "Content-Type" not in again.headers


def test_without_a_key_every_request_acts(app: Flask, ada: Caller) -> None:
    ada.post("/scenarios", json=DOCUMENT)
    ada.post("/scenarios", json=DOCUMENT)
    assert count(app, Scenario) == 2


def test_a_key_with_another_request_is_refused(app: Flask, ada: Caller) -> None:
    made = ada.post("/scenarios", json=DOCUMENT, headers=KEY).get_json()
    for path, sent in (
        ("/scenarios", {**DOCUMENT, "name": "Other"}),
        (f"/scenarios/{made['id']}/duplicate", {}),
    ):
        response = ada.post(path, json=sent, headers=KEY)
        assert problem(response)[0] == 422
        assert response.get_json()["type"] == "urn:mockupaws:problem:idempotency-key-reused"
    assert count(app, Scenario) == 1


def test_a_copy_is_made_once(app: Flask, ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    ids = {ada.post(f"/scenarios/{scenario_id}/duplicate", headers=KEY).get_json()["id"] for _ in range(3)}
    assert len(ids) == 1 and count(app, Scenario) == 2


def test_two_accounts_may_use_the_same_key(app: Flask, ada: Caller, eve: Caller) -> None:
    hers = ada.post("/scenarios", json=DOCUMENT, headers=KEY).get_json()
    other = eve.post("/scenarios", json=DOCUMENT, headers=KEY)
    assert other.status_code == 201 and other.get_json()["id"] != hers["id"]
    assert count(app, Scenario) == 2


def test_a_key_without_the_scope_is_shown_nothing(ada: Caller, make_caller: MakeCaller) -> None:
    ada.post("/scenarios", json=DOCUMENT, headers=KEY)
    shipper = make_caller("ada", "ingest")
    assert problem(shipper.post("/scenarios", json=DOCUMENT, headers=KEY))[0] == 403


@pytest.mark.both_databases
def test_a_refused_request_may_be_mended_under_its_key(app: Flask, ada: Caller) -> None:
    assert pointers(ada.post("/scenarios", json=DOCUMENT | {"name": ""}, headers=KEY)) == {"/name"}
    assert count(app, IdempotentRequest) == 0
    assert ada.post("/scenarios", json=DOCUMENT, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "two words", "caf\u00e9"])
def test_a_key_that_is_none_is_named(app: Flask, ada: Caller, key: str) -> None:
    response = ada.post("/scenarios", json=DOCUMENT, headers={"Idempotency-Key": key})
    assert response.status_code == 422 and pointers(response) == {"/Idempotency-Key"}
    assert count(app, Scenario) == 0


def test_a_key_of_200_characters_is_taken(ada: Caller) -> None:
    assert ada.post("/scenarios", json=DOCUMENT, headers={"Idempotency-Key": "x" * 200}).status_code == 201


@pytest.mark.both_databases
def test_ten_requests_at_once_with_one_key_act_once(app: Flask, ada: Caller) -> None:
    def send(_: int) -> tuple[int, str]:
        caller = Caller(app.test_client(), ada.owner_id, ada.key_id, ada.headers)
        response = caller.post("/scenarios", json=DOCUMENT, headers=KEY)
        return response.status_code, response.get_json()["id"]

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    assert len(answers) == 1 and next(iter(answers))[0] == 201
    assert count(app, Scenario) == 1


@pytest.mark.both_databases
def test_what_broke_half_way_leaves_nothing_and_may_be_sent_again(
    app: Flask, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def break_down(*_: object) -> None:
        raise RuntimeError("lost power")

    with monkeypatch.context() as broken:
        broken.setattr(scenario_routes, "_created", break_down)  # after the scenario was written
        assert problem(ada.post("/scenarios", json=DOCUMENT, headers=KEY))[0] == 500
    assert (count(app, Scenario), count(app, IdempotentRequest)) == (0, 0)
    assert ada.post("/scenarios", json=DOCUMENT, headers=KEY).status_code == 201
    assert count(app, Scenario) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_first_request_that_hangs_is_not_waited_for_without_end(
    app: Flask, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_PATIENCE_S", 1)
    with app.app_context():
        engine = db.engine
    hanging = {"account_id": ada.owner_id, "key": KEY["Idempotency-Key"], "digest": "of the one that hangs"}
    with engine.connect() as other:
        other.execute(insert(IdempotentRequest).values(hanging))
        waiting = ada.post("/scenarios", json=DOCUMENT, headers=KEY)
        other.rollback()
    status, detail = problem(waiting)
    assert (status, waiting.headers.get("Retry-After")) == (503, "5") and "still at work" in detail
    assert ada.post("/scenarios", json=DOCUMENT, headers=KEY).status_code == 201


def test_what_is_shown_once_is_not_kept(app: Flask, ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}/share-links"
    first = ada.post(path, json={"name": "For Bob"}, headers=KEY).get_json()
    again = ada.post(path, json={"name": "For Bob"}, headers=KEY)
    assert first["url"] and again.get_json() == first | {"url": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    with app.app_context():
        kept = db.session.scalars(select(IdempotentRequest)).one()
        assert first["url"].rpartition("/")[2] not in f"{kept.body}{kept.headers}"


def test_an_answer_is_kept_for_a_day(app: Flask, ada: Caller, clock: Clock) -> None:
    first = ada.post("/scenarios", json=DOCUMENT, headers=KEY).get_json()["id"]
    clock.advance(seconds=86_399)
    assert ada.post("/scenarios", json=DOCUMENT, headers=KEY).get_json()["id"] == first
    clock.advance(seconds=2)
    assert ada.post("/scenarios", json=DOCUMENT, headers=KEY).get_json()["id"] != first


def test_old_answers_are_forgotten(app: Flask, ada: Caller, clock: Clock) -> None:
    ada.post("/scenarios", json=DOCUMENT, headers={"Idempotency-Key": "old"})
    clock.advance(days=1.1)
    ada.post("/scenarios", json=DOCUMENT, headers={"Idempotency-Key": "new"})
    with app.app_context(), unit_of_work():
        assert forget_old_requests() == 1
        assert db.session.scalars(select(IdempotentRequest.key)).all() == ["new"]
