"""The job queue frozen, killed and restarted: pages answer, and what was asked for is done once."""

import signal
import time
from pathlib import Path

import redis
from flask import Flask
from sqlalchemy import func, select

from tests.faults.conftest import EMAIL, PASSWORD, Owner
from tests.faults.web import Caller, load, sign_in, web_server, worst
from tests.infra.broker import Broker
from tests.worker.conftest import Worker, wait_until
from webapp.domain.jobs import DELIVER_MAIL
from webapp.domain.reports import QUEUE_IS_AWAY
from webapp.infra.db import db, unit_of_work
from webapp.models.mail import Mail
from webapp.services.mails import send_mail
from webapp.settings import Settings

FROZEN_S = 10.0
JOBS = 200


def test_a_frozen_queue_holds_no_page_and_loses_no_report(
    settings: Settings, owner: Owner, broker: Broker, worker: Worker, tmp_path: Path
) -> None:
    path = f"/scenarios/{owner.scenario}"
    worker.start()
    with web_server(settings, tmp_path) as server:
        caller, person = Caller(server, owner.key), sign_in(server, EMAIL, PASSWORD)
        broker.signal(signal.SIGSTOP)
        frozen_at = time.monotonic()
        with load(
            lambda: caller.get(path), lambda: person.get(path), lambda: caller.get("/scenarios")
        ) as heard:
            asked = caller.send("POST", f"{path}/reports", {"format": "csv"})
            time.sleep(FROZEN_S - (time.monotonic() - frozen_at))
        assert {each.status for each in heard} == {200}, worst(heard)
        assert max(each.seconds for each in heard) < 1, worst(heard)
        assert (asked.status, asked.seconds < 1) == (202, True), asked
        told = asked.json()
        assert (told["status"], told["notice"]) == ("queued", QUEUE_IS_AWAY)
        broker.signal(signal.SIGCONT)
        report = f"/reports/{told['id']}"
        assert wait_until(lambda: caller.get(report).json()["status"] == "completed", 45), worker.log
        assert caller.get(report).json()["notice"] in ("", None)


def _count(status: str) -> int:
    with unit_of_work():
        return db.session.scalar(select(func.count()).where(Mail.status == status)) or 0


def _waiting(broker: Broker) -> int:
    with redis.Redis(unix_socket_path=str(broker.socket)) as client:
        return int(client.llen(DELIVER_MAIL.queue))


def test_two_hundred_jobs_outlive_a_queue_that_is_killed_twice(
    app: Flask, settings: Settings, broker: Broker, worker: Worker
) -> None:
    with app.app_context():
        with unit_of_work():
            for number in range(JOBS):
                send_mail("welcome", f"person-{number}@example.com", None, link="http://localhost/")
        assert _waiting(broker) == JOBS
        time.sleep(1.2)  # a queue that writes every second keeps what is older than a second
        broker.kill()
        broker.start()
        assert _waiting(broker) == JOBS
        worker.start()
        assert wait_until(lambda: _count("sent") >= 20, 60), worker.log
        broker.kill()
        assert _count("sent") < JOBS
        broker.start()
        assert wait_until(lambda: _count("sent") == JOBS, 60), (_count("sent"), worker.log[-3000:])
        with unit_of_work():
            attempts = set(db.session.scalars(select(Mail.attempts)))
    assert attempts == {1}
    assert len(list(settings.mail_dir.glob("*.eml"))) == JOBS
