"""The contract of version 1, frozen: one story, every answer compared as a whole with the one kept."""

from uuid import UUID

import pytest
from flask import Flask

from tests.api.callers import Caller
from tests.api_v1.snapshots import check
from tests.services.catalogs import make_catalog
from tests.stack.application import Clock
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.report_making import render_report

SCENARIO = {
    "name": "Orders",
    "description": "What the shop sends.",
    "tags": ["shop"],
    "region": "us-east-1",
    "traffic": {"volume": 1_000_000, "unit": "events"},
    "resources": [{"service": "sqs", "name": "queue", "usage": {"requests": {"per": "events", "factor": 3}}}],
}
WHO = {"email": "grace@example.com", "password": "correct horse battery"}
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def _frozen_prices(app: Flask, clock: Clock) -> None:
    """The contract does not change because AWS changes a price."""
    with app.app_context():
        make_catalog("frozen", {("us-east-1", "sqs.standard"): "0.000001"})


def test_signing_in(ada: Caller) -> None:
    client = ada.client
    check("auth_register", client.post("/api/v1/auth/register", json=WHO))
    check("auth_register_taken", client.post("/api/v1/auth/register", json=WHO))
    signed_in = client.post("/api/v1/auth/login", json=WHO)
    check("auth_login", signed_in)
    check("auth_login_refused", client.post("/api/v1/auth/login", json=WHO | {"password": "wrong"}))
    check("auth_login_incomplete", client.post("/api/v1/auth/login", json={"email": "x", "who": 1}))
    token = {"Authorization": f"Bearer {signed_in.get_json()['access_token']}"}
    check("auth_me", client.get("/api/v1/auth/me", headers=token))
    check("auth_me_nobody", client.get("/api/v1/auth/me"))


def test_scenarios(ada: Caller) -> None:
    created = ada.post("/api/v1/scenarios", json=SCENARIO)
    check("scenario_created", created)
    path = created.headers["Location"]
    check("scenario_shown", ada.get(path))
    check("scenario_changed", ada.put(path, json={"name": "Returns", "tags": [], "free_tier": "always"}))
    check("scenario_moved_wrongly", ada.put(path, json={"status": "lost"}))
    check("scenario_list", ada.get("/api/v1/scenarios"))
    check("scenario_list_after_the_last", ada.get("/api/v1/scenarios?page=2&page_size=1"))
    check("scenario_list_wrong", ada.get("/api/v1/scenarios?page=0&page_size=1000&colour=red"))
    check("scenario_wrong", ada.post("/api/v1/scenarios", json=wrong()))
    check("scenario_unknown_field", ada.post("/api/v1/scenarios", json=SCENARIO | {"prices": {}}))
    check("scenario_no_json", ada.post("/api/v1/scenarios", data=b"{", content_type="application/json"))
    check("scenario_not_json", ada.post("/api/v1/scenarios", data=b"name=Orders"))
    check("scenario_metrics_before", ada.get(f"{path}/metrics"))
    check("scenario_deleted", ada.delete(path))
    check("scenario_missing", ada.get(path))


def wrong() -> dict[str, object]:
    """Two fields of a scenario that cannot be."""
    return {
        "name": "",
        "region": "us-east-1",
        "resources": [{"service": "sqs", "usage": {"requests": -1}}],
        "tags": 3,
    }


def test_events(ada: Caller) -> None:
    scenario_id = ada.post("/api/v1/scenarios", json=SCENARIO).get_json()["id"]
    named = {"X-Scenario-ID": scenario_id}
    check("ingest", ada.post("/api/v1/ingest", data=b"one\ntwo\n\xff\n", headers=named))
    check("ingest_without_scenario", ada.post("/api/v1/ingest", data=b"one\n"))
    check("ingest_no_id", ada.post("/api/v1/ingest", data=b"one\n", headers={"X-Scenario-ID": "orders"}))
    check("ingest_missing", ada.post("/api/v1/ingest", data=b"one\n", headers={"X-Scenario-ID": NOBODY}))
    check(
        "ingest_long_key",
        ada.post("/api/v1/ingest", data=b"", headers=named | {"Idempotency-Key": "x" * 201}),
    )
    check("scenario_metrics", ada.get(f"/api/v1/scenarios/{scenario_id}/metrics"))
    ada.put(f"/api/v1/scenarios/{scenario_id}", json={"status": "completed"})
    check("ingest_completed", ada.post("/api/v1/ingest", data=b"one\n", headers=named))


def test_reports(app: Flask, ada: Caller, queue: RecordingDispatcher) -> None:
    path = f"/api/v1/scenarios/{ada.post('/api/v1/scenarios', json=SCENARIO).get_json()['id']}/reports"
    asked = ada.post(path, json={"format": "csv"})
    check("report_asked", asked)
    report = asked.headers["Location"]
    check("report_status_queued", ada.get(f"{report}/status"))
    check("report_not_ready", ada.get(f"{report}/download"))
    check("report_wrong", ada.post(path, json={"format": "doc"}))
    with app.app_context():
        render_report(UUID(asked.get_json()["id"]))
    check("report_status_completed", ada.get(f"{report}/status"))
    check("report_downloaded", ada.get(f"{report}/download", buffered=True))
    check("report_list", ada.get(path))
    check("report_list_after_the_last", ada.get(f"{path}?page=2"))


def test_what_is_not_there(ada: Caller) -> None:
    check("unknown_route", ada.get("/api/v1/price"))
    check("wrong_method", ada.patch("/api/v1/scenarios", json={}))
