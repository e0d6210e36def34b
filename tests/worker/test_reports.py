"""Reports through a real worker: made, and made exactly once when the worker is killed in the middle."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.infra.broker import own_broker
from tests.reports.scenarios import SHOP, shop_of
from tests.worker.conftest import Worker, wait_until, worker_environment
from webapp.domain.reports import QUEUE_IS_AWAY, STALE
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import install_jobs
from webapp.models.report import Report
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.reports import ReportView, get_report, open_report, request_report
from webapp.services.scenarios import create_scenario
from webapp.settings import Settings

#: After a kill: the silence that proves it, one look of the scheduler (10 s), and the work itself.
_AFTER_A_KILL_S = STALE.total_seconds() + 10 + 45


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def owner() -> UUID:
    with unit_of_work():
        return register_account("ada@example.com", "correct horse").id


def _ask(owner: UUID, document: object) -> UUID:
    with unit_of_work():
        scenario = create_scenario(owner, parse_document(document))
        return request_report(owner, scenario.id).id


def _now(owner: UUID, report: UUID) -> ReportView:
    with unit_of_work():
        db.session.expire_all()
        return get_report(owner, report)


def _attempts(report: UUID) -> int:
    with unit_of_work():
        return db.session.get_one(Report, report).attempts


def _is_drawing(owner: UUID, report: UUID) -> bool:
    return _now(owner, report).progress == 40


def _finishes(owner: UUID, report: UUID, seconds: float) -> bool:
    return wait_until(lambda: _now(owner, report).is_finished, seconds)


def _is_there_once(owner: UUID, report: UUID, settings: Settings) -> bool:
    path, _, _ = open_report(owner, report)
    whole = path.read_bytes().startswith(b"%PDF-") and path.read_bytes().rstrip().endswith(b"%%EOF")
    return whole and [file.name for file in settings.reports_dir.iterdir()] == [path.name]


def test_a_report_is_made_within_five_seconds_of_the_click(worker: Worker, owner: UUID) -> None:
    worker.start()
    begun = time.monotonic()
    report = _ask(owner, SHOP)
    assert _finishes(owner, report, 30), worker.log
    assert _now(owner, report).status == "completed", worker.log
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("victim", ["worker", "child"])
def test_a_report_completes_exactly_once_after_its_worker_was_killed(
    worker: Worker, owner: UUID, settings: Settings, victim: str
) -> None:
    worker.start()
    report = _ask(owner, shop_of(150))
    assert wait_until(lambda: _is_drawing(owner, report), 30), worker.log
    if victim == "worker":
        worker.kill()
    else:
        for pid in worker.children():
            os.kill(pid, signal.SIGKILL)
    assert _now(owner, report).status == "running"
    if victim == "worker":
        worker.start()
    assert _finishes(owner, report, _AFTER_A_KILL_S), worker.log
    done = _now(owner, report)
    assert (done.status, done.reason, _attempts(report)) == ("completed", "", 2), worker.log
    assert _is_there_once(owner, report, settings)
    made_at = done.finished_at
    assert not wait_until(lambda: _now(owner, report).finished_at != made_at, seconds=3)


def test_a_report_asked_for_while_the_broker_is_away_is_made_when_it_is_back(
    app: Flask, settings: Settings, owner: UUID, tmp_path: Path
) -> None:
    with own_broker() as broker:
        own = settings.model_copy(update={"broker_url": broker.url})
        install_jobs(app, own)
        broker.start()
        worker = Worker(worker_environment(own), tmp_path)
        try:
            worker.start()
            broker.kill()
            report = _ask(owner, SHOP)
            assert (_now(owner, report).status, _now(owner, report).notice) == ("queued", QUEUE_IS_AWAY)
            broker.start()
            assert _finishes(owner, report, 60), worker.log
        finally:
            worker.end()
    assert (_now(owner, report).status, _now(owner, report).notice) == ("completed", "")
