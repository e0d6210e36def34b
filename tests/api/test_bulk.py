"""Many scenarios in one request: each for itself, or all together or none."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.api.callers import DOCUMENT, Caller, pointers, problem


def create(name: str = "New") -> dict[str, Any]:
    return {"op": "create", "document": DOCUMENT | {"name": name}}


def rename(scenario_id: str, name: str, **others: object) -> dict[str, Any]:
    return {"op": "update", "id": scenario_id, "changes": {"name": name}, **others}


def delete(scenario_id: str, **others: object) -> dict[str, Any]:
    return {"op": "delete", "id": scenario_id, **others}


def send(caller: Caller, *operations: object, atomic: bool = False, **others: Any) -> Any:
    return caller.post("/scenarios/bulk", json={"operations": operations, "atomic": atomic}, **others)


def names(caller: Caller) -> list[str]:
    return [
        item["name"] for item in caller.get("/scenarios?sort=name&fields=name&limit=100").get_json()["items"]
    ]


@pytest.mark.both_databases
@pytest.mark.parametrize("atomic", [False, True])
def test_everything_is_done_in_its_order(ada: Caller, atomic: bool) -> None:
    kept, gone = ada.new_scenario(name="Kept"), ada.new_scenario(name="Gone")
    etag = ada.get(f"/scenarios/{kept}").headers["ETag"]
    response = send(ada, create(), rename(kept, "Renamed", if_match=etag), delete(gone), atomic=atomic)
    answer = response.get_json()
    assert response.status_code == 200
    assert (answer["atomic"], answer["succeeded"], answer["failed"]) == (atomic, 3, 0)
    made, renamed, deleted = answer["results"]
    assert [result["status"] for result in answer["results"]] == [201, 200, 204]
    assert (renamed["id"], deleted["id"], deleted["etag"]) == (kept, gone, None)
    for result in (made, renamed):
        assert ada.get(f"/scenarios/{result['id']}").headers["ETag"] == result["etag"]
    assert names(ada) == ["New", "Renamed"]


@pytest.mark.both_databases
def test_each_stands_for_itself(ada: Caller, eve: Caller) -> None:
    kept, archived, hers = ada.new_scenario(name="Kept"), ada.new_scenario(name="Old"), eve.new_scenario()
    old = ada.get(f"/scenarios/{kept}").headers["ETag"]
    ada.post(f"/scenarios/{archived}/status", json={"status": "archived"})
    wrong = {"op": "create", "document": DOCUMENT | {"region": "moon-1", "name": ""}}
    answer = send(
        ada, create("First"), wrong, rename(kept, "Renamed"), rename(kept, "Again", if_match=old),
        rename(archived, "No"), delete(hers), delete(str(uuid4())), create("Last"),
    ).get_json()  # fmt: skip
    assert [result["status"] for result in answer["results"]] == [201, 422, 200, 412, 409, 404, 404, 201]
    assert (answer["succeeded"], answer["failed"]) == (3, 5)
    refused = answer["results"][1]["problem"]
    assert refused["type"] == "urn:mockupaws:problem:invalid-input"
    pointed_at = {error["pointer"] for error in refused["errors"]}
    assert pointed_at == {"/operations/1/document/region", "/operations/1/document/name"}
    assert answer["results"][3]["problem"]["type"] == "urn:mockupaws:problem:precondition-failed"
    assert names(ada) == ["First", "Last", "Renamed"]
    assert eve.get(f"/scenarios/{hers}").status_code == 200


@pytest.mark.both_databases
@pytest.mark.parametrize("fault", ["absent", "archived", "stale", "wrong"])
def test_all_or_none(ada: Caller, fault: str) -> None:
    kept, archived = ada.new_scenario(name="Kept"), ada.new_scenario(name="Old")
    old = ada.get(f"/scenarios/{kept}").headers["ETag"]
    ada.patch(f"/scenarios/{kept}", json={"description": "Newer."})
    ada.post(f"/scenarios/{archived}/status", json={"status": "archived"})
    failing = {
        "absent": (delete(str(uuid4())), 404),
        "archived": (rename(archived, "No"), 409),
        "stale": (rename(kept, "No", if_match=old), 412),
        "wrong": ({"op": "update", "id": kept, "changes": {"region": "moon-1"}}, 422),
    }
    operation, status = failing[fault]
    response = send(ada, create(), rename(kept, "Renamed"), operation, create(), atomic=True)
    found, detail = problem(response)
    assert found == status
    if status == 422:
        assert pointers(response) == {"/operations/2/changes/region"}
    else:
        assert "Nothing was changed" in detail and "Operation 2" in detail
    assert names(ada) == ["Kept"]
    assert ada.get(f"/scenarios/{kept}").get_json()["version"] == 2


def test_all_that_is_wrong_with_documents_is_named_at_once(ada: Caller) -> None:
    wrong = {"op": "create", "document": DOCUMENT | {"region": "moon-1"}}
    response = send(ada, wrong, create(), wrong, atomic=True)
    assert pointers(response) == {"/operations/0/document/region", "/operations/2/document/region"}


def test_a_hundred_are_taken_and_no_more(ada: Caller) -> None:
    answer = send(ada, *[create(f"Scenario {number}") for number in range(100)]).get_json()
    assert answer["succeeded"] == 100 and len(names(ada)) == 100
    assert pointers(send(ada, *[create()] * 101)) == {"/operations"}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"/operations"}),
        ({"operations": []}, {"/operations"}),
        ({"operations": {}}, {"/operations"}),
        ({"operations": [create()], "atomic": "yes"}, {"/atomic"}),
        ({"operations": [create()], "mode": "fast"}, {"/mode"}),
        (
            {"operations": [7, {"op": "rename"}, {}]},
            {"/operations/0", "/operations/1/op", "/operations/2/op"},
        ),
        ({"operations": [{"op": "create"}]}, {"/operations/0/document"}),
        ({"operations": [{"op": "delete"}]}, {"/operations/0/id"}),
        ({"operations": [delete("7")]}, {"/operations/0/id"}),
        ({"operations": [rename(str(uuid4()), "x") | {"document": {}}]}, {"/operations/0/document"}),
        ({"operations": [delete(str(uuid4()), if_match="7")]}, {"/operations/0/if_match"}),
        ({"operations": [delete(str(uuid4()), if_match=7)]}, {"/operations/0/if_match"}),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_done(ada: Caller, sent: object, wrong: set[str]) -> None:
    assert pointers(ada.post("/scenarios/bulk", json=sent)) == wrong
    assert names(ada) == []


@pytest.mark.both_databases
def test_a_bulk_sent_again_acts_once(ada: Caller) -> None:
    key = {"Idempotency-Key": "import-1"}
    wrong = {"op": "create", "document": {}}
    first = send(ada, create(), wrong, headers=key)
    again = send(ada, create(), wrong, headers=key)
    assert again.get_data() == first.get_data() and again.headers["Idempotent-Replayed"] == "true"
    assert names(ada) == ["New"]


@pytest.mark.both_databases
def test_two_bulks_over_the_same_scenarios_do_not_wait_for_each_other(ada: Caller) -> None:
    ids = [ada.new_scenario(name=f"{number}", resources=[]) for number in range(6)]

    def run(turn: int) -> int:
        order = ids if turn % 2 else ids[::-1]
        answer = send(ada.of_its_own(), *[rename(own, f"turn {turn}") for own in order], atomic=True)
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(run, range(8))) == {200}
    assert len(set(names(ada))) == 1
    assert {item["version"] for item in ada.get("/scenarios").get_json()["items"]} == {9}
