"""Reports: kept whatever happens, made once, failed with a reason, and nobody else's business."""

import errno
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.reports.scenarios import SHOP
from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from webapp.domain.jobs import RENDER_REPORT, Job
from webapp.domain.reports import BROKE, INTERRUPTED, KEPT, MAX_ATTEMPTS, QUEUE_IS_AWAY, SECTIONS, STALE
from webapp.infra import files
from webapp.infra.db import db, unit_of_work
from webapp.infra.files import write_whole
from webapp.infra.jobs import OutOfTime, RecordingDispatcher
from webapp.models.mail import Mail
from webapp.models.report import Report
from webapp.pricing.document import parse_document
from webapp.services import report_making
from webapp.services.accounts import register_account
from webapp.services.mails import list_mails
from webapp.services.report_lists import ReportQuery, find_reports
from webapp.services.report_making import render_report
from webapp.services.report_queue import resend_stuck_reports
from webapp.services.report_sweeping import sweep_reports
from webapp.services.reports import (
    ReportView,
    cancel_report,
    delete_report,
    get_report,
    list_reports,
    open_report,
    request_report,
    retry_report,
)
from webapp.services.scenarios import create_scenario, delete_scenario
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def queue(app: Flask) -> Iterator[RecordingDispatcher]:
    app.extensions["jobs"] = RecordingDispatcher()
    with app.app_context():
        yield app.extensions["jobs"]


@pytest.fixture
def owner() -> UUID:
    with unit_of_work():
        return register_account("ada@example.com", "correct horse").id


@pytest.fixture
def stranger() -> UUID:
    with unit_of_work():
        return register_account("eve@example.com", "correct horse").id


@pytest.fixture
def scenario(owner: UUID) -> UUID:
    with unit_of_work():
        return create_scenario(owner, parse_document(SHOP)).id


def _ask(owner: UUID, scenario: UUID, format: str = "csv") -> ReportView:
    with unit_of_work():
        return request_report(owner, scenario, format)


def _set(report: ReportView, **values: object) -> None:
    with unit_of_work():
        db.session.execute(update(Report).where(Report.id == report.id).values(**values))


def _files(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.reports_dir.iterdir())


def test_a_request_is_queued_and_its_job_sent(
    owner: UUID, scenario: UUID, queue: RecordingDispatcher
) -> None:
    report = _ask(owner, scenario, "pdf")
    assert (report.status, report.progress, report.notice) == ("queued", 0, "")
    assert report.sections == tuple(SECTIONS)
    assert report.filename.startswith("shop-") and report.filename.endswith(".pdf")
    assert queue.sent == [(RENDER_REPORT, (str(report.id),))]
    assert list_reports(owner, scenario) == (report,) == (get_report(owner, report.id),)


def test_a_request_that_is_rolled_back_sends_nothing(
    owner: UUID, scenario: UUID, queue: RecordingDispatcher
) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        request_report(owner, scenario)
        raise RuntimeError
    assert queue.sent == [] and list_reports(owner, scenario) == ()


def test_sections_come_in_the_reports_order_and_each_once(owner: UUID, scenario: UUID) -> None:
    with unit_of_work():
        report = request_report(owner, scenario, "pdf", ["formulas", "summary", "formulas"])
    assert report.sections == ("summary", "formulas")


@pytest.mark.parametrize(
    ("format", "sections", "pointer"),
    [
        ("doc", None, "/format"),
        (7, None, "/format"),
        ("pdf", "summary", "/sections"),
        ("pdf", ["a", {}], "/sections/0"),
    ],
)
def test_an_unknown_format_or_section_is_named(
    owner: UUID, scenario: UUID, format: object, sections: object, pointer: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        request_report(owner, scenario, format, sections)
    assert refusal.value.problems[0].pointer == pointer


def test_a_stranger_finds_nothing(owner: UUID, scenario: UUID, stranger: UUID) -> None:
    report = _ask(owner, scenario)
    for attempt in (
        lambda: request_report(stranger, scenario),
        lambda: list_reports(stranger, scenario),
        lambda: get_report(stranger, report.id),
        lambda: retry_report(stranger, report.id),
        lambda: open_report(stranger, report.id),
        lambda: cancel_report(stranger, report.id),
        lambda: delete_report(stranger, report.id),
        lambda: find_reports(stranger, ReportQuery(scenario_id=scenario)),
        lambda: get_report(owner, uuid4()),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.both_databases
@pytest.mark.parametrize("format", ["csv", "pdf"])
def test_the_worker_makes_the_file_once(owner: UUID, scenario: UUID, settings: Settings, format: str) -> None:
    report = _ask(owner, scenario, format)
    assert render_report(report.id) == "completed"
    made = get_report(owner, report.id)
    path, name, mimetype = open_report(owner, report.id)
    assert (made.status, made.progress, made.size_bytes) == ("completed", 100, path.stat().st_size)
    assert name == made.filename and mimetype.startswith(
        {"csv": "text/csv", "pdf": "application/pdf"}[format]
    )
    first = path.stat().st_mtime_ns
    assert render_report(report.id) == "nothing"
    assert path.stat().st_mtime_ns == first and _files(settings) == [f"{report.id}.{format}"]


def test_while_the_queue_is_away_a_request_is_kept_and_says_so(
    owner: UUID, scenario: UUID, queue: RecordingDispatcher
) -> None:
    queue.away = True
    report = _ask(owner, scenario)
    assert (report.status, report.notice) == ("queued", QUEUE_IS_AWAY)
    with unit_of_work():
        assert resend_stuck_reports() == 0
    assert get_report(owner, report.id).notice == QUEUE_IS_AWAY
    queue.away = False
    with unit_of_work():
        assert resend_stuck_reports() == 1
    assert queue.sent == [(RENDER_REPORT, (str(report.id),))]
    assert get_report(owner, report.id).notice == ""
    with unit_of_work():
        assert resend_stuck_reports() == 0


class _DiesInBetween(RecordingDispatcher):
    """A queue that answers when asked and is gone when used."""

    def send(self, job: Job, *arguments: str) -> None:
        raise Unavailable("gone")


def test_a_queue_that_dies_after_the_commit_loses_nothing(app: Flask, owner: UUID, scenario: UUID) -> None:
    app.extensions["jobs"] = _DiesInBetween()
    report = _ask(owner, scenario)
    assert get_report(owner, report.id).notice == QUEUE_IS_AWAY
    app.extensions["jobs"] = RecordingDispatcher()
    with unit_of_work():
        assert resend_stuck_reports() == 1


def test_a_lost_message_is_sent_again(
    owner: UUID, scenario: UUID, queue: RecordingDispatcher, clock: Clock
) -> None:
    report = _ask(owner, scenario)
    with unit_of_work():
        assert resend_stuck_reports() == 0
    clock.advance(seconds=61)
    with unit_of_work():
        assert resend_stuck_reports() == 1
    assert queue.sent == [(RENDER_REPORT, (str(report.id),))] * 2


@pytest.mark.both_databases
def test_a_report_in_work_is_left_alone_until_its_worker_has_gone_silent(
    owner: UUID, scenario: UUID, clock: Clock, queue: RecordingDispatcher
) -> None:
    report = _ask(owner, scenario)
    assert report_making._claim(report.id) is not None  # a worker takes it, and is killed
    assert render_report(report.id) == "busy"
    clock.advance(seconds=STALE.total_seconds() + 1)
    with unit_of_work():
        assert resend_stuck_reports() == 1
    assert render_report(report.id) == "completed"


def test_a_worker_that_lost_its_claim_changes_nothing(owner: UUID, scenario: UUID, clock: Clock) -> None:
    report = _ask(owner, scenario)
    frozen = report_making._claim(report.id)
    assert frozen is not None
    clock.advance(seconds=STALE.total_seconds() + 1)
    assert render_report(report.id) == "completed"
    done = get_report(owner, report.id)
    for late in (lambda: frozen.update(progress=40), lambda: frozen.fail("late")):
        with pytest.raises(report_making.ClaimLost):
            late()
    frozen.say_alive()
    assert get_report(owner, report.id) == done


def test_a_report_that_keeps_killing_its_worker_is_given_up(owner: UUID, scenario: UUID) -> None:
    report = _ask(owner, scenario)
    _set(report, attempts=MAX_ATTEMPTS)
    assert render_report(report.id) == "failed"
    assert get_report(owner, report.id).reason == INTERRUPTED


def test_a_failed_report_says_why_and_can_be_asked_again(
    owner: UUID, scenario: UUID, settings: Settings, queue: RecordingDispatcher
) -> None:
    settings.reports_dir.write_text("a file where the folder should be")
    report = _ask(owner, scenario)
    assert render_report(report.id) == "failed"
    failed = get_report(owner, report.id)
    assert failed.status == "failed" and "reports folder" in failed.reason
    with pytest.raises(Conflict):
        open_report(owner, report.id)

    settings.reports_dir.unlink()
    with unit_of_work():
        again = retry_report(owner, report.id)
    assert (again.status, again.reason, again.progress) == ("queued", "", 0)
    with unit_of_work():
        assert retry_report(owner, report.id) == again  # a second click changes nothing
    assert len(queue.sent) == 2
    assert render_report(report.id) == "completed"
    with pytest.raises(Conflict), unit_of_work():
        retry_report(owner, report.id)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "ENOSPC"),
        (OutOfTime(), "SoftTimeLimitExceeded"),
        (NotFound("Ada's secret plan is gone."), "NotFound"),
    ],
)
def test_a_report_that_fails_leaves_one_line_with_its_id_and_no_text_of_people(
    owner: UUID,
    scenario: UUID,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    code: str,
) -> None:
    def no_room(*_: object) -> None:
        raise error

    at = files if isinstance(error, OSError) else report_making
    monkeypatch.setattr(at, "_replace" if isinstance(error, OSError) else "_file", no_room)
    report = _ask(owner, scenario)
    with caplog.at_level("WARNING"):
        assert render_report(report.id) == "failed"
    assert [record.getMessage() for record in caplog.records] == [f"Report {report.id} has failed: {code}"]


def test_a_surprise_fails_the_report_without_its_details(
    owner: UUID, scenario: UUID, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def surprise(contents: object) -> bytes:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(report_making, "csv_report", surprise)
    report = _ask(owner, scenario)
    assert render_report(report.id) == "failed"
    assert get_report(owner, report.id).reason == BROKE
    assert "secret detail" in caplog.text


def test_nothing_is_locked_while_a_page_is_drawn(
    owner: UUID, scenario: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def drawing(contents: object) -> bytes:
        seen.append((db.session().in_transaction(), get_report(owner, report.id).progress))
        db.session.rollback()
        return b"drawn"

    monkeypatch.setattr(report_making, "csv_report", drawing)
    report = _ask(owner, scenario)
    assert render_report(report.id) == "completed"
    assert seen == [(False, 40)]


@pytest.mark.both_databases
def test_a_waiting_report_is_cancelled_at_once_and_can_be_asked_for_again(
    owner: UUID, scenario: UUID, settings: Settings
) -> None:
    report = _ask(owner, scenario)
    for _ in range(2):  # a second click changes nothing
        with unit_of_work():
            cancelled = cancel_report(owner, report.id)
        assert (cancelled.status, cancelled.is_finished) == ("cancelled", True)
    assert render_report(report.id) == "nothing"
    assert not settings.reports_dir.exists()
    with unit_of_work():
        assert retry_report(owner, report.id).status == "queued"
    assert render_report(report.id) == "completed"
    with pytest.raises(Conflict, match="ended"), unit_of_work():
        cancel_report(owner, report.id)


@pytest.mark.both_databases
@pytest.mark.parametrize("end", [cancel_report, delete_report])
@pytest.mark.parametrize("step", ["csv_report", "write_whole"])
def test_a_worker_stops_at_its_next_step_and_leaves_no_file(
    owner: UUID,
    scenario: UUID,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    end: Callable[[UUID, UUID], object],
) -> None:
    work = getattr(report_making, step)

    def ended_meanwhile(*arguments: object) -> object:
        with unit_of_work():
            end(owner, report.id)
        return work(*arguments)

    monkeypatch.setattr(report_making, step, ended_meanwhile)
    report = _ask(owner, scenario)
    assert render_report(report.id) == "nothing"
    assert not settings.reports_dir.exists() or _files(settings) == []
    statuses = [view.status for view in find_reports(owner, ReportQuery()).items]
    assert statuses == (["cancelled"] if end is cancel_report else [])


def test_a_worker_that_was_cancelled_leaves_the_file_of_the_one_after_it(
    owner: UUID, scenario: UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = _ask(owner, scenario)

    def slow_write(path: Path, content: bytes) -> None:
        monkeypatch.setattr(report_making, "write_whole", write_whole)
        with unit_of_work():
            cancel_report(owner, report.id)
        with unit_of_work():
            retry_report(owner, report.id)
        assert render_report(report.id) == "completed"
        write_whole(path, content)

    monkeypatch.setattr(report_making, "write_whole", slow_write)
    assert render_report(report.id) == "nothing"
    assert get_report(owner, report.id).status == "completed"
    assert _files(settings) == [f"{report.id}.csv"]


def test_a_deleted_report_takes_its_file_along(owner: UUID, scenario: UUID, settings: Settings) -> None:
    report = _ask(owner, scenario)
    render_report(report.id)
    with pytest.raises(RuntimeError), unit_of_work():
        delete_report(owner, report.id)
        raise RuntimeError
    assert _files(settings) == [f"{report.id}.csv"]
    with unit_of_work():
        delete_report(owner, report.id)
    assert _files(settings) == []
    with pytest.raises(NotFound):
        get_report(owner, report.id)


@pytest.mark.both_databases
def test_the_reports_of_an_account_are_found_by_scenario_state_and_format(
    owner: UUID, scenario: UUID, stranger: UUID
) -> None:
    with unit_of_work():
        other = create_scenario(owner, parse_document(SHOP)).id
    made, waiting = _ask(owner, scenario), _ask(owner, scenario, "pdf")
    elsewhere = _ask(owner, other)
    render_report(made.id)

    def found(**query: Any) -> list[UUID]:
        return [view.id for view in find_reports(owner, ReportQuery(**query)).items]

    assert found() == [elsewhere.id, waiting.id, made.id]
    assert found(scenario_id=scenario) == [waiting.id, made.id]
    assert found(status="completed") == [made.id]
    assert found(format="csv") == [elsewhere.id, made.id]
    assert found(page_size=2, page=2) == [made.id]
    assert found(page_size=2, page=9) == [made.id]
    assert find_reports(stranger, ReportQuery()).total == 0


def test_a_file_that_is_gone_is_said_to_be_gone(owner: UUID, scenario: UUID) -> None:
    report = _ask(owner, scenario)
    render_report(report.id)
    open_report(owner, report.id)[0].unlink()
    with pytest.raises(Conflict, match="gone"):
        open_report(owner, report.id)


def test_a_deleted_scenario_takes_its_reports_along(owner: UUID, scenario: UUID, settings: Settings) -> None:
    report = _ask(owner, scenario)
    with unit_of_work():
        delete_scenario(owner, scenario)
    assert render_report(report.id) == "nothing"
    assert not settings.reports_dir.exists()


def test_the_sweep_removes_what_is_old_or_nobodys(
    owner: UUID, scenario: UUID, settings: Settings, clock: Clock
) -> None:
    old, kept = _ask(owner, scenario), _ask(owner, scenario)
    for report in (old, kept):
        render_report(report.id)
    _set(old, finished_at=clock.moment - KEPT - timedelta(days=1))
    orphan, fresh = f"{uuid4()}.pdf", f"{uuid4()}.csv"
    part, foreign = f".{kept.id}.csv.x1.part", "notes.txt"
    for name in (orphan, part, foreign, fresh):
        (settings.reports_dir / name).write_text("x")
    for path in settings.reports_dir.iterdir():
        if path.name != fresh:
            _age(path)
    assert sweep_reports() == 3
    assert _files(settings) == sorted([f"{kept.id}.csv", foreign, fresh])
    with pytest.raises(NotFound):
        get_report(owner, old.id)


def _age(path: Path) -> None:
    hours_ago = path.stat().st_mtime - 2 * 3600
    os.utime(path, (hours_ago, hours_ago))


@pytest.fixture
def reader() -> UUID:
    with unit_of_work():
        return register_account("grace@example.com", "correct horse", is_confirmed=True).id


def _ask_for_mail(reader: UUID) -> ReportView:
    with unit_of_work():
        scenario_id = create_scenario(reader, parse_document(SHOP)).id
    with unit_of_work():
        return request_report(reader, scenario_id, "csv", mail_when_ready=True)


def _mails(reader: UUID) -> list[tuple[str, str]]:
    return [(mail.kind, mail.recipient) for mail in list_mails(account_id=reader)]


def test_a_report_that_is_ready_writes_one_mail_to_whoever_wanted_it(reader: UUID) -> None:
    report = _ask_for_mail(reader)
    assert report.mail_when_ready and _mails(reader) == []
    assert render_report(report.id) == "completed"
    assert render_report(report.id) == "nothing"
    assert _mails(reader) == [("report-ready", "grace@example.com")]
    (mail,) = db.session.scalars(select(Mail).where(Mail.kind == "report-ready"))
    assert f"/scenarios/{report.scenario_id}/reports" in mail.text and "Shop" in mail.subject


def test_nobody_gets_a_mail_without_asking_for_it(owner: UUID, scenario: UUID) -> None:
    report = _ask(owner, scenario)
    assert not report.mail_when_ready
    assert render_report(report.id) == "completed"
    assert _mails(owner) == []


def test_a_failed_report_writes_no_mail(reader: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    report = _ask_for_mail(reader)
    monkeypatch.setattr(report_making, "csv_report", lambda contents: 1 / 0)
    assert render_report(report.id) == "failed"
    assert _mails(reader) == []


def test_an_address_nobody_proved_gets_no_mail_about_reports(owner: UUID, scenario: UUID) -> None:
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        request_report(owner, scenario, mail_when_ready=True)
    assert refusal.value.problems[0].pointer == "/mail_when_ready"
    assert list_reports(owner, scenario) == ()
