"""Scenarios over HTTP: the document kept, changed and priced, by its owner only."""

from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import DOCUMENT, LAMBDA, Caller, MakeCaller, pointers, problem
from webapp.infra.db import unit_of_work
from webapp.services.keys import revoke_key

QUEUE = {"service": "sqs", "name": "queue", "usage": {"requests": {"per": "events", "factor": 3}}}


@pytest.mark.both_databases
def test_a_document_becomes_a_scenario(ada: Caller) -> None:
    response = ada.post("/scenarios", json=DOCUMENT)
    made = response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v2/scenarios/{made['id']}"
    assert (made["status"], made["traffic_source"], made["version"]) == ("draft", "declared", 1)
    assert made["created_at"] <= made["updated_at"] and made["created_at"].endswith("Z")
    for field in ("name", "description", "tags", "region", "free_tier"):
        assert made[field] == DOCUMENT[field]
    assert made["traffic"]["volume"] == 1_000_000
    (resource,) = made["resources"]
    assert resource == LAMBDA | {"id": resource["id"]}
    assert ada.get(response.headers["Location"]).get_json() == made


def test_a_scenario_costs_what_its_document_costs(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    bill = ada.get(f"/scenarios/{scenario_id}/estimate").get_json()
    assert bill == ada.post("/estimates", json=DOCUMENT).get_json()


@pytest.mark.both_databases
def test_a_commitment_goes_with_the_scenario_into_its_bill(ada: Caller) -> None:
    terms = {"term": "1-year", "payment": "no-upfront"}
    made = ada.post("/scenarios", json=DOCUMENT | {"commitment": terms}).get_json()
    assert made["commitment"] == terms
    bill = ada.get(f"/scenarios/{made['id']}/estimate").get_json()
    assert bill["commitment"]["term"] == "1-year"
    assert Decimal(bill["total_usd"]) < Decimal(bill["commitment"]["on_demand_total_usd"])
    none = ada.patch(f"/scenarios/{made['id']}", json={"commitment": {"term": "none"}}).get_json()
    assert none["commitment"]["term"] == "none"
    assert ada.get(f"/scenarios/{made['id']}/estimate").get_json()["commitment"] is None


def test_a_scenario_needs_a_name(ada: Caller) -> None:
    assert pointers(ada.post("/scenarios", json=DOCUMENT | {"name": " "})) == {"/name"}


def test_everything_wrong_is_named_at_once(ada: Caller) -> None:
    assert pointers(ada.post("/scenarios", json={})) == {"/region", "/name"}
    assert pointers(ada.post("/scenarios", json={"name": " ", "colour": 1})) == {
        "/region",
        "/name",
        "/colour",
    }
    path = f"/scenarios/{ada.new_scenario()}"
    wrong = {"status": "lost", "traffic_source": "guessed", "region": "moon-1", "name": "", "colour": 1}
    for answer in (ada.patch(path, json=wrong), ada.put(path, json=wrong)):
        assert pointers(answer) == {f"/{name}" for name in wrong}
    assert pointers(ada.put(path, json={})) == {"/region", "/name"}


def test_a_change_knows_its_state_among_its_fields(ada: Caller) -> None:
    _, detail = problem(ada.patch(f"/scenarios/{ada.new_scenario()}", json={"colour": 1}))
    assert "prices, status, traffic_source." in detail


@pytest.mark.both_databases
def test_a_change_that_changes_nothing_keeps_the_version(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    first = ada.get(path)
    same = [
        ada.patch(path, json={}),
        ada.patch(path, json={"status": "draft", "traffic_source": "declared"}),
        ada.patch(path, json={"name": DOCUMENT["name"], "tags": ["Shop"]}),
        ada.patch(path, json={"resources": first.get_json()["resources"]}),
        ada.post(f"{path}/status", json={"status": "draft"}),
        ada.put(path, json=first.get_json()),
    ]
    for answer in same:
        assert (answer.headers["ETag"], answer.get_json()) == (first.headers["ETag"], first.get_json())
    # Without their ids these are new resources, however alike.
    assert ada.patch(path, json={"resources": DOCUMENT["resources"]}).get_json()["version"] == 2
    assert ada.patch(path, json={"name": "Other"}).get_json()["version"] == 3


def test_a_change_touches_only_what_it_names(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    before = ada.get(f"/scenarios/{scenario_id}").get_json()
    after = ada.patch(f"/scenarios/{scenario_id}", json={"name": "Renamed"}).get_json()
    assert after["name"] == "Renamed" and after["version"] == 2
    for field in ("description", "region", "traffic", "resources", "created_at"):
        assert after[field] == before[field]


@pytest.mark.both_databases
def test_an_answer_can_be_edited_and_sent_back(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    edited = ada.get(f"/scenarios/{scenario_id}").get_json()
    edited["resources"].append(QUEUE)
    response = ada.patch(f"/scenarios/{scenario_id}", json=edited)
    assert response.status_code == 200
    worker, queue = response.get_json()["resources"]
    assert (worker["name"], queue["name"]) == ("worker", "queue")
    assert worker["id"] == edited["resources"][0]["id"]


@pytest.mark.both_databases
def test_resources_keep_their_ids_in_another_order(ada: Caller) -> None:
    scenario_id = ada.new_scenario(resources=[LAMBDA, QUEUE, {**QUEUE, "name": "third"}])
    edited = ada.get(f"/scenarios/{scenario_id}").get_json()
    first, second, third = edited["resources"]
    swapped = [third, {**first, "name": "renamed"}, {**first, "name": "twin"}, {**QUEUE, "id": ["?"]}]
    found = ada.patch(f"/scenarios/{scenario_id}", json={"resources": swapped}).get_json()["resources"]
    assert [resource["name"] for resource in found] == ["third", "renamed", "twin", "queue"]
    assert [resource["id"] for resource in found[:2]] == [third["id"], first["id"]]
    assert len({resource["id"] for resource in found} | {second["id"]}) == 5


def test_a_wrong_change_changes_nothing(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    before = ada.get(f"/scenarios/{scenario_id}").get_json()
    response = ada.patch(f"/scenarios/{scenario_id}", json={"name": "Renamed", "region": "moon-1"})
    assert pointers(response) == {"/region"}
    assert ada.get(f"/scenarios/{scenario_id}").get_json() == before


def test_states_follow_their_rules(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    assert (
        ada.patch(f"/scenarios/{scenario_id}", json={"status": "archived"}).get_json()["status"] == "archived"
    )
    assert problem(ada.patch(f"/scenarios/{scenario_id}", json={"name": "Renamed"}))[0] == 409
    assert problem(ada.patch(f"/scenarios/{scenario_id}", json={"status": "running"}))[0] == 409
    assert ada.patch(f"/scenarios/{scenario_id}", json={"status": "draft"}).status_code == 200
    assert pointers(ada.patch(f"/scenarios/{scenario_id}", json={"status": "lost"})) == {"/status"}


def test_a_copy_is_a_draft_of_its_own(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    response = ada.post(f"/scenarios/{scenario_id}/duplicate")
    copy = response.get_json()
    assert response.status_code == 201 and response.headers["Location"].endswith(copy["id"])
    assert copy["id"] != scenario_id and copy["status"] == "draft" and "Orders" in copy["name"]
    ada.delete(f"/scenarios/{copy['id']}")
    assert ada.get(f"/scenarios/{scenario_id}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"), [("{bad json", 400), ('{"name": "Copy"}', 422), ("[]", 422), ("{}", 201), ("", 201)]
)
def test_a_copy_takes_no_wishes(ada: Caller, body: str, status: int) -> None:
    path = f"/scenarios/{ada.new_scenario()}/duplicate"
    assert ada.post(path, data=body, content_type="application/json").status_code == status


@pytest.mark.both_databases
def test_a_deleted_scenario_is_gone(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    response = ada.delete(f"/scenarios/{scenario_id}")
    assert (response.status_code, response.get_data()) == (204, b"")
    assert problem(ada.get(f"/scenarios/{scenario_id}"))[0] == 404
    assert problem(ada.delete(f"/scenarios/{scenario_id}"))[0] == 404


@pytest.mark.both_databases
def test_the_list_filters_and_sorts(ada: Caller) -> None:
    for name, region, tag in (
        ("Alpha", "us-east-1", "shop"),
        ("Beta", "eu-west-1", "shop"),
        ("Gamma", "eu-west-1", "bot"),
    ):
        ada.new_scenario(name=name, region=region, tags=[tag])

    def names(query: str) -> list[str]:
        return [item["name"] for item in ada.get(f"/scenarios?{query}").get_json()["items"]]

    assert names("sort=name") == ["Alpha", "Beta", "Gamma"]
    assert names("sort=-name&limit=2") == ["Gamma", "Beta"]
    assert names("region=eu-west-1&tag=shop") == ["Beta"]
    assert names("tag=shop&tag=bot") == []
    assert names("search=gam") == ["Gamma"]
    assert names("search=bot") == ["Gamma"]
    assert names("search=shop&sort=name") == ["Alpha", "Beta", "Gamma"]  # all three descriptions say it
    assert names("status=archived") == []
    assert names("created_after=2020-01-01&sort=name") == ["Alpha", "Beta", "Gamma"]
    assert names("updated_after=2999-01-01T00:00:00Z") == []


def test_a_row_says_what_it_costs(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    (row,) = ada.get("/scenarios").get_json()["items"]
    bill = ada.get(f"/scenarios/{scenario_id}/estimate").get_json()
    assert (row["id"], row["total_usd"], row["unpriced"]) == (scenario_id, bill["total_usd"], 0)
    assert row["etag"] == ada.get(f"/scenarios/{scenario_id}").headers["ETag"]
    assert (row["version"], row["resources"], row["tags"]) == (1, 1, ["shop"])


@pytest.mark.both_databases
def test_an_answer_holds_the_fields_asked_for(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    total = ada.get(f"/scenarios/{scenario_id}/estimate").get_json()["total_usd"]
    (row,) = ada.get("/scenarios?fields=id,total_usd").get_json()["items"]
    assert row == {"id": scenario_id, "total_usd": total}
    (row,) = ada.get("/scenarios?fields=name,resources,tags").get_json()["items"]
    assert row == {"name": "Orders", "resources": 1, "tags": ["shop"]}
    one = ada.get(f"/scenarios/{scenario_id}?fields=name,total_usd,unpriced").get_json()
    assert one == {"name": "Orders", "total_usd": total, "unpriced": 0}


@pytest.mark.parametrize("path", ["/scenarios", "/scenarios/{}"])
def test_an_unknown_field_is_named(ada: Caller, path: str) -> None:
    response = ada.get(f"{path.format(ada.new_scenario())}?fields=name,price")
    assert pointers(response) == {"/fields"} and "“price”" in response.get_json()["detail"]


def test_a_replaced_document_keeps_nothing_it_does_not_name(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    response = ada.put(f"/scenarios/{scenario_id}", json={"name": "New", "region": "eu-west-1"})
    replaced = response.get_json()
    assert response.status_code == 200 and replaced["version"] == 2
    assert (replaced["name"], replaced["region"], replaced["status"]) == ("New", "eu-west-1", "draft")
    assert (replaced["tags"], replaced["resources"], replaced["description"]) == ([], [], "")
    assert replaced["traffic"]["volume"] is None


def test_an_answer_can_be_put_back_as_it_is(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    before = ada.get(f"/scenarios/{scenario_id}").get_json()
    after = ada.put(f"/scenarios/{scenario_id}", json=before).get_json()
    for field in ("name", "tags", "traffic", "status", "prices", "commitment"):
        assert after[field] == before[field]


def test_only_what_exists_can_be_replaced(ada: Caller) -> None:
    assert problem(ada.put(f"/scenarios/{uuid4()}", json=DOCUMENT))[0] == 404
    scenario_id = ada.new_scenario()
    assert pointers(ada.put(f"/scenarios/{scenario_id}", json={"name": "New", "colour": "red"})) == {
        "/region",
        "/colour",
    }


def test_a_status_has_a_route_of_its_own(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}/status"
    assert ada.post(path, json={"status": "archived"}).get_json()["status"] == "archived"
    assert problem(ada.post(path, json={"status": "running"}))[0] == 409
    assert pointers(ada.post(path, json={"status": "lost"})) == {"/status"}
    assert pointers(ada.post(path, json={"state": "draft"})) == {"/status", "/state"}
    assert pointers(ada.post(path, json={})) == {"/status"}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=-1", "limit=²", "limit=101", "limit=99999999999", "sort=cost",
     "region=moon-1", "status=lost", "search=" + "x" * 201, "tag=%00", "tag=" + "x" * 41, "page=2",
     "created_after=yesterday", "updated_after=2026-01-01T10:00", "cursor=x", "_external=1"],
)  # fmt: skip
def test_a_wrong_parameter_is_named(ada: Caller, query: str) -> None:
    assert pointers(ada.get(f"/scenarios?{query}")) == {f"/{query.partition('=')[0]}"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/status"),
        ("GET", "/resources"),
        ("POST", "/resources"),
        ("GET", "/estimate"),
        ("GET", "/regions"),
        ("POST", "/duplicate"),
        ("POST", "/ingest"),
        ("GET", "/recording"),
        ("POST", "/reports"),
        ("GET", "/reports"),
    ],
)
def test_a_stranger_gets_404(ada: Caller, eve: Caller, method: str, path: str) -> None:
    scenario_id = ada.new_scenario()
    bodies = {
        "": {"name": "Mine", "region": "us-east-1"},
        "/status": {"status": "archived"},
        "/resources": LAMBDA,
    }
    sent = bodies.get(path, {})
    absent = problem(eve.call(method, f"/scenarios/{uuid4()}{path}", json=sent))
    refused = problem(eve.call(method, f"/scenarios/{scenario_id}{path}", json=sent))
    assert refused == absent and refused[0] == 404
    assert ada.get(f"/scenarios/{scenario_id}").get_json()["name"] == "Orders"


def test_a_stranger_does_not_see_it_listed(ada: Caller, eve: Caller) -> None:
    ada.new_scenario()
    assert eve.get("/scenarios").get_json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/scenarios", "read"),
        ("POST", "/scenarios", "write"),
        ("GET", "/scenarios/{}", "read"),
        ("PATCH", "/scenarios/{}", "write"),
        ("PUT", "/scenarios/{}", "write"),
        ("POST", "/scenarios/bulk", "write"),
        ("POST", "/scenarios/{}/status", "write"),
        ("GET", "/scenarios/{}/resources", "read"),
        ("POST", "/scenarios/{}/resources", "write"),
        ("DELETE", "/scenarios/{}", "write"),
        ("GET", "/scenarios/{}/estimate", "read"),
        ("GET", "/scenarios/{}/regions", "read"),
        ("POST", "/scenarios/{}/duplicate", "write"),
        ("POST", "/scenarios/{}/ingest", "ingest"),
        ("GET", "/scenarios/{}/recording", "read"),
        ("POST", "/scenarios/{}/reports", "write"),
        ("GET", "/scenarios/{}/reports", "read"),
    ],
)
def test_a_key_does_only_what_its_scopes_say(
    ada: Caller, make_caller: MakeCaller, client: FlaskClient, method: str, path: str, scope: str
) -> None:
    address = path.format(ada.new_scenario())
    others = {"read", "write", "ingest"} - {scope}
    status, detail = problem(make_caller("ada", *others).call(method, address, json=DOCUMENT))
    assert (status, f"“{scope}”" in detail) == (403, True)
    assert make_caller("ada", scope).call(method, address, json=DOCUMENT).status_code < 500
    without = client.open(f"/api/v2{address}", method=method, json=DOCUMENT)
    assert problem(without)[0] == 401 and without.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_ends_at_once(app: Flask, ada: Caller) -> None:
    assert ada.get("/scenarios").status_code == 200
    with app.app_context(), unit_of_work():
        revoke_key(ada.owner_id, ada.key_id)
    assert problem(ada.get("/scenarios")) == (401, "This API key has been revoked.")


def test_a_scenario_is_priced_in_every_region(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    answer = ada.get(f"/scenarios/{scenario_id}/regions").get_json()
    bill = ada.get(f"/scenarios/{scenario_id}/estimate").get_json()
    at_home = next(row for row in answer["regions"] if row["region"] == "us-east-1")
    assert (answer["region"], at_home["difference_usd"]) == ("us-east-1", "0")
    assert at_home["total_usd"] == bill["total_usd"]
    assert len(answer["regions"]) == 21
