"""Budgets over the API: set, seen, removed, tested; and what they refuse."""

import re
from uuid import UUID

import pytest
from flask import Flask

from tests.api.callers import Caller, pointers, problem
from tests.services.budgeting import DOLLAR, check
from webapp.infra.jobs import RecordingDispatcher

_URL = "https://hooks.example.com/costs"


@pytest.fixture(autouse=True)
def _no_broker(queue: RecordingDispatcher) -> None:
    """Jobs are recorded."""


def _shop(caller: Caller, volume: object = 85) -> str:
    """A scenario that costs as many dollars as it has events."""
    usage = {"requests": {"per": "events", "factor": 1}}
    return caller.new_scenario(
        traffic={"volume": volume},
        resources=[{"service": "sqs", "name": "queue", "usage": usage}],
        prices=DOLLAR,
    )


def test_a_budget_is_set_seen_changed_and_removed(ada: Caller) -> None:
    path = f"/scenarios/{_shop(ada)}/budget"
    assert problem(ada.get(path)) == (404, "This scenario has no budget.")
    made = ada.put(path, json={"amount_usd": "100.00"})
    assert made.status_code == 201
    document = made.get_json()
    assert document.pop("webhook_secret") is None
    assert document == ada.get(path).get_json()
    named = ("amount_usd", "figure", "webhook_url", "total_usd", "percent", "passed", "unpriced", "crossings")
    assert [document[name] for name in named] == ["100", "expected", "", "85", 85, 80, 0, []]
    changed = ada.put(path, json={"amount_usd": 200, "figure": "high"})
    assert (changed.status_code, changed.get_json()["percent"]) == (200, 42)
    assert ada.delete(path).status_code == 204
    assert problem(ada.delete(path)) == (404, "This scenario has no budget.")


def test_an_archived_scenario_keeps_its_budget_as_it_is(ada: Caller) -> None:
    scenario, bare = _shop(ada), _shop(ada)
    ada.put(f"/scenarios/{scenario}/budget", json={"amount_usd": 100})
    for each in (scenario, bare):
        ada.patch(f"/scenarios/{each}", json={"status": "archived"})
        assert problem(ada.put(f"/scenarios/{each}/budget", json={"amount_usd": 200}))[0] == 409
        assert problem(ada.delete(f"/scenarios/{each}/budget"))[0] == 409
    assert ada.get(f"/scenarios/{scenario}/budget").get_json()["amount_usd"] == "100"
    ada.patch(f"/scenarios/{scenario}", json={"status": "draft"})
    assert ada.delete(f"/scenarios/{scenario}/budget").status_code == 204


def test_what_was_told_is_listed(app: Flask, ada: Caller) -> None:
    scenario_id = _shop(ada)
    path = f"/scenarios/{scenario_id}/budget"
    ada.put(path, json={"amount_usd": "100"})
    with app.app_context():
        check(UUID(scenario_id))
    document = ada.get(path).get_json()
    assert [(row["threshold"], row["total_usd"]) for row in document["crossings"]] == [(50, "85"), (80, "85")]
    assert document["checked_at"] is not None


def test_a_bill_nobody_knows_has_no_percent(ada: Caller) -> None:
    usage = {"requests": {"per": "orders", "factor": 1}}
    scenario_id = ada.new_scenario(resources=[{"service": "sqs", "name": "queue", "usage": usage}])
    document = ada.put(f"/scenarios/{scenario_id}/budget", json={"amount_usd": "100"}).get_json()
    assert [document[name] for name in ("total_usd", "percent", "passed", "unpriced")] == [
        None,
        None,
        None,
        1,
    ]


def test_the_secret_is_answered_once_for_a_new_address(ada: Caller) -> None:
    path = f"/scenarios/{_shop(ada)}/budget"
    wish = {"amount_usd": "100", "webhook_url": _URL}
    secret = ada.put(path, json=wish).get_json()["webhook_secret"]
    assert re.fullmatch("mw_[0-9A-Za-z]{38}", secret)
    assert ada.put(path, json=wish).get_json()["webhook_secret"] is None
    assert secret not in ada.get(path).get_data(as_text=True)
    assert ada.put(path, json=wish | {"webhook_url": _URL + "/2"}).get_json()["webhook_secret"] != secret


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, {"/amount_usd"}),
        ({"amount_usd": None}, {"/amount_usd"}),
        ({"amount_usd": "0"}, {"/amount_usd"}),
        ({"amount_usd": "5", "figure": "low"}, {"/figure"}),
        ({"amount_usd": "5", "figure": None}, {"/figure"}),
        ({"amount_usd": "5", "webhook_url": "https://10.0.0.1/"}, {"/webhook_url"}),
        (
            {"amount_usd": "x", "webhook_url": "https://127.1/", "more": 1},
            {"/amount_usd", "/webhook_url", "/more"},
        ),
    ],
)
def test_wrong_wishes_are_named(ada: Caller, sent: dict[str, object], named: set[str]) -> None:
    path = f"/scenarios/{_shop(ada)}/budget"
    refused = ada.put(path, json=sent)
    assert refused.status_code == 422
    assert pointers(refused) == named
    assert ada.get(path).status_code == 404


def test_a_webhook_is_tested_and_its_posts_are_listed(ada: Caller) -> None:
    path = f"/scenarios/{_shop(ada)}/budget"
    status, said = problem(ada.post(f"{path}/webhook/test"))
    assert (status, said.startswith("There is no webhook to test.")) == (409, True)
    ada.put(path, json={"amount_usd": "100", "webhook_url": _URL})
    once = {"Idempotency-Key": "once"}
    sent = [ada.post(f"{path}/webhook/test", headers=once) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [202, 202]
    (listed,) = ada.get(f"{path}/webhook/deliveries").get_json()["items"]
    assert listed == sent[0].get_json() == sent[1].get_json()
    assert (listed["event"], listed["status"], listed["answer_status"]) == ("budget.test", "waiting", None)


def test_a_stranger_finds_nothing(ada: Caller, eve: Caller) -> None:
    path = f"/scenarios/{_shop(ada)}/budget"
    ada.put(path, json={"amount_usd": "100", "webhook_url": _URL})
    answers = [
        eve.get(path), eve.put(path, json={"amount_usd": "1"}), eve.put(path, json={}), eve.delete(path),
        eve.get(f"{path}/webhook/deliveries"), eve.post(f"{path}/webhook/test"),
    ]  # fmt: skip
    assert [problem(answer) for answer in answers] == [(404, "There is no such scenario.")] * 6
    assert ada.get(path).get_json()["amount_usd"] == "100"


def test_the_next_read_follows_the_bill(ada: Caller) -> None:
    scenario_id = _shop(ada)
    ada.put(f"/scenarios/{scenario_id}/budget", json={"amount_usd": "100"})
    ada.patch(f"/scenarios/{scenario_id}", json={"traffic": {"volume": 20}})
    assert ada.get(f"/scenarios/{scenario_id}/budget").get_json()["percent"] == 20
