"""Reports whose worker has no room, or no time: a reason the owner can act on, and nothing left behind.

A worker that is killed is in `tests/worker/test_reports.py`.
"""

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, current_app

from tests.faults.conftest import Owner
from tests.reports.scenarios import shop_of
from tests.worker.conftest import Worker, wait_until
from webapp.domain.jobs import RENDER_REPORT
from webapp.domain.reports import TOOK_TOO_LONG
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher, broker_dispatcher, install_jobs
from webapp.models.report import Report
from webapp.pricing.document import parse_document
from webapp.services.dead_letters import list_dead_letters
from webapp.services.reports import ReportView, get_report, request_report, retry_report
from webapp.services.scenarios import create_scenario
from webapp.settings import Settings

#: More than the worker's log holds, less than the report it makes.
ROOM_BYTES = 64 * 1024


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask, settings: Settings) -> Iterator[None]:
    install_jobs(app, settings)
    with app.app_context():
        yield
        db.session.remove()


def _ask(owner: Owner, resources: int) -> UUID:
    with unit_of_work():
        scenario = create_scenario(owner.id, parse_document(shop_of(resources)))
        return request_report(owner.id, scenario.id).id


def _now(owner: Owner, report: UUID) -> ReportView:
    with unit_of_work():
        db.session.expire_all()
        return get_report(owner.id, report)


def _attempts(report: UUID) -> int:
    with unit_of_work():
        return db.session.get_one(Report, report).attempts


def _finishes(owner: Owner, report: UUID, seconds: float = 45) -> bool:
    return wait_until(lambda: _now(owner, report).is_finished, seconds)


def _files(settings: Settings) -> list[Path]:
    return list(settings.reports_dir.iterdir()) if settings.reports_dir.exists() else []


def _give_room(worker: Worker, most_bytes: int) -> None:
    """How large a file of the worker's processes may become, and of nobody else's."""
    assert worker.process is not None
    for pid in (worker.process.pid, *worker.children()):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite's files are the worker's own
def test_a_full_disk_fails_a_report_with_its_reason_and_a_retry_makes_it(
    settings: Settings, owner: Owner, worker: Worker
) -> None:
    worker.start()
    _give_room(worker, ROOM_BYTES)
    report = _ask(owner, 150)
    assert _finishes(owner, report), worker.log
    failed = _now(owner, report)
    assert failed.status == "failed", worker.log
    assert failed.reason.startswith("The server's disk is full. Ask its operator to free space")
    assert _files(settings) == []
    _give_room(worker, resource.RLIM_INFINITY)
    with unit_of_work():
        retry_report(owner.id, report)
    assert _finishes(owner, report), worker.log
    assert _now(owner, report).status == "completed", worker.log
    (file,) = _files(settings)
    assert file.stat().st_size > ROOM_BYTES


def _ask_with_limits(settings: Settings, owner: Owner, soft_s: float, hard_s: float) -> UUID:
    """Ask for a report whose job is sent with limits of its own; the first to take it has so long."""
    current_app.extensions["jobs"] = RecordingDispatcher()
    report = _ask(owner, 150)
    producer = broker_dispatcher(settings).producer
    producer.send_task(
        RENDER_REPORT.name,
        [str(report)],
        queue=RENDER_REPORT.queue,
        soft_time_limit=soft_s,
        time_limit=hard_s,
    )
    return report


def _freeze_while_drawing(owner: Owner, report: UUID, worker: Worker) -> None:
    """Freeze the process that draws the report: from now on it takes as long as one likes."""
    assert wait_until(lambda: _now(owner, report).progress == 40, 30), worker.log
    for pid in worker.children():
        os.kill(pid, signal.SIGSTOP)


def test_a_report_past_the_soft_limit_fails_with_a_reason(
    settings: Settings, owner: Owner, worker: Worker
) -> None:
    worker.start()
    report = _ask_with_limits(settings, owner, soft_s=2, hard_s=60)
    _freeze_while_drawing(owner, report, worker)
    assert wait_until(lambda: "Soft time limit" in worker.log, 10), worker.log
    for pid in worker.children():
        os.kill(pid, signal.SIGCONT)
    assert _finishes(owner, report), worker.log
    assert (_now(owner, report).status, _now(owner, report).reason) == ("failed", TOOK_TOO_LONG)
    assert _files(settings) == []
    with unit_of_work():
        assert list_dead_letters() == ()


def test_a_report_past_the_hard_limit_is_a_dead_letter_and_is_made_by_the_next_worker(
    settings: Settings, owner: Owner, worker: Worker
) -> None:
    worker.start()
    report = _ask_with_limits(settings, owner, soft_s=2, hard_s=3)
    _freeze_while_drawing(owner, report, worker)
    assert wait_until(lambda: "Hard time limit" in worker.log, 10), worker.log
    assert _finishes(owner, report), worker.log
    assert (_now(owner, report).status, _attempts(report)) == ("completed", 2), worker.log
    assert [file.name for file in _files(settings)] == [f"{report}.pdf"]
    with unit_of_work():
        reasons = [letter.reason for letter in list_dead_letters(RENDER_REPORT.name)]
    assert any(reason.startswith("TimeLimitExceeded") for reason in reasons), reasons
