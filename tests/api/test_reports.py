"""Reports over HTTP: asked for, followed to the end, downloaded by their owner only."""

import csv
import io
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.api.callers import Caller, MakeCaller, pointers, problem
from webapp.domain.jobs import RENDER_REPORT
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.report_making import render_report


def ask(caller: Caller, scenario_id: str, **wishes: object) -> dict[str, object]:
    response = caller.post(f"/scenarios/{scenario_id}/reports", json=wishes)
    assert response.status_code == 202, response.get_data(as_text=True)
    report: dict[str, object] = response.get_json()
    assert response.headers["Location"] == f"/api/v2/reports/{report['id']}"
    return report


def make(app: Flask, report_id: object) -> None:
    """What the worker does."""
    with app.app_context():
        render_report(UUID(str(report_id)))


def test_a_report_is_asked_for_made_and_downloaded(
    app: Flask, ada: Caller, queue: RecordingDispatcher
) -> None:
    scenario_id = ada.new_scenario()
    report = ask(ada, scenario_id, format="csv", sections=["costs", "summary"])
    assert (report["status"], report["format"], report["sections"]) == ("queued", "csv", ["summary", "costs"])
    assert queue.sent == [(RENDER_REPORT, (report["id"],))]

    early = ada.get(f"/reports/{report['id']}/download")
    assert problem(early) == (409, "This report is not ready yet.")

    make(app, report["id"])
    status = ada.get(f"/reports/{report['id']}/status").get_json()
    assert status == {
        "id": report["id"],
        "status": "completed",
        "progress": 100,
        "reason": None,
        "notice": None,
    }
    download = ada.get(f"/reports/{report['id']}/download", buffered=True)
    assert (download.status_code, download.mimetype) == (200, "text/csv")
    assert download.headers["Content-Disposition"].startswith("attachment; filename=orders-")
    rows = list(csv.reader(io.StringIO(download.get_data(as_text=True).lstrip("\ufeff"))))
    assert any("worker" in cell for row in rows for cell in row)
    kept = ada.get(f"/reports/{report['id']}").get_json()
    assert kept["size_bytes"] == len(download.get_data())


def test_without_wishes_it_is_a_whole_pdf(ada: Caller, queue: RecordingDispatcher) -> None:
    response = ada.post(f"/scenarios/{ada.new_scenario()}/reports")
    report = response.get_json()
    assert response.status_code == 202 and report["format"] == "pdf"
    assert set(report["sections"]) == {"summary", "costs", "traffic", "assumptions", "formulas"}


@pytest.mark.parametrize(
    ("wishes", "pointer"),
    [
        ({"format": "docx"}, "/format"),
        ({"format": ["pdf"]}, "/format"),
        ({"sections": ["summary", "gossip"]}, "/sections/1"),
        ({"sections": "summary"}, "/sections"),
        ({"color": "red"}, "/color"),
    ],
)
def test_a_wrong_wish_is_named(
    ada: Caller, queue: RecordingDispatcher, wishes: dict[str, object], pointer: str
) -> None:
    assert pointers(ada.post(f"/scenarios/{ada.new_scenario()}/reports", json=wishes)) == {pointer}
    assert queue.sent == []


def test_while_the_queue_is_away_the_request_is_kept_and_says_so(
    ada: Caller, queue: RecordingDispatcher
) -> None:
    queue.away = True
    report = ask(ada, ada.new_scenario(), format="csv")
    assert report["status"] == "queued" and "queue is away" in str(report["notice"])


def test_only_a_failed_report_is_asked_for_again(ada: Caller, app: Flask, queue: RecordingDispatcher) -> None:
    report = ask(ada, ada.new_scenario(), format="csv")
    make(app, report["id"])
    assert problem(ada.post(f"/reports/{report['id']}/retry"))[0] == 409


def test_the_reports_of_a_scenario_are_listed_newest_first(ada: Caller, queue: RecordingDispatcher) -> None:
    scenario_id = ada.new_scenario()
    asked = [ask(ada, scenario_id, format=wanted)["id"] for wanted in ("csv", "pdf")]
    ask(ada, ada.new_scenario())
    items = ada.get(f"/scenarios/{scenario_id}/reports").get_json()["items"]
    assert [item["id"] for item in items] == asked[::-1]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/status"), ("GET", "/download"), ("POST", "/retry")]
)
def test_a_stranger_gets_404(
    app: Flask, ada: Caller, eve: Caller, queue: RecordingDispatcher, method: str, path: str
) -> None:
    report = ask(ada, ada.new_scenario(), format="csv")
    make(app, report["id"])
    refused = problem(eve.call(method, f"/reports/{report['id']}{path}"))
    assert refused == problem(eve.call(method, f"/reports/{uuid4()}{path}")) and refused[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "", "read"),
        ("GET", "/status", "read"),
        ("GET", "/download", "read"),
        ("POST", "/retry", "write"),
    ],
)
def test_a_key_does_only_what_its_scopes_say(
    ada: Caller, make_caller: MakeCaller, queue: RecordingDispatcher, method: str, path: str, scope: str
) -> None:
    report = ask(ada, ada.new_scenario(), format="csv")
    others = {"read", "write", "ingest"} - {scope}
    assert problem(make_caller("ada", *others).call(method, f"/reports/{report['id']}{path}"))[0] == 403
