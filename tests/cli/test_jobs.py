"""`flask jobs`: nothing is left out without a word, and what is forgotten is on record."""

import pytest
from click.testing import Result
from flask import Flask

from tests.services.people import record_of
from tests.stack.application import Clock
from webapp.domain.jobs import DELIVER_MAIL, EVERY_S, REFRESH_PRICES, SWEEP_MAILS
from webapp.infra.db import unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.infra.logs import correlated
from webapp.services.dead_letters import count_dead_letters, keep_dead_letter
from webapp.services.schedule import expect_run, note_run

_FAILED = 203


@pytest.fixture
def many(app: Flask, clock: Clock, queue: RecordingDispatcher) -> None:
    """More failed jobs than one list shows, the first of another name."""
    with app.app_context(), unit_of_work(), correlated("the-click"):
        keep_dead_letter(SWEEP_MAILS.name, [], "OSError: the disk is gone\nand more", 5)
        for number in range(1, _FAILED):
            clock.advance(seconds=1)
            keep_dead_letter(DELIVER_MAIL.name, [f"mail-{number}"], "OSError", 5)


def _run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["jobs", *arguments])


def test_a_list_shows_arguments_and_correlation_id_and_says_when_it_is_not_whole(
    app: Flask, many: None
) -> None:
    told = _run(app, "list").output.splitlines()
    assert "mail-202" in told[1] and "the-click" in told[1]
    assert told[-1] == f"These are the newest 200 of {_FAILED}. More: --most {_FAILED}."
    whole = _run(app, "list", "--most", str(_FAILED)).output.splitlines()
    assert len(whole) == _FAILED + 1 and "OSError: the disk is gone" in whole[-1]
    assert len(_run(app, "list", "--job", "mails.sweep").output.splitlines()) == 2


def test_all_are_sent_again_in_the_order_in_which_they_failed(
    app: Flask, many: None, queue: RecordingDispatcher
) -> None:
    assert _run(app, "retry", "--all").output == f"Sent again: {_FAILED}.\n"
    assert [job.name for job, _ in queue.sent] == ["mails.sweep"] + ["mails.deliver"] * (_FAILED - 1)
    assert queue.sent[-1] == (DELIVER_MAIL, (f"mail-{_FAILED - 1}",))
    assert _run(app, "list").output == "No job has failed for good.\n"


def test_how_far_it_came_is_said_when_the_queue_goes_away(
    app: Flask, many: None, queue: RecordingDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = RecordingDispatcher.send

    def send_two(self: RecordingDispatcher, *what: object) -> None:
        self.away = len(self.sent) == 2
        send(self, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(RecordingDispatcher, "send", send_two)
    done = _run(app, "retry", "--all")
    assert done.exit_code == 1
    assert "The job queue is away." in done.output
    assert f"Sent again: 2; {_FAILED - 2} still wait, from " in done.output
    with app.app_context():
        assert count_dead_letters() == _FAILED - 2


def test_what_is_purged_is_on_record(app: Flask, many: None) -> None:
    assert _run(app, "purge", "--yes", "--job", "mails.sweep").output == "Forgotten: 1.\n"
    with app.app_context():
        (forgotten,) = record_of("FailedJobForgotten")
        assert forgotten["job"] == "mails.sweep"
        assert count_dead_letters() == _FAILED - 1


@pytest.mark.parametrize("command", [["list"], ["retry", "--all"], ["purge", "--yes"]])
def test_a_job_there_is_not_is_refused(app: Flask, many: None, command: list[str]) -> None:
    done = _run(app, *command, "--job", "no.such")
    assert done.exit_code == 2
    assert "There is no job no.such. Known: audit.checkpoint" in done.output
    with app.app_context():
        assert count_dead_letters() == _FAILED


def test_a_failed_job_of_old_times_can_be_purged_by_its_name(app: Flask, queue: RecordingDispatcher) -> None:
    with app.app_context(), unit_of_work():
        keep_dead_letter("old.job", [], "OSError", 5)
    assert _run(app, "purge", "--yes", "--job", "old.job").output == "Forgotten: 1.\n"


def test_the_schedule_shows_the_last_and_the_next_run(app: Flask, clock: Clock) -> None:
    assert _run(app, "schedule").output.count("no scheduler was started yet") == len(EVERY_S)
    with app.app_context(), unit_of_work():
        expect_run(REFRESH_PRICES.name, 86_400)
        note_run(SWEEP_MAILS.name, 21_600)
    clock.advance(seconds=29 * 60)
    rows = {row.split()[0]: row.split() for row in _run(app, "schedule").output.splitlines()}
    assert rows["prices.refresh"] == ["prices.refresh", "86400", "not", "yet", "2026-03-15", "09:26:00"]
    assert rows["mails.sweep"][2:] == ["2026-03-14", "09:26:00", "2026-03-14", "15:26:00"]
    clock.advance(days=1)
    assert _run(app, "schedule").output.count("late") == 2
