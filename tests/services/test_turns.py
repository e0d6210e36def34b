"""Turns at reports and mails: taken by what waits, given ahead once, stood in line for without a message."""

from collections.abc import Callable
from uuid import UUID

import pytest
import redis
from flask import Flask

from tests.services.shop import make_shop
from tests.stack.application import Clock
from webapp.domain.mails import QUEUED_TOO_LONG
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import QueueState, RecordingDispatcher
from webapp.infra.turns import Turns, turns
from webapp.models.mail import Mail
from webapp.services import mail_queue, report_queue
from webapp.services.mail_queue import resend_stuck_mails, take_mail_turn
from webapp.services.mails import send_mail
from webapp.services.report_queue import WAITS_ITS_TURN, resend_stuck_reports, take_report_turn
from webapp.services.reports import cancel_report, get_report, request_report
from webapp.settings import Settings

_FAR_S = 3_600.0


@pytest.fixture
def queue(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> RecordingDispatcher:
    """A queue that records; two reports and two mails may be had in a minute."""
    few = settings.model_copy(update={"reports_per_minute": 2, "mails_per_minute": 2})
    monkeypatch.setattr(report_queue, "current_settings", lambda: few)
    monkeypatch.setattr(mail_queue, "current_settings", lambda: few)
    app.extensions["jobs"] = recorded = RecordingDispatcher()
    return recorded


@pytest.fixture(params=["Redis", "no Redis"])
def given_turns(request: pytest.FixtureRequest, settings: Settings) -> Turns:
    url = settings.redis_url if request.param == "Redis" else "unix:///nowhere"
    return Turns(redis.Redis.from_url(url))


def _ask(owner: UUID, scenario: UUID) -> UUID:
    with unit_of_work():
        return request_report(owner, scenario, "csv").id


def _look() -> int:
    with unit_of_work():
        return resend_stuck_reports()


def _as_if_a_minute_had_passed(settings: Settings, what: str) -> None:
    with redis.Redis.from_url(settings.redis_url) as client:
        client.delete(f"mockupaws:turns:{what}")


def test_no_minute_holds_more_turns_than_the_limit(given_turns: Turns) -> None:
    assert [given_turns.take("walks", 2, 15) for _ in range(3)] == [0, 0, None]
    assert (given_turns.count_free("walks", 2, 15), given_turns.count_free("walks", 2, 61)) == (0, 2)
    ahead = [given_turns.take("walks", 2, _FAR_S) or 0 for _ in range(4)]
    assert ahead == [pytest.approx(wait_s, abs=1) for wait_s in (60, 60, 120, 120)]
    assert given_turns.take("swims", 2, 0) == 0


def test_a_report_that_is_over_takes_no_turn(owner: UUID, queue: RecordingDispatcher) -> None:
    report = _ask(owner, make_shop(owner).id)
    with unit_of_work():
        cancel_report(owner, report)
    assert take_report_turn(report) is None
    assert turns().count_free("reports", 2, 0) == 2


@pytest.mark.both_databases
def test_reports_stand_in_line_without_a_message_and_leave_it_in_the_order_of_asking(
    owner: UUID, queue: RecordingDispatcher, settings: Settings
) -> None:
    scenario = make_shop(owner).id
    reports = [_ask(owner, scenario) for _ in range(5)]
    queue.sent.clear()
    assert [take_report_turn(report) for report in reports] == [0, 0, None, None, None]
    assert {get_report(owner, report).notice for report in reports[2:]} == {WAITS_ITS_TURN}
    assert queue.sent == []
    for report in reports[:2]:
        with unit_of_work():
            cancel_report(owner, report)  # no longer on their way
    assert _look() == 0
    _as_if_a_minute_had_passed(settings, "reports")
    late = _ask(owner, scenario)
    queue.sent.clear()
    assert take_report_turn(late) is None, "those before it go first, without a look of the scheduler"
    assert [UUID(argument) for _, (argument,) in queue.sent] == reports[2:4]
    assert _look() == 0, "their jobs are on their way"
    assert [take_report_turn(report) for report in reports[2:4]] == [0, 0]


def test_a_report_is_not_lost_while_older_messages_lie_in_the_queue(
    owner: UUID, queue: RecordingDispatcher, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ask(owner, make_shop(owner).id)
    clock.advance(seconds=300)
    waits = {"reports": QueueState(1, 301.0)}
    monkeypatch.setattr(RecordingDispatcher, "queue_states", lambda _: waits)
    assert _look() == 0
    waits["reports"] = QueueState(1, 200.0)
    assert _look() == 1


def _write() -> UUID:
    with unit_of_work():
        send_mail("welcome", "ada@example.com", None, link="http://localhost/")
        return db.session.scalars(db.select(Mail.id).order_by(Mail.created_at.desc())).first() or UUID(int=0)


@pytest.mark.both_databases
def test_mails_stand_in_line_without_a_message_and_leave_it_as_they_were_due(
    context: None, queue: RecordingDispatcher, settings: Settings, clock: Clock
) -> None:
    mails: list[UUID] = []
    for _ in range(5):
        mails.append(_write())
        clock.advance(seconds=1)
    queue.sent.clear()
    assert [take_mail_turn(mail) for mail in mails] == [0, 0, None, None, None]
    clock.advance(seconds=QUEUED_TOO_LONG.total_seconds() - 60)
    assert resend_stuck_mails() == 0 and queue.sent == []
    with unit_of_work():
        db.session.execute(db.update(Mail).where(Mail.id.in_(mails[:2])).values(status="sent"))
    assert take_mail_turn(mails[0]) is None
    _as_if_a_minute_had_passed(settings, "mails")
    assert resend_stuck_mails() == 2
    assert [UUID(argument) for _, (argument,) in queue.sent] == mails[2:4]
    assert resend_stuck_mails() == 0, "their jobs are on their way"


@pytest.mark.parametrize("look", [_look, resend_stuck_mails])
def test_nothing_waits_and_nothing_is_sent(
    context: None, queue: RecordingDispatcher, look: Callable[[], int]
) -> None:
    assert (look(), queue.sent) == (0, [])
