"""Version 1 on the same services as version 2: same data, same owners, same keys, same limits."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import DOCUMENT, Caller, MakeCaller
from tests.stack.application import Clock
from webapp.infra.jobs import RecordingDispatcher

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.both_databases
def test_both_versions_show_the_same_scenario(ada: Caller) -> None:
    made = ada.post("/api/v1/scenarios", json=DOCUMENT).get_json()
    newer = ada.get(f"/scenarios/{made['id']}").get_json()
    shared = set(DOCUMENT) - {"resources"}  # those of version 2 have ids
    assert {name: newer[name] for name in shared} == {name: made[name] for name in shared}
    assert [resource["name"] for resource in newer["resources"]] == ["worker"]
    ada.patch(f"/scenarios/{made['id']}", json={"name": "Renamed"})
    (item,) = ada.get("/api/v1/scenarios").get_json()["items"]
    assert (item["id"], item["name"]) == (made["id"], "Renamed")
    bill = ada.get(f"/scenarios/{made['id']}/estimate").get_json()
    assert item["total_cost_usd"] == round(float(bill["total_usd"]), 2)


def test_a_scenario_without_a_region_is_in_virginia(ada: Caller) -> None:
    assert ada.post("/api/v1/scenarios", json={"name": "Small"}).get_json()["region"] == "us-east-1"


def test_what_has_no_price_costs_null(ada: Caller) -> None:
    made = ada.post("/api/v1/scenarios", json=DOCUMENT | {"traffic": {}}).get_json()
    assert (made["total_cost_usd"], made["unpriced_count"]) == (None, 1)
    metrics = ada.get(f"/api/v1/scenarios/{made['id']}/metrics").get_json()
    assert (metrics["total_cost_usd"], metrics["cost_breakdown"]) == (None, [])


def test_a_client_that_reads_until_a_page_is_empty_comes_to_an_end(ada: Caller, clock: Clock) -> None:
    for name in "abc":
        ada.new_scenario(name=name)
        clock.advance(seconds=1)
    names, page = [], 1
    while items := ada.get(f"/api/v1/scenarios?page_size=2&page={page}").get_json()["items"]:
        names += [item["name"] for item in items]
        page += 1
    assert names == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/scenarios/{scenario}"),
        ("PUT", "/scenarios/{scenario}"),
        ("DELETE", "/scenarios/{scenario}"),
        ("GET", "/scenarios/{scenario}/metrics"),
        ("GET", "/scenarios/{scenario}/reports"),
        ("POST", "/scenarios/{scenario}/reports"),
        ("GET", "/reports/{report}"),
        ("GET", "/reports/{report}/status"),
        ("GET", "/reports/{report}/download"),
    ],
)
def test_a_stranger_gets_404(
    ada: Caller, eve: Caller, queue: RecordingDispatcher, method: str, path: str
) -> None:
    scenario = ada.new_scenario()
    report = ada.post(f"/scenarios/{scenario}/reports").get_json()["id"]
    body: dict[str, Any] = {} if method == "GET" else {"json": {}}
    for ids in ({"scenario": scenario, "report": report}, {"scenario": NOBODY, "report": NOBODY}):
        refused = eve.call(method, "/api/v1" + path.format(**ids), **body)
        assert refused.status_code == 404
        assert refused.get_json()["detail"].startswith("There is no such")
    assert ada.get(f"/scenarios/{scenario}").status_code == 200


def test_a_stranger_cannot_send_events(ada: Caller, eve: Caller) -> None:
    named = {"X-Scenario-ID": ada.new_scenario()}
    assert eve.post("/api/v1/ingest", data=b"one\n", headers=named).status_code == 404
    assert ada.post("/api/v1/ingest", data=b"one\n", headers=named).get_json()["accepted"] == 1


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/scenarios", "read"),
        ("POST", "/scenarios", "write"),
        ("GET", f"/scenarios/{NOBODY}", "read"),
        ("PUT", f"/scenarios/{NOBODY}", "write"),
        ("DELETE", f"/scenarios/{NOBODY}", "write"),
        ("GET", f"/scenarios/{NOBODY}/metrics", "read"),
        ("GET", f"/scenarios/{NOBODY}/reports", "read"),
        ("POST", f"/scenarios/{NOBODY}/reports", "write"),
        ("GET", f"/reports/{NOBODY}", "read"),
        ("GET", f"/reports/{NOBODY}/status", "read"),
        ("GET", f"/reports/{NOBODY}/download", "read"),
        ("POST", "/ingest", "ingest"),
        ("GET", "/auth/me", "read"),
    ],
)
def test_a_key_does_only_what_its_scopes_say(
    client: FlaskClient, make_caller: MakeCaller, method: str, path: str, scope: str
) -> None:
    others = {"read", "write", "ingest"} - {scope}
    refused = make_caller("ada", *others).call(method, f"/api/v1{path}")
    assert (refused.status_code, f"“{scope}”" in refused.get_json()["detail"]) == (403, True)
    nobody = client.open(f"/api/v1{path}", method=method)
    assert (nobody.status_code, type(nobody.get_json()["detail"])) == (401, str)
    assert "Bearer" in nobody.headers["WWW-Authenticate"]


def test_a_header_that_was_repeated_counts_once(ada: Caller) -> None:
    headers = {"X-Scenario-ID": ada.new_scenario(), "Idempotency-Key": "batch-1"}
    first, again = (ada.post("/api/v1/ingest", data=b"one\n", headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert first.get_json() == again.get_json()
    (item,) = ada.get("/api/v1/scenarios").get_json()["items"]
    assert item["total_requests"] == 1


def test_a_header_that_was_repeated_with_other_events_is_refused(ada: Caller) -> None:
    headers = {"X-Scenario-ID": ada.new_scenario(), "Idempotency-Key": "batch-1"}
    ada.post("/api/v1/ingest", data=b"one\n", headers=headers)
    refused = ada.post("/api/v1/ingest", data=b"two\nthree\n", headers=headers)
    assert refused.status_code == 422
    assert refused.get_json() == {
        "detail": "This Idempotency-Key came with another body before: nothing of this one was counted. "
        "Send it under a new key."
    }
    (item,) = ada.get("/api/v1/scenarios").get_json()["items"]
    assert item["total_requests"] == 1


def test_events_of_a_kind_that_is_not_read_are_refused_by_their_label(ada: Caller) -> None:
    named = {"X-Scenario-ID": ada.new_scenario()}
    for wrong in ({"Content-Type": "image/png"}, {"Content-Encoding": "br"}):
        refused = ada.post("/api/v1/ingest", data=b"one\n", headers=named | wrong)
        (label,) = wrong.values()
        assert (refused.status_code, f'"{label}"' in refused.get_json()["detail"]) == (415, True)


def test_the_correlation_id_of_the_caller_comes_back(ada: Caller) -> None:
    answer = ada.get("/api/v1/scenarios", headers={"X-Correlation-ID": "mine-1"})
    assert answer.headers["X-Correlation-ID"] == "mine-1"


def test_every_route_is_documented(app: Flask) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api-v1.md").read_text(encoding="utf-8")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_v1."):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                path = rule.rule.removeprefix("/api/v1").replace("<uuid:scenario_id>", "{id}")
                assert f"`{method} {path.replace('<uuid:report_id>', '{id}')}`" in text
