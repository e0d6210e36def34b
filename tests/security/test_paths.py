"""Paths that climb: no file outside of where files are handed out, by whatever spelling."""

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.api.callers import Caller
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.report import Report

CLIMBS = (
    "../wsgi.py",
    "..%2fwsgi.py",
    "%2e%2e/wsgi.py",
    "..%5cwsgi.py",
    "....//wsgi.py",
    "vendor/../../wsgi.py",
    "%00../wsgi.py",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..\\wsgi.py",
)


@pytest.mark.parametrize("climb", CLIMBS)
def test_static_files_end_at_their_folder(app: Flask, climb: str) -> None:
    answer = app.test_client().get(f"/static/{climb}")
    assert answer.status_code in (308, 404)
    assert b"create_app" not in answer.data and b"root:" not in answer.data


@pytest.mark.parametrize("climb", CLIMBS)
def test_a_report_is_named_by_its_id_alone(program: Caller, climb: str) -> None:
    answer = program.get(f"/reports/{climb}/download")
    assert answer.status_code in (308, 404)
    assert b"create_app" not in answer.data and b"root:" not in answer.data


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "a\r\nSet-Cookie: x=1", "/etc/passwd", "\u202egpj"]
)
def test_the_name_of_a_scenario_is_no_path_of_its_report(
    app: Flask, program: Caller, queue: RecordingDispatcher, tmp_path: Path, name: str
) -> None:
    scenario = program.new_scenario(name=name)
    asked = program.post(f"/scenarios/{scenario}/reports", json={"format": "csv"})
    assert asked.status_code == 202
    report_id = UUID(asked.get_json()["id"])
    _finish(app, report_id, b"a,b\n")
    with program.get(f"/reports/{report_id}/download") as answer:
        assert (answer.status_code, answer.data) == (200, b"a,b\n")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert not any(part in disposition for part in ("/", "\\", "\r", "\n", "\u202e"))
    assert "Set-Cookie" not in answer.headers
    kept = [file for file in (tmp_path / "reports").rglob("*") if file.is_file()]
    assert [file.name for file in kept] == [f"{report_id}.csv"]


def _finish(app: Flask, report_id: UUID, content: bytes) -> None:
    """Do what the worker would have done."""
    with app.app_context(), unit_of_work():
        report = db.session.get(Report, report_id)
        assert report is not None
        report.status = "completed"
        folder = app.extensions["settings"].reports_dir
        folder.mkdir(exist_ok=True)
        (folder / f"{report_id}.csv").write_bytes(content)
