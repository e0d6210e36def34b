"""Reports over HTTP: asked for, followed to the end, downloaded by their owner only."""

import csv
import io
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.api.callers import Caller, MakeCaller, pointers, problem
from webapp.domain.jobs import RENDER_REPORT
from webapp.domain.reports import TOOK_TOO_LONG
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.report import Report
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


def made_report(app: Flask, caller: Caller) -> object:
    """Id of a CSV report of a new scenario, completed."""
    report_id = ask(caller, caller.new_scenario(), format="csv")["id"]
    make(app, report_id)
    return report_id


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
        ({"mail_when_ready": "yes"}, "/mail_when_ready"),
        ({"mail_when_ready": True}, "/mail_when_ready"),  # her address is not confirmed
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
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/status"),
        ("GET", "/download"),
        ("POST", "/retry"),
        ("POST", "/cancel"),
        ("DELETE", ""),
    ],
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
        ("POST", "/cancel", "write"),
        ("DELETE", "", "write"),
    ],
)
def test_a_key_does_only_what_its_scopes_say(
    ada: Caller, make_caller: MakeCaller, queue: RecordingDispatcher, method: str, path: str, scope: str
) -> None:
    report = ask(ada, ada.new_scenario(), format="csv")
    others = {"read", "write", "ingest"} - {scope}
    assert problem(make_caller("ada", *others).call(method, f"/reports/{report['id']}{path}"))[0] == 403


def test_a_download_that_broke_off_goes_on_where_it_was(
    app: Flask, ada: Caller, queue: RecordingDispatcher
) -> None:
    path = f"/reports/{made_report(app, ada)}/download"
    whole = ada.get(path, buffered=True)
    content, tag = whole.get_data(), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes" and not tag.startswith("W/")
    first = ada.get(path, headers={"Range": "bytes=0-99"}, buffered=True)
    rest = ada.get(path, headers={"Range": "bytes=100-", "If-Range": tag}, buffered=True)
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.get_data() + rest.get_data() == content
    assert rest.headers["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    assert ada.get(path, headers={"If-None-Match": tag}, buffered=True).status_code == 304


def test_the_rest_of_another_file_is_never_sent(app: Flask, ada: Caller, queue: RecordingDispatcher) -> None:
    path = f"/reports/{made_report(app, ada)}/download"
    again = ada.get(path, headers={"Range": "bytes=100-", "If-Range": '"another"'}, buffered=True)
    assert again.status_code == 200
    assert len(again.get_data()) == int(again.headers["Content-Length"])


def test_a_range_after_the_end_says_how_long_the_file_is(
    app: Flask, ada: Caller, queue: RecordingDispatcher
) -> None:
    path = f"/reports/{made_report(app, ada)}/download"
    size = len(ada.get(path, buffered=True).get_data())
    refused = ada.get(path, headers={"Range": f"bytes={size}-"})
    assert problem(refused)[0] == 416
    assert refused.headers["Content-Range"] == f"bytes */{size}"


def test_a_report_is_cancelled_and_asked_for_again(
    app: Flask, ada: Caller, queue: RecordingDispatcher
) -> None:
    report_id = ask(ada, ada.new_scenario(), format="csv")["id"]
    for _ in range(2):
        assert ada.post(f"/reports/{report_id}/cancel").get_json()["status"] == "cancelled"
    make(app, report_id)
    assert problem(ada.get(f"/reports/{report_id}/download"))[0] == 409
    assert ada.post(f"/reports/{report_id}/retry").get_json()["status"] == "queued"
    make(app, report_id)
    assert problem(ada.post(f"/reports/{report_id}/cancel"))[0] == 409


def test_a_report_that_ended_without_a_file_says_so_and_what_to_do(
    app: Flask, ada: Caller, queue: RecordingDispatcher
) -> None:
    report_id = ask(ada, ada.new_scenario(), format="csv")["id"]
    ada.post(f"/reports/{report_id}/cancel")
    retry = f"POST /api/v2/reports/{report_id}/retry asks for it again."
    refused = problem(ada.get(f"/reports/{report_id}/download"))
    assert refused == (409, f"This report was cancelled, so there is no file. {retry}")
    with app.app_context(), unit_of_work():
        report = db.session.get_one(Report, UUID(str(report_id)))
        report.status, report.reason = "failed", TOOK_TOO_LONG
    refused = problem(ada.get(f"/reports/{report_id}/download"))
    assert refused == (409, f"This report could not be made: {TOOK_TOO_LONG} {retry}")
    older = ada.get(f"/api/v1/reports/{report_id}/download")
    assert (older.status_code, older.get_json()) == (409, {"detail": refused[1]})


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_no_part_is_sent_of_a_file_that_is_at_hand_or_by_a_range_that_means_nothing(
    app: Flask, ada: Caller, queue: RecordingDispatcher, version: str
) -> None:
    path = f"/api/{version}/reports/{made_report(app, ada)}/download"
    whole = ada.get(path, buffered=True)
    for wanted in ("items=0-1", "bytes=0-1,5-6"):
        answer = ada.get(path, headers={"Range": wanted}, buffered=True)
        assert (answer.status_code, answer.get_data()) == (200, whole.get_data())
    at_hand = {"If-None-Match": whole.headers["ETag"], "Range": "bytes=0-99"}
    assert ada.get(path, headers=at_hand, buffered=True).status_code == 304


def test_a_deleted_report_is_gone(app: Flask, ada: Caller, queue: RecordingDispatcher) -> None:
    report_id = made_report(app, ada)
    assert ada.delete(f"/reports/{report_id}").status_code == 204
    assert problem(ada.delete(f"/reports/{report_id}"))[0] == 404


def test_the_reports_of_an_account_are_listed_with_filters(
    app: Flask, ada: Caller, eve: Caller, queue: RecordingDispatcher
) -> None:
    first, second = ada.new_scenario(), ada.new_scenario()
    made, waiting = ask(ada, first, format="csv")["id"], ask(ada, second)["id"]
    make(app, made)
    ask(eve, eve.new_scenario())

    def found(caller: Caller, **query: object) -> list[str]:
        return [item["id"] for item in caller.get("/reports", query_string=query).get_json()["items"]]

    assert found(ada) == [waiting, made]
    assert found(ada, status="completed") == found(ada, format="csv") == [made]
    assert found(ada, scenario_id=second) == found(ada, page_size=1) == [waiting]
    assert found(ada, page_size=1, page=2) == [made]
    assert problem(eve.get("/reports", query_string={"scenario_id": first}))[0] == 404
    wrong = {"status": "lost", "format": "doc", "scenario_id": "x", "page": 0, "page_size": 101, "of": 1}
    assert pointers(ada.get("/reports", query_string=wrong)) == {f"/{name}" for name in wrong}


def test_a_report_is_asked_for_once_under_one_idempotency_key(
    ada: Caller, queue: RecordingDispatcher
) -> None:
    path = f"/scenarios/{ada.new_scenario()}/reports"
    answers = [ada.post(path, json={}, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].get_json() == answers[1].get_json()
    assert len(queue.sent) == 1
