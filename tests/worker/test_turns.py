"""More is asked for than a minute holds: made in order, at the full limit, and no message is left over."""

import re
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from tests.reports.scenarios import SHOP
from tests.worker.conftest import Worker, wait_until
from webapp.domain.jobs import CHECK_HEALTH, QUEUES, SWEEP_SESSIONS
from webapp.infra import jobs
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import install_jobs
from webapp.models.report import Report
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.report_queue import WAITS_ITS_TURN
from webapp.services.reports import request_report
from webapp.services.scenarios import create_scenario
from webapp.settings import Settings

#: A minute of turns is given away; from FIRST_S on one comes free every APART_S.
FIRST_S, APART_S, REPORTS = 14.0, 0.5, 20
A_MINUTE = 60


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask, settings: Settings) -> Iterator[None]:
    install_jobs(app, settings)
    with app.app_context():
        yield


def _give_turns_away(settings: Settings) -> None:
    moment = time.time()
    given = [moment - 60 + FIRST_S + number * APART_S for number in range(A_MINUTE)]
    with redis.Redis.from_url(settings.redis_url) as client:
        client.lpush("mockupaws:turns:reports", *(f"{turn * 1e6:.0f}" for turn in given))


def _ask(count: int) -> None:
    with unit_of_work():
        owner = register_account("ada@example.com", "correct horse").id
        scenario = create_scenario(owner, parse_document(SHOP)).id
    for _ in range(count):
        with unit_of_work():
            request_report(owner, scenario, "csv")


def _reports() -> list[tuple[UUID, str, str]]:
    """(id, status, notice), as they were asked for."""
    with unit_of_work():
        rows = db.session.execute(
            select(Report.id, Report.status, Report.notice).order_by(Report.requested_at)
        )
        return list(rows.tuples())


def test_a_backlog_is_made_in_order_at_the_full_limit_and_leaves_nothing_over(
    settings: Settings, worker: Worker
) -> None:
    worker.environment |= {"REPORTS_PER_MINUTE": str(A_MINUTE)}
    worker.start()
    _give_turns_away(settings)
    begun = time.monotonic()
    _ask(REPORTS)
    assert wait_until(lambda: {notice for *_, notice in _reports()} == {WAITS_ITS_TURN}, 10), worker.log
    assert wait_until(lambda: {status for _, status, _ in _reports()} == {"completed"}, 45), worker.log
    took_s = time.monotonic() - begun
    # The last turn, and what one worker needs for a report.
    assert FIRST_S + (REPORTS - 1) * APART_S - 1 < took_s < FIRST_S + REPORTS * APART_S + 8
    assert {notice for *_, notice in _reports()} == {""}
    with unit_of_work():
        made = db.session.scalars(select(Report.id).order_by(Report.started_at)).all()
    assert made == [report for report, *_ in _reports()]
    runs = re.findall(r"Task reports\.render\[\S+\] succeeded", worker.log)
    assert REPORTS <= len(runs) <= 3 * REPORTS, len(runs)
    with redis.Redis.from_url(
        settings.broker_url.replace("redis+socket", "unix").partition("?")[0]
    ) as client:
        assert wait_until(
            lambda: client.hlen("unacked") + sum(client.llen(queue) for queue in QUEUES) == 0, 5
        )


def test_the_priority_queue_is_emptied_before_any_other(worker: Worker) -> None:
    for _ in range(20):
        jobs.send(SWEEP_SESSIONS)
    for _ in range(4):
        jobs.send(CHECK_HEALTH)
    worker.start()
    assert wait_until(lambda: worker.log.count("Task sessions.sweep") >= 20 * 2, 60), worker.log
    received = re.findall(r"Task (health\.check|sessions\.sweep)\[\S+\] received", worker.log)
    assert received[:4] == ["health.check"] * 4, received
    assert received.count("sessions.sweep") == 20
