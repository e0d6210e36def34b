"""The resources of a scenario over HTTP, one by one."""

from uuid import uuid4

import pytest

from tests.api.callers import LAMBDA, Caller, pointers, problem

QUEUE = {
    "service": "sqs",
    "name": "queue",
    "settings": {},
    "usage": {"requests": {"per": "events", "factor": 3}},
}


@pytest.mark.both_databases
def test_a_resource_is_added_read_changed_and_removed(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}/resources"
    made = ada.post(path, json=QUEUE)
    own = made.get_json()
    assert made.status_code == 201 and made.headers["Location"] == f"/api/v2{path}/{own['id']}"
    assert own == QUEUE | {"id": own["id"]} == ada.get(made.headers["Location"]).get_json()
    assert [item["name"] for item in ada.get(path).get_json()["items"]] == ["worker", "queue"]
    renamed = ada.patch(f"{path}/{own['id']}", json={"name": "orders"}).get_json()
    assert renamed == own | {"name": "orders"}
    replaced = ada.put(f"{path}/{own['id']}", json={"service": "sqs", "usage": {"requests": 5}}).get_json()
    assert replaced == {
        "id": own["id"],
        "service": "sqs",
        "name": "Amazon SQS",
        "settings": {},
        "usage": {"requests": 5},
    }
    response = ada.delete(f"{path}/{own['id']}")
    assert (response.status_code, response.get_data()) == (204, b"")
    assert response.headers["ETag"] == ada.get(path).headers["ETag"]
    assert [item["name"] for item in ada.get(path).get_json()["items"]] == ["worker"]
    assert ada.get(path.removesuffix("/resources")).get_json()["version"] == 5


def test_the_bill_follows(ada: Caller) -> None:
    scenario = f"/scenarios/{ada.new_scenario(resources=[])}"
    assert ada.get(f"{scenario}/estimate").get_json()["total_usd"] == "0"
    ada.post(f"{scenario}/resources", json=LAMBDA)
    assert ada.get(f"{scenario}/estimate").get_json()["total_usd"] != "0"


def test_an_answer_can_be_edited_and_sent_back(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}/resources"
    (own,) = ada.get(path).get_json()["items"]
    edited = own | {"settings": {"memory_mb": 256, "duration_ms": 50}}
    assert ada.put(f"{path}/{own['id']}", json=edited).get_json() == edited
    assert ada.patch(f"{path}/{own['id']}", json=own | {"id": str(uuid4())}).get_json() == own


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"service": "sqs", "usage": {"requests": -1}}, {"/usage/requests"}),
        ({"service": "teapot"}, {"/service"}),
        (
            {"service": "sqs", "colour": "red", "settings": {"memory_mb": 1}},
            {"/colour", "/settings/memory_mb"},
        ),
        ([], {""}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(ada: Caller, sent: object, wrong: set[str]) -> None:
    path = f"/scenarios/{ada.new_scenario()}/resources"
    before = ada.get(path).get_json()
    own = before["items"][0]["id"]
    assert pointers(ada.post(path, json=sent)) == wrong
    assert pointers(ada.put(f"{path}/{own}", json=sent)) == wrong
    assert ada.get(path).get_json() == before


def test_an_archived_scenario_takes_none(ada: Caller) -> None:
    scenario = f"/scenarios/{ada.new_scenario()}"
    ada.post(f"{scenario}/status", json={"status": "archived"})
    assert problem(ada.post(f"{scenario}/resources", json=QUEUE))[0] == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_stranger_gets_404(ada: Caller, eve: Caller, method: str) -> None:
    path = f"/scenarios/{ada.new_scenario()}/resources"
    (own,) = ada.get(path).get_json()["items"]
    hers = f"/scenarios/{eve.new_scenario()}/resources/{own['id']}"
    sent = None if method in ("GET", "DELETE") else LAMBDA
    for address in (f"{path}/{own['id']}", hers):
        assert problem(eve.call(method, address, json=sent))[0] == 404
    assert problem(ada.call(method, f"{path}/{uuid4()}", json=sent))[0] == 404
    assert ada.get(path).get_json()["items"] == [own]
