"""Jobs as a platform: global limits, dead letters and their second life, one scheduler however many start."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask

from deploy.local.places import CHECKOUT
from tests.infra.broker import own_broker
from tests.reports.scenarios import SHOP
from tests.worker.conftest import Worker, wait_until, worker_environment
from webapp.domain.jobs import EVERY_S, JOBS, RENDER_REPORT
from webapp.infra import jobs
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import install_jobs
from webapp.models.dead_letter import DeadLetter
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.dead_letters import list_dead_letters
from webapp.services.reports import get_report, request_report
from webapp.services.scenarios import create_scenario
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask, settings: Settings) -> Iterator[None]:
    install_jobs(app, settings)
    with app.app_context():
        yield


def ask_for_reports(count: int) -> tuple[UUID, list[UUID]]:
    with unit_of_work():
        owner = register_account("ada@example.com", "correct horse").id
        scenario = create_scenario(owner, parse_document(SHOP)).id
    reports = []
    for _ in range(count):
        with unit_of_work():
            reports.append(request_report(owner, scenario, "csv").id)
    return owner, reports


def statuses(owner: UUID, reports: list[UUID]) -> list[str]:
    with unit_of_work():
        db.session.expire_all()
        return [get_report(owner, report).status for report in reports]


def test_no_more_reports_are_made_in_a_minute_than_the_limit(settings: Settings, worker: Worker) -> None:
    worker.environment |= {"REPORTS_PER_MINUTE": "2"}
    owner, reports = ask_for_reports(4)
    worker.start()
    assert wait_until(lambda: statuses(owner, reports).count("completed") == 2, seconds=30)
    time.sleep(3)
    assert sorted(statuses(owner, reports)) == ["completed", "completed", "queued", "queued"]
    with unit_of_work():
        assert list_dead_letters() == ()


def test_a_job_that_fails_for_good_is_kept_with_its_reason_and_can_be_sent_again(
    app: Flask, worker: Worker
) -> None:
    worker.start()
    jobs.send(RENDER_REPORT, "not an id")

    def kept() -> list[DeadLetter]:
        db.session.rollback()
        return list(db.session.scalars(db.select(DeadLetter)))

    assert wait_until(lambda: len(kept()) == 1, seconds=90), worker.log
    (letter,) = kept()
    assert (letter.job, letter.arguments) == ("reports.render", ["not an id"])
    assert letter.reason.startswith("ValueError: badly formed hexadecimal UUID string")
    assert letter.attempts == 4
    cli = app.test_cli_runner()
    assert "badly formed" in cli.invoke(args=["jobs", "list"]).output
    again = cli.invoke(args=["jobs", "retry", str(letter.id)])
    assert (again.exit_code, again.output) == (0, "Sent again: 1.\n")
    assert cli.invoke(args=["jobs", "list"]).output == "No job has failed for good.\n"
    assert cli.invoke(args=["jobs", "retry", str(uuid4())]).exit_code == 1
    assert cli.invoke(args=["jobs", "purge", "--yes"]).output == "Forgotten: 1.\n"


def test_an_outage_of_the_queue_is_said_once_and_so_is_its_end(settings: Settings, tmp_path: Path) -> None:
    with own_broker() as broker:
        broker.start()
        own = settings.model_copy(update={"broker_url": broker.url})
        worker = Worker(worker_environment(own), tmp_path)
        try:
            worker.start()
            broker.kill()
            assert wait_until(lambda: "Away: broker" in worker.log, 20), worker.log
            time.sleep(6)  # it looks again
            broker.start()
            assert wait_until(lambda: "Back: broker" in worker.log, 20), worker.log
            time.sleep(6)
        finally:
            worker.end()
        said = re.findall(r"(?:Away|Back): .*", worker.log)
    assert said == ["Away: broker", "Back: broker"]


def test_a_part_that_goes_and_comes_back_is_said_once_by_all_processes_of_a_worker(
    settings: Settings,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TWO_PROCESSES_CHECK], cwd=CHECKOUT, env=worker_environment(settings),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.findall(r"(?:Away|Back): .*", done.stderr) == ["Away: cache", "Back: cache"]


_TWO_PROCESSES_CHECK = """
import os
from tasks.platform import say_what_changed
for there in (True, False, False, True, True):
    if (child := os.fork()) == 0:
        say_what_changed({"database": True, "cache": there})
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_of_two_schedulers_one_runs_and_the_other_takes_over(settings: Settings, worker: Worker) -> None:
    def scheduler(name: str) -> "subprocess.Popen[bytes]":
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tasks.app",
            "beat",
            "--pidfile=",
            "--loglevel",
            "INFO",
        ]
        with (worker.folder / name).open("wb") as log:
            return subprocess.Popen(
                command, cwd=CHECKOUT, env=worker_environment(settings), stdout=log, stderr=log
            )

    def sent(name: str) -> int:
        return len(re.findall("Sending due task reports.resend", (worker.folder / name).read_text()))

    first = scheduler("first.log")
    try:
        assert wait_until(lambda: sent("first.log") >= 1, seconds=30)
        second = scheduler("second.log")
        try:
            assert wait_until(lambda: sent("first.log") >= 2, seconds=30)
            assert sent("second.log") == 0
            assert (worker.folder / "second.log").read_text().count("This scheduler stands by") == 1
            first.kill()
            first.wait()
            assert wait_until(lambda: sent("second.log") >= 1, seconds=40)
        finally:
            second.kill()
            second.wait()
    finally:
        first.kill()
        first.wait()


def test_the_schedule_is_what_is_promised() -> None:
    every = {job.name: seconds for job, seconds in EVERY_S.items()}
    assert every["reports.sweep"] == 6 * 3600
    assert every["sessions.sweep"] == 3600
    assert every["health.check"] == 60
    assert every["prices.refresh"] == 86_400
    assert set(every) <= {job.name for job in JOBS}
