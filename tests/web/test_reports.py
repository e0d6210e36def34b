"""Reports on the page: asked for, watched, failed with a reason, asked for again, downloaded."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from tests.web.conftest import Person, Workshop
from webapp.infra.db import db, unit_of_work
from webapp.models.report import Report
from webapp.services.reports import list_reports


def only_report(app: Flask, workshop: Workshop, scenario_id: UUID) -> UUID:
    with app.app_context():
        (report,) = list_reports(workshop.owner_id, scenario_id)
        return report.id


def put(app: Flask, report_id: UUID, **values: object) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(Report).where(Report.id == report_id).values(**values))


def test_a_report_is_asked_for_and_polled_until_it_is_finished(
    app: Flask, ada: Person, workshop: Workshop
) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/reports"
    assert ada.post(path, {"format": "csv", "sections": ["summary", "costs"]}).location == path
    report_id = only_report(app, workshop, scenario.id)
    assert "data-poll" in ada.get(f"/reports/{report_id}", htmx=True).get_data(as_text=True)
    put(app, report_id, status="running", progress=40)
    assert 'value="40"' in ada.get(f"/reports/{report_id}", htmx=True).get_data(as_text=True)
    put(app, report_id, status="completed", progress=100)
    done = ada.get(f"/reports/{report_id}", htmx=True).get_data(as_text=True)
    assert "data-poll" not in done
    assert f"/reports/{report_id}/download" in done
    assert ada.get(f"/reports/{report_id}").location == path


def test_a_mail_is_promised_only_to_whoever_ticks_it(app: Flask, ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/reports"
    assert 'name="mail_when_ready">' in ada.text(path)
    ada.post(path, {"format": "csv"})
    assert "you get a mail when it is ready" not in ada.text(path)
    ada.post(path, {"format": "csv", "mail_when_ready": "on"})
    assert ada.text(path).count("you get a mail when it is ready") == 1


def test_a_failed_report_says_why_and_can_be_asked_for_again(
    app: Flask, ada: Person, workshop: Workshop
) -> None:
    scenario = workshop.scenario()
    ada.post(f"/scenarios/{scenario.id}/reports", {"format": "pdf"})
    report_id = only_report(app, workshop, scenario.id)
    put(app, report_id, status="failed", reason="The report took too long.")
    text = ada.text(f"/scenarios/{scenario.id}/reports")
    assert "The report took too long." in text
    assert "data-poll" not in text
    again = ada.post(f"/reports/{report_id}/retry", htmx=True).get_data(as_text=True)
    assert "Queued" in again
    assert "data-poll" in again


@pytest.mark.parametrize("htmx", [False, True])
def test_a_report_is_cancelled_on_the_page(app: Flask, ada: Person, workshop: Workshop, htmx: bool) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/reports"
    ada.post(path, {"format": "pdf"})
    report_id = only_report(app, workshop, scenario.id)
    answer = ada.post(f"/reports/{report_id}/cancel", htmx=htmx)
    text = answer.get_data(as_text=True) if htmx else ada.text(path)
    assert "Cancelled" in text and "Try again" in text
    assert "data-poll" not in text


def test_a_report_that_ended_before_the_click_shows_how_it_ended(
    app: Flask, ada: Person, workshop: Workshop
) -> None:
    scenario = workshop.scenario()
    ada.post(f"/scenarios/{scenario.id}/reports", {"format": "pdf"})
    report_id = only_report(app, workshop, scenario.id)
    put(app, report_id, status="completed", progress=100)
    assert "Download" in ada.post(f"/reports/{report_id}/cancel", htmx=True).get_data(as_text=True)


@pytest.mark.parametrize("form", [{"format": "docx"}, {"format": "pdf", "sections": ["gossip"]}])
def test_an_unknown_format_or_section_is_refused_in_place(
    ada: Person, workshop: Workshop, form: dict[str, object]
) -> None:
    answer = ada.post(f"/scenarios/{workshop.scenario().id}/reports", form)
    assert answer.status_code == 422
    assert "Unknown" in answer.get_data(as_text=True)


def test_an_unfinished_report_cannot_be_downloaded(app: Flask, ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    ada.post(f"/scenarios/{scenario.id}/reports", {"format": "pdf"})
    answer = ada.get(f"/reports/{only_report(app, workshop, scenario.id)}/download")
    assert answer.status_code == 409
    assert "not ready yet" in answer.get_data(as_text=True)
