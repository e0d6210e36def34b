"""Queues, schedule, failed jobs and reports on the administration's pages."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.services.people import record_of
from tests.stack.application import Clock
from tests.web.conftest import Person, Workshop
from webapp.domain.jobs import DELIVER_MAIL, EVERY_S, REFRESH_PRICES
from webapp.infra.db import unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.dead_letters import keep_dead_letter, list_dead_letters
from webapp.services.reports import cancel_report, request_report
from webapp.services.schedule import expect_run, note_run
from webapp.web.durations import duration_in_words, interval_in_words


@pytest.fixture
def letter_id(app: Flask, queue: RecordingDispatcher) -> UUID:
    """A mail's job that failed for good."""
    with app.app_context(), unit_of_work():
        keep_dead_letter(DELIVER_MAIL.name, ["some-mail"], "OperationalError: <the disk is full>", 5)
    with app.app_context():
        return list_dead_letters()[0].id


def test_nothing_to_do_is_said_in_words(admin: Person, queue: RecordingDispatcher) -> None:
    page = admin.text("/admin/jobs")
    for words in ("No job has failed for good", "Nobody has asked for a report", "0 jobs wait", "not yet"):
        assert words in page


def test_queues_are_counted_and_asked_again_by_their_own_fragment(
    admin: Person, queue: RecordingDispatcher
) -> None:
    queue.send(REFRESH_PRICES)
    assert "1 job waits" in admin.text("/admin/jobs")
    fragment = admin.get("/admin/jobs/queues", htmx=True).get_data(as_text=True)
    assert 'id="queues"' in fragment and 'hx-trigger="every 5s, seen"' in fragment
    assert admin.get("/admin/jobs/queues").location == "/admin/jobs"


def test_a_queue_that_is_away_is_named_and_the_page_stays(admin: Person, queue: RecordingDispatcher) -> None:
    queue.away = True
    assert "The job queue does not answer" in admin.text("/admin/jobs")


def test_the_real_broker_is_asked(admin: Person) -> None:
    page = admin.text("/admin/jobs")
    assert "<code>priority</code>" in page and "does not answer" not in page


def test_the_schedule_shows_last_and_next_and_what_is_late(app: Flask, clock: Clock, admin: Person) -> None:
    with app.app_context(), unit_of_work():
        note_run(REFRESH_PRICES.name, 86_400)
    page = admin.text("/admin/jobs")
    assert "next 15 Mar 2026, 09:26 UTC" in page and 'badge warn">Late' not in page
    clock.advance(days=1.5)
    assert "Is the scheduler running?" in admin.text("/admin/jobs")


def test_the_schedule_shows_no_run_that_never_happened(app: Flask, clock: Clock, admin: Person) -> None:
    with app.app_context(), unit_of_work():
        expect_run(REFRESH_PRICES.name, 86_400)
    clock.advance(seconds=29 * 60)
    page = admin.text("/admin/jobs")
    assert "29 minutes ago" not in page
    assert page.count("not yet") == len(EVERY_S) and page.count("next 15 Mar 2026, 09:26 UTC") == 1


def test_a_failed_job_is_shown_with_its_reason_and_sent_again(
    app: Flask, admin: Person, queue: RecordingDispatcher, letter_id: UUID
) -> None:
    assert "&lt;the disk is full&gt;" in admin.text("/admin/jobs")
    assert admin.post(f"/admin/jobs/{letter_id}/retry").location == "/admin/jobs"
    assert queue.sent == [(DELIVER_MAIL, ("some-mail",))]
    assert "No job has failed for good" in admin.text("/admin/jobs")
    with app.app_context():
        assert record_of("JobSentAgain")[0]["job"] == DELIVER_MAIL.name


def test_a_failed_job_stays_while_the_queue_is_away(
    app: Flask, admin: Person, queue: RecordingDispatcher, letter_id: UUID
) -> None:
    queue.away = True
    admin.post(f"/admin/jobs/{letter_id}/retry")
    assert "The job queue is away." in admin.text("/admin/jobs")
    with app.app_context():
        assert [letter.id for letter in list_dead_letters()] == [letter_id]
        assert record_of("JobSentAgain") == []


def test_forgetting_a_failed_job_asks_first_and_is_on_record(
    app: Flask, admin: Person, letter_id: UUID
) -> None:
    assert "Forget this mails.deliver?" in admin.text(f"/admin/jobs/{letter_id}/forget")
    assert admin.post(f"/admin/jobs/{letter_id}/forget").location == "/admin/jobs"
    with app.app_context():
        assert list_dead_letters() == ()
        assert len(record_of("FailedJobForgotten")) == 1


def test_a_user_sends_and_forgets_nothing(app: Flask, ada: Person, letter_id: UUID) -> None:
    assert ada.post(f"/admin/jobs/{letter_id}/retry").status_code == 404
    assert ada.post(f"/admin/jobs/{letter_id}/forget").status_code == 404
    with app.app_context():
        assert len(list_dead_letters()) == 1


def test_a_failed_job_there_is_not_is_not_found(admin: Person) -> None:
    for act in ("retry", "forget"):
        assert admin.post(f"/admin/jobs/{uuid4()}/{act}").status_code == 404
    assert admin.get(f"/admin/jobs/{uuid4()}/forget").status_code == 404


def test_reports_of_everybody_are_listed_by_state(
    app: Flask, admin: Person, workshop: Workshop, queue: RecordingDispatcher
) -> None:
    scenario = workshop.scenario()
    with app.app_context(), unit_of_work():
        report = request_report(workshop.owner_id, scenario.id)
        cancel_report(workshop.owner_id, report.id)
    assert "ada@example.com" in admin.text("/admin/jobs?status=cancelled")
    assert "No report is in this state." in admin.text("/admin/jobs?status=failed")
    assert "ada@example.com" in admin.text("/admin/jobs?status=nonsense")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"), (10, "10 seconds"), (60, "1 minute"), (90, "90 seconds"), (300, "5 minutes"),
        (3_600, "1 hour"), (21_600, "6 hours"), (86_400, "1 day"), (604_800, "7 days"),
    ],
)  # fmt: skip
def test_lengths_of_time_are_said_in_words(app: Flask, seconds: float, words: str) -> None:
    with app.test_request_context():
        assert duration_in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(30, "every 30 seconds"), (3_600, "every hour"), (21_600, "every 6 hours")]
)
def test_intervals_are_said_in_words(app: Flask, seconds: float, words: str) -> None:
    with app.test_request_context():
        assert interval_in_words(seconds) == words
